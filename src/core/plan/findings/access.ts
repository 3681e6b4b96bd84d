// Personal data and access: what masking shows, and what policies really allow.
import { ipOf, isInNetwork } from '../../base/ip-network.ts'
import { alike, NOTHING, say, seen, type Rule, type Sighting } from '../finding.ts'
import type { Plan } from '../plan.ts'

const CONTEXT_KEYS =
  'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourceip'
/** RFC 5737 and RFC 3849: for examples in documents; nobody's machine has such an address. */
const EXAMPLES = ['192.0.2.0', '198.51.100.0', '203.0.113.0'].map((first) => ({ network: ipOf(first)!, bits: 24 }))
/** What the mail sector rotates by, and the design asks for. */
const ROTATION_DAYS_MAX = 90

export const privacyRules: readonly Rule[] = [
  {
    id: 'privacy-short-local-parts',
    severity: 'error',
    title: say('Masking shows short local parts whole', '短いローカル部がマスクされずに残ります'),
    why: say(
      'The local part is the person. What keeps three characters keeps all of every name of three or fewer.',
      'ローカル部は個人そのものです。3 文字残す方式では、3 文字以下の名前がすべて読めます。',
    ),
    mend: say(
      'Hide local parts that are no longer than what is kept: security.masking.hideShortLocalParts: true.',
      '残す文字数以下のローカル部は全体を隠してください (security.masking.hideShortLocalParts: true)。',
    ),
    source: '§5.1.1',
    look: ({ security: { masking } }) => {
      const kept = masking?.keepCharacters ?? 0
      if (kept === 0 || masking?.hideShortLocalParts === true) return NOTHING
      const name = 'satou'.slice(0, kept)
      return seen(
        ['security', 'masking'],
        say(`Up to ${kept} characters are shown whole.`, `${kept} 文字までのローカル部はそのまま表示されます。`),
        alike(`${name}@example.jp → ${name}@***.***`),
      )
    },
  },
  {
    id: 'privacy-quoted-local-parts',
    severity: 'warning',
    title: say('Masking fails on an @ in quotes', '引用符内の @ でマスクが失敗します'),
    why: say(
      'A local part in quotes may hold an @; splitting there raises an error, or shows the wrong half.',
      '引用符付きローカル部には @ を含められます。単純な分割は例外になるか、誤った側を表示します。',
    ),
    mend: say(
      'Split at the last @ outside quotes, and write quotedLocalParts: true.',
      '引用符の外の最後の @ で分割し、quotedLocalParts: true としてください。',
    ),
    source: 'RFC 5321 4.1.2',
    look: ({ security: { masking } }) =>
      masking === undefined || masking.quotedLocalParts === true
        ? NOTHING
        : seen(
            ['security', 'masking'],
            say('The example splits at every @.', '例はすべての @ で分割しています。'),
            alike('"a@b"@example.jp → 3 parts'),
          ),
  },
  {
    id: 'privacy-ipv6-unmasked',
    severity: 'error',
    title: say('Masking does not know IPv6', 'IPv6 アドレスがマスクされません'),
    why: say(
      'An address without dots is one part: the mask raises an error, or the whole address stays.',
      'ピリオドのないアドレスは 1 つの塊となり、例外になるか全体が残ります。',
    ),
    mend: say(
      'Mask both versions: security.masking.ipVersions: [4, 6].',
      '両方をマスクしてください (security.masking.ipVersions: [4, 6])。',
    ),
    source: 'RFC 4291 2.2',
    look: ({ security: { masking } }) =>
      masking?.ipVersions === undefined || masking.ipVersions.includes(6)
        ? NOTHING
        : seen(
            ['security', 'masking', 'ipVersions'],
            say(
              `Only version ${masking.ipVersions.join(', ')} is masked.`,
              `IPv${masking.ipVersions.join(', ')} だけがマスクされます。`,
            ),
            alike("'2001:db8::1'.split('.') → 1 part"),
          ),
  },
]

export const accessRules: readonly Rule[] = [
  {
    id: 'access-principal-in-identity-policy',
    severity: 'error',
    title: say('A policy of an identity has no Principal', 'アイデンティティベースのポリシーに Principal は書けません'),
    why: say(
      'IAM refuses it: who may act is whoever the policy is attached to.',
      'IAM が拒否します。対象はポリシーを付与された者自身です。',
    ),
    mend: say(
      'Remove the principals and attach the policy to a role; or say that it is of a resource or of trust.',
      'Principal を外してロールに付与するか、リソースポリシーまたは信頼ポリシーにしてください。',
    ),
    source: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html',
    look: ({ security: { policies = {} } }) =>
      Object.entries(policies).flatMap(([name, { kind = 'identity', principals = [] }]) =>
        kind !== 'identity' || principals.length === 0
          ? []
          : seen(
              ['security', 'policies', name],
              say(`${name} names ${principals.length} of them.`, `${name} に ${principals.length} 件あります。`),
              ...principals.map((one) => alike(one)),
            ),
      ),
  },
  {
    id: 'access-source-address-stops-services',
    severity: 'error',
    title: say(
      'A condition on the source address stops calls made through services',
      '送信元アドレス条件がサービス経由の呼び出しを止めます',
    ),
    why: say(
      'What CloudFormation or Athena calls for an administrator comes from an address of AWS; through a VPC endpoint aws:SourceIp is not there at all.',
      'CloudFormation などが代行する呼び出しは AWS のアドレスから来ます。VPC エンドポイント経由では aws:SourceIp 自体がありません。',
    ),
    mend: say(
      'Leave out calls by services (aws:ViaAWSService; exceptServices: true), and use aws:VpcSourceIp behind endpoints.',
      'サービス経由を除外し (aws:ViaAWSService、exceptServices: true)、エンドポイント経由には aws:VpcSourceIp を使ってください。',
    ),
    source: CONTEXT_KEYS,
    look: ({ security: { policies = {} } }) =>
      Object.entries(policies).flatMap(([name, { networks = [], condition = 'aws:SourceIp', exceptServices }]) =>
        networks.length === 0 || exceptServices === true || condition !== 'aws:SourceIp'
          ? []
          : seen(
              ['security', 'policies', name],
              say(
                `${name} allows ${networks.length} networks, and no service.`,
                `${name} は ${networks.length} 個のネットワークだけを許し、サービスを許していません。`,
              ),
              alike(`aws:SourceIp: ${networks.join(', ')}`),
            ),
      ),
  },
  {
    id: 'access-documentation-network',
    severity: 'warning',
    title: say('A network is one of those for documents', '文書用のネットワークが書かれています'),
    why: say(
      'Nobody has such an address: the condition locks everybody out.',
      '実在しないアドレスのため、全員が締め出されます。',
    ),
    mend: say(
      'Write the network that your people really come from.',
      '実際に接続元となるネットワークを書いてください。',
    ),
    source: 'RFC 5737',
    look: documentationNetworks,
  },
  {
    id: 'access-old-tls',
    severity: 'error',
    title: say('TLS before 1.2 is allowed', 'TLS 1.2 未満が許可されています'),
    why: say(
      '1.0 and 1.1 are broken and forbidden; SES refuses them.',
      '1.0 と 1.1 は禁止されており、SES も拒否します。',
    ),
    mend: say("Write '1.2' or '1.3'.", "'1.2' か '1.3' にしてください。"),
    source: 'RFC 8996',
    look: ({ security: { tlsMin } }) =>
      tlsMin === undefined || Number(tlsMin) >= 1.2 ? NOTHING : seen(['security', 'tlsMin'], alike(`${tlsMin} < 1.2`)),
  },
  {
    id: 'access-rotation-too-slow',
    severity: 'warning',
    title: say('SMTP credentials live too long', 'SMTP 認証情報の有効期間が長すぎます'),
    why: say('A password that leaked is good until it is changed.', '漏えいした認証情報は交換されるまで有効です。'),
    mend: say(
      `Rotate at least every ${ROTATION_DAYS_MAX} days, with overlap.`,
      `${ROTATION_DAYS_MAX} 日以内に、新旧を重ねて交換してください。`,
    ),
    source: 'https://docs.aws.amazon.com/config/latest/developerguide/access-keys-rotated.html',
    look: ({ security: { smtpRotationDays: days } }) =>
      days === undefined || days <= ROTATION_DAYS_MAX
        ? NOTHING
        : seen(['security', 'smtpRotationDays'], alike(`${days} > ${ROTATION_DAYS_MAX}`)),
  },
]

function documentationNetworks({ security }: Plan): readonly Sighting[] {
  return (['adminNetworks', 'readOnlyNetworks'] as const).flatMap((key): readonly Sighting[] => {
    const found = (security[key] ?? []).filter(isExample)
    return found.length === 0 ? NOTHING : seen(['security', key], alike(found.join(', ')))
  })
}

function isExample(text: string): boolean {
  const ip = ipOf(text.split('/')[0]!)
  return ip !== undefined && EXAMPLES.some(({ network, bits }) => isInNetwork(ip, network, bits))
}

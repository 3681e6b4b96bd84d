// What is wrong in DNS today, for both routes at once. Facts come from dns-facts.ts; nothing here asks anybody.
import { LOOK_UPS_MAX, type SpfReport } from '../../base/spf-report.ts'
import { alike, NOTHING, say, seen, type Explanation, type Sighting } from '../finding.ts'
import type { Plan } from '../plan.ts'
import type { DnsFacts } from './dns-facts.ts'

export interface DnsRule extends Explanation {
  readonly look: (facts: DnsFacts, plan: Plan) => readonly Sighting[]
}

/** From here on one include more breaks SPF for everybody. */
const NEAR_LIMIT = 9
const MAIL_FROM = 'https://docs.aws.amazon.com/ses/latest/dg/mail-from.html'

export const dnsLiveRules: readonly DnsRule[] = [
  {
    id: 'dns-unanswered',
    severity: 'warning',
    title: say('DNS did not answer', 'DNS が応答しませんでした'),
    why: say(
      'What was not answered is not judged: it may be right or wrong.',
      '応答のなかった項目は判定されていません。',
    ),
    mend: say(
      'Ask again, or name other resolvers as dkim.resolvers.',
      '再度実行するか、dkim.resolvers に別のリゾルバーを指定してください。',
    ),
    source: 'RFC 8767 4',
    look: ({ unanswered }) =>
      unanswered.length === 0
        ? NOTHING
        : seen(
            ['domain'],
            say(
              `${unanswered.length} questions have no answer.`,
              `${unanswered.length} 件の問い合わせに応答がありません。`,
            ),
            ...unanswered.slice(0, 10).map(alike),
          ),
  },
  {
    id: 'dns-spf-missing',
    severity: 'warning',
    title: say('The domain has no SPF record', 'ドメインに SPF レコードがありません'),
    why: say(
      'Receivers trust mail of the old hosts less, and Gmail asks bulk senders for one.',
      '旧ホストのメールの信頼度が下がります。Gmail は大量送信者に SPF を求めています。',
    ),
    mend: say('Publish one that names the old hosts.', '旧ホストを含むレコードを公開してください。'),
    source: 'https://support.google.com/a/answer/81126',
    look: ({ spf }) => (spf.verdict === 'none' ? seen(['domain'], alike(`TXT ${spf.domain}: -`)) : NOTHING),
  },
  {
    id: 'dns-spf-permerror',
    severity: 'error',
    title: say('A published SPF record is a permerror', '公開中の SPF レコードが permerror になります'),
    why: say(
      'Every sender that matches late or not at all fails. One include more is enough to bring it about.',
      '後方で一致する、または一致しない送信元はすべて不合格になります。include を 1 つ足すだけで起こります。',
    ),
    mend: say(
      'Remove what costs most: replace includes by networks, and leave out what SES does not need.',
      '費用の大きい include をネットワーク指定に置き換え、不要なものを外してください。',
    ),
    source: 'RFC 7208 4.6.4',
    look: ({ spf, mailFrom }) => [
      ...permerror(spf, ['domain']),
      ...(mailFrom === undefined ? [] : permerror(mailFrom.spf, ['identity', 'mailFromDomain'])),
    ],
  },
  {
    id: 'dns-spf-near-limit',
    severity: 'note',
    title: say('The SPF record is close to its limit', 'SPF レコードが参照回数の上限に近づいています'),
    why: say(
      'Ten look-ups are allowed, and an include may grow without you.',
      '上限は 10 回で、include 先は知らない間に増えることがあります。',
    ),
    mend: say('Make room before something is added.', '何かを追加する前に減らしてください。'),
    source: 'RFC 7208 4.6.4',
    look: ({ spf }) =>
      spf.verdict !== 'ok' || spf.lookUps < NEAR_LIMIT
        ? NOTHING
        : seen(
            ['domain'],
            say(
              `${spf.lookUps} of ${LOOK_UPS_MAX} look-ups are used.`,
              `${LOOK_UPS_MAX} 回中 ${spf.lookUps} 回を使用しています。`,
            ),
            ...costs(spf),
          ),
  },
  {
    id: 'dns-spf-drops-old-host',
    severity: 'error',
    title: say('An old host does not pass the published SPF', '旧ホストが公開中の SPF に合格しません'),
    why: say(
      'What it sends fails SPF at every receiver, today.',
      'そのホストのメールは現在すべての受信側で SPF に合格していません。',
    ),
    mend: say('Add its address to the record.', 'アドレスをレコードに追加してください。'),
    source: 'RFC 7208 2.6',
    look: ({ oldHosts, spf }, { legacy }) =>
      spf.verdict === 'none'
        ? NOTHING
        : legacy.hosts.flatMap(({ host }, i) => {
            const failing = oldHosts.filter((one) => one.host === host && !['pass', 'temperror'].includes(one.result))
            return failing.length === 0
              ? []
              : seen(['legacy', 'hosts', i], alike(host), ...failing.map(({ ip, result }) => alike(`${ip}: ${result}`)))
          }),
  },
  {
    id: 'dns-spf-differs',
    severity: 'note',
    title: say('Another SPF record is published than the plan has', '公開中の SPF レコードが計画と異なります'),
    why: say(
      'Either the DNS team has not entered it yet, or the plan is out of date.',
      'DNS チームがまだ設定していないか、計画が古くなっています。',
    ),
    mend: say('Ask for the change, or correct identity.spf.', '変更を依頼するか、identity.spf を直してください。'),
    source: 'docs/findings.md',
    look: ({ spfText }, { identity: { spf } }) =>
      spf === undefined || spfText === undefined || plain(spf) === plain(spfText)
        ? NOTHING
        : seen(['identity', 'spf'], say('Published is:', '公開中のレコード:'), alike(spfText)),
  },
  {
    id: 'dns-mail-from-mx',
    severity: 'error',
    title: say(
      'The MX of the MAIL FROM domain is not what SES wants',
      'MAIL FROM ドメインの MX が SES の求めるものと異なります',
    ),
    why: say(
      'SES then uses its own domain, which is not aligned, or refuses all mail: whatever its fallback says.',
      'SES は整合しない自社ドメインを使うか、すべてのメールを拒否します (フォールバック設定によります)。',
    ),
    mend: say(
      'Publish exactly one MX: 10 feedback-smtp.REGION.amazonses.com.',
      'MX を 1 件だけ (10 feedback-smtp.REGION.amazonses.com) 公開してください。',
    ),
    source: MAIL_FROM,
    look: mailFromMx,
  },
  {
    id: 'dns-mail-from-spf',
    severity: 'error',
    title: say(
      'The SPF of the MAIL FROM domain does not name SES',
      'MAIL FROM ドメインの SPF に SES が含まれていません',
    ),
    why: say(
      'SES does not look at it, but receivers do: SPF fails for all mail through SES.',
      'SES は検査しませんが受信側は検査します。SES 経由の全メールが SPF に合格しません。',
    ),
    mend: say(
      'Publish TXT "v=spf1 include:amazonses.com ~all".',
      'TXT "v=spf1 include:amazonses.com ~all" を公開してください。',
    ),
    source: MAIL_FROM,
    look: ({ mailFrom }) => {
      const spf = mailFrom?.spf
      const named = spf?.costs.some(({ term }) => /^\+?include:amazonses\.com$/i.test(term)) === true
      if (spf === undefined || named || spf.verdict === 'temperror') return NOTHING
      return seen(['identity', 'mailFromDomain'], alike(`${spf.domain}: ${spf.verdict}`), ...spf.reasons.map(alike))
    },
  },
]

function permerror(spf: SpfReport, at: readonly string[]): readonly Sighting[] {
  if (spf.verdict !== 'permerror') return NOTHING
  return seen(
    at,
    say(
      `${spf.domain}: ${spf.lookUps} look-ups, ${spf.voidLookUps} of them void.`,
      `${spf.domain}: 参照 ${spf.lookUps} 回、うち空振り ${spf.voidLookUps} 回。`,
    ),
    ...spf.reasons.map(alike),
    ...costs(spf),
  )
}

function costs({ costs: all }: SpfReport) {
  return all.map(({ term, lookUps }) => say(`${term} costs ${lookUps}`, `${term}: ${lookUps} 回`))
}

const plain = (text: string) => text.trim().toLowerCase().replaceAll(/\s+/g, ' ')

function mailFromMx({ mailFrom }: DnsFacts, { region }: Plan): readonly Sighting[] {
  const wanted = `feedback-smtp.${region}.amazonses.com`
  if (mailFrom?.mx === undefined || (mailFrom.mx.length === 1 && mailFrom.mx[0] === wanted)) return NOTHING
  return seen(
    ['identity', 'mailFromDomain'],
    mailFrom.mx.length > 1
      ? say(
          `${mailFrom.domain} has ${mailFrom.mx.length} of them.`,
          `${mailFrom.domain} に ${mailFrom.mx.length} 件あります。`,
        )
      : mailFrom.mx.length === 0
        ? say(`${mailFrom.domain} has none.`, `${mailFrom.domain} にありません。`)
        : say(`${mailFrom.domain} has another.`, `${mailFrom.domain} の値が異なります。`),
    ...mailFrom.mx.map((host) => alike(`MX ${host}`)),
    say(`wanted: ${wanted}`, `必要な値: ${wanted}`),
  )
}

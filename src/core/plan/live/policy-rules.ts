// DMARC, keys and receivers in DNS today. Facts come from dns-facts.ts; nothing here asks anybody.
import { alike, NOTHING, say, seen, type Sighting } from '../finding.ts'
import type { Plan } from '../plan.ts'
import type { DnsFacts } from './dns-facts.ts'
import type { DnsRule } from './dns-rules.ts'

export const policyLiveRules: readonly DnsRule[] = [
  {
    id: 'dns-dmarc-missing',
    severity: 'warning',
    title: say('The domain has no DMARC record', 'ドメインに DMARC レコードがありません'),
    why: say(
      'Gmail and Yahoo ask bulk senders for one, and without reports nobody sees whether DKIM passes.',
      'Gmail と Yahoo は大量送信者に DMARC を求めます。レポートがなければ DKIM の合否も分かりません。',
    ),
    mend: say(
      'Publish v=DMARC1; p=none; rua=mailto: first.',
      'まず v=DMARC1; p=none; rua=mailto:… を公開してください。',
    ),
    source: 'https://support.google.com/a/answer/81126',
    look: ({ dmarc }, { domain }) =>
      dmarc !== undefined && recordsOf(dmarc).length === 0
        ? seen(['domain'], alike(`TXT _dmarc.${domain}: -`))
        : NOTHING,
  },
  {
    id: 'dns-dmarc-twice',
    severity: 'error',
    title: say('There is more than one DMARC record', 'DMARC レコードが複数あります'),
    why: say('Receivers then apply none of them.', '受信側はどれも適用しません。'),
    mend: say('Keep one.', '1 つだけ残してください。'),
    source: 'RFC 7489 6.6.3',
    look: ({ dmarc }) => {
      const records = recordsOf(dmarc ?? [])
      return records.length < 2
        ? NOTHING
        : seen(['domain'], say(`There are ${records.length}.`, `${records.length} 件あります。`), ...records.map(alike))
    },
  },
  {
    id: 'dns-dmarc-strict',
    severity: 'error',
    title: say('The published DMARC asks for strict alignment', '公開中の DMARC が厳格な整合を求めています'),
    why: say(
      'SES can never align MAIL FROM under aspf=s, and signs subdomains with the parent under adkim=s: SPF and DKIM pass, and DMARC fails.',
      'aspf=s では MAIL FROM が整合せず、adkim=s ではサブドメインが親ドメインの署名と一致しません。SPF と DKIM が合格しても DMARC は不合格です。',
    ),
    mend: say('Change it to r before the first stage.', '最初の段階の前に r に変更してください。'),
    source: 'RFC 7489 3.1',
    look: ({ dmarc }, plan) => {
      const [record, second] = recordsOf(dmarc ?? [])
      if (record === undefined || second !== undefined) return NOTHING
      const modes = [
        ...(tagOf(record, 'aspf') === 's' ? ['aspf=s'] : []),
        ...(tagOf(record, 'adkim') === 's' && hasSubdomains(plan) ? ['adkim=s'] : []),
      ]
      return modes.length === 0 ? NOTHING : seen(['domain'], alike(modes.join(', ')), alike(record))
    },
  },
  {
    id: 'dns-dmarc-enforced-unaligned',
    severity: 'error',
    title: say(
      'DMARC is enforced today, and nothing aligns mail through SES',
      '現在 DMARC が強制され、SES 経由のメールは整合しません',
    ),
    why: say(
      'The first mail through SES would be quarantined or refused.',
      'SES 経由の最初のメールから隔離または拒否されます。',
    ),
    mend: say(
      'Keep the stage at 0 until MAIL FROM or DKIM is ready.',
      'MAIL FROM か DKIM が整うまで段階を 0 に保ってください。',
    ),
    source: 'RFC 7489 6.6.2',
    look: enforcedUnaligned,
  },
  {
    id: 'dns-dkim-missing',
    severity: 'warning',
    title: say('The DKIM key is not published', 'DKIM 鍵が公開されていません'),
    why: say(
      'SES cannot sign before it finds a key, and what it signed before fails at receivers.',
      '鍵が見つかるまで SES は署名できず、署名済みのメールも受信側で不合格になります。',
    ),
    mend: say(
      'Ask for the records: `watari dkim request` has them ready.',
      'レコードを依頼してください。`watari dkim request` で用意できます。',
    ),
    source: 'RFC 6376 3.6.2',
    look: keyMissing,
  },
  {
    id: 'dns-dkim-unreadable',
    severity: 'error',
    title: say('A published key cannot be read', '公開中の鍵が正しくありません'),
    why: say(
      'Mail that is signed with it fails DKIM, or SES never takes it for verified.',
      'その鍵の署名は不合格になるか、SES の検証が完了しません。',
    ),
    mend: say(
      'Publish one TXT of v=DKIM1; k=rsa; p= and the whole key, in strings of at most 255 octets.',
      'v=DKIM1; k=rsa; p= と鍵全体を 255 オクテット以下の文字列に分けた TXT 1 件を公開してください。',
    ),
    source: 'RFC 6376 3.6.1',
    look: ({ keys }) => keys.flatMap(({ name, texts }) => keyFault(name, texts)),
  },
  {
    id: 'dns-receiver-without-mx',
    severity: 'warning',
    title: say('A receiver that matters takes no mail', '主要な宛先ドメインがメールを受け付けません'),
    why: say(
      'Everything sent there bounces, and counts against the gates.',
      'そこへの送信はすべてバウンスし、ゲートの判定に響きます。',
    ),
    mend: say(
      'Correct volume.receivers, or take its addresses off the lists.',
      'volume.receivers を直すか、宛先を外してください。',
    ),
    source: 'RFC 7505 3',
    look: ({ receivers }) =>
      receivers.flatMap(({ domain, mx }, i) =>
        mx === undefined || (mx.length > 0 && mx[0] !== '' && mx[0] !== '.')
          ? []
          : seen(['volume', 'receivers', i], alike(`${domain}: MX ${mx.length === 0 ? '-' : '.'}`)),
      ),
  },
  {
    id: 'dns-receiver-without-starttls',
    severity: 'warning',
    title: say('A receiver that matters does not offer TLS', '主要な宛先ドメインが TLS に対応していません'),
    why: say(
      'With TlsPolicy REQUIRE nothing reaches it; without, its mail crosses the Internet in the clear.',
      'TlsPolicy REQUIRE では届かず、OPTIONAL では平文で送られます。',
    ),
    mend: say(
      'Keep OPTIONAL, or keep the domain on legacy (shares.byDomain: 0).',
      'OPTIONAL のままにするか、そのドメインを旧経路に残してください (shares.byDomain: 0)。',
    ),
    source: 'RFC 3207 4',
    look: ({ receivers }) =>
      receivers.flatMap(({ domain, starttls, mx }, i) =>
        starttls === 'notOffered' ? seen(['volume', 'receivers', i], alike(`${domain}: ${mx?.[0] ?? ''}`)) : [],
      ),
  },
]

const recordsOf = (texts: readonly string[]) => texts.filter((text) => /^v\s*=\s*DMARC1\s*(?:;|$)/.test(text))

function tagOf(record: string, tag: string): string | undefined {
  return new RegExp(`(?:^|;)\\s*${tag}\\s*=\\s*([^;\\s]*)`, 'i').exec(record)?.[1]?.toLowerCase()
}

const hasSubdomains = ({ domain, gateway, ses }: Plan) =>
  gateway.senderDomains.some((name) => name.endsWith(`.${domain}`) && !ses.identities.includes(name))

function enforcedUnaligned({ dmarc, mailFrom }: DnsFacts, { identity, region }: Plan): readonly Sighting[] {
  const [record, second] = recordsOf(dmarc ?? [])
  const policy = record === undefined || second !== undefined ? undefined : tagOf(record, 'p')
  if (record === undefined || (policy !== 'quarantine' && policy !== 'reject') || identity.dkimSigning !== false)
    return NOTHING
  const isReady = mailFrom?.mx?.length === 1 && mailFrom.mx[0] === `feedback-smtp.${region}.amazonses.com`
  if ((isReady && tagOf(record, 'aspf') !== 's') || (mailFrom !== undefined && mailFrom.mx === undefined))
    return NOTHING
  return seen(
    ['identity', 'dkimSigning'],
    alike(record),
    say('DKIM is off, and MAIL FROM is not ready', 'DKIM は無効、MAIL FROM も未完了'),
  )
}

/** More names than these are told by the first and the last. */
const NAMED_MAX = 3

function keyMissing({ keys, selectors }: DnsFacts, { domain }: Plan): readonly Sighting[] {
  const names = selectors.map((one) => `${one}._domainkey.${domain}`)
  if (names.length === 0 || keys.some(({ name }) => names.includes(name))) return NOTHING
  const shown = names.length > NAMED_MAX ? `${names[0]} … ${names.at(-1)}` : names.join(', ')
  return seen(['dkim'], say(`DNS has no record at ${shown}.`, `DNS にレコードがありません: ${shown}`))
}

/** A key of 1024 bits has 216 characters in base64, and SES takes nothing shorter. */
const KEY_CHARACTERS_MIN = 216

function keyFault(name: string, texts: readonly string[]): readonly Sighting[] {
  const [text = ''] = texts
  if (texts.length > 1)
    return seen(['dkim'], say(`${name} has ${texts.length} records.`, `${name} に ${texts.length} 件あります。`))
  const key = /(?:^|;)\s*p\s*=([^;]*)/.exec(text)?.[1]?.replaceAll(/\s/g, '')
  // An empty key is revoked on purpose (RFC 6376 3.6.1).
  if (key === '' || (key !== undefined && /^[A-Za-z0-9+/]+=*$/.test(key) && key.length >= KEY_CHARACTERS_MIN))
    return NOTHING
  return seen(['dkim'], alike(name), alike(text.length > 60 ? `${text.slice(0, 60)}… (${text.length})` : text))
}

// Makes a Postfix log as a busy host writes it: every line kind that matters, heavy heads and long tails of domains, retries,
// bounces, rejects, TLS, envelopes with many recipients, a content filter. The same seed makes the same log.
import { closeSync, openSync, writeSync } from 'node:fs'

export interface MadeLog {
  readonly file: string
  readonly lines: number
  readonly host: string
  readonly seed: number
  /** 'iso': 2026-11-24T10:00:00.123456+09:00; 'classic': Nov 24 10:00:00. */
  readonly stamps: 'iso' | 'classic'
  /** Long queue ids or short ones. */
  readonly ids: 'long' | 'short'
}

/** Mails begin over this time; retries of the last ones come later. */
const DAY_SECONDS = 86_400
/** A line may be written so long after its mail began. */
const LATEST_SECONDS = 16_384
const BASE_52 = '0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz'
const CARRIERS = [
  'docomo.ne.jp',
  'gmail.com',
  'ezweb.ne.jp',
  'softbank.ne.jp',
  'yahoo.co.jp',
  'icloud.com',
  'au.com',
  'outlook.jp',
]
const TAILS = ['example.jp', 'example.com', 'example.net', 'example.org']
const DOMAINS = Array.from({ length: 12_000 }, (_, n) => CARRIERS[n] ?? `mail${n}.${TAILS[n % TAILS.length]}`)
const SENDERS = Array.from(
  { length: 400 },
  (_, n) => `${['news', 'bounce', 'info', 'order', 'member'][n % 5]}-${n}@m${n % 30}.goo.ne.jp`,
)
const LATER = [
  [
    '4.2.0',
    'host RELAY said: 450 4.2.0 <RECIPIENT>: Recipient address rejected: Greylisted, see http://postgrey.example/help/ (in reply to RCPT TO command)',
  ],
  ['4.4.1', 'connect to RELAY:25: Connection timed out'],
  [
    '4.7.28',
    'host RELAY said: 421-4.7.28 Our system has detected an unusual rate of unsolicited mail. To protect 421 4.7.28 our users, mail sent has been rate limited. a1-20020a17si42.117 - gsmtp (in reply to end of DATA command)',
  ],
  ['4.2.2', 'host RELAY said: 452 4.2.2 Mailbox full (in reply to RCPT TO command)'],
  ['4.4.2', 'lost connection with RELAY while sending message body'],
] as const
const NEVER = [
  [
    '5.1.1',
    'host RELAY said: 550 5.1.1 <RECIPIENT>: Recipient address rejected: User unknown (in reply to RCPT TO command)',
  ],
  ['5.0.0', 'host RELAY said: 550 Unknown user RECIPIENT (in reply to RCPT TO command)'],
  ['5.7.1', 'host RELAY said: 554 5.7.1 Message refused, id=4711, score=9.1 (spam) (in reply to end of DATA command)'],
  ['5.4.4', 'Host or domain name not found. Name service error for name=DOMAIN type=AAAA: Host not found'],
] as const

/** Postfix writes two digits that matter. */
function delayText(seconds: number): string {
  return seconds < 10 ? seconds.toPrecision(2) : String(Math.round(seconds))
}

/** mulberry32. */
function random(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** Writes the log; the answer is how many lines it has. */
export function makeLog({ file, lines, host, seed, stamps, ids }: MadeLog): number {
  const chance = random(seed)
  const int = (n: number) => Math.floor(chance() * n)
  const zipf = (n: number) => Math.min(n - 1, Math.floor(n ** chance()) - 1)
  const pick = <Item>(items: readonly Item[]) => items[int(items.length)]!
  const descriptor = openSync(file, 'w')
  const ring: string[][] = Array.from({ length: LATEST_SECONDS }, () => [])
  let written = 0
  let mails = 0
  const beganAt = Date.UTC(2026, 10, 24)
  const two = (n: number) => String(n).padStart(2, '0')
  const stampOf = (second: number) => {
    const at = new Date(beganAt + second * 1_000)
    const clock = `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`
    if (stamps === 'classic') return `Nov ${two(at.getUTCDate())} ${clock}`
    return `2026-11-${two(at.getUTCDate())}T${clock}.${String(int(1_000_000)).padStart(6, '0')}+09:00`
  }
  let queued = 0
  const put = (second: number, program: string, text: string) => {
    const at = Math.floor(second)
    ring[at % LATEST_SECONDS]!.push(`${stampOf(at)} ${host} postfix/${program}: ${text}\n`)
    queued += 1
  }
  const id = () => {
    mails += 1
    if (ids === 'short') return (0x1_0000_0000 + mails * 16 + int(16)).toString(16).toUpperCase()
    let text = '4'
    for (let n = 0; n < 14; n += 1) text += n === 9 ? 'z' : BASE_52[int(52)]
    return text
  }

  const mail = (second: number) => {
    const mailId = id()
    const sender = chance() < 0.03 ? '' : SENDERS[zipf(SENDERS.length)]!
    const size = 1_500 + Math.floor(90_000 * chance() ** 4)
    const recipients = chance() < 0.95 ? 1 : chance() < 0.98 ? 2 + int(8) : 51 + int(60)
    const client = `app${int(60)}.example.jp[10.4.${int(8)}.${int(250)}]`
    const smtpd = `smtpd[${20_000 + int(200)}]`
    if (chance() < 0.3) put(second, smtpd, `connect from ${client}`)
    if (sender !== '') put(second, smtpd, `${mailId}: client=${client}`)
    put(second, `cleanup[${21_000 + int(50)}]`, `${mailId}: message-id=<${mailId.toLowerCase()}.${mails}@goo.ne.jp>`)
    put(second, 'qmgr[19000]', `${mailId}: from=<${sender}>, size=${size}, nrcpt=${recipients} (queue active)`)
    if (chance() < 0.3)
      put(
        second,
        smtpd,
        `disconnect from ${client} ehlo=1 mail=1 rcpt=${recipients} data=1 quit=1 commands=${4 + recipients}`,
      )
    let lastAt = second
    for (let n = 0; n < recipients; n += 1) lastAt = Math.max(lastAt, recipient(mailId, second))
    put(lastAt, 'qmgr[19000]', `${mailId}: removed`)
  }

  const recipient = (mailId: string, second: number): number => {
    const domain = DOMAINS[zipf(DOMAINS.length)]!
    const to = `${chance() < 0.01 ? 'a..' : 'user'}${zipf(400_000)}@${domain}`
    const relay = `mx${int(3)}.${domain}[192.0.2.${int(250)}]`
    const smtp = `smtp[${30_000 + int(400)}]`
    const delay = chance() ** 6 * 30 + 0.05
    let at = second + delay
    const line = (status: string, dsn: string) =>
      `${mailId}: to=<${to}>, relay=${relay}:25, ${chance() < 0.3 ? 'conn_use=2, ' : ''}delay=${delayText(at - second)}, delays=0.03/0.01/${(delay / 2).toFixed(2)}/${(delay / 2).toFixed(2)}, dsn=${dsn}, status=${status}`
    const told = (text: string) =>
      text.replaceAll('RELAY', relay).replaceAll('RECIPIENT', to).replaceAll('DOMAIN', domain)
    if (chance() < 0.4)
      put(
        at,
        smtp,
        `Untrusted TLS connection established to ${relay}:25: TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)`,
      )
    const fate = chance()
    if (fate < 0.04) {
      const [dsn, why] = pick(LATER)
      for (let tries = 1 + int(3), wait = 300; tries > 0; tries -= 1, wait *= 2) {
        put(at, smtp, line(`deferred (${told(why)})`, dsn))
        at += wait
      }
    }
    if (fate > 0.985) {
      const [dsn, why] = pick(NEVER)
      put(at, smtp, line(`bounced (${told(why)})`, dsn))
    } else put(at, smtp, line(`sent (250 2.0.0 Ok: queued as ${int(2 ** 40).toString(36)})`, '2.0.0'))
    return at
  }

  const noise = (second: number) => {
    const client = `unknown[198.51.100.${int(250)}]`
    const kind = int(4)
    if (kind === 0) {
      put(
        second,
        `smtpd[${20_000 + int(200)}]`,
        `NOQUEUE: reject: RCPT from ${client}: 554 5.7.1 <x@example.org>: Relay access denied; from=<y@example.org> to=<x@example.org> proto=ESMTP helo=<bad>`,
      )
    } else if (kind === 1)
      put(second, 'anvil[18000]', `statistics: max connection rate 12/60s for (smtp:10.4.0.1) at Nov 24 10:00:00`)
    else if (kind === 2)
      put(second, `smtp[${30_000 + int(400)}]`, `connect to mx9.mail77.example.jp[203.0.113.9]:25: Connection refused`)
    else
      put(
        second,
        `smtpd[${20_000 + int(200)}]`,
        `warning: hostname bad.example does not resolve to address 198.51.100.7`,
      )
  }

  const flush = (second: number) => {
    const slot = ring[second % LATEST_SECONDS]!
    if (slot.length === 0) return
    writeSync(descriptor, slot.join(''))
    written += slot.length
    slot.length = 0
  }
  for (let second = 0; second < DAY_SECONDS; second += 1) {
    // More by day than by night, and as many lines in all as were asked for.
    const due =
      (lines * (second - (DAY_SECONDS / (2 * Math.PI)) * Math.sin((2 * Math.PI * second) / DAY_SECONDS))) / DAY_SECONDS
    while (queued < due) {
      if (chance() < 0.97) mail(second)
      else noise(second)
    }
    flush(second)
  }
  for (let second = DAY_SECONDS; second < DAY_SECONDS + LATEST_SECONDS; second += 1) flush(second)
  closeSync(descriptor)
  return written
}

// A real Postfix as next hop: it takes what the courier sends, byte for byte, and its own ways of refusing, idling and closing
// are understood.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Content } from '../../src/core/mail/mail.ts'
import type { Delivery } from '../../src/core/mail/outcome.ts'
import type { SmtpCourierOptions } from '../../src/adapters/smtp/courier-options.ts'
import { aCertificate } from '../support/certificate.ts'
import { describeJudged } from '../support/judge.ts'
import { POSTFIX, startPostfix, type Postfix, type PostfixOptions } from '../support/postfix.ts'
import { aCourier } from '../support/smtp-courier.ts'

const ends: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

function courierTo({ host, port }: Postfix, options: Partial<SmtpCourierOptions> = {}) {
  const courier = aCourier([{ address: { host, port } }], options)
  ends.push(courier.stop)
  return courier
}

async function aPostfix(options: PostfixOptions): Promise<Postfix> {
  const postfix = await startPostfix(options)
  ends.push(() => postfix.stop())
  return postfix
}

const brief = ({ outcomes, signal, counts }: Delivery): unknown[] => [
  ...outcomes.map((outcome) => (outcome.kind === 'delivered' ? 'delivered' : `${outcome.kind} ${outcome.reason}`)),
  signal.kind,
  counts,
]

/** In wire form, cut into pieces, as the queue keeps it. */
function wireForm(message: Buffer, piece: number): Content {
  const wire = Buffer.from(message.toString('latin1').replaceAll(/(^|\r\n)\./g, '$1..'), 'latin1')
  const chunks: Uint8Array[] = []
  for (let at = 0; at < wire.length; at += piece) chunks.push(new Uint8Array(wire.subarray(at, at + piece)))
  return {
    chunks,
    wireSize: wire.length,
    size: message.length,
    dotStuffed: wire.length !== message.length,
    eightBit: message.some((octet) => octet > 127),
    longestLine: 998,
  }
}

// With all that Postfix would add.
const HEADER =
  'From: a@src.example\r\nTo: b@dst.example\r\nSubject: judged\r\n' +
  'Message-ID: <1@src.example>\r\nDate: Wed, 25 Nov 2026 00:00:00 +0000\r\n'
const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1')
/** A header that fills the first 4,096 octets up to `short` of their end. */
const upTo = (short: number): string => {
  const begin = `${HEADER}\r\n`
  return `${begin}${'x'.repeat(900)}\r\n${'y'.repeat(900)}\r\n${'z'.repeat(900)}\r\n${'w'.repeat(4096 - begin.length - 3 * 902 - 2 - short)}\r\n`
}

const MESSAGES: readonly (readonly [string, Buffer, number])[] = [
  ['lines of dots', latin1(`${HEADER}\r\n.\r\n..\r\n.x\r\n...\r\nend.\r\n.\r\n`), 4096],
  ['Shift_JIS octets, raw', latin1(`${HEADER}\r\n\x82\xb1\x82\xf1\x83\x5c\x81\x5c\r\n`), 4096],
  [
    'every octet over 127',
    latin1(`${HEADER}\r\n${String.fromCharCode(...Array.from({ length: 128 }, (_, i) => 128 + i))}\r\n`),
    64,
  ],
  ['ISO-2022-JP', latin1(`${HEADER}\r\n\x1b$B$3$s$K$A$O\x1b(B\r\n`), 4096],
  ['lines of 998 octets', latin1(`${HEADER}\r\n${`${'l'.repeat(998)}\r\n`.repeat(20)}`), 4096],
  ['folded headers with tabs', latin1(`${HEADER}X-Long: a\r\n\tb\r\n  c\r\n\r\nbody\r\n`), 4096],
  ['trailing blanks and empty lines', latin1(`${HEADER}\r\nbody  \r\n\t\r\n\r\n\r\n`), 4096],
  ['(C10 c) a dot in mid-line as octet 4,097', latin1(`${upTo(40)}${'v'.repeat(40)}.y\r\n`), 4096],
  ['(C10 d) a line of one dot at a write edge', latin1(`${upTo(0)}.\r\nlast\r\n`), 4096],
  ['(C10 d) a line that begins with a dot at a write edge', latin1(`${upTo(0)}.x\r\nlast\r\n`), 4096],
  ['a line end cut in two before a dot', latin1(`${upTo(-1)}.\r\nlast\r\n`), 4096],
  ['three megabytes of dots', latin1(`${HEADER}\r\n${'.\r\n.dot\r\n..\r\n'.repeat(230_000)}`), 65_536],
]

describeJudged('a Postfix that keeps what it is sent', POSTFIX, () => {
  let sink: Postfix
  beforeAll(async () => {
    sink = await startPostfix({ sinkMaildir: true })
  })
  afterAll(() => sink.stop())

  test('has the very bytes that were queued, over one connection', async () => {
    const { deliver, courier } = courierTo(sink, { limits: { connectionsPerHost: 1 } })
    const deliveries = await Promise.all(
      MESSAGES.map(([, message, piece], i) =>
        deliver({ recipients: [`m${i}@dst.example`], content: wireForm(message, piece) }),
      ),
    )
    expect(deliveries.map(brief)).toEqual(MESSAGES.map(() => ['delivered', 'healthy', true]))
    expect(courier.hosts()[0]?.connections).toBe(1)
    const kept = await sink.mails(MESSAGES.length)
    for (const [i, [name, message]] of MESSAGES.entries()) {
      const mail = kept.find(({ recipient }) => recipient === `m${i}@dst.example`)!
      // A Maildir has LF; Postfix puts its own headers above.
      const expected = latin1(message.toString('latin1').replaceAll('\r\n', '\n'))
      expect([name, mail.raw.subarray(-expected.length).equals(expected)]).toEqual([name, true])
      expect([name, mail.raw.subarray(0, -expected.length).toString()]).toEqual([name, expect.stringMatching(/\n$/)])
    }
  })

  test('has every recipient, old carrier addresses as they are spelled, and the sender byte for byte', async () => {
    const { deliver } = courierTo(sink)
    const recipients = ['a..b@docomo.example', 'a.@ezweb.example', '.a@docomo.example', '"q q"@dst.example']
    const delivery = await deliver({ sender: 'bounce+a.=x@src.example', recipients })
    expect(brief(delivery)).toEqual([...recipients.map(() => 'delivered'), 'healthy', true])
    const id = delivery.outcomes[0]!.kind === 'delivered' ? delivery.outcomes[0]!.remoteId : undefined
    await sink.logged(new RegExp(`${id}: from=<bounce\\+a\\.=x@src\\.example>.*nrcpt=4`))
    // Postfix's log spells what breaks the dot rule with quotes.
    for (const logged of ['"a..b"@docomo', '"a."@ezweb', '".a"@docomo', '"q q"@dst']) {
      await sink.logged(new RegExp(`${id}: to=<${logged.replaceAll('.', '\\.')}\\.example>`))
    }
  })

  test('has the null sender', async () => {
    const { deliver } = courierTo(sink)
    const delivery = await deliver({ sender: '', recipients: ['null@dst.example'] })
    const id = delivery.outcomes[0]!.kind === 'delivered' ? delivery.outcomes[0]!.remoteId : undefined
    await sink.logged(new RegExp(`${id}: from=<>`))
  })

  test('takes a thousand mails over four connections, each once', async () => {
    const { deliver } = courierTo(sink, { limits: { connectionsPerHost: 4 } })
    const deliveries = await Promise.all(
      Array.from({ length: 1000 }, (_, i) => deliver({ recipients: [`k${i}@dst.example`] })),
    )
    const ids = deliveries.map(({ outcomes: [outcome] }) =>
      outcome?.kind === 'delivered' ? outcome.remoteId : undefined,
    )
    expect([ids.includes(undefined), new Set(ids).size]).toEqual([false, 1000])
  })
})

describeJudged('a Postfix with TLS', POSTFIX, () => {
  test('is spoken to in TLS 1.2 or later, with its certificate judged', async () => {
    const { key, cert } = await aCertificate('postfix.example')
    const folder = mkdtempSync(join(tmpdir(), 'watari-certificate-'))
    ends.push(() => rmSync(folder, { recursive: true }))
    const file = join(folder, 'chain.pem')
    writeFileSync(file, `${key}\n${cert}\n`)
    const postfix = await aPostfix({
      sinkMaildir: true,
      smtpd: { smtpd_tls_security_level: 'encrypt', smtpd_tls_chain_files: file, smtpd_tls_loglevel: '1' },
    })
    const { deliver } = courierTo(postfix, { tls: 'required', trust: { ca: cert } })
    const big = wireForm(latin1(`${HEADER}\r\n${'.dot\r\n'.repeat(200_000)}`), 65_536)
    expect(brief(await deliver({ content: big }))).toEqual(['delivered', 'healthy', true])
    expect(brief(await deliver())).toEqual(['delivered', 'healthy', true])
    await postfix.logged(/TLS connection established from .*TLSv1\.[23]/)
    const stranger = courierTo(postfix, { tls: 'required' })
    expect(brief(await stranger.deliver())).toEqual(['deferred tlsFailed', 'misconfigured', false])
    const clear = courierTo(postfix)
    expect(brief(await clear.deliver())).toEqual(['deferred authenticationRequired', 'misconfigured', false])
  })
})

describeJudged('a Postfix that says no', POSTFIX, () => {
  test('to a client that may not relay stops the route, and bounces nobody', async () => {
    const postfix = await aPostfix({
      mainCf: { mynetworks: '192.0.2.0/24', smtpd_relay_restrictions: 'permit_mynetworks, reject_unauth_destination' },
    })
    const { deliver } = courierTo(postfix)
    expect(brief(await deliver())).toEqual(['deferred clientNotAllowed', 'misconfigured', false])
  })

  test('to a mail that is too big, to one recipient, and to an address, says it of that mail and that recipient', async () => {
    const postfix = await aPostfix({
      sinkMaildir: true,
      mainCf: { message_size_limit: '10000' },
      smtpd: { smtpd_recipient_restrictions: 'reject_non_fqdn_recipient, permit' },
    })
    const { deliver } = courierTo(postfix)
    const big = wireForm(latin1(`${HEADER}\r\n${'x\r\n'.repeat(5000)}`), 4096)
    expect(brief(await deliver({ content: big }))).toEqual(['rejected rejectedByHost', 'healthy', true])
    const mixed = await deliver({ recipients: ['a@dst.example', 'b@notqualified', 'c@dst.example'] })
    expect(brief(mixed)).toEqual(['delivered', 'rejected rejectedByHost', 'delivered', 'healthy', true])
    expect(brief(await deliver())).toEqual(['delivered', 'healthy', true])
  })
})

describeJudged('a Postfix that closes', POSTFIX, () => {
  test('after a time of idling: no mail pays for it', async () => {
    const postfix = await aPostfix({ sinkMaildir: true, smtpd: { smtpd_timeout: '1s' } })
    const { deliver, log } = courierTo(postfix, { limits: { connectionsPerHost: 1 } })
    expect(brief(await deliver())).toEqual(['delivered', 'healthy', true])
    await postfix.logged(/timeout after/)
    expect(brief(await deliver())).toEqual(['delivered', 'healthy', true])
    expect(log.lines).toEqual([])
  })

  test('to more connections than it likes: the mails go over those it took', async () => {
    const postfix = await aPostfix({
      sinkMaildir: true,
      smtpd: { smtpd_client_connection_count_limit: '3', smtpd_client_event_limit_exceptions: '' },
    })
    const { deliver, log } = courierTo(postfix, { limits: { connectionsPerHost: 10 } })
    const deliveries = await Promise.all(Array.from({ length: 200 }, () => deliver()))
    expect(new Set(deliveries.map((delivery) => brief(delivery).join(' ')))).toEqual(
      new Set(['delivered healthy true']),
    )
    await postfix.logged(/Connection concurrency limit exceeded/)
    expect(log.lines.filter(({ event }) => event === 'nextHopDown')).toHaveLength(1)
  })
})

// Generated dialogues against the session machine. WATARI_FUZZ_RUNS=100000 for a long run, WATARI_FUZZ_SEED to replay one.
// What must hold: nothing is thrown; replies are well formed; there are no more accepts than mails that ended in CRLF.CRLF;
// any cut of the same octets gives the same replies and mails; and what was accepted is what the generator meant.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { turns } from '../../../test/support/fakes.ts'
import { testSession, type SessionOptions } from '../../../test/support/smtp-session.ts'
import { unstuffed } from '../../../test/support/smtp-intake.ts'
import { readProxyHeader } from './proxy-protocol.ts'

const RUNS = Number(process.env['WATARI_FUZZ_RUNS'] ?? 2_000)
const SEED = Number(process.env['WATARI_FUZZ_SEED'] ?? Date.now() % 1_000_000)
const TIMEOUT_MS = 60_000 + RUNS * 10

const OPTIONS: SessionOptions = {
  secure: true,
  credentials: { verify: async (_user, password) => password === 'right' },
  limits: { messageOctets: 500, lineOctets: 100, recipients: 3, recipientCommands: 6, receptionOctets: 2_000 },
}

interface Heard {
  readonly replies: string
  readonly mails: readonly { readonly sender: string; readonly recipients: readonly string[]; readonly wire: string }[]
  readonly ended: string | undefined
  readonly used: number
}

async function hear(pieces: readonly Buffer[]): Promise<Heard> {
  const { session, intake, heard, ended, budget } = testSession(OPTIONS)
  for (const piece of pieces) {
    session.feed(piece)
    // Sometimes the answer of the core comes before the next piece, sometimes after.
    if (piece.length % 2 === 0) await Promise.resolve()
  }
  await turns(3)
  session.lost()
  const mails = intake.mails.map(({ sender, recipients, wire }) => ({ sender, recipients, wire }))
  return { replies: heard(), mails, ended: ended(), used: budget.used }
}

/** The octets in pieces, cut at these places. */
function cut(octets: Buffer, places: readonly number[]): Buffer[] {
  const sorted = [...new Set(places.map((place) => place % (octets.length + 1)))].sort((a, b) => a - b)
  return [0, ...sorted].map((from, i) => octets.subarray(from, sorted[i] ?? octets.length))
}

/** As often as a lax server could be made to see an end of content, and no oftener (RFC 5321 4.1.1.4). */
function endsIn(text: string): number {
  return text.split('\r\n.\r\n').length - 1
}

const noise = fc.string({
  unit: fc.constantFrom('\r', '\n', '.', ' ', '<', '>', '"', '\\', 'a', '@', '\0', '\xe9'),
  maxLength: 12,
})
const command = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('EHLO c', 'MAIL FROM:<a@example.com>', 'RCPT TO:<b@example.net>', 'DATA') },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      'HELO c',
      'RSET',
      'NOOP',
      'VRFY x',
      'HELP',
      'QUIT',
      'EXPN',
      'STARTTLS',
      'BDAT 5',
      'GET /',
      'AUTH LOGIN',
      'AUTH PLAIN',
      '*',
      'AUTH PLAIN AHUAcmlnaHQ=',
      'AUTH PLAIN AHUAd3Jvbmc=',
      'cmlnaHQ=',
      'MAIL FROM:<> SIZE=9',
      'mail from: <"a b>"@x> BODY=7BIT',
      'MAIL FROM:<a@x> SMTPUTF8',
      'RCPT TO:<"x\\">y"@z>',
      'RCPT TO:<@a:b@c>',
      'RCPT TO:b@example.net',
      `NOOP ${'x'.repeat(120)}`,
    ),
  },
  { weight: 1, arbitrary: noise },
)
const line = fc
  .tuple(
    command,
    fc.oneof(
      { weight: 12, arbitrary: fc.constant('\r\n') },
      { weight: 1, arbitrary: fc.constantFrom('\n', '\r', '\r\r\n', '') },
    ),
  )
  .map(([text, end]) => text + end)
const content = fc
  .array(
    fc.oneof(fc.constantFrom('x', '.', '..', '', '.\r', 'MAIL FROM:<e@x>', 'y'.repeat(70), '\xe3\x81\x82'), noise),
    { maxLength: 8 },
  )
  .chain((lines) =>
    fc.constantFrom('\r\n.\r\n', '\n.\r\n', '\r\n.\n', '\r.\r', '\r\r\n.\r\r\n').map((end) => lines.join('\r\n') + end),
  )
const dialogue = fc
  .array(fc.oneof({ weight: 4, arbitrary: line }, { weight: 1, arbitrary: content }), { minLength: 1, maxLength: 25 })
  .map((parts) => Buffer.from(parts.join(''), 'latin1'))
const places = fc.array(fc.nat(), { maxLength: 12 })

test(
  'any octets, in any cut, get the same well-formed replies and the same mails',
  async () => {
    await fc.assert(
      fc.asyncProperty(dialogue, places, async (octets, at) => {
        const whole = await hear([octets])
        expect(whole.replies).toMatch(/^(?:[2345]\d\d[- ][\x20-\x7e]*\r\n)*$/)
        expect(whole.used).toBe(0)
        expect(whole.mails.length).toBeLessThanOrEqual(endsIn(octets.toString('latin1')) + 1)
        for (const mail of whole.mails) {
          expect(mail.recipients.length).toBeGreaterThan(0)
          expect(mail.wire).toMatch(/^(?:(?!\.\r\n)[^\r\n]*\r\n)*$/)
        }
        expect(await hear(cut(octets, at))).toEqual(whole)
        expect(
          await hear(
            cut(
              octets,
              Array.from(octets, (_, i) => i),
            ),
          ),
        ).toEqual(whole)
      }),
      { numRuns: RUNS, seed: SEED },
    )
  },
  TIMEOUT_MS,
)

const message = fc.array(
  fc.string({ unit: fc.constantFrom('.', 'a', ' ', '\xe9', '\t', 'Subject: x'), maxLength: 40 }),
  { maxLength: 9 },
)
const mails = fc.array(
  fc.tuple(message, fc.array(fc.constantFrom('1@x', '"a b"@y', '"<>"@z'), { minLength: 1, maxLength: 3 })),
  {
    minLength: 1,
    maxLength: 4,
  },
)

test(
  'every mail of a correct client comes as it was meant, in any cut',
  async () => {
    await fc.assert(
      fc.asyncProperty(mails, places, async (meant, at) => {
        const wire = meant.map(([lines, recipients]) => {
          const body = lines.map((text) => `${text.startsWith('.') ? '.' : ''}${text}\r\n`).join('')
          return `MAIL FROM:<a@example.com>\r\n${recipients.map((to) => `RCPT TO:<${to}>\r\n`).join('')}DATA\r\n${body}.\r\n`
        })
        const { mails: taken, replies } = await hear(
          cut(Buffer.from(`EHLO c\r\n${wire.join('')}QUIT\r\n`, 'latin1'), at),
        )
        expect(taken.map((mail) => [unstuffed(mail.wire), mail.recipients])).toEqual(
          meant.map(([lines, recipients]) => [lines.map((text) => `${text}\r\n`).join(''), recipients]),
        )
        expect(replies.endsWith('221 2.0.0 Bye\r\n')).toBe(true)
      }),
      { numRuns: RUNS, seed: SEED },
    )
  },
  TIMEOUT_MS,
)

test(
  'the PROXY reader takes any octets, and asks for more only within bounds',
  () => {
    const start = fc.constantFrom(
      '',
      'PROXY ',
      'PROXY TCP4 1.2.3.4 ',
      '\r\n\r\n\0\r\nQUIT\n',
      '\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c',
    )
    fc.assert(
      fc.property(start, fc.uint8Array({ maxLength: 3_000 }), (text, rest) => {
        const octets = Buffer.concat([Buffer.from(text, 'latin1'), rest])
        const reading = readProxyHeader(octets)
        if (reading.kind === 'more') expect(octets.length).toBeLessThan(2_064)
        if (reading.kind === 'header') expect(reading.octets).toBeLessThanOrEqual(octets.length)
      }),
      { numRuns: RUNS, seed: SEED },
    )
  },
  TIMEOUT_MS,
)

console.log(`session-fuzz: WATARI_FUZZ_SEED=${SEED} WATARI_FUZZ_RUNS=${RUNS}`)

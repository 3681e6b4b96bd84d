import { describe, expect, test } from 'vitest'
import { refuse } from '../../core/mail/refusal.ts'
import { TO_DATA, testSession } from '../../../test/support/smtp-session.ts'
import { turns } from '../../../test/support/fakes.ts'

const EHLO = 'EHLO c.example\r\n'
const ENVELOPE = 'MAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.net>\r\n'
const lastOf = (lines: readonly string[]) => lines[lines.length - 1]

describe('a session', () => {
  test('greets, offers what it keeps, and takes a mail', async () => {
    const { session, intake, say, heard, ended } = testSession()
    session.greet()
    expect(heard()).toBe('220 gw.example ESMTP Watari\r\n')
    expect(await say(EHLO)).toEqual([
      '250-gw.example',
      '250-PIPELINING',
      '250-SIZE 41943040',
      '250-ENHANCEDSTATUSCODES',
      '250-8BITMIME',
      '250 STARTTLS',
    ])
    expect(await say('MAIL FROM:<a@example.com> SIZE=20 BODY=8BITMIME\r\n')).toEqual(['250 2.1.0 Ok'])
    expect(await say('RCPT TO:<b@example.net>\r\n')).toEqual(['250 2.1.5 Ok'])
    expect(await say('rcpt to:<"odd one"@example.net>\r\n')).toEqual(['250 2.1.5 Ok'])
    expect(await say('DATA\r\n')).toEqual(['354 End data with <CR><LF>.<CR><LF>'])
    expect(await say('Subject: x\r\n\r\n..dot\r\n.\r\n')).toEqual(['250 2.0.0 Ok: queued as M1'])
    expect(await say('QUIT\r\n')).toEqual(['221 2.0.0 Bye'])
    expect(ended()).toBe('quit')
    expect(intake.mails).toMatchObject([
      {
        client: { address: '192.0.2.1', helo: 'c.example', tls: false, allowed: true },
        sender: 'a@example.com',
        recipients: ['b@example.net', '"odd one"@example.net'],
        wire: 'Subject: x\r\n\r\n..dot\r\n',
        content: { wireSize: 21, size: 20, dotStuffed: true, eightBit: false, longestLine: 10 },
      },
    ])
  })

  test('answers a pipelined group in one write, in order', async () => {
    const { say } = testSession()
    const replies = await say(`${EHLO}${ENVELOPE}RCPT TO:bad<\r\nDATA\r\n`)
    expect(replies.slice(-4)).toEqual([
      '250 2.1.0 Ok',
      '250 2.1.5 Ok',
      '501 5.5.4 Address expected in angle brackets',
      '354 End data with <CR><LF>.<CR><LF>',
    ])
  })

  test('takes mail after mail, and what came while it waited for the core', async () => {
    const { say, intake } = testSession()
    await say(TO_DATA)
    const replies = await say(`one\r\n.\r\n${ENVELOPE}DATA\r\ntwo\r\n.\r\nQUIT\r\n`)
    expect(replies).toEqual([
      '250 2.0.0 Ok: queued as M1',
      '250 2.1.0 Ok',
      '250 2.1.5 Ok',
      '354 End data with <CR><LF>.<CR><LF>',
      '250 2.0.0 Ok: queued as M2',
      '221 2.0.0 Bye',
    ])
    expect(intake.mails.map((mail) => mail.wire)).toEqual(['one\r\n', 'two\r\n'])
  })

  test('says nothing after the final dot until the core has the mail', async () => {
    const { session, say, intake, heard } = testSession({ held: true })
    await say(TO_DATA)
    expect(await say('x\r\n.\r\nNOOP\r\n')).toEqual([])
    expect(session.keepsInput).toBe(true)
    expect(session.waitsFor).toBe('us')
    const before = heard().length
    intake.release()
    await turns(3)
    expect(heard().slice(before)).toBe('250 2.0.0 Ok: queued as M1\r\n250 2.0.0 Ok\r\n')
    expect(session.keepsInput).toBe(false)
  })

  test('takes an empty message', async () => {
    const { say, intake } = testSession()
    await say(TO_DATA)
    expect(await say('.\r\n')).toEqual(['250 2.0.0 Ok: queued as M1'])
    expect(intake.mails[0]!.content).toMatchObject({ chunks: [], wireSize: 0, size: 0, longestLine: 0 })
  })

  test('knows HELO, NOOP, RSET, VRFY, HELP and EXPN', async () => {
    const { say } = testSession()
    expect(await say('HELO c.example\r\n')).toEqual(['250 gw.example'])
    expect(await say('NOOP x\r\nVRFY a\r\nHELP\r\nEXPN l\r\n')).toEqual([
      '250 2.0.0 Ok',
      '252 2.0.0 Cannot verify, send the mail and see',
      '214 2.0.0 See RFC 5321',
      '502 5.5.1 Command not implemented',
    ])
    expect(await say(`${ENVELOPE}RSET\r\nDATA\r\n`)).toEqual([
      '250 2.1.0 Ok',
      '250 2.1.5 Ok',
      '250 2.0.0 Ok',
      '503 5.5.1 Send MAIL first',
    ])
  })

  test('wants the commands in their order', async () => {
    const { say } = testSession()
    expect(await say('MAIL FROM:<a@example.com>\r\n')).toEqual(['503 5.5.1 Send EHLO first'])
    await say(EHLO)
    expect(await say('RCPT TO:<b@example.net>\r\nDATA\r\n')).toEqual([
      '503 5.5.1 Send MAIL first',
      '503 5.5.1 Send MAIL first',
    ])
    expect(await say('MAIL FROM:<>\r\nMAIL FROM:<a@example.com>\r\nDATA\r\n')).toEqual([
      '250 2.1.0 Ok',
      '503 5.5.1 Sender already given',
      '554 5.5.1 No valid recipients',
    ])
  })

  test('begins anew at EHLO', async () => {
    const { say } = testSession()
    await say(`${EHLO}${ENVELOPE}`)
    expect(lastOf(await say(`${EHLO}DATA\r\n`))).toBe('503 5.5.1 Send MAIL first')
  })

  test('declines what it does not offer', async () => {
    const { say } = testSession()
    await say(EHLO)
    expect(await say('MAIL FROM:<a@example.com> SMTPUTF8\r\n')).toEqual([
      '555 5.5.4 Parameter not recognized or not implemented',
    ])
    expect(await say('MAIL FROM:<a@example.com> SIZE=x\r\n')).toEqual(['501 5.5.4 Syntax error in parameters'])
    expect(await say('MAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.net> NOTIFY=NEVER\r\n')).toEqual([
      '250 2.1.0 Ok',
      '555 5.5.4 Parameter not recognized or not implemented',
    ])
    expect(await say('MAIL TO:<a>\r\nDATA now\r\nEHLO\r\n')).toEqual([
      '501 5.5.4 Syntax error in parameters',
      '501 5.5.4 Syntax error in parameters',
      '501 5.5.4 Syntax error in parameters',
    ])
    expect(await say('AUTH PLAIN AAAA\r\n')).toEqual(['502 5.5.1 Command not implemented'])
  })

  test("gives the core's refusals their codes", async () => {
    const { say } = testSession({
      sender: (sender) => (sender === 'full@example.com' ? refuse('queueFull', 'full') : undefined),
      recipient: (recipient) => (recipient === 'x' ? refuse('recipientSyntax', 'not an address') : undefined),
      accept: (content) => (content.size > 5 ? refuse('loop', 'around\r\n250 Ok') : undefined),
    })
    await say(EHLO)
    expect(await say('MAIL FROM:<full@example.com>\r\nRCPT TO:<b@example.net>\r\nDATA\r\n')).toEqual([
      '452 4.3.1 full',
      '503 5.5.1 MAIL was refused',
      '503 5.5.1 MAIL was refused',
    ])
    expect(await say('MAIL FROM:<a@example.com>\r\nRCPT TO:<x>\r\n')).toEqual([
      '250 2.1.0 Ok',
      '553 5.1.3 not an address',
    ])
    expect(await say('RCPT TO:<b@example.net>\r\nDATA\r\n12345\r\n.\r\n')).toEqual([
      '250 2.1.5 Ok',
      '354 End data with <CR><LF>.<CR><LF>',
      '554 5.4.6 around??250 Ok',
    ])
  })

  test('closes when the core says that the gateway stops', async () => {
    const { say, ended } = testSession({ sender: () => refuse('stopping', 'stopping') })
    expect(lastOf(await say(`${EHLO}MAIL FROM:<a@example.com>\r\nNOOP\r\n`))).toBe('421 4.3.2 stopping')
    expect(ended()).toBe('refused')
  })

  test('promises nothing when the core breaks, and lives on', async () => {
    const { say, log, budget } = testSession({
      accept: () => {
        throw new Error('broken')
      },
    })
    await say(TO_DATA)
    expect(await say('x\r\n.\r\nNOOP\r\n')).toEqual([
      '451 4.3.0 the mail could not be stored, try again later',
      '250 2.0.0 Ok',
    ])
    expect(log.lines).toEqual([{ level: 'alarm', event: 'intakeFailed', fields: { session: 's1' } }])
    expect(budget.used).toBe(0)
  })

  test('ends alone when a judgement of the core breaks', async () => {
    const { say, ended, log } = testSession({
      recipient: () => {
        throw new Error('broken')
      },
    })
    expect(lastOf(await say(`${EHLO}${ENVELOPE}`))).toBe('421 4.3.0 Internal error, closing')
    expect(ended()).toBe('internalError')
    expect(log.lines[0]).toMatchObject({ level: 'alarm', event: 'sessionBroken' })
  })
})

describe('a command line', () => {
  const BARE = '500 5.5.2 A command line ends in CRLF and holds no other CR or LF'

  test.each([
    ['NOOP\nQUIT\r\n', [BARE]],
    ['NOOP\n', [BARE]],
    ['NOOP\rQUIT\r\n', [BARE]],
    ['NOOP\r\r\n', [BARE]],
    ['NO\0OP\r\n', ['500 5.5.2 A command line holds no control characters']],
    ['\r\n', ['500 5.5.2 Command not recognized']],
    ['FOO\r\n', ['500 5.5.2 Command not recognized']],
    [`NOOP ${'x'.repeat(2_042)}\r\n`, ['500 5.5.2 Line too long']],
    [`NOOP ${'x'.repeat(2_041)}\r\n`, ['250 2.0.0 Ok']],
  ])('%j is answered once', async (line, replies) => {
    const { say, ended } = testSession()
    expect(await say(line)).toEqual(replies)
    expect(ended()).toBeUndefined()
    const byOctet = testSession()
    for (const octet of line) byOctet.session.feed(Buffer.from(octet, 'latin1'))
    expect(byOctet.heard()).toBe(replies.map((reply) => `${reply}\r\n`).join(''))
  })

  test('that was spoilt by an LF is dropped up to its CRLF', async () => {
    const { say, intake } = testSession()
    await say(`${EHLO}MAIL FROM:<a@example.com>\r\n`)
    expect(await say('RCPT TO:<b@example.net>\nRCPT TO:<evil@example.net>\r\nNOOP\r\n')).toEqual([BARE, '250 2.0.0 Ok'])
    expect(intake.asked).toEqual(['sender a@example.com'])
  })

  test('that never ends takes no memory', () => {
    const { session, heard } = testSession()
    for (let i = 0; i < 1_000; i += 1) session.feed(Buffer.alloc(65_536, 'x'))
    session.feed(Buffer.from('\r'))
    session.feed(Buffer.from('\nNOOP\r\n'))
    expect(heard()).toBe('500 5.5.2 Line too long\r\n250 2.0.0 Ok\r\n')
  })

  test.each(['GET / HTTP/1.1', 'POST / HTTP/1.1', 'BDAT 1000 LAST'])(
    'of another protocol ends it: %s',
    async (line) => {
      const { say, ended } = testSession()
      expect(await say(`${line}\r\nHost: x\r\n\r\nEHLO c\r\n`)).toEqual(['421 4.7.0 This is an SMTP server, closing'])
      expect(ended()).toBe('refused')
    },
  )
})

describe('limits', () => {
  test('errors end a session, and an accepted mail forgives them', async () => {
    const { say, ended } = testSession({ limits: { errors: 2 } })
    await say('FOO\r\nBAR\r\n')
    await say(`${TO_DATA}x\r\n.\r\n`)
    expect(await say('FOO\r\nBAR\r\n')).toHaveLength(2)
    expect(await say('BAZ\r\nNOOP\r\n')).toEqual([
      '500 5.5.2 Command not recognized',
      '421 4.7.0 Too many errors, closing',
    ])
    expect(ended()).toBe('refused')
  })

  test('refusals by the core are no errors of the client', async () => {
    const { say, ended } = testSession({ limits: { errors: 2 }, recipient: () => refuse('recipientSyntax', 'no') })
    await say(`${EHLO}MAIL FROM:<a@example.com>\r\n${'RCPT TO:<b>\r\n'.repeat(10)}`)
    expect(ended()).toBeUndefined()
  })

  test('what was pipelined behind a refused MAIL is no error either', async () => {
    const { say, ended } = testSession({ limits: { errors: 2 }, sender: () => refuse('queueFull', 'full') })
    await say(`${EHLO}MAIL FROM:<a@example.com>\r\n${'RCPT TO:<b@example.net>\r\n'.repeat(10)}DATA\r\n`)
    expect(ended()).toBeUndefined()
  })

  test('commands without a mail end a session', async () => {
    const { say } = testSession({ limits: { idleCommands: 3 } })
    expect(await say('NOOP\r\n'.repeat(5))).toEqual([
      '250 2.0.0 Ok',
      '250 2.0.0 Ok',
      '250 2.0.0 Ok',
      '421 4.7.0 Too many commands without a mail, closing',
    ])
  })

  test('recipients over the limit get 452, and the others their mail', async () => {
    const { say, intake, meter } = testSession({ limits: { recipients: 2, recipientCommands: 4 } })
    await say(EHLO)
    const group = 'MAIL FROM:<a@example.com>\r\nRCPT TO:<1@x>\r\nRCPT TO:<2@x>\r\nRCPT TO:<3@x>\r\nDATA\r\n'
    expect((await say(group))[3]).toBe('452 4.5.3 a mail may have 2 recipients, send the rest in another')
    expect(await say('x\r\n.\r\n')).toEqual(['250 2.0.0 Ok: queued as M1'])
    expect(intake.mails[0]!.recipients).toEqual(['1@x', '2@x'])
    expect(meter.total('watari_refusals_total', 'tooManyRecipients')).toBe(1)
    expect(lastOf(await say(`MAIL FROM:<>\r\n${'RCPT TO:<1@x>\r\n'.repeat(6)}`))).toBe(
      '421 4.7.0 Too many errors, closing',
    )
  })

  test('no room for content is told at DATA, and after the content', async () => {
    const { say, budget, intake } = testSession({ limits: { receptionOctets: 10 } })
    expect(lastOf(await say(TO_DATA))).toBe('354 End data with <CR><LF>.<CR><LF>')
    expect(await say('12345678\r\n9\r\n.\r\n')).toEqual(['452 4.3.1 too much mail is coming in at once'])
    expect([budget.used, intake.mails.length]).toEqual([0, 0])
    budget.used = 10
    expect(lastOf(await say(TO_DATA))).toBe('452 4.3.1 too much mail is coming in at once')
    budget.used = 0
    expect(lastOf(await say(TO_DATA))).toBe('354 End data with <CR><LF>.<CR><LF>')
    expect(await say('12345678\r\n.\r\n')).toEqual(['250 2.0.0 Ok: queued as M1'])
    expect(budget.used).toBe(0)
  })

  test('room is held until the core has the mail, and given back when the client goes', async () => {
    const { session, say, budget, intake } = testSession({ held: true })
    await say(`${TO_DATA}1234\r\n.\r\n`)
    expect(budget.used).toBe(6)
    session.lost()
    expect(budget.used).toBe(6)
    intake.release()
    await turns(3)
    expect([budget.used, intake.mails.length]).toEqual([0, 1])
    const other = testSession()
    await other.say(`${TO_DATA}1234\r\n`)
    expect(other.budget.used).toBe(6)
    other.session.lost()
    expect(other.budget.used).toBe(0)
  })
})

describe('the memory of content', () => {
  test('is exactly its own, however it came', async () => {
    const slab = Buffer.alloc(65_536, 'x')
    const body = `${'y'.repeat(998)}\r\n`.repeat(6)
    slab.write(`${TO_DATA}${body}.\r\n`, 'latin1')
    const { session, intake } = testSession()
    const length = TO_DATA.length + body.length + 3
    session.feed(slab.subarray(0, length))
    await turns(3)
    expect(intake.mails[0]!.wire).toBe(body)
    expect(intake.mails[0]!.content.chunks.map((chunk) => chunk.buffer.byteLength)).toEqual([6_000])
  })

  test('does not grow with the number of pieces', async () => {
    const { session, intake } = testSession()
    const line = `${'z'.repeat(70)}\r\n`
    for (const octet of `${TO_DATA}${line.repeat(300)}.\r\n`) session.feed(Buffer.from(octet, 'latin1'))
    await turns(3)
    const { chunks, wireSize } = intake.mails[0]!.content
    expect(wireSize).toBe(21_600)
    expect(intake.mails[0]!.wire).toBe(line.repeat(300))
    expect(chunks.length).toBeLessThan(6)
    expect(chunks.reduce((sum, chunk) => sum + chunk.buffer.byteLength, 0)).toBeLessThan(21_600 * 1.13)
  })
})

describe('a stop', () => {
  test('ends a session that waits for a command', () => {
    const { session, heard, ended } = testSession()
    session.stop()
    expect([heard(), ended()]).toEqual(['421 4.3.2 Shutting down, try again later\r\n', 'stopping'])
  })

  test('lets a mail that is coming in be finished', async () => {
    const { session, say, heard, ended, intake } = testSession()
    await say(TO_DATA)
    session.stop()
    expect(ended()).toBeUndefined()
    expect(await say('x\r\n')).toEqual([])
    expect(await say('.\r\nMAIL FROM:<a@example.com>\r\n')).toEqual([
      '250 2.0.0 Ok: queued as M1',
      '421 4.3.2 Shutting down, try again later',
    ])
    expect([ended(), intake.mails.length]).toEqual(['stopping', 1])
    expect(heard()).not.toContain('421 4.3.2 Shutting down, try again later\r\n250')
  })
})

describe('the end of the input', () => {
  test('still lets the answer to a mail go out', async () => {
    const { session, say, intake, heard, ended } = testSession({ held: true })
    await say(`${TO_DATA}x\r\n.\r\n`)
    session.inputEnded()
    expect(ended()).toBeUndefined()
    intake.release()
    await turns(3)
    expect(heard().endsWith('250 2.0.0 Ok: queued as M1\r\n')).toBe(true)
    expect(ended()).toBe('closed')
  })

  test('inside the content takes nothing', async () => {
    const { session, say, intake, ended, budget } = testSession()
    await say(`${TO_DATA}x\r\n.`)
    session.inputEnded()
    expect([ended(), intake.asked.includes('accept'), budget.used]).toEqual(['closed', false, 0])
  })
})

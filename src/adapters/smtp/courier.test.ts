import { afterEach, describe, expect, test } from 'vitest'
import type { Delivery, Outcome } from '../../core/mail/outcome.ts'
import {
  SILENCE,
  scriptedServer,
  type ScriptedOptions,
  type ScriptedServer,
} from '../../../test/support/scripted-server.ts'
import { aCourier, type CourierUnderTest } from '../../../test/support/smtp-courier.ts'
import { aContent } from '../../../test/support/fakes.ts'
import type { SmtpCourierOptions } from './courier-options.ts'

const LOCK_STEP = ['8BITMIME', 'SIZE 1000000']
const ends: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

async function hop(options: ScriptedOptions = {}): Promise<ScriptedServer> {
  const server = await scriptedServer(options)
  ends.push(() => server.stop())
  return server
}

function over(servers: readonly ScriptedServer[], options: Partial<SmtpCourierOptions> = {}): CourierUnderTest {
  const courier = aCourier(servers, options)
  ends.push(() => courier.stop())
  return courier
}

const kinds = ({ outcomes }: Delivery): string[] => outcomes.map(({ kind }) => kind)
const reasons = ({ outcomes }: Delivery): (string | undefined)[] =>
  outcomes.map((outcome: Outcome) => (outcome.kind === 'delivered' ? undefined : outcome.reason))

describe.each([
  ['with PIPELINING', undefined],
  ['one command at a time', LOCK_STEP],
])('%s', (_name, offers) => {
  const offering = offers === undefined ? {} : { offers }

  test('a mail is delivered as it was queued, and the answer names it', async () => {
    const server = await hop(offering)
    const { deliver } = over([server])
    const content = aContent('Subject: x\r\n\r\n..dot\r\nbody\r\n')
    const delivery = await deliver({
      sender: 'bounce+a=b@example.com',
      recipients: ['a..b@example.jp', '"q q"@example.jp'],
      content,
    })
    expect(delivery).toEqual({
      outcomes: [
        {
          kind: 'delivered',
          remoteId: 'Q1',
          reply: { code: 250, enhanced: '2.0.0', text: 'Ok: queued as Q1', host: server.name, command: 'end of DATA' },
        },
        {
          kind: 'delivered',
          remoteId: 'Q1',
          reply: { code: 250, enhanced: '2.0.0', text: 'Ok: queued as Q1', host: server.name, command: 'end of DATA' },
        },
      ],
      signal: { kind: 'healthy' },
      counts: true,
    })
    expect(server.commands).toEqual([
      'EHLO gateway.example',
      'MAIL FROM:<bounce+a=b@example.com> SIZE=26',
      'RCPT TO:<a..b@example.jp>',
      'RCPT TO:<"q q"@example.jp>',
      'DATA',
    ])
    expect(server.mails[0]?.content.toString('latin1')).toBe('Subject: x\r\n\r\n..dot\r\nbody\r\n')
  })

  test('a thousand mails go over the connections there may be, each once', async () => {
    const server = await hop(offering)
    const { deliver } = over([server], { limits: { connectionsPerHost: 3 } })
    const all = await Promise.all(
      Array.from({ length: 1000 }, (_, i) => deliver({ recipients: [`user${i}@example.net`] })),
    )
    expect(all.every((delivery) => kinds(delivery)[0] === 'delivered')).toBe(true)
    expect(server.peers.length).toBe(3)
    expect(new Set(server.mails.map(({ recipients }) => recipients[0])).size).toBe(1000)
    expect(server.mails.length).toBe(1000)
  })

  test('the null sender stays null, and 8-bit content is announced', async () => {
    const server = await hop(offering)
    const { deliver } = over([server])
    await deliver({ sender: '', content: aContent('Subject: x\r\n\r\n\u00e3\u0081\u0082\r\n') })
    expect(server.commands[1]).toBe('MAIL FROM:<> SIZE=19 BODY=8BITMIME')
  })

  test('a refused MAIL is for all its recipients, and the next mail goes on over the same connection', async () => {
    const server = await hop({
      ...offering,
      answer: ({ verb, mail }) => (verb === 'MAIL' && mail === 1 ? '550 5.7.1 no' : undefined),
    })
    const { deliver } = over([server])
    const first = await deliver({ recipients: ['a@example.net', 'b@example.net'] })
    expect([kinds(first), reasons(first), first.counts]).toEqual([
      ['rejected', 'rejected'],
      ['rejectedByHost', 'rejectedByHost'],
      true,
    ])
    expect(kinds(await deliver())).toEqual(['delivered'])
    expect([server.peers.length, server.mails.length]).toEqual([1, 1])
  })

  test.each([
    ['4xx to the final dot', '452 4.3.1 disk full', 'deferred', 'deferredByHost'],
    ['5xx to the final dot', '554 5.7.1 no', 'rejected', 'rejectedByHost'],
    ['a code that nobody knows', '699 what', 'deferred', 'unexpectedReply'],
    ['a code of the wrong kind', '354 again', 'deferred', 'unexpectedReply'],
    ['a question of order', '503 5.5.1 bad sequence', 'deferred', 'unexpectedReply'],
  ])('%s decides the mail', async (_case, said, kind, reason) => {
    const server = await hop({ ...offering, answer: ({ verb }) => (verb === 'content' ? said : undefined) })
    const { deliver } = over([server])
    const delivery = await deliver()
    expect([kinds(delivery), reasons(delivery), delivery.counts]).toEqual([[kind], [reason], true])
  })

  test('421 to the final dot is a counted deferral, and the next mail goes by a new connection', async () => {
    const server = await hop({
      ...offering,
      answer: ({ verb, connection }) =>
        verb === 'content' && connection === 1 ? { say: '421 4.3.2 closing', cut: 'close' } : undefined,
    })
    const { deliver } = over([server], { limits: { connectionsPerHost: 1 } })
    const [first, second] = await Promise.all([deliver(), deliver()])
    expect([kinds(first), reasons(first), first.counts]).toEqual([['deferred'], ['hostClosing'], true])
    expect(kinds(second)).toEqual(['delivered'])
    expect(server.peers.length).toBe(2)
  })

  test('a refused DATA is the mail\u2019s, and the connection is reset for the next', async () => {
    const server = await hop({
      ...offering,
      answer: ({ verb, mail }) => (verb === 'DATA' && mail === 1 ? '451 4.5.0 later' : undefined),
    })
    const { deliver } = over([server])
    expect(reasons(await deliver())).toEqual(['deferredByHost'])
    expect(kinds(await deliver())).toEqual(['delivered'])
    expect(server.commands.filter((line) => line === 'RSET')).toEqual(['RSET'])
    expect(server.peers.length).toBe(1)
  })

  test('a connection that dies before the content is tried again at once on another', async () => {
    const server = await hop({
      ...offering,
      answer: ({ verb, connection }) => (verb === 'DATA' && connection === 1 ? { cut: 'reset' } : undefined),
    })
    const { deliver } = over([server])
    expect(kinds(await deliver())).toEqual(['delivered'])
    expect([server.peers.length, server.mails.length]).toEqual([2, 1])
  })

  test('a host that kills every mail before its content is left alone after three, uncounted', async () => {
    const server = await hop({ ...offering, answer: ({ verb }) => (verb === 'MAIL' ? { cut: 'reset' } : undefined) })
    const { deliver, courier } = over([server])
    const delivery = await deliver()
    expect([kinds(delivery), delivery.counts, delivery.signal.kind]).toEqual([['deferred'], false, 'unreachable'])
    expect(server.peers.length).toBe(3)
    expect(courier.hosts()[0]?.state).toBe('down')
  })

  test('no answer to MAIL ends at its time, uncounted', async () => {
    const server = await hop({ ...offering, answer: ({ verb }) => (verb === 'MAIL' ? SILENCE : undefined) })
    const { deliver, clock } = over([server], { limits: { commandMs: 10_000 } })
    const delivery = deliver()
    for (const connections of [1, 2, 3]) {
      await server.until(() => server.commands.filter((line) => line.startsWith('MAIL')).length === connections)
      await clock.advance(11_000)
    }
    expect([kinds(await delivery), reasons(await delivery), (await delivery).counts]).toEqual([
      ['deferred'],
      ['timeout'],
      false,
    ])
  })
})

test('with PIPELINING the envelope is one write, and the next rides behind the final dot', async () => {
  const held: (() => void)[] = []
  const server = await hop({
    answer: ({ verb, peer, mail }) => {
      if (verb !== 'content' || mail > 1) return undefined
      held.push(() => peer.write('250 2.0.0 Ok: queued as FIRST'))
      return SILENCE
    },
  })
  const { deliver } = over([server], { limits: { connectionsPerHost: 1 } })
  const first = deliver({ recipients: ['first@example.net'] })
  const second = deliver({ recipients: ['second@example.net'] })
  // The second envelope is here before the first mail was answered.
  await server.until(() => server.peers[0]?.clear.includes('RCPT TO:<second@example.net>\r\nDATA\r\n') === true)
  expect(server.mails.map(({ recipients }) => recipients)).toEqual([['first@example.net']])
  held[0]!()
  expect([(await first).outcomes[0], (await second).outcomes[0]]).toMatchObject([
    { remoteId: 'FIRST' },
    { remoteId: 'Q2' },
  ])
})

describe('an envelope cannot become a command', () => {
  test.each([
    ['a line end', 'a@example.net>\r\nRCPT TO:<evil@example.net'],
    ['a lone CR', 'a\rb@example.net'],
    ['a lone LF', 'a\nb@example.net'],
    ['a NUL', 'a\0b@example.net'],
    ['a closing bracket', 'a@example.net> NOTIFY=NEVER <x'],
    ['a space', 'a b@example.net'],
    ['a line end in quotes', '"a\r\nb"@example.net'],
    ['an open quote', '"a@example.net'],
    ['octets over 127', 'a\u00e9@example.net'],
    ['no end', `${'a'.repeat(400)}@example.net`],
    ['nothing', ''],
  ])('%s in a recipient keeps only that recipient back', async (_case, recipient) => {
    const server = await hop()
    const { deliver, log } = over([server])
    const delivery = await deliver({ recipients: ['good@example.net', recipient, 'too@example.net'] })
    expect([kinds(delivery), reasons(delivery)[1]]).toEqual([
      ['delivered', 'deferred', 'delivered'],
      'addressNotWritable',
    ])
    expect(server.commands.filter((line) => line.startsWith('RCPT'))).toEqual([
      'RCPT TO:<good@example.net>',
      'RCPT TO:<too@example.net>',
    ])
    expect(JSON.stringify(log.lines)).not.toContain('example.net')
  })

  test('in a sender it keeps the mail back, and nothing is written', async () => {
    const server = await hop()
    const { deliver } = over([server])
    const delivery = await deliver({ sender: 'a@example.com> SIZE=5\r\nRCPT TO:<evil@example.net' })
    expect([kinds(delivery), delivery.counts, server.peers.length]).toEqual([['deferred'], true, 0])
  })

  test('content that does not end in a line end is kept back', async () => {
    const server = await hop()
    const { deliver } = over([server])
    const content = { ...aContent(), chunks: [new Uint8Array(Buffer.from('x: y\r\n\r\nno end'))] }
    expect(reasons(await deliver({ content }))).toEqual(['contentMalformed'])
    expect(server.peers.length).toBe(0)
  })
})

describe('what a host says out of turn', () => {
  test('an answer in one piece with the 354 delivers nothing', async () => {
    const server = await hop({
      answer: ({ verb }) => (verb === 'DATA' ? '354 go\r\n250 2.0.0 Ok: queued as LIE' : undefined),
    })
    const { deliver } = over([server])
    const delivery = await deliver()
    expect([kinds(delivery), reasons(delivery)]).toEqual([['unclear'], ['answerBeforeContent']])
  })

  test('what is no reply after the final dot leaves the mail unclear', async () => {
    const server = await hop({ answer: ({ verb }) => (verb === 'content' ? 'I have had enough' : undefined) })
    const { deliver } = over([server])
    expect(reasons(await deliver())).toEqual(['replyUnreadable'])
  })

  test('a line without end closes the connection', async () => {
    const server = await hop({ answer: ({ verb }) => (verb === 'content' ? `250 ${'x'.repeat(5000)}` : undefined) })
    const { deliver } = over([server])
    const delivery = await deliver()
    expect([kinds(delivery), reasons(delivery)]).toEqual([['unclear'], ['replyLineTooLong']])
  })

  test('a reply of endless lines closes the connection, and the greeting cannot fill the memory', async () => {
    const server = await hop({ answer: ({ verb }) => (verb === 'connect' ? '220-hello\r\n'.repeat(1000) : undefined) })
    const { deliver } = over([server])
    const delivery = await deliver()
    expect([kinds(delivery), reasons(delivery), delivery.counts]).toEqual([['deferred'], ['replyTooLong'], false])
  })

  test('a refusal in the middle of the content decides the mail, and the connection ends', async () => {
    const server = await hop({
      answer: ({ verb, peer, mail }) => {
        if (verb !== 'DATA' || mail > 1 || peer.number > 1) return undefined
        setImmediate(() => peer.write('552 5.3.4 too big'))
        return undefined
      },
    })
    const { deliver } = over([server])
    const big = new Uint8Array(Buffer.from(`Subject: x\r\n\r\n${`${'x'.repeat(70)}\r\n`.repeat(500_000)}`))
    const content = { ...aContent(), chunks: [big], wireSize: big.length, size: big.length }
    const delivery = await deliver({ content })
    expect([kinds(delivery), reasons(delivery)]).toEqual([['rejected'], ['rejectedByHost']])
    expect([kinds(await deliver()), server.peers.length]).toEqual([['delivered'], 2])
  })

  test('content for a sender that was refused is never begun', async () => {
    const server = await hop({
      answer: ({ verb, connection }) =>
        connection === 1 ? { MAIL: '550 5.7.1 no', RCPT: '250 ok', DATA: '354 go' }[verb] : undefined,
    })
    const { deliver } = over([server])
    expect(kinds(await deliver())).toEqual(['rejected'])
    expect([kinds(await deliver()), server.peers.length, server.mails.length]).toEqual([['delivered'], 2, 1])
  })
})

test('a refused sender stays refused when the connection dies before the rest is answered', async () => {
  const server = await hop({
    answer: ({ verb }) => (verb === 'MAIL' ? '550 5.7.1 no' : verb === 'RCPT' ? { cut: 'close' } : undefined),
  })
  const { deliver } = over([server])
  expect(kinds(await deliver())).toEqual(['rejected'])
  expect(server.peers.length).toBe(1)
})

test('a reader of replies that sees success everywhere delivers nothing before its time', async () => {
  const everywhere: SmtpCourierOptions['readReply'] = (reply) => ({
    outcome: { kind: 'delivered', reply },
    signal: { kind: 'healthy' },
    counts: true,
  })
  const server = await hop({ answer: ({ verb }) => (verb === 'RCPT' ? '250-not\r\n250 now' : undefined) })
  expect(kinds(await over([server], { readReply: everywhere }).deliver())).toEqual(['delivered'])
  const refusing = await hop({ answer: ({ verb }) => (verb === 'RCPT' ? '550 5.1.1 no' : undefined) })
  expect(kinds(await over([refusing], { readReply: everywhere }).deliver())).toEqual(['deferred'])
  const late = await hop({ answer: ({ verb }) => (verb === 'content' ? '550 5.1.1 no' : undefined) })
  expect(kinds(await over([late], { readReply: everywhere }).deliver())).toEqual(['deferred'])
})

test('a yes in the middle of the content delivers nothing', async () => {
  const server = await hop({
    answer: ({ verb, peer }) => {
      if (verb === 'DATA') setImmediate(() => peer.write('250 2.0.0 Ok: queued as LIE'))
      return undefined
    },
  })
  const big = new Uint8Array(Buffer.from(`Subject: x\r\n\r\n${`${'x'.repeat(70)}\r\n`.repeat(500_000)}`))
  const delivery = await over([server]).deliver({ content: { ...aContent(), chunks: [big], wireSize: big.length } })
  expect([kinds(delivery), reasons(delivery), server.mails.length]).toEqual([['deferred'], ['answerBeforeContent'], 0])
})

test('large content is the same at the other end, whatever the blocks', async () => {
  const server = await hop()
  const { deliver } = over([server])
  const lines = Array.from({ length: 60_000 }, (_, i) => `${i} ${'x'.repeat(i % 90)}\r\n`)
  const message = Buffer.from(`Subject: big\r\n\r\n${lines.join('')}`)
  const chunks = [message.subarray(0, 300_000), message.subarray(300_000, 300_001), message.subarray(300_001)]
  const content = { ...aContent(), chunks, wireSize: message.length, size: message.length }
  expect(kinds(await deliver({ content }))).toEqual(['delivered'])
  expect(server.mails[0]!.content.equals(message)).toBe(true)
})

describe('preparation', () => {
  test('sender and content may be others, and what is delivered is told once', async () => {
    const server = await hop()
    let told = 0
    const { deliver } = over([server], {
      prepare: (part) => ({
        sender: `ses-${part.sender}`,
        content: aContent('X-Tag: 1\r\n\r\nbody\r\n'),
        delivered: () => (told += 1),
      }),
    })
    await deliver()
    expect(server.mails[0]).toMatchObject({ sender: 'ses-bounce+1@example.com' })
    expect([server.mails[0]!.content.toString(), told]).toEqual(['X-Tag: 1\r\n\r\nbody\r\n', 1])
  })

  test('an outcome of its own is the answer, and one that throws defers', async () => {
    const server = await hop()
    const refusing = over([server], { prepare: () => ({ outcome: { kind: 'notForThisRoute', reason: 'nullSender' } }) })
    expect(reasons(await refusing.deliver())).toEqual(['nullSender'])
    const throwing = over([server], {
      prepare: () => {
        throw new Error('a piece of the mail')
      },
    })
    expect(reasons(await throwing.deliver())).toEqual(['preparationFailed'])
    expect(server.peers.length).toBe(0)
  })
})

describe('stopping', () => {
  test('what is in flight ends, what waits goes back uncounted, and every connection says goodbye', async () => {
    let answer: () => void = () => undefined
    const server = await hop({
      answer: ({ verb, peer }) => {
        if (verb !== 'content') return undefined
        answer = () => peer.write('250 2.0.0 Ok: queued as LAST')
        return SILENCE
      },
    })
    const { deliver, courier } = over([server], { limits: { connectionsPerHost: 1 } })
    const first = deliver()
    await server.until(() => server.mails.length === 1)
    const second = deliver()
    const stopped = courier.stop()
    expect([reasons(await second), (await second).counts]).toEqual([['stopping'], false])
    expect(reasons(await deliver())).toEqual(['stopping'])
    answer()
    expect(kinds(await first)).toEqual(['delivered'])
    await stopped
    expect(server.commands.at(-1)).toBe('QUIT')
  })

  test('a host that never answers cannot hold it up', async () => {
    const server = await hop({ answer: ({ verb }) => (verb === 'content' || verb === 'QUIT' ? SILENCE : undefined) })
    const { deliver, courier, clock } = over([server])
    const delivery = deliver()
    await server.until(() => server.mails.length === 1)
    const stopped = courier.stop()
    await clock.advance(21_000)
    expect(reasons(await delivery)).toEqual(['timeout'])
    expect(kinds(await delivery)).toEqual(['unclear'])
    await stopped
  })

  test('a connection that is still being opened is not waited for', async () => {
    const server = await hop({ answer: ({ verb }) => (verb === 'connect' ? SILENCE : undefined) })
    const { deliver, courier } = over([server])
    const delivery = deliver()
    await server.until(() => server.peers.length === 1)
    await courier.stop()
    expect(reasons(await delivery)).toEqual(['stopping'])
  })

  test('a courier that never had a mail stops at once', async () => {
    const { courier } = over([await hop()])
    await courier.stop()
    await courier.stop()
  })
})

test('idle connections are closed with QUIT before the peer does it', async () => {
  const server = await hop()
  const { deliver, clock, courier } = over([server], { limits: { idleMs: 5_000 } })
  await deliver()
  await clock.advance(4_000)
  expect(courier.hosts()[0]?.connections).toBe(1)
  await clock.advance(2_000)
  await server.until(() => server.peers[0]!.closed)
  expect([server.commands.at(-1), courier.hosts()[0]?.connections]).toEqual(['QUIT', 0])
})

test('a connection is given up after its number of mails, and after its time', async () => {
  const server = await hop()
  const { deliver, clock } = over([server], {
    limits: { connectionsPerHost: 1, mailsPerConnection: 3, lifeMs: 60_000, idleMs: 3_600_000 },
  })
  await Promise.all(Array.from({ length: 7 }, () => deliver()))
  expect(server.mails.map(({ connection }) => connection)).toEqual([1, 1, 1, 2, 2, 2, 3])
  await clock.advance(61_000)
  await deliver()
  expect(server.mails.at(-1)?.connection).toBe(4)
})

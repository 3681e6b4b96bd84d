// C10 (c, d): dots are doubled only after a line end, wherever a buffer ends: what the next hop un-stuffs is what was queued.
import { afterEach, expect, test } from 'vitest'
import type { Content } from '../../src/core/mail/mail.ts'
import { scriptedServer } from '../support/scripted-server.ts'
import { aCourier } from '../support/smtp-courier.ts'

const ends: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

/** The message in wire form, as the listener would keep it, in pieces of the given size. */
function wireForm(message: string, piece: number): Content {
  const wire = Buffer.from(message.replaceAll(/(^|\r\n)\./g, '$1..'), 'latin1')
  const chunks: Uint8Array[] = []
  for (let at = 0; at < wire.length; at += piece) chunks.push(new Uint8Array(wire.subarray(at, at + piece)))
  const dotStuffed = wire.length !== message.length
  return { chunks, wireSize: wire.length, size: message.length, dotStuffed, eightBit: false, longestLine: 998 }
}

function unstuffed(wire: Buffer): string {
  return wire.toString('latin1').replaceAll(/(^|\r\n)\./g, '$1')
}

const HEADER = 'Subject: dots\r\n\r\n'
const filler = (octets: number): string => `${'x'.repeat(octets - 2)}\r\n`

const cases: readonly (readonly [string, string, number])[] = [
  ['(c) a dot in mid-line as octet 4,097', `${HEADER}${'x'.repeat(4096 - HEADER.length)}.y\r\n`, 4096],
  ['(d) a line of one dot at a write edge', `${HEADER}${filler(4096 - HEADER.length)}.\r\nlast\r\n`, 4096],
  ['(d) a line that begins with a dot at a write edge', `${HEADER}${filler(4096 - HEADER.length)}.x\r\nlast\r\n`, 4096],
  ['a line end that is cut in two before a dot', `${HEADER}${filler(4097 - HEADER.length)}.\r\nlast\r\n`, 4096],
  ['dots everywhere, one octet a piece', `${HEADER}.\r\n..\r\n...\r\n.a\r\na.\r\n.\r\n`, 1],
  ['a message that is one dot', '.\r\n', 4096],
  ['lines of dots over the size of a block', `${HEADER}${'.\r\n.x\r\n'.repeat(60_000)}`, 65_536],
]

test.each(cases)('%s', async (_case, message, piece) => {
  const server = await scriptedServer()
  ends.push(() => server.stop())
  const { deliver, stop } = aCourier([server])
  ends.push(stop)
  const delivery = await deliver({ content: wireForm(message, piece) })
  expect(delivery.outcomes[0]?.kind).toBe('delivered')
  expect(unstuffed(server.mails[0]!.content) === message).toBe(true)
  // The same connection still understands us: no dot ended the content too soon.
  await deliver({ recipients: ['next@example.net'] })
  expect(server.mails[1]?.recipients).toEqual(['next@example.net'])
})

import { encode, type Answer } from 'dns-packet'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { alias, text } from '../../../test/support/scripted-name-server.ts'
import { queryFor, readReply } from './message.ts'
import { answerIn } from './reading.ts'

/** Fuzzing: a thousand runs in the daily test, as many as wanted by hand. */
const RUNS = Number(process.env['WATARI_FUZZ_RUNS'] ?? 1_000)

const NAME = 'k.goo.example'
const QUESTION = { name: NAME, type: 'TXT' } as const
const SOA: Answer = {
  name: 'goo.example',
  type: 'SOA',
  ttl: 60,
  data: { mname: 'ns.goo.example', rname: 'dns.goo.example', serial: 1, refresh: 1, retry: 1, expire: 1, minimum: 60 },
}
const query = queryFor(QUESTION, { recursive: false, edns: true })
const reply = encode({
  type: 'response',
  id: query.octets.readUInt16BE(0),
  flags: 0x0400,
  questions: [QUESTION],
  answers: [alias(NAME, 'a.goo.example'), text('a.goo.example', 'v=DKIM1', 'p=MIIB')],
  authorities: [SOA],
})

describe('octets that come for a query', () => {
  test('are read whole or not at all: no beginning of an answer is one', () => {
    expect(readReply(reply, query)).toMatchObject({ kind: 'reply', code: 'NOERROR' })
    for (let length = 0; length < reply.length; length += 1) {
      expect(readReply(reply.subarray(0, length), query).kind).toBe(length < query.questionEnd ? 'stray' : 'garbled')
    }
  })

  test('never throw, and say nothing of other names, however they are damaged', () => {
    const changes = fc.array(fc.record({ at: fc.integer({ min: 2, max: 250 }), octet: fc.nat(255) }), { maxLength: 8 })
    const tails = fc.uint8Array({ maxLength: 200 })
    fc.assert(
      fc.property(changes, tails, fc.boolean(), (edits, tail, isTailed) => {
        const start = isTailed ? reply.subarray(0, query.questionEnd) : reply
        const octets = Buffer.concat([start, isTailed ? tail : Buffer.alloc(0)])
        for (const { at, octet } of edits) if (at < octets.length) octets[at] = octet
        const read = readReply(octets, query)
        if (read.kind !== 'reply') return
        const answer = answerIn(read.packet, read.code, QUESTION, 'authoritative')
        if (answer.kind === 'fault') return
        // Whatever is believed hangs together, from the name that was asked for on.
        let owner: string = NAME
        for (const record of answer.records) {
          expect(record.name).toBe(owner)
          if (record.type === 'CNAME') owner = record.target
        }
      }),
      { numRuns: RUNS },
    )
  })
})

import { decode, encode, type Answer, type Packet } from 'dns-packet'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { answerCutShort, answerFailure, answerQuery, type Transport } from './zone-answer.ts'
import { indexOf } from './zone-index.ts'

/** Fuzzing: a hundred runs in the daily test, as many as wanted by hand. */
const RUNS = Number(process.env['WATARI_FUZZ_RUNS'] ?? 1_000)

const SOA_TIMES = { refreshSeconds: 1, retrySeconds: 1, expireSeconds: 1, minimumSeconds: 60 }
const ZONE = indexOf({
  apex: 'dkim.example',
  soa: { ttlSeconds: 300, primary: 'ns.dkim.example', contact: 'dns.goo.example', serial: 7, ...SOA_TIMES },
  records: [
    { name: 'dkim.example', ttlSeconds: 300, type: 'NS', target: 'ns.dkim.example' },
    { name: 'ns.dkim.example', ttlSeconds: 300, type: 'A', address: '192.0.2.1' },
    { name: 's1.dkim.example', ttlSeconds: 300, type: 'TXT', strings: ['v=DKIM1'] },
    { name: 'middle.dkim.example', ttlSeconds: 300, type: 'TXT', strings: ['m'.repeat(255), 'm'.repeat(255)] },
    {
      name: 'big.dkim.example',
      ttlSeconds: 300,
      type: 'TXT',
      strings: Array.from({ length: 8 }, () => 'b'.repeat(255)),
    },
    { name: 'a.b.c.dkim.example', ttlSeconds: 300, type: 'TXT', strings: ['deep'] },
  ],
})
const opt = (udpPayloadSize: number, ednsVersion = 0): Answer => ({
  type: 'OPT',
  name: '.',
  udpPayloadSize,
  ednsVersion,
  extendedRcode: 0,
  flags: 0,
  flag_do: false,
  options: [],
})
const query = (name: string, type: string, parts: Partial<Packet> = {}) =>
  encode({ type: 'query', id: 4_711, flags: 0x0100, questions: [{ name, type: type as 'TXT' }], ...parts })
const ask = (octets: Buffer, transport: Transport = 'udp') => {
  const answer = answerQuery(octets, ZONE, transport)
  return answer && { ...decode(answer), octets: answer, code: answer[3]! & 15 }
}

describe('our answer', () => {
  test('repeats id, question as it was written, and RD; it has AA and no RA', () => {
    const octets = query('S1.dKim.example', 'TXT')
    const answer = ask(octets)!
    expect(answer).toMatchObject({ id: 4_711, flag_qr: true, flag_aa: true, flag_rd: true, flag_ra: false, code: 0 })
    expect(answer.octets.subarray(12, octets.length)).toEqual(octets.subarray(12))
    expect(answer.answers).toMatchObject([{ name: 's1.dkim.example', ttl: 300, data: [Buffer.from('v=DKIM1')] }])
    expect(answer.additionals).toEqual([])
  })

  test.each([
    ['nothing there', 'x.dkim.example', 'TXT', 3],
    ['another type', 's1.dkim.example', 'A', 0],
    ['a name with names below it', 'c.dkim.example', 'TXT', 0],
    ['a type nobody knows', 's1.dkim.example', 'UNKNOWN_4711', 0],
  ])('denies %s with the SOA, for as long as the zone says', (_, name, type, code) => {
    expect(ask(query(name, type))).toMatchObject({
      code,
      flag_aa: true,
      answers: [],
      authorities: [{ name: 'dkim.example', type: 'SOA', ttl: 60, data: { serial: 7, minimum: 60 } }],
    })
  })

  test.each(['example', 'goo.example', 'xdkim.example', 'dkim.example.com', '.'])('refuses %s', (name) => {
    expect(ask(query(name, 'SOA'))).toMatchObject({ code: 5, flag_aa: false, answers: [], authorities: [] })
  })

  test.each(['AXFR', 'IXFR', 'OPT'])('refuses %s', (type) => {
    expect(ask(query('dkim.example', type), 'tcp')).toMatchObject({ code: 5, answers: [] })
  })

  test('takes a label with a dot in it for another name', () => {
    const octets = query('s1xdkim.example', 'TXT')
    octets[12 + 3] = '.'.charCodeAt(0)
    expect(ask(octets)).toMatchObject({ code: 5 })
    const inside = query('axb.c.dkim.example', 'TXT')
    inside[12 + 2] = '.'.charCodeAt(0)
    expect(ask(inside)).toMatchObject({ code: 3 })
  })

  test('answers ANY with one kind of record', () => {
    expect(ask(query('s1.dkim.example', 'ANY'))?.answers).toMatchObject([{ type: 'TXT' }])
    expect(ask(query('dkim.example', 'ANY'))?.answers).toMatchObject([{ type: 'SOA' }])
  })

  test('adds the address of its name server', () => {
    expect(ask(query('dkim.example', 'NS'))).toMatchObject({
      answers: [{ type: 'NS', data: 'ns.dkim.example' }],
      additionals: [{ type: 'A', name: 'ns.dkim.example', data: '192.0.2.1' }],
    })
  })

  test.each([
    ['512 without EDNS', 'middle.dkim.example', undefined, 'udp', true],
    ['512 though less is offered', 's1.dkim.example', 100, 'udp', false],
    ['what EDNS offers', 'middle.dkim.example', 600, 'udp', false],
    ['1232 though more is offered', 'big.dkim.example', 65_535, 'udp', true],
    ['all by TCP', 'big.dkim.example', undefined, 'tcp', false],
  ] as const)('holds %s', (_, name, size, transport, isCut) => {
    const additionals = size === undefined ? [] : [opt(size)]
    const answer = ask(query(name, 'TXT', { additionals }), transport)!
    expect(answer.flag_tc).toBe(isCut)
    expect(answer.answers).toHaveLength(isCut ? 0 : 1)
    expect(answer.additionals).toMatchObject(size === undefined ? [] : [{ type: 'OPT', udpPayloadSize: 1_232 }])
  })

  test('speaks version 0 of EDNS, and says so of others', () => {
    const answer = ask(query('s1.dkim.example', 'TXT', { additionals: [opt(512, 1)] }))
    expect(answer).toMatchObject({ code: 0, answers: [], additionals: [{ extendedRcode: 1, ednsVersion: 0 }] })
  })

  test('calls two questions, none, two OPTs and rubbish behind the header a format error', () => {
    const question = { name: 's1.dkim.example', type: 'TXT' } as const
    expect(ask(query('', 'TXT', { questions: [question, question] }))).toMatchObject({ code: 1 })
    expect(ask(query('', 'TXT', { questions: [] }))).toMatchObject({ code: 1 })
    expect(ask(query('s1.dkim.example', 'TXT', { additionals: [opt(512), opt(512)] }))).toMatchObject({ code: 1 })
    const octets = query('s1.dkim.example', 'TXT')
    expect(ask(octets.subarray(0, octets.length - 3))).toMatchObject({ code: 1, id: 4_711 })
  })

  test('does not do anything but answer: NOTIFY and UPDATE are not implemented', () => {
    expect(ask(query('dkim.example', 'SOA', { flags: 4 << 11 }))).toMatchObject({ code: 4 })
    expect(ask(query('dkim.example', 'SOA', { flags: 5 << 11 }))).toMatchObject({ code: 4 })
  })

  test('never answers an answer, or what is no message', () => {
    const answer = answerQuery(query('s1.dkim.example', 'TXT'), ZONE, 'udp')!
    for (const octets of [answer, Buffer.alloc(0), Buffer.alloc(11)]) {
      expect(answerQuery(octets, ZONE, 'udp')).toBeUndefined()
      expect(answerCutShort(octets)).toBeUndefined()
      expect(answerFailure(octets)).toBeUndefined()
    }
  })

  test('is no longer than the query when it only sends the asker to TCP', () => {
    const octets = query('big.dkim.example', 'TXT', { additionals: [opt(4_096)] })
    const short = answerCutShort(octets)!
    expect(decode(short)).toMatchObject({
      id: 4_711,
      flag_tc: true,
      questions: [{ name: 'big.dkim.example' }],
      answers: [],
    })
    expect(short.length).toBeLessThanOrEqual(octets.length)
  })

  test('can be read, is short enough and refuses by default, whatever octets come', () => {
    const change = fc.record({ at: fc.nat(80), octet: fc.nat(255) })
    const mutated = fc
      .record({ name: fc.constantFrom('s1.dkim.example', 'big.dkim.example', 'x.example'), changes: fc.array(change) })
      .map(({ name, changes }) => {
        const octets = query(name, 'TXT', { additionals: [opt(1_232)] })
        for (const { at, octet } of changes) if (at < octets.length) octets[at] = octet
        return octets
      })
    const random = fc.uint8Array({ maxLength: 600 }).map((octets) => Buffer.from(octets))
    fc.assert(
      fc.property(fc.oneof(mutated, random), (octets) => {
        for (const answer of [answerQuery(octets, ZONE, 'udp'), answerCutShort(octets), answerFailure(octets)]) {
          if (answer === undefined) continue
          expect(answer.length).toBeLessThanOrEqual(1_232)
          expect(answer.readUInt16BE(0)).toBe(octets.readUInt16BE(0))
          expect(answer[2]! & 0x80).toBe(0x80)
          decode(answer)
        }
      }),
      { numRuns: RUNS },
    )
  })
})

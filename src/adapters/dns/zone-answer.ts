// What our server says to one query: a function from octets and a zone to octets. It answers for its zone and refuses the
// rest; nothing it is sent makes it throw, and nothing it says is longer than the asker takes.
import { decode, encode, type Answer, type DecodedPacket, type OptAnswer } from 'dns-packet'
import { EDNS_OCTETS } from './limits.ts'
import { isWithin } from '../../core/base/dns-name.ts'
import { readQuestion, type RawQuestion } from './raw-question.ts'
import type { ZoneIndex } from './zone-index.ts'

export type Transport = 'udp' | 'tcp'

/** RFC 1035 4.2.1: without EDNS a UDP answer has at most 512 octets. */
const PLAIN_UDP_OCTETS = 512
/** RFC 1035 4.2.2: the length on TCP is sent in 16 bits. */
const TCP_OCTETS = 0xffff
const HEADER_OCTETS = 12

// RFC 1035 4.1.1: the third and fourth octet.
const QR = 0x8000
const OPCODE_BITS = 0x7800
const AA = 0x0400
const TC = 0x0200
const RD = 0x0100

// RFC 6895 2.3
const CODE = { NOERROR: 0, FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5, BADVERS: 16 } as const

// RFC 1035 3.2.2 and 3.2.3.
const TYPE_OF_NUMBER: Readonly<Record<number, string>> = { 1: 'A', 2: 'NS', 6: 'SOA', 16: 'TXT', 28: 'AAAA' }
const TYPE_ANY = 255
/** OPT, and what asks for whole zones or mailboxes: IXFR, AXFR, MAILB, MAILA (RFC 6895 3.1). */
const REFUSED_TYPES: readonly number[] = [41, 251, 252, 253, 254]
const CLASS_IN = 1

interface Said {
  readonly code: number
  readonly authoritative?: boolean
  readonly answers?: readonly Answer[]
  readonly authorities?: readonly Answer[]
  readonly additionals?: readonly Answer[]
}

interface Asked {
  readonly query: Buffer
  readonly transport: Transport
  readonly question: RawQuestion | undefined
  readonly edns: OptAnswer | undefined
}

/** Undefined when nothing should be said: an answer to an answer makes two servers talk for ever. */
export function answerQuery(query: Buffer, zone: ZoneIndex, transport: Transport): Buffer | undefined {
  if (!isQuery(query)) return undefined
  const asked = { query, transport, question: readQuestion(query), edns: undefined }
  if ((query.readUInt16BE(2) & OPCODE_BITS) !== 0) return respond(asked, { code: CODE.NOTIMP })
  const opts = (decoded(query)?.additionals ?? []).filter((record): record is OptAnswer => record.type === 'OPT')
  // RFC 9619: one question. RFC 6891 6.1.1: at most one OPT.
  if (!asked.question || decoded(query) === undefined || opts.length > 1) return respond(asked, { code: CODE.FORMERR })
  const edns = opts[0]
  const said = edns && edns.ednsVersion !== 0 ? { code: CODE.BADVERS } : lookUp(zone, asked.question)
  return respond({ ...asked, edns }, said)
}

/** "Come by TCP": no longer than the query, so that a forged sender gains nothing. */
export function answerCutShort(query: Buffer): Buffer | undefined {
  if (!isQuery(query)) return undefined
  const question = readQuestion(query)
  return question && assembled(query, question, { flags: TC })
}

/** What a server says that has lost its zone. */
export function answerFailure(query: Buffer): Buffer | undefined {
  return isQuery(query) ? assembled(query, readQuestion(query), { flags: CODE.SERVFAIL }) : undefined
}

function isQuery(octets: Buffer): boolean {
  return octets.length >= HEADER_OCTETS && (octets.readUInt16BE(2) & QR) === 0
}

function decoded(query: Buffer): DecodedPacket | undefined {
  try {
    const packet = decode(query)
    return decode.bytes <= query.length ? packet : undefined
  } catch {
    return undefined
  }
}

function lookUp(zone: ZoneIndex, { name, type, class: klass }: RawQuestion): Said {
  if (klass !== CLASS_IN || REFUSED_TYPES.includes(type) || !isWithin(name, zone.apex)) return { code: CODE.REFUSED }
  const authoritative = true
  const here = zone.names.get(name)
  if (here === undefined) return { code: CODE.NXDOMAIN, authoritative, authorities: [zone.denial] }
  // RFC 8482 4.1: to "anything?" one kind is answer enough.
  const wanted = type === TYPE_ANY ? here[0]?.type : TYPE_OF_NUMBER[type]
  const answers = here.filter((record) => record.type === wanted)
  if (answers.length === 0) return { code: CODE.NOERROR, authoritative, authorities: [zone.denial] }
  return { code: CODE.NOERROR, authoritative, answers, additionals: glueFor(zone, answers) }
}

/** Addresses of name servers that were named, when they are ours to tell. */
function glueFor(zone: ZoneIndex, answers: readonly Answer[]): readonly Answer[] {
  const targets = answers.flatMap((record) => (record.type === 'NS' ? [record.data] : []))
  return targets.flatMap((target) =>
    (zone.names.get(target) ?? []).filter(({ type }) => type === 'A' || type === 'AAAA'),
  )
}

function respond({ query, transport, question, edns }: Asked, said: Said): Buffer {
  const flags = (said.authoritative ? AA : 0) | (said.code & 0x0f)
  const opt = edns ? [optFor(said.code)] : []
  const { answers, authorities, additionals = [] } = said
  const limit = limitOf(transport, edns)
  const whole = assembled(query, question, { flags, answers, authorities, additionals: [...additionals, ...opt] })
  if (whole.length <= limit) return whole
  // Glue is a courtesy; an answer that does not fit without it is left out, and TC says so (RFC 2181 9).
  const bare = assembled(query, question, { flags, answers, authorities, additionals: opt })
  return bare.length <= limit ? bare : assembled(query, question, { flags: flags | TC, additionals: opt })
}

function limitOf(transport: Transport, edns: OptAnswer | undefined): number {
  if (transport === 'tcp') return TCP_OCTETS
  return edns ? Math.min(EDNS_OCTETS, Math.max(PLAIN_UDP_OCTETS, edns.udpPayloadSize)) : PLAIN_UDP_OCTETS
}

interface Parts {
  readonly flags: number
  readonly answers?: readonly Answer[] | undefined
  readonly authorities?: readonly Answer[] | undefined
  readonly additionals?: readonly Answer[] | undefined
}

/** The codec writes no compressed names, so the question can be put in as it came, octet by octet. */
function assembled(query: Buffer, question: RawQuestion | undefined, parts: Parts): Buffer {
  const packet = encode({
    type: 'response',
    id: query.readUInt16BE(0),
    flags: parts.flags | (query.readUInt16BE(2) & (RD | OPCODE_BITS)),
    questions: [],
    answers: [...(parts.answers ?? [])],
    authorities: [...(parts.authorities ?? [])],
    additionals: [...(parts.additionals ?? [])],
  })
  if (question === undefined) return packet
  packet.writeUInt16BE(1, 4)
  return Buffer.concat([packet.subarray(0, HEADER_OCTETS), question.octets, packet.subarray(HEADER_OCTETS)])
}

function optFor(code: number): OptAnswer {
  return {
    type: 'OPT',
    name: '.',
    udpPayloadSize: EDNS_OCTETS,
    extendedRcode: code >> 4,
    ednsVersion: 0,
    flags: 0,
    flag_do: false,
    options: [],
  }
}

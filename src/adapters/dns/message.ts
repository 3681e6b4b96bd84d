// Questions as octets, and the check that octets answer them. An answer that does not repeat id and question is nobody's.
import { randomInt } from 'node:crypto'
import { decode, encode, RECURSION_DESIRED, type Answer, type DecodedPacket } from 'dns-packet'
import type { DnsQuestion } from '../../core/base/dns.ts'
import { EDNS_OCTETS } from './limits.ts'

const HEADER_OCTETS = 12
const ID_COUNT = 0x1_0000
// RFC 1035 4.1.1: the bits of the third and fourth octet.
const QR_BIT = 0x80
const RCODE_BITS = 0x0f
/** What carries records, and so must repeat the question: NOERROR and NXDOMAIN. */
const RCODES_WITH_RECORDS: readonly number[] = [0, 3]

export interface Query {
  readonly octets: Buffer
  /** Where the question section ends. */
  readonly questionEnd: number
}

export type Reply =
  | { readonly kind: 'reply'; readonly packet: DecodedPacket; readonly code: string }
  /** Not an answer to this query: wrong id, wrong question, or no answer at all. */
  | { readonly kind: 'stray' }
  /** An answer to this query that cannot be read. */
  | { readonly kind: 'garbled' }

/** A question with an id that cannot be foreseen (RFC 5452 9.2). */
export function queryFor(question: DnsQuestion, how: { readonly recursive: boolean; readonly edns: boolean }): Query {
  const packet = {
    type: 'query' as const,
    id: randomInt(ID_COUNT),
    flags: how.recursive ? RECURSION_DESIRED : 0,
    questions: [{ name: question.name, type: question.type }],
  }
  const bare = encode({ ...packet })
  return {
    octets: how.edns ? encode({ ...packet, additionals: [edns()] }) : bare,
    questionEnd: bare.length,
  }
}

/** Reads octets that came for `query`. */
export function readReply(octets: Buffer, query: Query): Reply {
  if (!answersTo(octets, query)) return { kind: 'stray' }
  try {
    const packet = decode(octets)
    // The codec does not notice a last record that is cut short, except that it counts octets which are not there.
    if (!(decode.bytes <= octets.length)) return { kind: 'garbled' }
    return { kind: 'reply', packet, code: codeOf(octets, packet) }
  } catch {
    return { kind: 'garbled' }
  }
}

function answersTo(octets: Buffer, query: Query): boolean {
  if (octets.length < HEADER_OCTETS || octets.readUInt16BE(0) !== query.octets.readUInt16BE(0)) return false
  if ((octets[2]! & QR_BIT) === 0) return false
  const questions = octets.readUInt16BE(4)
  // A server that could not read or would not serve the question may leave it out; it gives no records then.
  if (questions === 0) return !RCODES_WITH_RECORDS.includes(octets[3]! & RCODE_BITS)
  return questions === 1 && sameQuestion(octets, query)
}

/** Octet by octet; letters may have changed their case (RFC 4343). */
function sameQuestion(octets: Buffer, query: Query): boolean {
  if (octets.length < query.questionEnd) return false
  const lower = (bytes: Buffer) => bytes.toString('latin1', HEADER_OCTETS, query.questionEnd).toLowerCase()
  return lower(octets) === lower(query.octets)
}

/** The name of the response code, with the upper bits that EDNS adds (RFC 6891 6.1.3). */
function codeOf(octets: Buffer, packet: DecodedPacket): string {
  const opt = packet.additionals?.find((record) => record.type === 'OPT')
  const code = ((opt?.extendedRcode ?? 0) << 4) | (octets[3]! & RCODE_BITS)
  return CODES[code] ?? `code ${code}`
}

/** RFC 6895 2.3 */
const CODES: Readonly<Record<number, string>> = {
  0: 'NOERROR',
  1: 'FORMERR',
  2: 'SERVFAIL',
  3: 'NXDOMAIN',
  4: 'NOTIMP',
  5: 'REFUSED',
  9: 'NOTAUTH',
  16: 'BADVERS',
}

function edns(): Answer {
  return {
    type: 'OPT',
    name: '.',
    udpPayloadSize: EDNS_OCTETS,
    extendedRcode: 0,
    ednsVersion: 0,
    flags: 0,
    flag_do: false,
    options: [],
  }
}

// The header block of a mail: where its fields are, and what a few of them say. Octets are read in place and never changed.
// Its rule: `scanHeader` runs for every mail and so only notes offsets; everything else is asked for by name.
import { latin1Bytes, latin1Text } from '../base/bytes.ts'
import type { Content } from './mail.ts'

/**
 * Most octets of header that are looked at. Postfix stops at 102,400 (header_size_limit), and no honest mail of the
 * senders we know comes near; without a limit a mail of 40 MB without a blank line would be held a second time.
 */
const HEADER_OCTETS_MAX = 131_072
/** Most fields that are looked at: a hundred Received lines and everything else fit many times over. */
export const HEADER_FIELDS_MAX = 1_000

/** One field with its folded lines; offsets into `Header.octets`. */
export interface Field {
  readonly start: number
  /** End of the name, before the colon and any white space in front of it (RFC 5322 4.5.8). */
  readonly nameEnd: number
  readonly colon: number
  /** After the CRLF of its last line. */
  readonly end: number
}

/** Why the header cannot be read as RFC 5322 says; the fields before the fault are there all the same. */
type HeaderFault = 'headerTooLong' | 'tooManyFields' | 'lineWithoutName' | 'nameMalformed'

export interface Header {
  /** The wire form from its first octet, at least as far as `end`. */
  readonly octets: Uint8Array
  readonly fields: readonly Field[]
  /** After the last field: the blank line stands here, or the content ends here. */
  readonly end: number
  /** How many Received fields: one for each host the mail has passed. */
  readonly received: number
  readonly fault?: HeaderFault
}

const CR = 0x0d
const LF = 0x0a
const SPACE = 0x20
const TAB = 0x09
const DOT = 0x2e
const COLON = 0x3a
const TILDE = 0x7e

const RECEIVED = latin1Bytes('received')

/** Finds the fields of a mail's header. Costs a few microseconds, because every mail pays for it at its final dot. */
export function scanHeader(content: Content): Header {
  const first = content.chunks[0] ?? new Uint8Array(0)
  let header = scanOctets(first, content.chunks.length > 1)
  // Our own trace field is a chunk for itself, so most mails take the first of these steps: it joins a little, not all.
  for (const octets of JOINED_OCTETS) header ??= scanOctets(headOf(content, octets), content.wireSize > octets)
  return header!
}

/** How much of a header in several chunks is joined at first, and then. The last step sees one octet over the limit. */
const JOINED_OCTETS = [8_192, HEADER_OCTETS_MAX + 1] as const

/** Undefined when the header does not end in these octets and more octets follow them. */
function scanOctets(octets: Uint8Array, more: boolean): Header | undefined {
  const limit = Math.min(octets.length, HEADER_OCTETS_MAX)
  const fields: Field[] = []
  let received = 0
  let at = 0
  while (at < limit) {
    if (octets[at] === CR && octets[at + 1] === LF) return { octets, fields, end: at, received }
    const field = fieldAt(octets, at)
    if (field === 'cut') break
    if (typeof field === 'string') return { octets, fields, end: at, received, fault: field }
    // A field that ends where the octets end may go on in the next chunk: its folded lines are not here yet.
    if (more && field.end >= octets.length) break
    if (field.end > HEADER_OCTETS_MAX) return { octets, fields, end: at, received, fault: 'headerTooLong' }
    if (fields.length === HEADER_FIELDS_MAX) return { octets, fields, end: at, received, fault: 'tooManyFields' }
    fields.push(field)
    if (nameIs(octets, field, RECEIVED)) received += 1
    at = field.end
  }
  if (more && octets.length <= HEADER_OCTETS_MAX) return undefined
  if (at >= octets.length) return { octets, fields, end: at, received }
  return { octets, fields, end: at, received, fault: 'headerTooLong' }
}

/** The field that begins at `start`, with its folded lines; 'cut' when its line does not end in these octets. */
function fieldAt(octets: Uint8Array, start: number): Field | 'cut' | HeaderFault {
  const lineEnd = octets.indexOf(LF, start)
  if (lineEnd < 0) return 'cut'
  // Searched by hand: a field name is short, and a value without a colon may be very long.
  let colon = start
  while (colon < lineEnd && octets[colon] !== COLON) colon += 1
  if (colon === lineEnd) return 'lineWithoutName'
  let nameEnd = colon
  while (nameEnd > start && isWhiteSpace(octets[nameEnd - 1]!)) nameEnd -= 1
  if (nameEnd === start) return 'nameMalformed'
  for (let at = start; at < nameEnd; at += 1) {
    // RFC 5322 3.6.8: a name is printable US-ASCII without the colon.
    if (octets[at]! <= SPACE || octets[at]! > TILDE) return 'nameMalformed'
  }
  let end = lineEnd + 1
  while (end < octets.length && isWhiteSpace(octets[end]!)) {
    const next = octets.indexOf(LF, end)
    if (next < 0) return 'cut'
    end = next + 1
  }
  return { start, nameEnd, colon, end }
}

/** The content's first octets, in one piece. */
function headOf(content: Content, octets: number): Uint8Array {
  const length = Math.min(content.wireSize, octets)
  const head = new Uint8Array(length)
  let at = 0
  for (const chunk of content.chunks) {
    if (at >= length) break
    const piece = chunk.length > length - at ? chunk.subarray(0, length - at) : chunk
    head.set(piece, at)
    at += piece.length
  }
  return head
}

/** The field's name in lower case, as the receiver of the wire form reads it. */
export function fieldName(header: Header, field: Field): string {
  return latin1Text(header.octets, nameStart(header.octets, field), field.nameEnd).toLowerCase()
}

/** The fields of a name, given in lower case, from the top. */
export function fieldsNamed(header: Header, name: string): readonly Field[] {
  const wanted = latin1Bytes(name)
  return header.fields.filter((field) => nameIs(header.octets, field, wanted))
}

/** What follows the colon, unfolded (RFC 5322 2.2.3), each octet as one character, without white space at its ends. */
export function fieldText(header: Header, field: Field): string {
  return latin1Text(header.octets, field.colon + 1, field.end)
    .replaceAll('\r\n', '')
    .trim()
}

/** The Message-ID that the client gave, without its brackets. SES puts its own in its place. */
export function messageIdOf(header: Header): string | undefined {
  const [field] = fieldsNamed(header, 'message-id')
  if (field === undefined) return undefined
  const id = /<([^<>\s]+)>/.exec(fieldText(header, field))?.[1]
  return id
}

/** True when some octet of the field is over 127. */
export function isEightBit(header: Header, field: Field): boolean {
  for (let at = field.start; at < field.end; at += 1) if (header.octets[at]! > 127) return true
  return false
}

function nameIs(octets: Uint8Array, field: Field, lowerName: Uint8Array): boolean {
  const start = nameStart(octets, field)
  if (field.nameEnd - start !== lowerName.length) return false
  for (let at = 0; at < lowerName.length; at += 1) {
    const octet = octets[start + at]!
    const lower = octet >= 0x41 && octet <= 0x5a ? octet + 0x20 : octet
    if (lower !== lowerName[at]) return false
  }
  return true
}

/** The first dot of a line on the wire is stuffing (RFC 5321 4.5.2), also where no honest client would put it. */
function nameStart(octets: Uint8Array, field: Field): number {
  return octets[field.start] === DOT ? field.start + 1 : field.start
}

function isWhiteSpace(octet: number): boolean {
  return octet === SPACE || octet === TAB
}

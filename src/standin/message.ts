// A message as octets with its header fields found. Nothing is decoded that need not be: what is delivered keeps its octets.

export interface Field {
  readonly name: string
  /** The name in lower case: header names compare without case (RFC 5322 1.2.2). */
  readonly key: string
  /** The whole field as it came, folded lines and last CRLF included; one character an octet. */
  readonly raw: string
  /** The value, unfolded and trimmed; one character an octet. */
  readonly value: string
}

export interface Message {
  readonly fields: readonly Field[]
  /** Octets from the blank line's end on. */
  readonly body: Buffer
  readonly size: number
  /** Octets of the longest line with its CRLF. */
  readonly longestLine: number
  /** CR or LF that stands alone. */
  readonly bareLineEnds: boolean
  /** Octets of the header section. */
  readonly headerSize: number
}

const [CR, LF] = [0x0d, 0x0a]

/** Finds the fields of a message in wire form (CRLF line ends, no dot-stuffing). */
export function parseMessage(content: Buffer): Message {
  const blank = content.indexOf('\r\n\r\n')
  const startsWithBlank = content[0] === CR && content[1] === LF
  const headerEnd = startsWithBlank ? 0 : blank < 0 ? content.length : blank + 2
  const bodyStart = Math.min(content.length, headerEnd + 2)
  const header = content.toString('latin1', 0, headerEnd)
  return {
    fields: fieldsOf(header),
    body: content.subarray(bodyStart),
    size: content.length,
    headerSize: headerEnd,
    ...lineFacts(content),
  }
}

function fieldsOf(header: string): Field[] {
  // A line that begins with white space continues the field before it (RFC 5322 2.2.3).
  const lines = header.split(/\r\n(?![ \t])/).filter((line) => line !== '')
  return lines.flatMap((line) => {
    const colon = line.indexOf(':')
    const name = line.slice(0, Math.max(0, colon)).trimEnd()
    // A line that is no field is kept out of the list; the checks count it as an invalid message.
    if (!/^[!-9;-~]+$/.test(name)) return [{ name: '', key: '', raw: `${line}\r\n`, value: line }]
    const value = line
      .slice(colon + 1)
      .replaceAll(/\r\n[ \t]/g, ' ')
      .trim()
    return [{ name, key: name.toLowerCase(), raw: `${line}\r\n`, value }]
  })
}

function lineFacts(content: Buffer): { readonly longestLine: number; readonly bareLineEnds: boolean } {
  let longestLine = 0
  let bareLineEnds = false
  let start = 0
  for (let end = content.indexOf(LF); end >= 0; end = content.indexOf(LF, start)) {
    longestLine = Math.max(longestLine, end + 1 - start)
    if (content[end - 1] !== CR) bareLineEnds = true
    start = end + 1
  }
  longestLine = Math.max(longestLine, content.length - start)
  return { longestLine, bareLineEnds: bareLineEnds || hasLoneCr(content) }
}

function hasLoneCr(content: Buffer): boolean {
  for (let at = content.indexOf(CR); at >= 0; at = content.indexOf(CR, at + 1)) {
    if (content[at + 1] !== LF) return true
  }
  return false
}

/** LF alone becomes CRLF: the API takes either, SMTP only CRLF. */
export function withCrlf(content: Buffer): Buffer {
  if (!lineFacts(content).bareLineEnds) return content
  return Buffer.from(content.toString('latin1').replaceAll(/\r?\n/g, '\r\n'), 'latin1')
}

export function fieldNamed(message: Message, key: string): Field | undefined {
  return message.fields.find((field) => field.key === key)
}

/** A text header's value with its encoded words left as they are, read as UTF-8 where it has raw octets. */
export function textOf(field: Field): string {
  return Buffer.from(field.value, 'latin1').toString('utf8')
}

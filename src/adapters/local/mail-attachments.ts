// The parts of a mail that may be files, decoded (RFC 2045, 2046): enough of MIME for reports that machines send.
// Nothing of the text parts is kept but text/xml; limits on depth and number, because anybody may have made the mail.

/** Machines nest two levels. */
const DEPTH_MAX = 5
const PARTS_MAX = 50

/** Contents of the parts that are no prose: attachments and whole bodies that are files. */
export function attachmentsOf(mail: Buffer): readonly Buffer[] {
  const found: Buffer[] = []
  walk(mail, 0, found)
  return found
}

function walk(entity: Buffer, depth: number, found: Buffer[]): void {
  if (depth > DEPTH_MAX || found.length >= PARTS_MAX) return
  const { headers, body } = split(entity)
  const type = headers['content-type'] ?? 'text/plain'
  const boundary = /^multipart\//i.test(type) ? parameter(type, 'boundary') : undefined
  if (boundary !== undefined) {
    for (const part of partsOf(body, boundary)) walk(part, depth + 1, found)
    return
  }
  const isProse = /^text\/(?!xml)/i.test(type) && !/^attachment/i.test(headers['content-disposition'] ?? '')
  if (!isProse) found.push(decoded(body, headers['content-transfer-encoding'] ?? ''))
}

interface Entity {
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

function split(entity: Buffer): Entity {
  const text = entity.toString('latin1')
  const end = /\r?\n\r?\n/.exec(text)
  const block = end === null ? text : text.slice(0, end.index)
  const headers: Record<string, string> = Object.create(null) as Record<string, string>
  for (const line of block.replaceAll(/\r?\n[ \t]+/g, ' ').split(/\r?\n/)) {
    const colon = line.indexOf(':')
    if (colon > 0) headers[line.slice(0, colon).trim().toLowerCase()] ??= line.slice(colon + 1).trim()
  }
  return { headers, body: end === null ? Buffer.alloc(0) : entity.subarray(end.index + end[0].length) }
}

function parameter(field: string, name: string): string | undefined {
  const match = new RegExp(`;\\s*${name}\\s*=\\s*(?:"([^"]{1,200})"|([^\\s;]{1,200}))`, 'i').exec(field)
  return match?.[1] ?? match?.[2]
}

/** RFC 2046 5.1.1: the line end before a boundary belongs to the boundary. */
function partsOf(body: Buffer, boundary: string): readonly Buffer[] {
  const text = `\n${body.toString('latin1')}`
  const pieces = text.split(`\n--${boundary}`).slice(1)
  const parts: Buffer[] = []
  for (const piece of pieces) {
    if (piece.startsWith('--') || parts.length >= PARTS_MAX) break
    const begin = piece.indexOf('\n')
    if (begin >= 0) parts.push(Buffer.from(piece.slice(begin + 1).replace(/\r$/, ''), 'latin1'))
  }
  return parts
}

function decoded(body: Buffer, encoding: string): Buffer {
  switch (encoding.toLowerCase()) {
    case 'base64':
      return Buffer.from(body.toString('latin1'), 'base64')
    case 'quoted-printable':
      return Buffer.from(
        body
          .toString('latin1')
          .replaceAll(/[ \t]*=\r?\n/g, '')
          .replaceAll(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
        'latin1',
      )
    default:
      return body
  }
}

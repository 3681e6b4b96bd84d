// A reader of multipart mail for tests, as plain as can be, so that what it says can be checked by eye.

export interface ReadPart {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

function readEntity(text: string): ReadPart {
  const end = text.indexOf('\r\n\r\n')
  const block = end < 0 ? text : text.slice(0, end)
  const headers: Record<string, string> = {}
  for (const line of block.replaceAll(/\r\n[ \t]+/g, ' ').split('\r\n')) {
    const colon = line.indexOf(':')
    if (colon > 0) headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim()
  }
  return { headers, body: end < 0 ? '' : text.slice(end + 4) }
}

/** The headers of a mail and the parts of its multipart body, one level deep. */
export function readMultipart(text: string): {
  readonly headers: ReadPart['headers']
  readonly parts: readonly ReadPart[]
} {
  const { headers, body } = readEntity(text)
  const boundary = /boundary="([^"]+)"/.exec(headers['content-type'] ?? '')?.[1]
  if (boundary === undefined) return { headers, parts: [] }
  const pieces = `\r\n${body}`.split(`\r\n--${boundary}`).slice(1, -1)
  return { headers, parts: pieces.map((piece) => readEntity(piece.replace(/^\r\n/, ''))) }
}

// From wire form to the message itself: the API takes the message, and dot-stuffing is SMTP's own business.

const CR = 0x0d
const LF = 0x0a
const DOT = 0x2e

interface MessageSource {
  readonly chunks: readonly Uint8Array[]
  readonly dotStuffed: boolean
}

/**
 * The message as its author made it: the first dot of every line that begins with one is taken away (RFC 5321 4.5.2).
 * A line may begin in one chunk and its dot stand in the next. Chunks are shared with the content, not copied.
 */
export function messageForm(content: MessageSource): readonly Uint8Array[] {
  if (!content.dotStuffed) return content.chunks
  const pieces: Uint8Array[] = []
  // The octet before the chunk's first one, and the one before that; the message begins as if after CRLF.
  let before: readonly [number, number] = [CR, LF]
  for (const chunk of content.chunks) {
    if (chunk.length === 0) continue
    pushWithoutStuffing(pieces, chunk, before)
    before = [chunk.length > 1 ? chunk[chunk.length - 2]! : before[1], chunk[chunk.length - 1]!]
  }
  return pieces
}

function pushWithoutStuffing(pieces: Uint8Array[], chunk: Uint8Array, before: readonly [number, number]): void {
  let from = 0
  for (let dot = chunk.indexOf(DOT); dot >= 0; dot = chunk.indexOf(DOT, dot + 1)) {
    const last = dot >= 1 ? chunk[dot - 1]! : before[1]
    const lastButOne = dot >= 2 ? chunk[dot - 2]! : before[dot]!
    if (last !== LF || lastButOne !== CR) continue
    if (dot > from) pieces.push(chunk.subarray(from, dot))
    from = dot + 1
  }
  if (from < chunk.length) pieces.push(chunk.subarray(from))
}

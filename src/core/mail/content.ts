// Measures content that we made ourselves. What comes from a client is measured by the listener as it comes in.
import type { Content } from './mail.ts'

const DOT = 46
const LF = 10

/** The Content of chunks in wire form that end in CRLF. */
export function measuredContent(chunks: readonly Uint8Array[]): Content {
  let wireSize = 0
  let stuffed = 0
  let eightBit = false
  let longestLine = 0
  let lineLength = 0
  let atLineStart = true
  for (const chunk of chunks) {
    wireSize += chunk.length
    for (const byte of chunk) {
      const isStuffing = atLineStart && byte === DOT
      if (isStuffing) stuffed += 1
      if (byte > 127) eightBit = true
      atLineStart = byte === LF
      // RFC 5321 4.5.3.1.6: the stuffed dot is not counted.
      lineLength = atLineStart || isStuffing ? 0 : lineLength + 1
      // Counted with its CR, taken off below: a line here always ends in CRLF.
      if (lineLength > longestLine) longestLine = lineLength
    }
  }
  return {
    chunks,
    wireSize,
    size: wireSize - stuffed,
    dotStuffed: stuffed > 0,
    eightBit,
    longestLine: Math.max(0, longestLine - 1),
  }
}

const CR = 13

/** The header block with the CRLF of its last line, or its first `octetsMax` octets when it is longer. */
export function headerBlock(content: Content, octetsMax: number): Uint8Array {
  const head = firstOctets(content, octetsMax)
  for (let i = 0; i + 3 < head.length; i += 1) {
    if (head[i] === CR && head[i + 1] === LF && head[i + 2] === CR && head[i + 3] === LF) return head.subarray(0, i + 2)
  }
  return head
}

function firstOctets(content: Content, octetsMax: number): Uint8Array {
  const head = new Uint8Array(Math.min(content.wireSize, octetsMax))
  let at = 0
  for (const chunk of content.chunks) {
    if (at === head.length) break
    const piece = chunk.subarray(0, head.length - at)
    head.set(piece, at)
    at += piece.length
  }
  return head
}

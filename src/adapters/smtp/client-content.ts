// Writes a large content in blocks, at the pace of the host. Its rule: the caller's final dot is written only when the
// platform has taken all that comes before it.
import type { ClientConnection } from './client-connection.ts'

/** Blocks are no larger than this, so that a host that stops reading is noticed between them. */
export const BLOCK_OCTETS_MAX = 256 * 1024

export interface ContentWatch {
  /** False when the transaction has ended meanwhile. */
  readonly current: () => boolean
  /** Called before each block. */
  readonly onBlock: () => void
  readonly done: () => void
}

export function streamContent(connection: ClientConnection, chunks: readonly Uint8Array[], watch: ContentWatch): void {
  const blocks = blocksOf(chunks)
  const write = (): void => {
    while (watch.current()) {
      const { value: block, done } = blocks.next()
      if (done) return watch.done()
      watch.onBlock()
      if (!connection.writeBlock(block, write)) return undefined
    }
    return undefined
  }
  write()
}

function* blocksOf(chunks: readonly Uint8Array[]): Generator<Uint8Array, undefined> {
  for (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += BLOCK_OCTETS_MAX) yield chunk.subarray(at, at + BLOCK_OCTETS_MAX)
  }
  return undefined
}

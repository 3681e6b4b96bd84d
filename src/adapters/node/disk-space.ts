// Octets free on a disk, as an unprivileged process may use them. Asked at most once a second: the gate asks for every mail.
import { statfsSync } from 'node:fs'

const FRESH_MS = 1_000

export function diskSpace(folder: string, now: () => number): () => number {
  let askedAt = Number.NEGATIVE_INFINITY
  let free = Number.POSITIVE_INFINITY
  return () => {
    if (now() - askedAt >= FRESH_MS) {
      askedAt = now()
      const { bavail, bsize } = statfsSync(folder)
      free = bavail * bsize
    }
    return free
  }
}

// The mails of test/corpus, as the listener would hand them over: dot-stuffed, in chunks, measured.
import { readdirSync, readFileSync } from 'node:fs'
import { measuredContent } from '../../src/core/mail/content.ts'
import type { Content } from '../../src/core/mail/mail.ts'

const FOLDER = new URL('../corpus/', import.meta.url)

export interface CorpusMail {
  readonly name: string
  /** The message itself, each octet as one character. */
  readonly text: string
}

export const CORPUS: readonly CorpusMail[] = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.eml'))
  .toSorted()
  .map((name) => ({ name, text: readFileSync(new URL(name, FOLDER), 'latin1') }))

/** The wire form (RFC 5321 4.5.2), said as plainly as it can be. */
export const stuffed = (text: string) => text.replaceAll(/^\./gm, '..')

/** The content of a message, cut into chunks of `chunkOctets`. */
export function contentOf(text: string, chunkOctets = 4_096): Content {
  const wire = Buffer.from(stuffed(text), 'latin1')
  return measuredContent(
    Array.from({ length: Math.ceil(wire.length / chunkOctets) }, (_, i) =>
      Uint8Array.from(wire.subarray(i * chunkOctets, (i + 1) * chunkOctets)),
    ),
  )
}

/** Chunks as one text. */
export const textOf = (chunks: readonly Uint8Array[]) => Buffer.concat(chunks).toString('latin1')

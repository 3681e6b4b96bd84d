// The lines of an archive object, wherever it is by now: still written to, sealed in the folder, or in the bucket. What cannot be
// read is told by name and left out, and the rest is read; memory does not grow with the object.
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline, type Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { keptLine, type KeptLine } from '../../core/watch/archive-line.ts'
import type { ArchiveBucket } from './archive-bucket.ts'
import { OPEN, SEALED, type ObjectName } from './archive-object.ts'

export type Source = ObjectName & { readonly bucket: ArchiveBucket } & (
    | { readonly from: 'bucket' }
    | { readonly from: 'sealed' | 'open'; readonly folder: string }
  )

export async function* linesOf(source: Source, damaged: (message: string) => void): AsyncIterable<KeptLine> {
  let bad = 0
  try {
    for await (const line of textLines(await streamOf(source))) {
      const kept = keptLine(line)
      if (kept === undefined) bad += 1
      else yield kept
    }
  } catch (error) {
    damaged(error instanceof Error ? error.message : 'cannot be read')
  }
  if (bad > 0) damaged(`${bad} lines are no records`)
}

/** What was sealed or went to the bucket since the folder was looked at is read where it is now. */
async function streamOf(source: Source): Promise<Readable> {
  if (source.from === 'bucket') return unpacked(await source.bucket.read(source))
  if (source.from === 'open') {
    return (await fileStream(source, OPEN)) ?? (await streamOf({ ...source, from: 'sealed' }))
  }
  const file = await fileStream(source, SEALED)
  return file === undefined ? await streamOf({ ...source, from: 'bucket' }) : unpacked(file)
}

async function fileStream(
  { folder, stem }: { readonly folder: string; readonly stem: string },
  ending: string,
): Promise<Readable | undefined> {
  try {
    return (await open(join(folder, `${stem}${ending}`))).createReadStream()
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

/** A fault on either side ends both, and whoever reads hears of it. */
function unpacked(packed: Readable): Readable {
  return pipeline(packed, createGunzip(), () => undefined)
}

async function* textLines(stream: Readable): AsyncIterable<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of stream as AsyncIterable<Uint8Array>) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop()!
    yield* lines
  }
  // A line without its end is one that is being written, or that a crash tore: nobody was told that it is kept.
}

// Reads archive objects as a stream of records: sealed ones through gunzip, the open one as far as its last whole line.
// Memory does not grow with the archive. What cannot be read is told by name and left out, and the rest is read.
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { DAY_MS } from '../../core/base/clock.ts'
import { keptLine, type KeptLine } from '../../core/watch/archive-line.ts'
import type { ArchivedRecord, ArchiveKind, ArchiveReader } from '../../core/watch/archive.ts'
import { dayOf, daysOf, objectsOf, OPEN, pathOf, SEALED, startOf, type Listed } from './archive-names.ts'
import { isMissing } from './record-file.ts'

export function folderArchiveReader(folder: string): ArchiveReader {
  return {
    async *read({ kind, fromAt, toAt, mail }, onDamage = () => {}) {
      for (const object of await objectsBetween(folder, { kind, fromAt, toAt })) {
        const path = pathOf(folder, kind, object)
        const damaged = (message: string) => onDamage({ object: path.slice(folder.length + 1), message })
        for await (const { keptAt, fields } of linesOf(path, object.sealed, damaged)) {
          if (keptAt < fromAt || keptAt >= toAt) continue
          if (mail === undefined || fields['mail'] === mail) yield { kind, keptAt, fields } satisfies ArchivedRecord
        }
      }
    },
  }
}

/** An object holds its own hour and those up to the next object, so the one before `fromAt` may hold it. */
async function objectsBetween(
  folder: string,
  { kind, fromAt, toAt }: { readonly kind: ArchiveKind; readonly fromAt: number; readonly toAt: number },
): Promise<readonly Listed[]> {
  const days = (await daysOf(folder, kind)).filter((dayAt) => dayAt + DAY_MS > dayOf(fromAt) && dayAt < toAt)
  const found: Listed[] = []
  for (const dayAt of days) {
    const objects = await objectsOf(folder, kind, dayAt)
    objects.forEach((object, i) => {
      const next = objects[i + 1]
      const over = next !== undefined && startOf(next) <= fromAt && next.hour !== object.hour
      if (startOf(object) < toAt && !over) found.push(object)
    })
  }
  return found
}

async function* linesOf(path: string, sealed: boolean, damaged: (message: string) => void): AsyncIterable<KeptLine> {
  let bad = 0
  try {
    for await (const line of textLines(streamOf(path, sealed))) {
      const kept = keptLine(line)
      if (kept === undefined) bad += 1
      else yield kept
    }
  } catch (error) {
    // Sealed between the look at the folder and now: the same records stand in the object.
    if (!sealed && isMissing(error)) yield* linesOf(path, true, damaged)
    else damaged(error instanceof Error ? error.message : 'cannot be read')
  }
  if (bad > 0) damaged(`${bad} lines are no records`)
}

function streamOf(path: string, sealed: boolean): Readable {
  if (!sealed) return createReadStream(`${path}${OPEN}`)
  const file = createReadStream(`${path}${SEALED}`)
  const text = createGunzip()
  file.on('error', (error) => text.destroy(error))
  text.on('close', () => file.destroy())
  return file.pipe(text)
}

async function* textLines(stream: Readable): AsyncIterable<string> {
  const lines = createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })
  // readline does not pass on the errors of its stream.
  let trouble: unknown
  stream.on('error', (error) => {
    trouble = error
    lines.close()
  })
  try {
    for await (const line of lines) if (line !== '') yield line
  } finally {
    stream.destroy()
  }
  if (trouble !== undefined) throw trouble as Error
}

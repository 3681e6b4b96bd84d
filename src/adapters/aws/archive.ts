// The archive in S3: the open hour lies in the gateway's folder, and goes to the bucket as one object when it is over. Its rule:
// a file leaves the folder only when S3 has confirmed its octets, oldest first; so without AWS the folder grows and nothing is lost.
// What is past its days, the bucket's lifecycle takes away: a gateway that cannot delete cannot be made to.
import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { DAY_MS } from '../../core/base/clock.ts'
import type { Archive, ArchiveReader } from '../../core/watch/archive.ts'
import { archiveBucket, type ArchiveBucket, type BucketOptions, type KeptObject } from './archive-bucket.ts'
import { byTime, nameOf, OPEN, SEALED, type ObjectName } from './archive-object.ts'
import { linesOf, type Source } from './archive-lines.ts'

export interface BucketArchiveOptions extends BucketOptions {
  /** Where the archive of the folder seals its objects. */
  readonly folder: string
  readonly now: () => number
  /** Whole days that are shown. */
  readonly days: number
}

/** `near` is the archive of the folder: it keeps what is added and seals what is over. */
export function bucketArchive(near: Archive, options: BucketArchiveOptions): Archive {
  const bucket = archiveBucket(options)
  const { folder } = options
  return {
    read: reading(bucket, options),
    add: (kind, records) => near.add(kind, records),
    async tend() {
      await near.tend()
      await ship(bucket, folder)
    },
    async close() {
      await near.close()
      bucket.stop()
    },
  }
}

/** For the command line: reads the bucket and the folder; a running gateway is not disturbed. */
export function bucketReader(options: BucketArchiveOptions): ArchiveReader {
  return { read: reading(archiveBucket(options), options) }
}

/** Oldest first, and no further after a failure: what is in the bucket is then older than what is in the folder. */
async function ship(bucket: ArchiveBucket, folder: string): Promise<void> {
  const { sealed, open } = await inFolder(folder)
  for (const name of sealed) {
    // Both are there while the folder's archive is still sealing; the next round finds the object alone.
    if (open.some(({ stem }) => stem === name.stem)) continue
    const file = join(folder, `${name.stem}${SEALED}`)
    await bucket.keep(name, file)
    await rm(file)
  }
}

interface InFolder {
  readonly sealed: readonly ObjectName[]
  readonly open: readonly ObjectName[]
}

async function inFolder(folder: string): Promise<InFolder> {
  const files = await readdir(folder, { recursive: true }).catch(() => [])
  const named = (ending: typeof SEALED | typeof OPEN) =>
    files.flatMap((file) => nameOf(file.replaceAll('\\', '/'), ending) ?? []).toSorted(byTime)
  return { sealed: named(SEALED), open: named(OPEN) }
}

function reading(bucket: ArchiveBucket, { folder, now, days }: BucketArchiveOptions): ArchiveReader['read'] {
  return async function* read({ kind, toAt, mail, ...query }, onDamage = () => {}) {
    const fromAt = Math.max(query.fromAt, Math.floor(now() / DAY_MS) * DAY_MS - days * DAY_MS)
    for (const source of await sources(bucket, folder, { kind, fromAt, toAt })) {
      const damaged = (message: string) => onDamage({ object: source.stem, message })
      for await (const { keptAt, fields } of linesOf(source, damaged)) {
        if (keptAt < fromAt || keptAt >= toAt) continue
        if (mail === undefined || fields['mail'] === mail) yield { kind, keptAt, fields }
      }
    }
  }
}

interface Range {
  readonly kind: string
  readonly fromAt: number
  readonly toAt: number
}

/** Everything that may hold records of the range, each record in one of them, in the order of time. */
async function sources(bucket: ArchiveBucket, folder: string, range: Range): Promise<readonly Source[]> {
  // The folder first: what leaves it afterwards is in the list of the bucket, or is looked for there when it is read.
  const { sealed, open } = await inFolder(folder)
  const kept = await bucket.list(range.kind, range.fromAt, range.toAt)
  const here = (name: ObjectName) => name.kind === range.kind
  const files = { sealed: sealed.filter(here), open: open.filter(here) }
  const all: readonly Source[] = [
    ...kept.map((name): Source => ({ ...name, from: 'bucket', bucket })),
    ...(await notYetKept(files.sealed, kept, folder)).map((name): Source => ({
      ...name,
      from: 'sealed',
      bucket,
      folder,
    })),
    ...files.open
      .filter(({ stem }) => !files.sealed.some((other) => other.stem === stem))
      .map((name): Source => ({ ...name, from: 'open', bucket, folder })),
  ]
  return within(all.toSorted(byTime), range)
}

/** A file whose octets are in the bucket under its hour is one that a crash left behind, or that is just going. */
async function notYetKept(
  sealed: readonly ObjectName[],
  kept: readonly KeptObject[],
  folder: string,
): Promise<readonly ObjectName[]> {
  const left: ObjectName[] = []
  for (const name of sealed) {
    const size = await stat(join(folder, `${name.stem}${SEALED}`)).then(
      (found) => found.size,
      () => undefined,
    )
    if (size === undefined) continue
    if (!kept.some(({ startAt, octets }) => startAt === name.startAt && octets === size)) left.push(name)
  }
  return left
}

/** An object holds its own hour and the quiet ones up to the next object, and nothing beyond its day. */
function within(all: readonly Source[], { fromAt, toAt }: Range): readonly Source[] {
  return all.filter(({ startAt }, i) => {
    if (startAt >= toAt || startAt < Math.floor(fromAt / DAY_MS) * DAY_MS) return false
    const next = all.slice(i + 1).find((other) => other.startAt > startAt)
    return next === undefined || next.startAt > fromAt
  })
}

// The file of a zone on disk: read whole, replaced whole, and known by a mark that changes with every version.
import { open, readFile, rename, stat, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { readZone, writeZone, type ZoneContents } from './zone-text.ts'

/** Anybody may read what anybody may ask for. */
const MODE = 0o644

/** One version of the zone. */
export interface Version {
  readonly contents: ZoneContents
  /** Tells versions of the file apart. */
  readonly mark: string
}

/** Undefined when there is no file; rejects when it is no zone. */
export async function readVersion(path: string, apex: string): Promise<Version | undefined> {
  try {
    // The mark first: a change in between is then noticed at the next look.
    const mark = await markOf(path)
    return { contents: readZone(await readFile(path, 'latin1'), apex), mark }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

/** Each version is a file of its own, so its number changes, and its time. */
export async function markOf(path: string): Promise<string> {
  const { ino, mtimeNs, size } = await stat(path, { bigint: true })
  return `${ino} ${mtimeNs} ${size}`
}

/** Safe on disk when it resolves; a crash before leaves the file as it was. */
export async function replaceZone(path: string, contents: ZoneContents): Promise<void> {
  const temporary = `${path}.new`
  await withFile(temporary, 'w', async (file) => {
    await file.writeFile(writeZone(contents), 'latin1')
    await file.sync()
  })
  await rename(temporary, path)
  // A rename is on disk only when its folder is.
  await withFile(dirname(path), 'r', (folder) => folder.sync())
}

async function withFile(path: string, flags: string, use: (file: FileHandle) => Promise<void>): Promise<void> {
  const file = await open(path, flags, MODE)
  try {
    await use(file)
  } finally {
    await file.close()
  }
}

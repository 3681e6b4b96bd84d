// Looks at a data folder for the doctor: who owns it, what is free, and how long a synced write takes. It leaves nothing behind.
import { randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { access, lstat, open, readdir, readFile, rm, stat, statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { FolderFacts, LogFacts, SyncFacts } from '../../core/plan/doctor/facts.ts'

/** Enough for a 95th percentile; some tens of milliseconds on a good disk. */
const SYNCS = 200
/** On a dying disk two hundred would take minutes. */
const SYNC_TIME_MAX_MS = 5_000
/** A small mail's record. */
const SYNC_OCTETS = 4_096
const FOREIGN_SHOWN_MAX = 3
/** A folder of one level down holds thousands; the top tells who ran what. */
const ENTRIES_MAX = 1_000

export async function folderFacts(folder: string): Promise<FolderFacts> {
  try {
    const found = await stat(folder)
    if (!found.isDirectory()) return { kind: 'unusable', folder, code: 'ENOTDIR' }
    const space = await statfs(folder)
    return {
      kind: 'folder',
      folder,
      mode: found.mode & 0o777,
      ownerId: found.uid,
      ownId: process.getuid?.() ?? found.uid,
      fileSystem: space.type,
      freeOctets: space.bavail * space.bsize,
      freeInodes: space.ffree,
      inodes: space.files,
      foreign: await foreignIn(folder, found.uid),
      sync: await syncTrial(folder),
    }
  } catch (error) {
    return { kind: 'unusable', folder, code: codeOf(error) }
  }
}

async function foreignIn(folder: string, ownerId: number): Promise<readonly string[]> {
  const names = (await readdir(folder)).slice(0, ENTRIES_MAX)
  const owned = await Promise.all(names.map(async (name) => ({ name, uid: (await lstat(join(folder, name))).uid })))
  return owned
    .filter(({ uid }) => uid !== ownerId)
    .map(({ name }) => name)
    .slice(0, FOREIGN_SHOWN_MAX)
}

async function syncTrial(folder: string): Promise<SyncFacts> {
  const path = join(folder, `.doctor-${randomUUID()}`)
  try {
    const file = await open(path, 'wx', 0o600)
    try {
      const took: number[] = []
      const startedAt = performance.now()
      const block = Buffer.alloc(SYNC_OCTETS, 1)
      while (took.length < SYNCS && performance.now() - startedAt < SYNC_TIME_MAX_MS) {
        await file.write(block, 0, block.length, took.length * SYNC_OCTETS)
        const from = performance.now()
        await file.datasync()
        took.push(performance.now() - from)
      }
      took.sort((a, b) => a - b)
      return { kind: 'synced', count: took.length, p95Ms: took[Math.ceil(took.length * 0.95) - 1] ?? 0 }
    } finally {
      await file.close()
      await rm(path, { force: true })
    }
  } catch (error) {
    return { kind: 'failed', code: codeOf(error) }
  }
}

const LOGROTATE = '/etc/logrotate.d'

/** `pid` is the running gateway; without one it is not said whether the file is open. */
export async function logFacts(file: string | undefined, pid?: number, rules = LOGROTATE): Promise<LogFacts> {
  if (file === undefined) return { kind: 'standardError' }
  const rotatedBy = await ruleFor(file, rules)
  return {
    kind: 'file',
    file,
    code: await writeCode(file),
    ...(rotatedBy === undefined ? {} : { rotatedBy }),
    isOpen: pid === undefined ? undefined : await isOpenIn(pid, file),
  }
}

async function writeCode(file: string): Promise<string | undefined> {
  try {
    await access(file, constants.W_OK)
    return undefined
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') return codeOf(error)
  }
  return access(dirname(file), constants.W_OK).then(
    () => undefined,
    (error: unknown) => codeOf(error),
  )
}

/** logrotate(8): files by name or by a pattern of their folder. */
async function ruleFor(file: string, rules: string): Promise<string | undefined> {
  const names = await readdir(rules).catch(() => [])
  for (const name of names) {
    const text = await readFile(join(rules, name), 'utf8').catch(() => '')
    if (text.includes(file) || text.includes(`${dirname(file)}/*`)) return join(rules, name)
  }
  return undefined
}

/** By device and inode, as the log's file may be named through links. */
async function isOpenIn(pid: number, file: string): Promise<boolean | undefined> {
  const folder = `/proc/${pid}/fd`
  const handles = await readdir(folder).catch(() => undefined)
  const wanted = await stat(file).catch(() => undefined)
  if (handles === undefined || wanted === undefined) return undefined
  const open = await Promise.all(handles.map((handle) => stat(join(folder, handle)).catch(() => undefined)))
  return open.some((one) => one !== undefined && one.ino === wanted.ino && one.dev === wanted.dev)
}

export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
}

// A backup of what is ours on one machine, made while the gateway runs: files as they are, databases as one transaction sees
// them, each with its checksum. Its rule: what has its name is whole; what was broken off is called .partial.
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { open as openDatabase } from 'lmdb'
import { listData, recordMark, type Found, type LeaveOut } from './backup-list.ts'
import { BACKUP_FILE, sumsText, sumOf, SUMS_FILE, type BackupEntry, type BackupManifest } from './backup-manifest.ts'
import { isMissing, syncFolder } from './record-file.ts'

/** Records change once a minute; five looks that all meet a change are no chance. */
const LOOKS_MAX = 5
const FOLDER_MODE = 0o700

export interface BackupOptions {
  readonly dataFolder: string
  /** Must not be there yet. */
  readonly into: string
  readonly leaveOut: readonly LeaveOut[]
  /** Files from elsewhere: the plan, the split key beside it. */
  readonly beside: readonly { readonly file: string; readonly as: string }[]
  readonly program: string
  readonly madeAt: number
}

/** Rejects when the folder is there, or anything could not be read: half a backup is none. */
export async function makeBackup(options: BackupOptions): Promise<BackupManifest> {
  const { into } = options
  const partial = `${into}.partial`
  await refuseOthers(options.dataFolder)
  await refuseExisting(into)
  await refuseExisting(partial)
  await mkdir(partial, { recursive: true, mode: FOLDER_MODE })
  try {
    const manifest = await filled(partial, options)
    await writeFile(join(partial, BACKUP_FILE), `${JSON.stringify(manifest, undefined, 1)}\n`, {
      mode: 0o600,
      flush: true,
    })
    const sums = await sumsText(partial, manifest)
    await writeFile(join(partial, SUMS_FILE), sums, { mode: 0o600, flush: true })
    syncFolder(partial)
    await rename(partial, into)
    syncFolder(dirname(into))
    return manifest
  } catch (error) {
    await rm(partial, { recursive: true, force: true })
    throw error
  }
}

/** LMDB makes lock files even to read; one of root's would keep the gateway out. */
async function refuseOthers(dataFolder: string): Promise<void> {
  const { uid } = await stat(dataFolder).catch((cause: unknown) => {
    throw new Error(`${dataFolder} cannot be read: name the data folder of the gateway with --data`, { cause })
  })
  if (process.getuid?.() === uid) return
  throw new Error(
    `${dataFolder} belongs to uid ${uid}: make the backup as that user (sudo -u), not as another, nor as root`,
  )
}

async function refuseExisting(path: string): Promise<void> {
  const there = await stat(path).catch(() => undefined)
  if (there === undefined) return
  throw Object.assign(new Error(`${path} is there already: name a new folder`), { code: 'EEXIST' })
}

async function filled(partial: string, options: BackupOptions): Promise<BackupManifest> {
  const { dataFolder, leaveOut, beside, program, madeAt } = options
  const folder = await stat(dataFolder)
  const data = await settledData(dataFolder, join(partial, 'data'), leaveOut)
  const others: BackupEntry[] = []
  for (const { file, as } of beside) {
    const { mode, uid, gid } = await stat(file)
    others.push({ ...(await copied(file, partial, { path: `plan/${as}`, mode: mode & 0o777 })), owner: { uid, gid } })
  }
  return {
    form: 1,
    madeAt,
    program,
    folderMode: folder.mode & 0o777,
    ownerId: folder.uid,
    groupId: folder.gid,
    folders: data.found.filter(({ kind }) => kind === 'folder').map(({ path, mode }) => ({ path, mode })),
    files: [...data.files, ...others],
    leftOut: leaveOut,
  }
}

/** Copies until nothing of the records has changed from before to behind, so that they fit together. */
async function settledData(dataFolder: string, to: string, leaveOut: readonly LeaveOut[]) {
  for (let look = 1; look <= LOOKS_MAX; look += 1) {
    const found = await listData(dataFolder, leaveOut)
    await rm(to, { recursive: true, force: true })
    const files = await copiedAll(dataFolder, dirname(to), found)
    if (recordMark(await listData(dataFolder, leaveOut)) === recordMark(found)) return { found, files }
  }
  throw new Error(`the records in ${dataFolder} changed ${LOOKS_MAX} times while they were copied: try again`)
}

async function copiedAll(
  dataFolder: string,
  partial: string,
  found: readonly Found[],
): Promise<readonly BackupEntry[]> {
  await mkdir(join(partial, 'data'), { recursive: true, mode: FOLDER_MODE })
  const files: BackupEntry[] = []
  for (const one of found) {
    if (one.kind === 'folder') continue
    try {
      files.push(
        await copied(join(dataFolder, one.path), partial, { path: `data/${one.path}`, mode: one.mode }, one.kind),
      )
    } catch (error) {
      // Figures and days of the ledger are forgotten in their time, also now.
      if (!isMissing(error)) throw error
    }
  }
  return files
}

async function copied(
  from: string,
  partial: string,
  { path, mode }: Pick<BackupEntry, 'path' | 'mode'>,
  kind: Found['kind'] = 'file',
): Promise<BackupEntry> {
  const to = join(partial, path)
  await mkdir(dirname(to), { recursive: true, mode: FOLDER_MODE })
  if (kind === 'database') await copyDatabase(from, to)
  else await writeFile(to, await readFile(from), { mode: 0o600, flush: true })
  return { path, mode, ...(await sumOf(to)) }
}

/** One read transaction of LMDB: whole, whatever is written meanwhile (lmdb.h, mdb_env_copy2). */
async function copyDatabase(from: string, to: string): Promise<void> {
  const isFolder = basename(from) === 'data.mdb'
  const path = isFolder ? dirname(from) : from
  const database = openDatabase({ path, noSubdir: !isFolder, readOnly: true, encoding: 'binary' })
  try {
    // For an environment that is a folder LMDB wants a folder, and writes its data.mdb.
    await database.backup(isFolder ? dirname(to) : to, false)
  } finally {
    await database.close()
  }
}

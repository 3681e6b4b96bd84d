// Puts a backup back into an empty data folder. Its rules: nothing is written before every octet of the backup was checked, and
// nothing that is there is overwritten.
import { chmod, chown, copyFile, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { checkedBackup, type BackupManifest } from './backup-manifest.ts'
import { syncFolder } from './record-file.ts'

/** Beside its place until all is there; moved in one rename an entry. */
const STAGING = '.restoring'
const DATA = 'data/'
const PLAN = 'plan/'

export interface RestoreOptions {
  readonly from: string
  readonly dataFolder: string
  /** Where a file of the backup's `plan/` goes; without it they stay there. */
  readonly besideOf: ((name: string) => string) | undefined
}

export async function restoreBackup({ from, dataFolder, besideOf }: RestoreOptions): Promise<BackupManifest> {
  const manifest = await checkedBackup(from)
  const beside = manifest.files.flatMap((entry) =>
    besideOf !== undefined && entry.path.startsWith(PLAN)
      ? [{ entry, file: besideOf(entry.path.slice(PLAN.length)) }]
      : [],
  )
  for (const { file } of beside) await refuseExisting(file)
  const owner = await emptied(dataFolder, manifest)
  const staging = join(dataFolder, STAGING)
  await mkdir(staging, { mode: 0o700 })
  try {
    for (const { path } of manifest.folders) await mkdir(join(staging, path), { recursive: true, mode: 0o700 })
    for (const entry of manifest.files) {
      if (!entry.path.startsWith(DATA)) continue
      await put(join(from, entry.path), join(staging, entry.path.slice(DATA.length)), entry.mode, owner)
    }
    // Deepest first: a folder that may not be written takes no more files.
    for (const { path, mode } of manifest.folders.toReversed()) await own(join(staging, path), mode, owner)
    for (const name of await readdir(staging)) await rename(join(staging, name), join(dataFolder, name))
  } finally {
    await rm(staging, { recursive: true, force: true })
  }
  syncFolder(dataFolder)
  for (const { entry, file } of beside)
    await put(join(from, entry.path), file, entry.mode, isRoot() ? entry.owner : undefined)
  return manifest
}

interface Owner {
  readonly uid: number
  readonly gid: number
}

/** The folder, made when it is not there. Files belong to whom it belongs, which only root can bring about. */
async function emptied(folder: string, { folderMode, ownerId, groupId }: BackupManifest): Promise<Owner | undefined> {
  const there = await stat(folder).catch(() => undefined)
  if (there === undefined) {
    await mkdir(folder, { recursive: true, mode: folderMode })
    await chmod(folder, folderMode)
    if (!isRoot()) return undefined
    await chown(folder, ownerId, groupId)
    return { uid: ownerId, gid: groupId }
  }
  // Ext4 puts this one into every new file system.
  const names = (await readdir(folder)).filter((name) => name !== 'lost+found')
  if (names.length === 0) return isRoot() ? { uid: there.uid, gid: there.gid } : undefined
  throw Object.assign(
    new Error(
      `${folder} is not empty (${names.slice(0, 3).join(', ')}): stop its gateway and move the folder away, or name another`,
    ),
    { code: 'ENOTEMPTY' },
  )
}

const isRoot = (): boolean => process.getuid?.() === 0

async function refuseExisting(file: string): Promise<void> {
  if ((await stat(file).catch(() => undefined)) === undefined) return
  throw Object.assign(new Error(`${file} is there already: move it away, or leave out --plan`), { code: 'EEXIST' })
}

async function put(from: string, to: string, mode: number, owner: Owner | undefined): Promise<void> {
  await mkdir(dirname(to), { recursive: true, mode: 0o750 })
  await copyFile(from, to)
  await own(to, mode, owner)
  const file = await open(to, 'r')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}

async function own(path: string, mode: number, owner: Owner | undefined): Promise<void> {
  if (owner !== undefined) await chown(path, owner.uid, owner.gid)
  await chmod(path, mode)
}

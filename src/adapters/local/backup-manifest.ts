// What a backup says of itself: `backup.json`, and `SHA256SUMS` as sha256sum(1) reads it, over all files and backup.json.
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { lstat, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'

export const BACKUP_FILE = 'backup.json'
export const SUMS_FILE = 'SHA256SUMS'
/** Of backup.json: a hundred thousand files are under this. */
const MANIFEST_OCTETS_MAX = 64 * 1_048_576

const path = z.string().regex(/^(?!\/)(?!.*(^|\/)\.\.?(\/|$))[^\0\n\r\\]+$/)
const mode = z.int().min(0).max(0o777)
const manifestSchema = z.strictObject({
  form: z.literal(1),
  madeAt: z.int(),
  program: z.string(),
  folderMode: mode,
  ownerId: z.int(),
  groupId: z.int(),
  folders: z.array(z.strictObject({ path, mode })),
  files: z.array(
    z.strictObject({
      path,
      mode,
      /** Of a file from outside the data folder, whose owner is another's choice. */
      owner: z.strictObject({ uid: z.int(), gid: z.int() }).optional(),
      octets: z.int(),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
    }),
  ),
  leftOut: z.array(z.strictObject({ path: z.string(), why: z.string() })),
})

type Deep<T> = T extends readonly (infer E)[]
  ? readonly Deep<E>[]
  : { readonly [K in keyof T]: T[K] extends object ? Deep<T[K]> : T[K] }
export type BackupManifest = Deep<z.output<typeof manifestSchema>>
export type BackupEntry = BackupManifest['files'][number]

export async function sumOf(file: string): Promise<{ readonly octets: number; readonly sha256: string }> {
  const hash = createHash('sha256')
  let octets = 0
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    hash.update(chunk)
    octets += chunk.length
  }
  return { octets, sha256: hash.digest('hex') }
}

export async function sumsText(folder: string, { files }: BackupManifest): Promise<string> {
  const own = await sumOf(join(folder, BACKUP_FILE))
  const lines = [...files, { ...own, path: BACKUP_FILE }].map(({ sha256, path: name }) => `${sha256}  ${name}`)
  return `${lines.join('\n')}\n`
}

/** The backup in a folder, every octet of it checked. Throws with the first that is missing, changed or too many. */
export async function checkedBackup(folder: string): Promise<BackupManifest> {
  const file = join(folder, BACKUP_FILE)
  const manifest = await manifestIn(file)
  const sums = await readFile(join(folder, SUMS_FILE), 'utf8').catch(() => '')
  if (sums !== (await sumsText(folder, manifest))) {
    throw new Error(`${join(folder, SUMS_FILE)} does not fit ${BACKUP_FILE}: the backup is damaged, take another`)
  }
  const there = new Set(await filesBelow(folder))
  for (const entry of manifest.files) {
    if (!there.delete(entry.path)) throw new Error(`${entry.path} is missing in ${folder}: take another backup`)
    const found = await sumOf(join(folder, entry.path))
    if (found.sha256 === entry.sha256) continue
    throw new Error(`${entry.path} in ${folder} is damaged (its checksum is another): take another backup`)
  }
  there.delete(BACKUP_FILE)
  there.delete(SUMS_FILE)
  const [more] = there
  if (more !== undefined) throw new Error(`${more} in ${folder} is not of this backup: somebody put it there`)
  return manifest
}

async function manifestIn(file: string): Promise<BackupManifest> {
  const { size } = await lstat(file).catch(() => ({ size: 0 }))
  if (size === 0 || size > MANIFEST_OCTETS_MAX) throw new Error(`${file} is not there or too large: this is no backup`)
  const parsed = manifestSchema.safeParse(jsonOf(await readFile(file, 'utf8')))
  if (!parsed.success) throw new Error(`${file} is not as watari backup writes it`)
  return parsed.data
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Links are not followed: what is no file is not of a backup. */
async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
}

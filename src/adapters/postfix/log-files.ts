// Which files make which log: the rotated files of one name in one folder are one log, oldest first.
import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/** One log of one host, its files in the order they were written. */
export interface LogFiles {
  readonly name: string
  readonly files: readonly string[]
}

export interface FoundLogs {
  readonly logs: readonly LogFiles[]
  /** Paths that are nothing to read, and why. */
  readonly faults: readonly FileFault[]
}

export interface FileFault {
  readonly file: string
  readonly why: string
}

/** A folder of one migration's logs has some thousand files: 12 hosts, 90 days. */
const FILES_MAX = 20_000
const LOG_NAME = /log|mail|postfix|messages/i

/** Files are taken as they are; of a folder, everything below it that is called like a log. */
export async function findLogs(paths: readonly string[]): Promise<FoundLogs> {
  const files = new Set<string>()
  const faults: FileFault[] = []
  for (const path of paths) {
    try {
      const found = (await stat(path)).isDirectory() ? await logsBelow(path) : [path]
      if (found.length === 0) faults.push({ file: path, why: 'holds no file that is called like a log' })
      for (const file of found) files.add(file)
    } catch (error) {
      faults.push({ file: path, why: error instanceof Error ? error.message : 'cannot be read' })
    }
  }
  return { logs: grouped([...files].slice(0, FILES_MAX)), faults }
}

async function logsBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile() && LOG_NAME.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted()
}

function grouped(files: readonly string[]): readonly LogFiles[] {
  const logs = new Map<string, { readonly file: string; readonly age: Age }[]>()
  for (const file of files) {
    const { stem, age } = rotation(basename(file))
    const name = join(dirname(file), stem)
    logs.set(name, [...(logs.get(name) ?? []), { file, age }])
  }
  return [...logs].map(([name, rotated]) => ({
    name,
    files: rotated.toSorted((a, b) => compareAges(a.age, b.age)).map(({ file }) => file),
  }))
}

/** Oldest first: dates upwards, then numbers downwards, then the file that is still written. */
interface Age {
  readonly kind: 0 | 1 | 2
  readonly order: string
}

function compareAges(a: Age, b: Age): number {
  if (a.kind !== b.kind) return a.kind - b.kind
  return a.order < b.order ? -1 : a.order > b.order ? 1 : 0
}

/** logrotate(8): `mail.log.3.gz`, and with dateext `maillog-20250131.gz`, with or without hours. */
export function rotation(name: string): { readonly stem: string; readonly age: Age } {
  const bare = name.replace(/\.gz$/i, '')
  const dated = /^(.*?)[-._](\d{4}-?\d{2}-?\d{2}(?:[-_T.]?\d{2,6})?)$/.exec(bare)
  if (dated) return { stem: dated[1]!, age: { kind: 0, order: dated[2]!.replaceAll(/\D/g, '').padEnd(14, '0') } }
  const numbered = /^(.*?)\.(\d{1,4})$/.exec(bare)
  if (!numbered) return { stem: bare, age: { kind: 2, order: '' } }
  return { stem: numbered[1]!, age: { kind: 1, order: String(9_999 - Number(numbered[2])).padStart(4, '0') } }
}

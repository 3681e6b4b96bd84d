// What a backup of a data folder holds, and what is left out and why. Everything that is not left out is in it, so that a file
// that comes with a later Watari is not forgotten.
import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { isMissing } from './record-file.ts'

/** Figures are some files an hour for ninety days, notices some a day; more is not a data folder. */
const FILES_MAX = 100_000

export interface LeaveOut {
  /** Relative to the data folder: 'queue', 'archive' … */
  readonly path: string
  readonly why: string
}

export interface Found {
  /** Relative, with slashes. */
  readonly path: string
  readonly mode: number
  readonly kind: 'file' | 'folder' | 'database'
  /** Changes when the file does. */
  readonly mark: string
}

/** What is made anew, or is of this very process. */
const OF_THE_MOMENT =
  /(^|\/)(queue\/lock|lock\.mdb|.*\.mdb-lock|.*\.new|.*\.partial|\.doctor-.*|control\.sock|tls-(key|certificate)\.pem)$/

/** In an order in which what points at others comes before them: the records, then what they speak of. */
export async function listData(folder: string, leaveOut: readonly LeaveOut[]): Promise<readonly Found[]> {
  const left = new Set(leaveOut.map(({ path }) => path))
  const found: Found[] = []
  const walk = async (below: string): Promise<void> => {
    for (const name of (await readdir(join(folder, below))).sort()) {
      const path = below === '' ? name : `${below}/${name}`
      if (left.has(path) || OF_THE_MOMENT.test(path)) continue
      const one = await foundAt(folder, path)
      if (one === undefined) continue
      found.push(one)
      if (found.length > FILES_MAX)
        throw new Error(`${folder} holds more than ${FILES_MAX} files: this is no data folder`)
      if (one.kind === 'folder') await walk(path)
    }
  }
  await walk('')
  return found.toSorted((a, b) => rank(a) - rank(b))
}

const rank = ({ path }: Found): number => (path.includes('/') ? 2 : path.endsWith('.jsonl') ? 1 : 0)

/** Undefined for what is gone again, and for what is neither file nor folder. */
async function foundAt(folder: string, path: string): Promise<Found | undefined> {
  try {
    const stats = await lstat(join(folder, path))
    const mode = stats.mode & 0o777
    const mark = `${path} ${stats.ino} ${stats.size} ${stats.mtimeMs}`
    if (stats.isDirectory()) return { path, mode, kind: 'folder', mark }
    if (!stats.isFile()) return undefined
    return { path, mode, kind: path.endsWith('.mdb') && stats.size > 0 ? 'database' : 'file', mark }
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

/** Those that must fit together: the stage and its history, the keys and their record, the robot and its decisions. */
export function recordMark(found: readonly Found[]): string {
  return found
    .filter(({ path, kind }) => kind === 'file' && (!path.includes('/') || path.startsWith('dkim-keys/')))
    .map(({ mark }) => mark)
    .join('\n')
}

// One process owns a queue directory. The lock is a file that names the process, when it was started and in which boot, so
// that a number that was given to another process after a crash is not taken for the owner.
import * as fs from 'node:fs/promises'
import * as path from 'node:path'

const TRIES_MAX = 5

/** Takes the directory, or throws with what to do. Returns the function that gives it back. */
export async function lockDirectory(directory: string): Promise<() => Promise<void>> {
  const file = path.join(directory, 'lock')
  const mine = `${process.pid} ${await startOf(process.pid)}\n`
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    if (await create(file, mine)) {
      return async () => {
        if ((await read(file)) === mine) await fs.rm(file, { force: true })
      }
    }
    const found = await read(file)
    if (found !== undefined && (await isAlive(found))) throw inUse(directory, found)
    if (found !== undefined) await takeAway(file, found)
  }
  throw new Error(
    `the queue directory ${directory} cannot be locked: remove its file "lock" when no gateway runs on it`,
  )
}

function inUse(directory: string, found: string): Error {
  const pid = found.split(' ')[0] ?? '?'
  return Object.assign(
    new Error(
      `the queue directory ${directory} is in use by process ${pid}: stop that gateway, or give this one another directory`,
    ),
    { code: 'EBUSY' },
  )
}

async function create(file: string, text: string): Promise<boolean> {
  try {
    await fs.writeFile(file, text, { flag: 'wx', mode: 0o600 })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

async function read(file: string): Promise<string | undefined> {
  return fs.readFile(file, 'utf8').catch(() => undefined)
}

/** Moves a stale lock away. When it was another process's new one that was caught, it is put back. */
async function takeAway(file: string, stale: string): Promise<void> {
  const aside = `${file}.stale-${process.pid}`
  await fs.rename(file, aside).catch(() => undefined)
  const caught = await read(aside)
  if (caught !== undefined && caught !== stale) await fs.link(aside, file).catch(() => undefined)
  await fs.rm(aside, { force: true })
}

async function isAlive(lock: string): Promise<boolean> {
  const space = lock.indexOf(' ')
  const pid = Number(lock.slice(0, space))
  // An empty or torn lock is one whose writer died; a process that is alive writes it in one piece.
  if (!Number.isSafeInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
  }
  return (await startOf(pid)) === lock.slice(space + 1).trim()
}

/** Boot and start of a process, as Linux tells them; elsewhere only the process number counts. */
async function startOf(pid: number): Promise<string> {
  const stat = await read(`/proc/${pid}/stat`)
  const boot = await read('/proc/sys/kernel/random/boot_id')
  // proc(5): the name in field 2 may hold spaces and brackets, so fields are counted from the last bracket; 22 is the start.
  const start = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  return `${boot?.trim() ?? 'unknown'} ${start ?? 'unknown'}`
}

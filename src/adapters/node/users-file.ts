// The file of those who may send with AUTH: names and password hashes. Written whole, so that a reader never sees half.
// Its rule: only the owner may read it, and what is wrong with it is told without a word of what is in it.
import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'
import { hashPassword, passwordHashSchema, type PasswordHash } from './password-hash.ts'

const MODE = 0o600
/** Users are applications, not people; more would be a mistake, and all are held in memory. */
const USERS_MAX = 10_000
const FILE_OCTETS_MAX = 8 * 1_048_576

const fileSchema = z.strictObject({
  version: z.literal(1),
  users: z.record(z.string().min(1).max(128), passwordHashSchema),
})

export type Users = ReadonlyMap<string, PasswordHash>

export interface UsersFile {
  list(): Promise<readonly string[]>
  /** True when the user is new, false when the password was replaced. */
  add(name: string, password: string): Promise<boolean>
  /** False when there is no such user. */
  remove(name: string): Promise<boolean>
}

/** For the command line. A running gateway reads the file again by itself. */
export function usersFile(path: string): UsersFile {
  return {
    list: async () => [...(await readUsers(path)).keys()].sort(),
    add: async (name, password) => {
      const users = new Map(await readUsers(path))
      const isNew = !users.has(name)
      if (isNew && users.size >= USERS_MAX) throw new Error(`a users file holds at most ${USERS_MAX} users`)
      users.set(name, await hashPassword(password))
      await writeUsers(path, users)
      return isNew
    },
    remove: async (name) => {
      const users = new Map(await readUsers(path))
      if (!users.delete(name)) return false
      await writeUsers(path, users)
      return true
    },
  }
}

/** No file is no users. Throws when it cannot be read or is damaged. */
export async function readUsers(path: string): Promise<Users> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return new Map()
    throw error
  }
  if (text.length > FILE_OCTETS_MAX) throw new Error('the users file is too large')
  const parsed = fileSchema.safeParse(jsonOf(text))
  // The parser's own words could quote the file.
  if (!parsed.success) throw new Error('the users file is damaged: it is not as `watari user add` writes it')
  return new Map(Object.entries(parsed.data.users))
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

async function writeUsers(path: string, users: Users): Promise<void> {
  const temporary = `${path}.new`
  await mkdir(dirname(path), { recursive: true })
  const text = `${JSON.stringify({ version: 1, users: Object.fromEntries(users) }, null, 2)}\n`
  const file = await open(temporary, 'w', MODE)
  try {
    // The mode above is for a new file; one that a crash left may have another.
    await file.chmod(MODE)
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(temporary, path)
  // A rename is on disk only when its folder is.
  const folder = await open(dirname(path), 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

// Judges a user and a password for AUTH, against the users file. Its rules: cost is bounded, whoever asks; a user that does
// not exist takes as long as a wrong password; nothing that was asked is kept in clear or logged.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { stat } from 'node:fs/promises'
import type { Log } from '../../core/base/log.ts'
import { describeError } from '../../core/watch/describe-error.ts'
import { isPassword, nobodysHash } from './password-hash.ts'
import { readUsers, type Users } from './users-file.ts'

/** Hashes at once: they share four threads with the queue's disk writes, which must never wait for them all. */
const AT_ONCE_MAX = 2
/** Logins that wait for their turn: some ten seconds' worth. More are told to come again. */
const WAITING_MAX = 200
/** The file is looked at no more often than this. */
const RELOAD_MS = 1_000
/** Logins that were right a moment ago are known without hashing: a client with one connection a mail needs that. */
const KNOWN_MS = 300_000
const KNOWN_MAX = 1_000

export interface CredentialsOptions {
  readonly file: string
  readonly now: () => number
  readonly log: Log
}

export interface FileCredentials {
  /** Rejects when it cannot be said now: the file is damaged, or too many are asking. */
  verify(user: string, password: string): Promise<boolean>
}

export function fileCredentials(options: CredentialsOptions): FileCredentials {
  const turns = taskTurns(AT_ONCE_MAX, WAITING_MAX)
  const nobody = nobodysHash()
  // Passwords are known only by their HMAC under a key that dies with this process.
  const key = randomBytes(32)
  const known = new Map<string, { readonly mark: Buffer; readonly untilMs: number }>()
  const users = usersOf(options, () => known.clear())
  const markOf = (user: string, password: string) => createHmac('sha256', key).update(`${user}\0${password}`).digest()
  return {
    verify: async (user, password) => {
      const hash = (await users()).get(user)
      const mark = markOf(user, password)
      const earlier = known.get(user)
      if (hash !== undefined && earlier !== undefined && earlier.untilMs > options.now()) {
        if (timingSafeEqual(earlier.mark, mark)) return true
      }
      const isRight = await turns(() => isPassword(password, hash ?? nobody))
      if (!isRight || hash === undefined) return false
      if (known.size >= KNOWN_MAX) known.clear()
      known.set(user, { mark, untilMs: options.now() + KNOWN_MS })
      return true
    },
  }
}

/** The users, read again when the file has changed. A damaged file keeps its last good state, with one warning. */
function usersOf({ file, now, log }: CredentialsOptions, onNew: () => void): () => Promise<Users> {
  let users: Users | undefined
  let version = ''
  let lookedAt = Number.NEGATIVE_INFINITY
  let looking: Promise<void> | undefined
  const look = async () => {
    const found = await versionOf(file)
    if (users !== undefined && found === version) return
    try {
      users = await readUsers(file)
      onNew()
    } catch (error) {
      if (found !== version) log.warn('usersFileUnreadable', describeError(error))
    }
    version = found
  }
  return async () => {
    if (now() - lookedAt >= RELOAD_MS) {
      lookedAt = now()
      looking ??= look().finally(() => {
        looking = undefined
      })
    }
    if (looking !== undefined) await looking
    if (users === undefined) throw new Error('the users file cannot be read')
    return users
  }
}

async function versionOf(file: string): Promise<string> {
  try {
    const { ino, size, mtimeMs, ctimeMs } = await stat(file)
    return `${ino} ${size} ${mtimeMs} ${ctimeMs}`
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
  }
}

/** Runs tasks, so many at once; rejects when too many wait. */
function taskTurns(atOnce: number, waitingMax: number): <T>(task: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = []
  let running = 0
  return async (task) => {
    if (running >= atOnce) {
      if (waiting.length >= waitingMax) throw new Error('too many logins at once')
      await new Promise<void>((resolve) => waiting.push(resolve))
    } else running += 1
    try {
      return await task()
    } finally {
      // Hands its place to the next one, so that nobody slips in between.
      const next = waiting.shift()
      if (next === undefined) running -= 1
      else next()
    }
  }
}

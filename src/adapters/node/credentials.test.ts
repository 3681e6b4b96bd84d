import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { recordedLog } from '../../../test/support/fakes.ts'
import { fileCredentials } from './credentials.ts'
import { isPassword } from './password-hash.ts'
import { usersFile } from './users-file.ts'

let folder = ''
let file = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'watari-users-'))
  file = join(folder, 'data', 'users.json')
})
afterEach(() => rmSync(folder, { recursive: true }))

const checking = (log = recordedLog()) => {
  let nowMs = 0
  const credentials = fileCredentials({ file, now: () => nowMs, log })
  return { ...credentials, log, pass: (ms: number) => void (nowMs += ms) }
}

describe('credentials', () => {
  test('are right for the user and the password that were added, and for nothing else', async () => {
    await usersFile(file).add('cuenote', 'correct horse')
    const { verify } = checking()
    expect(await verify('cuenote', 'correct horse')).toBe(true)
    expect(await verify('cuenote', 'correct horse')).toBe(true)
    expect(await verify('cuenote', 'Correct horse')).toBe(false)
    expect(await verify('cuenote', '')).toBe(false)
    expect(await verify('Cuenote', 'correct horse')).toBe(false)
    expect(await verify('__proto__', 'correct horse')).toBe(false)
    expect(await verify('', '')).toBe(false)
  })

  test('are wrong for all when there is no file', async () => {
    expect(await checking().verify('cuenote', 'correct horse')).toBe(false)
  })

  test('follow the file: a new password, a removed user', async () => {
    const users = usersFile(file)
    await users.add('cuenote', 'correct horse')
    const { verify, pass } = checking()
    expect(await verify('cuenote', 'correct horse')).toBe(true)
    await users.add('cuenote', 'battery staple')
    pass(1_000)
    expect(await verify('cuenote', 'correct horse')).toBe(false)
    expect(await verify('cuenote', 'battery staple')).toBe(true)
    await users.remove('cuenote')
    pass(1_000)
    expect(await verify('cuenote', 'battery staple')).toBe(false)
  })

  test('keep the last good file when the new one is damaged, and say so once', async () => {
    await usersFile(file).add('cuenote', 'correct horse')
    const { verify, pass, log } = checking()
    expect(await verify('cuenote', 'correct horse')).toBe(true)
    writeFileSync(file, '{"version":1,"users":{"cuenote":{"hash":"pw-synthetic-1"}}}')
    for (let i = 0; i < 3; i += 1) {
      pass(1_000)
      expect(await verify('cuenote', 'correct horse')).toBe(true)
    }
    expect(log.lines.map((line) => [line.level, line.event])).toEqual([['warn', 'usersFileUnreadable']])
    expect(JSON.stringify(log.lines)).not.toContain('pw-synthetic-1')
  })

  test('cannot be judged when the file is damaged from the start', async () => {
    await usersFile(file).add('cuenote', 'correct horse')
    writeFileSync(file, 'no JSON')
    await expect(checking().verify('cuenote', 'correct horse')).rejects.toThrow('cannot be read')
  })

  test('that ask for an absurd cost are not believed', async () => {
    await usersFile(file).add('cuenote', 'correct horse')
    writeFileSync(file, readFileSync(file, 'utf8').replace('"n": 32768', '"n": 1073741824'))
    await expect(checking().verify('cuenote', 'correct horse')).rejects.toThrow('cannot be read')
  })

  test('asked for by too many at once are told to come again', async () => {
    await usersFile(file).add('cuenote', 'correct horse')
    writeFileSync(file, readFileSync(file, 'utf8').replace('"n": 32768', '"n": 2'))
    const { verify } = checking()
    await verify('cuenote', 'wrong')
    const answers = await Promise.allSettled(Array.from({ length: 250 }, () => verify('cuenote', 'wrong')))
    const rejected = answers.filter((answer) => answer.status === 'rejected')
    expect(rejected).toHaveLength(48)
    expect(answers.filter((answer) => answer.status === 'fulfilled' && !answer.value)).toHaveLength(202)
    expect(await verify('cuenote', 'wrong')).toBe(false)
  })
})

describe('the users file', () => {
  test('tells its users, is readable by its owner only, and holds no password', async () => {
    const users = usersFile(file)
    expect(await users.list()).toEqual([])
    expect(await users.add('web', 'correct horse')).toBe(true)
    expect(await users.add('cuenote', 'correct horse')).toBe(true)
    expect(await users.add('web', 'battery staple')).toBe(false)
    expect(await users.list()).toEqual(['cuenote', 'web'])
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const text = readFileSync(file, 'utf8')
    expect(text).not.toContain('horse')
    expect(text).not.toContain('battery')
    expect(await users.remove('nobody')).toBe(false)
    expect(await users.remove('web')).toBe(true)
    expect(await users.list()).toEqual(['cuenote'])
  })

  test('gives the same password another hash each time', async () => {
    const users = usersFile(file)
    await users.add('a', 'correct horse')
    await users.add('b', 'correct horse')
    const written = JSON.parse(readFileSync(file, 'utf8')) as { users: Record<string, { hash: string }> }
    expect(written.users['a']!.hash).not.toBe(written.users['b']!.hash)
  })
})

// Computed by Python's hashlib.scrypt.
test('hashes are scrypt as others compute it', async () => {
  const hash = {
    n: 16_384,
    r: 8,
    p: 1,
    salt: Buffer.from('0123456789abcdef').toString('base64'),
    hash: 'wOBlTLx2kTvDnlM7GeRqLPJSaL8dgO6Mbiarn6WFHEI=',
  }
  expect(await isPassword('pleaseletmein', hash)).toBe(true)
  expect(await isPassword('pleaseletmeout', hash)).toBe(false)
})

import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { fileKeyStore, sealKeyIn, type KeyStoreOptions } from '../../src/adapters/local/key-store.ts'
import { forgeKey, publicHalfOf } from '../../src/adapters/node/dkim-key.ts'
import { keyStoreContract } from './key-store.contract.ts'

const folders: string[] = []
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })))

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'watari-keys-'))
  folders.push(folder)
  return join(folder, 'dkim-keys')
}

/** PKCS#1 begins with the modulus, which is public (RFC 8017 A.1.2). */
const PUBLIC_CHARACTERS = 400
const PASSPHRASE = { kind: 'passphrase', passphrase: 'synthetic words of a test' } as const
const options = (folder: string, change: Partial<KeyStoreOptions> = {}): KeyStoreOptions => ({
  folder,
  domain: 'example.jp',
  secret: { kind: 'key', key: new Uint8Array(32).fill(7) },
  forge: forgeKey,
  publicOf: publicHalfOf,
  now: () => 42,
  ...change,
})

describe('keys in files', () => {
  keyStoreContract(async () => {
    const folder = newFolder()
    return { open: () => fileKeyStore(options(folder)), end: async () => {} }
  })
})

describe('a key file', () => {
  test('can be read by nobody else, holds no private half in clear, and has the time it was made', async () => {
    const folder = newFolder()
    const store = await fileKeyStore(options(folder, { secret: PASSPHRASE }))
    await store.make('watari1')
    const path = join(folder, 'watari1.key.json')
    expect((statSync(folder).mode & 0o777).toString(8)).toBe('700')
    expect((statSync(path).mode & 0o777).toString(8)).toBe('600')
    const privateKey = await store.privateKey('watari1')
    const text = readFileSync(path, 'utf8')
    for (let at = PUBLIC_CHARACTERS; at + 24 <= privateKey.length; at += 24)
      expect(text).not.toContain(privateKey.slice(at, at + 24))
    expect(JSON.parse(text)).toMatchObject({ version: 1, domain: 'example.jp', selector: 'watari1', madeAt: 42 })
    expect(readdirSync(folder)).toEqual(['watari1.key.json'])
  })

  test('opens with its passphrase and with no other, and says so without a secret', async () => {
    const folder = newFolder()
    const store = await fileKeyStore(options(folder, { secret: PASSPHRASE }))
    await store.make('watari1')
    const other = await fileKeyStore(options(folder, { secret: { kind: 'passphrase', passphrase: 'other words' } }))
    expect(await other.keys()).toHaveLength(1)
    await expect(other.privateKey('watari1')).rejects.toThrow(
      `${folder}/watari1.key.json cannot be opened: it was sealed with another passphrase or key file, or it is damaged`,
    )
    await other.reseal(PASSPHRASE).catch((error: unknown) => expect(String(error)).not.toContain('words'))
    expect(await store.privateKey('watari1')).toMatch(/^MII/)
  })

  test('that takes the place of another is refused, though both are sealed rightly', async () => {
    const folder = newFolder()
    const store = await fileKeyStore(options(folder))
    await store.make('watari1')
    await store.make('watari2')
    copyFileSync(join(folder, 'watari1.key.json'), join(folder, 'watari2.key.json'))
    await expect(store.keys()).rejects.toThrow('another name')
    const file = JSON.parse(readFileSync(join(folder, 'watari1.key.json'), 'utf8')) as { selector: string }
    writeFileSync(join(folder, 'watari2.key.json'), JSON.stringify({ ...file, selector: 'watari2' }))
    await expect(store.privateKey('watari2')).rejects.toThrow('cannot be opened')
  })

  test.each([
    ['cut', (text: string) => text.slice(0, 200), 'is damaged'],
    ['empty', () => '', 'is damaged'],
    ['of another domain', (text: string) => text.replace('example.jp', 'example.net'), 'is a key of example.net'],
    ['of a later form', (text: string) => text.replace('"version": 1', '"version": 2'), 'has the form 2'],
  ])('that is %s is told by its name, and no key is made in its place', async (_, change, message) => {
    const folder = newFolder()
    const store = await fileKeyStore(options(folder))
    await store.make('watari1')
    const path = join(folder, 'watari1.key.json')
    writeFileSync(path, change(readFileSync(path, 'utf8')))
    await expect(store.make('watari1')).rejects.toThrow(`${path} ${message}`)
    await expect(store.keys()).rejects.toThrow(path)
  })

  test('is sealed anew under another secret, all or none', async () => {
    const folder = newFolder()
    const store = await fileKeyStore(options(folder))
    await store.make('watari1')
    const privateKey = await store.privateKey('watari1')
    await store.reseal(PASSPHRASE)
    expect(await store.privateKey('watari1')).toBe(privateKey)
    const again = await fileKeyStore(options(folder, { secret: PASSPHRASE }))
    expect(await again.privateKey('watari1')).toBe(privateKey)
    expect(await again.keys()).toEqual(await store.keys())
  })
})

test('a folder that others may read is refused, with how to mend it', async () => {
  const folder = newFolder()
  await fileKeyStore(options(folder))
  chmodSync(folder, 0o755)
  await expect(fileKeyStore(options(folder))).rejects.toThrow(
    `may be read by others (mode 755): run "chmod 700 ${folder}"`,
  )
})

describe('the key of the seal', () => {
  test('is made once, for its owner alone, and read back', async () => {
    const path = join(newFolder(), '..', 'dkim.key')
    const key = await sealKeyIn(path, () => randomBytes(32))
    expect((statSync(path).mode & 0o777).toString(8)).toBe('600')
    expect(Buffer.from(await sealKeyIn(path, () => randomBytes(32)))).toEqual(Buffer.from(key))
  })

  test.each([
    ['short', 'QUJD\n'],
    ['words', 'not a key at all, but words\n'],
  ])('that is %s is refused', async (_, text) => {
    const path = join(newFolder(), '..', 'dkim.key')
    writeFileSync(path, text, { mode: 0o600 })
    await expect(sealKeyIn(path, () => randomBytes(32))).rejects.toThrow('holds no key of 32 octets')
  })

  test('that others may read is refused', async () => {
    const path = join(newFolder(), '..', 'dkim.key')
    writeFileSync(path, randomBytes(32).toString('hex'), { mode: 0o644 })
    await expect(sealKeyIn(path, () => randomBytes(32))).rejects.toThrow('chmod 600')
  })
})

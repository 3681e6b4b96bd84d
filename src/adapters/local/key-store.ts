// DKIM keys on disk (D6): one file a key in a folder of its own, the private half sealed. Its rules: the private half is
// only ever in a variable of the function that needs it, errors name files and never what is in them, and what is read
// back is checked against its public half before it is given away.
import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { selectorFault } from '../../core/dkim/selector.ts'
import type { KeyStore, StoredKey } from '../../core/dkim/ports.ts'
import { replaceFile, syncFolder, textOf } from './record-file.ts'
import { seal, unseal, type Sealed, type SealSecret } from './sealing.ts'

/** A key with its private half; only between the adapters. */
export interface KeyPair {
  /** PKCS#1 DER, base64 in one line. */
  readonly privateKey: string
  readonly publicKey: string
  readonly bits: number
}

export interface LocalKeyStore extends KeyStore {
  /** The private half for the sibling that gives it to SES: PKCS#1, base64 in one line. Rejects when it cannot be opened. */
  privateKey(selector: string): Promise<string>
  /** Takes a key that was made elsewhere. Rejects when the selector has another key already. */
  take(selector: string, pair: KeyPair): Promise<StoredKey>
  /** Seals every key anew under another secret. */
  reseal(secret: SealSecret): Promise<void>
}

export interface KeyStoreOptions {
  readonly folder: string
  readonly domain: string
  readonly secret: SealSecret
  readonly forge: () => Promise<KeyPair>
  /** The public half of a private one, to check what is read back. */
  readonly publicOf: (privateKey: string) => string | undefined
  readonly now: () => number
}

const VERSION = 1
const ENDING = '.key.json'
const FOLDER_MODE = 0o700
const FILE_MODE = 0o600
/** Three live, some rest: a folder with more holds something else. */
const FILES_MAX = 1_000

interface KeyFile extends StoredKey {
  readonly version: number
  readonly domain: string
  readonly sealed: Sealed
}

export async function fileKeyStore(options: KeyStoreOptions): Promise<LocalKeyStore> {
  const { folder, domain, forge, now } = options
  await mkdir(folder, { recursive: true, mode: FOLDER_MODE })
  await refuseOpenFolder(folder)
  const files = keyFiles(options)
  // One change after another: two makers of one selector must end with one key.
  let last: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(act: () => Promise<T>): Promise<T> => {
    const turn = last.then(act)
    last = turn.catch(() => undefined)
    return turn
  }
  return {
    keys: () => storedKeys(folder, domain),
    make: (selector) =>
      inTurn(async () => {
        const there = await keyFile(files.pathOf(selector), domain)
        return there === undefined ? files.write(selector, await forge(), now()) : publicPart(there)
      }),
    take: (selector, pair) =>
      inTurn(async () => {
        const there = await keyFile(files.pathOf(selector), domain)
        if (there === undefined) return files.write(selector, pair, now())
        if (there.publicKey === pair.publicKey) return publicPart(there)
        throw new Error(`${selector} has another key already: choose another selector`)
      }),
    destroy: (selector) =>
      inTurn(async () => {
        await rm(files.pathOf(selector), { force: true })
        await rm(`${files.pathOf(selector)}.new`, { force: true })
        syncFolder(folder)
      }),
    privateKey: async (selector) => (await files.open(selector)).privateKey,
    reseal: (secret) =>
      inTurn(async () => {
        // All are opened before the first is written, so that one that cannot be opened leaves all as they were.
        const opened = []
        for (const { selector } of await storedKeys(folder, domain)) opened.push(await files.open(selector))
        files.sealWith(secret)
        for (const { file, privateKey } of opened)
          await files.write(file.selector, { ...file, privateKey }, file.madeAt)
      }),
  }
}

interface Opened {
  readonly file: KeyFile
  readonly privateKey: string
}

/** The sealed files. The secret is a variable in here, and a property of nothing. */
function keyFiles({ folder, domain, publicOf, ...options }: KeyStoreOptions) {
  let { secret } = options
  const pathOf = (selector: string) => join(folder, `${checked(selector)}${ENDING}`)
  return {
    pathOf,
    sealWith(next: SealSecret): void {
      secret = next
    },
    async write(selector: string, { privateKey, publicKey, bits }: KeyPair, madeAt: number): Promise<StoredKey> {
      const stored = { selector, publicKey, bits, madeAt }
      const sealed = await seal(privateKey, secret, boundTo(domain, stored))
      const file: KeyFile = { version: VERSION, domain, ...stored, sealed }
      await replaceFile(pathOf(selector), `${JSON.stringify(file, undefined, 2)}\n`, FILE_MODE)
      return stored
    },
    async open(selector: string): Promise<Opened> {
      const path = pathOf(selector)
      const file = await keyFile(path, domain)
      if (file === undefined) throw new Error(`there is no key ${selector} in ${folder}`)
      const privateKey = await unseal(file.sealed, secret, boundTo(domain, file))
      if (privateKey === undefined) {
        throw new Error(`${path} cannot be opened: it was sealed with another passphrase or key file, or it is damaged`)
      }
      if (publicOf(privateKey) !== file.publicKey) {
        throw new Error(`${path} holds a private key that does not belong to its public half: put back a copy`)
      }
      return { file, privateKey }
    },
  }
}

function boundTo(domain: string, { selector, publicKey }: Pick<StoredKey, 'selector' | 'publicKey'>): string {
  return JSON.stringify([VERSION, domain, selector, publicKey])
}

function checked(selector: string): string {
  const fault = selectorFault(selector)
  if (fault !== undefined) throw new Error(fault)
  return selector
}

/** Keys that everybody on the machine may read are no secret any more. */
async function refuseOpenFolder(folder: string): Promise<void> {
  const { mode } = await stat(folder)
  if ((mode & 0o077) === 0) return
  throw new Error(`${folder} may be read by others (mode ${(mode & 0o777).toString(8)}): run "chmod 700 ${folder}"`)
}

async function storedKeys(folder: string, domain: string): Promise<readonly StoredKey[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(ENDING)).sort()
  if (names.length > FILES_MAX) throw new Error(`${folder} holds ${names.length} keys, more than ${FILES_MAX}`)
  const files = []
  for (const name of names) {
    const file = await keyFile(join(folder, name), domain)
    if (file !== undefined) files.push(publicPart(file))
  }
  return files
}

function publicPart({ selector, publicKey, bits, madeAt }: KeyFile): StoredKey {
  return { selector, publicKey, bits, madeAt }
}

/** A damaged file is told by its name: to pass over it would make a second key in its place. */
async function keyFile(path: string, domain: string): Promise<KeyFile | undefined> {
  const text = await textOf(path)
  if (text === undefined) return undefined
  const file = parsed(text)
  if (file === undefined || `${file.selector}${ENDING}` !== path.slice(path.lastIndexOf('/') + 1)) {
    throw new Error(`${path} is damaged, or has another name than it was given: put back a copy, or move it away`)
  }
  if (file.version !== VERSION) throw new Error(`${path} has the form ${file.version}; this Watari reads ${VERSION}`)
  if (file.domain !== domain) throw new Error(`${path} is a key of ${file.domain}, not of ${domain}`)
  return file
}

function parsed(text: string): KeyFile | undefined {
  try {
    const value = JSON.parse(text) as Partial<KeyFile> | null
    if (typeof value?.selector !== 'string' || typeof value.publicKey !== 'string') return undefined
    if (typeof value.bits !== 'number' || typeof value.madeAt !== 'number' || typeof value.sealed !== 'object')
      return undefined
    return value as KeyFile
  } catch {
    return undefined
  }
}

/** The key file of the seal: 32 octets, base64 or hex, in a file that only its owner reads. Made when it is not there. */
export async function sealKeyIn(path: string, random: () => Uint8Array): Promise<Uint8Array> {
  const text = await textOf(path)
  if (text === undefined) {
    const key = random()
    await replaceFile(path, `${Buffer.from(key).toString('base64')}\n`, FILE_MODE)
    return key
  }
  const { mode } = await stat(path)
  if ((mode & 0o077) !== 0) throw new Error(`${path} may be read by others: run "chmod 600 ${path}"`)
  const bare = text.trim()
  const key = /^[0-9a-f]{64}$/i.test(bare) ? Buffer.from(bare, 'hex') : Buffer.from(bare, 'base64')
  if (key.length === 32) return key
  throw new Error(`${path} holds no key of 32 octets: "openssl rand -base64 32" makes one`)
}

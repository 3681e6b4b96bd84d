// Authenticated encryption of small secrets at rest: AES-256-GCM, the key from a file or by scrypt from a passphrase.
// Its rule: what a seal is bound to (domain, selector) is authenticated with it, so that sealed files cannot change places.
import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto'
import { promisify } from 'node:util'

/** Where the key of the seal comes from. Held in a closure by whoever needs it; it never becomes a property. */
export type SealSecret =
  | { readonly kind: 'passphrase'; readonly passphrase: string }
  /** 32 octets. */
  | { readonly kind: 'key'; readonly key: Uint8Array }

/** As it stands in a file: base64, and how the key is derived. */
export interface Sealed {
  readonly cipher: 'aes-256-gcm'
  readonly derivation: 'scrypt' | 'none'
  readonly salt: string
  readonly cost: number
  readonly nonce: string
  readonly tag: string
  readonly text: string
}

export const SEAL_KEY_OCTETS = 32
/** RFC 5116 5.1: GCM takes 12 octets; a random one for each of a few keys a year never comes twice. */
const NONCE_OCTETS = 12
const SALT_OCTETS = 16
/** OWASP's parameters for scrypt: 2^17, 8, 1: 128 MiB and a tenth of a second for each guess. */
const COST = 131_072
const BLOCK = 8
const MEMORY_MAX = 256 * 1_048_576
/** A file must not be able to ask for a day of work. */
const COST_MAX = 1_048_576

const derive = promisify<string, Uint8Array, number, object, Buffer>(scrypt)

export async function seal(text: string, secret: SealSecret, boundTo: string): Promise<Sealed> {
  const salt = randomBytes(SALT_OCTETS)
  const nonce = randomBytes(NONCE_OCTETS)
  const key = await sealKey(secret, salt, COST)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(boundTo))
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  key.fill(0)
  return {
    cipher: 'aes-256-gcm',
    derivation: secret.kind === 'passphrase' ? 'scrypt' : 'none',
    salt: salt.toString('base64'),
    cost: COST,
    nonce: nonce.toString('base64'),
    tag: cipher.getAuthTag().toString('base64'),
    text: sealed.toString('base64'),
  }
}

/** Undefined when the secret is another one, or the file was changed: GCM cannot tell the two apart. */
export async function unseal(sealed: Sealed, secret: SealSecret, boundTo: string): Promise<string | undefined> {
  const { cost } = sealed
  const isPower = Number.isInteger(cost) && cost >= 2 && cost <= COST_MAX && (cost & (cost - 1)) === 0
  if (sealed.cipher !== 'aes-256-gcm' || !isPower) return undefined
  if ((sealed.derivation === 'scrypt') !== (secret.kind === 'passphrase')) return undefined
  const tag = octets(sealed.tag)
  const nonce = octets(sealed.nonce)
  // A shorter tag would be taken, and forged, more easily.
  if (tag.length !== 16 || nonce.length !== NONCE_OCTETS) return undefined
  const key = await sealKey(secret, octets(sealed.salt), cost)
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(boundTo)).setAuthTag(tag)
    return Buffer.concat([decipher.update(octets(sealed.text)), decipher.final()]).toString('utf8')
  } catch {
    return undefined
  } finally {
    key.fill(0)
  }
}

const octets = (text: string): Buffer => Buffer.from(text, 'base64')

async function sealKey(secret: SealSecret, salt: Uint8Array, cost: number): Promise<Buffer> {
  if (secret.kind === 'key') return Buffer.from(secret.key)
  return await derive(secret.passphrase, salt, SEAL_KEY_OCTETS, { N: cost, r: BLOCK, p: 1, maxmem: MEMORY_MAX })
}

// Keys of DKIM: read from a request as the service model wants them, or made here for Easy DKIM and for `d=amazonses.com`.
import { createPrivateKey, createPublicKey, generateKeyPair, randomBytes, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import { badRequest } from './api-errors.ts'
import type { DkimKey, KeyLength } from './state.ts'

/** AWS guide, "send-email-authentication-dkim-bring-your-own": at least 1024 and at most 2048 bits. */
const BITS = { min: 1_024, max: 2_048 }
const generate = promisify(generateKeyPair)

/** The key of a BYODKIM request: RSA in PKCS#1 or PKCS#8, base64 without armour. */
export function byodkimKey(selector: string, base64: string): DkimKey {
  const privateKey = readKey(Buffer.from(base64, 'base64'))
  const bits = privateKey?.asymmetricKeyDetails?.modulusLength ?? 0
  if (privateKey === undefined || privateKey.asymmetricKeyType !== 'rsa') {
    throw badRequest('The DomainSigningPrivateKey value must be a valid RSA private key.')
  }
  if (bits < BITS.min || bits > BITS.max) {
    throw badRequest(`The DomainSigningPrivateKey must be between ${BITS.min} and ${BITS.max} bits.`)
  }
  return { selector, privateKey, publicKey: publicKeyText(privateKey) }
}

function readKey(der: Buffer): KeyObject | undefined {
  for (const type of ['pkcs8', 'pkcs1'] as const) {
    try {
      return createPrivateKey({ key: der, format: 'der', type })
    } catch {
      // The other form is tried next.
    }
  }
  return undefined
}

/** A new RSA key; made off the main thread. */
export async function makeDkimKey(selector: string, bits: 1_024 | 2_048): Promise<DkimKey> {
  const { privateKey } = await generate('rsa', { modulusLength: bits })
  return { selector, privateKey, publicKey: publicKeyText(privateKey) }
}

function publicKeyText(privateKey: KeyObject): string {
  return createPublicKey(privateKey).export({ type: 'spki', format: 'der' }).toString('base64')
}

export function keyLengthOf(key: DkimKey | undefined): KeyLength | undefined {
  const bits = key?.privateKey.asymmetricKeyDetails?.modulusLength
  return bits === undefined ? undefined : bits > BITS.min ? 'RSA_2048_BIT' : 'RSA_1024_BIT'
}

/** 32 characters of a small alphabet, as Easy DKIM's tokens have. */
export function makeToken(): string {
  return [...randomBytes(32)].map((octet) => 'abcdefghijklmnopqrstuvwxyz234567'[octet % 32]).join('')
}

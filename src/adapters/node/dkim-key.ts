// Makes and reads DKIM private keys in the form SES takes: RSA of 2048 bits, PKCS#1, base64 in one line without armour.
// Its rule: nothing of a key is ever in a message; what is refused is named by its kind alone.
import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'

/** SES signs with 1024 to 2048 bits; receivers trust no less than 2048, and VDM warns of less (facts 1.6). */
export const KEY_BITS = 2_048

export interface SigningKey {
  /** PKCS#1 DER, base64 in one line: PutEmailIdentityDkimSigningAttributes, DomainSigningPrivateKey. */
  readonly privateKey: string
  /** SubjectPublicKeyInfo DER, base64 in one line: `p=` of RFC 6376 3.6.1. */
  readonly publicKey: string
  readonly bits: number
}

export type KeyFault = 'notAKey' | 'publicKey' | 'passphrase' | 'notRsa' | 'wrongSize' | 'pemInBase64'

export type KeyReading =
  | { readonly kind: 'key'; readonly key: SigningKey }
  | { readonly kind: 'refused'; readonly reason: KeyFault; readonly message: string }

const generate = promisify(generateKeyPair)

/** A new key, from the platform's own randomness. */
export async function forgeKey(): Promise<SigningKey> {
  const { privateKey } = await generate('rsa', { modulusLength: KEY_BITS, publicExponent: 65_537 })
  return signingKey(privateKey)
}

/** Keys of 16,384 bits fit in this; a larger file is something else. */
const TEXT_OCTETS_MAX = 20_480

/**
 * Reads a private key as people have it: PEM of PKCS#8 or PKCS#1, with any line ends, or the bare base64 of either.
 * Whatever SES would take without complaint and then never verify is refused here, with how to mend it.
 */
export function readPrivateKey(text: string): KeyReading {
  const trimmed = text.replaceAll('\r\n', '\n').trim()
  if (trimmed === '' || trimmed.length > TEXT_OCTETS_MAX) return refused('notAKey', NOT_A_KEY)
  if (/-----BEGIN (?:RSA )?PUBLIC KEY-----/.test(trimmed)) {
    return refused('publicKey', 'this is a public key: give the private one; the public half is derived from it')
  }
  if (/-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m.test(trimmed)) {
    return refused(
      'passphrase',
      'the key is sealed by a passphrase: take it off with "openssl pkey -in FILE -out OPEN"',
    )
  }
  if (trimmed.includes('-----BEGIN')) return judged(keyOf(() => createPrivateKey(trimmed)))
  return fromBase64(trimmed)
}

const NOT_A_KEY = 'this is no private key: give a PEM file, or its base64 without the BEGIN and END lines'

function fromBase64(text: string): KeyReading {
  const bare = text.replaceAll(/\s/g, '')
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(bare)) return refused('notAKey', NOT_A_KEY)
  const der = Buffer.from(bare, 'base64')
  if (der.subarray(0, 10).toString('latin1') === '-----BEGIN') {
    const message =
      'this is the base64 of a whole PEM file: give the file itself, or only what stands between its BEGIN and END lines'
    return refused('pemInBase64', message)
  }
  const key =
    keyOf(() => createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })) ??
    keyOf(() => createPrivateKey({ key: der, format: 'der', type: 'pkcs1' })) ??
    keyOf(() => createPrivateKey({ key: der, format: 'der', type: 'sec1' }))
  return judged(key)
}

/** The platform's error is dropped, because it may quote what it was given. */
function keyOf(read: () => KeyObject): KeyObject | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}

function judged(key: KeyObject | undefined): KeyReading {
  if (key === undefined) return refused('notAKey', NOT_A_KEY)
  if (key.asymmetricKeyType !== 'rsa') {
    return refused('notRsa', `this is a key of type ${key.asymmetricKeyType ?? 'unknown'}: SES signs with RSA only`)
  }
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0
  if (bits !== KEY_BITS) {
    const why = bits > KEY_BITS ? 'SES takes no more' : 'receivers trust no less'
    return refused('wrongSize', `the key has ${bits} bits: use ${KEY_BITS}, because ${why}`)
  }
  return { kind: 'key', key: signingKey(key) }
}

function signingKey(key: KeyObject): SigningKey {
  return {
    privateKey: key.export({ type: 'pkcs1', format: 'der' }).toString('base64'),
    publicKey: createPublicKey(key).export({ type: 'spki', format: 'der' }).toString('base64'),
    bits: key.asymmetricKeyDetails?.modulusLength ?? 0,
  }
}

function refused(reason: KeyFault, message: string): KeyReading {
  return { kind: 'refused', reason, message }
}

/** The public half of a private key in one line of base64, or undefined when that is none. */
export function publicHalfOf(privateKey: string): string | undefined {
  const reading = readPrivateKey(privateKey)
  return reading.kind === 'key' ? reading.key.publicKey : undefined
}

// HMAC-SHA-256 (RFC 2104) behind the split and the pseudonyms. The key never leaves this file's closure.
import { createHmac } from 'node:crypto'
import type { KeyedHash } from '../../core/base/hash.ts'

/** RFC 2104 3 advises a key no shorter than the hash; 16 octets is the least that cannot be searched. */
const KEY_OCTETS_MIN = 16
const PSEUDONYM_HEX = 16
// The two uses get different keys, so that a pseudonym in a log does not tell the bucket of its address.
const PSEUDONYM_PURPOSE = 'watari pseudonym'

/** Throws when the key is too short to keep anything secret. */
export function hmacKeyedHash(key: Uint8Array): KeyedHash {
  if (key.length < KEY_OCTETS_MIN) throw new Error(`the split key has ${key.length} octets, it needs ${KEY_OCTETS_MIN}`)
  const pseudonymKey = createHmac('sha256', key).update(PSEUDONYM_PURPOSE).digest()
  return {
    hash32: (text) => createHmac('sha256', key).update(text).digest().readUInt32BE(0),
    pseudonym: (text) => createHmac('sha256', pseudonymKey).update(text).digest('hex').slice(0, PSEUDONYM_HEX),
  }
}

// Keyed hashing as an input: core has no crypto. The adapter is HMAC-SHA-256 (RFC 2104).

export interface KeyedHash {
  /** The first 32 bits of the keyed hash of `text`, as an unsigned integer. Same key and text: same answer, on every machine. */
  hash32(text: string): number
  /** Lower-case hex of the first 64 bits, for pseudonyms in logs. */
  pseudonym(text: string): string
}

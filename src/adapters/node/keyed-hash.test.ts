// The split's hash against published vectors, and that a pseudonym does not give it away.
import { describe, expect, it } from 'vitest'
import { hmacKeyedHash } from './keyed-hash.ts'

const octets = (value: number, count: number) => new Uint8Array(count).fill(value)

describe('the keyed hash', () => {
  it('is HMAC-SHA-256, by RFC 4231 4.2 (its first octets are b0344c61)', () => {
    expect(hmacKeyedHash(octets(0x0b, 20)).hash32('Hi There')).toBe(0xb0_34_4c_61)
  })

  it('is the same for the same key and text, and another for another key', () => {
    const text = 'tanaka@example.jp'
    expect(hmacKeyedHash(octets(1, 32)).hash32(text)).toBe(hmacKeyedHash(octets(1, 32)).hash32(text))
    expect(hmacKeyedHash(octets(1, 32)).hash32(text)).not.toBe(hmacKeyedHash(octets(2, 32)).hash32(text))
  })

  it('gives pseudonyms of 16 hex digits that do not begin like the hash', () => {
    const hash = hmacKeyedHash(octets(1, 32))
    const pseudonym = hash.pseudonym('tanaka@example.jp')
    expect(pseudonym).toMatch(/^[0-9a-f]{16}$/)
    expect(pseudonym.slice(0, 8)).not.toBe(hash.hash32('tanaka@example.jp').toString(16).padStart(8, '0'))
  })

  it('refuses a key that can be searched, and does not show it', () => {
    expect(() => hmacKeyedHash(Buffer.from('Jefe'))).toThrow('the split key has 4 octets, it needs 16')
  })
})

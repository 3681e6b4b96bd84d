import { execFileSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { forgeKey, readPrivateKey } from './dkim-key.ts'

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 })
const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const pkcs1 = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString()
const bare = (pem: string) => pem.replaceAll(/-----[^-]+-----|\s/g, '')
/** What openssl says the public half is: not our own derivation. */
const expectedPublic = execFileSync('openssl', ['pkey', '-pubout', '-outform', 'DER'], { input: pkcs8 }).toString(
  'base64',
)

const otherKey = (type: 'rsa' | 'ec' | 'ed25519', bits = 2_048) => {
  const pair =
    type === 'rsa'
      ? generateKeyPairSync('rsa', { modulusLength: bits })
      : type === 'ec'
        ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
        : generateKeyPairSync('ed25519')
  return pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
}

// C30.
describe('a private key as people have it', () => {
  test.each([
    ['PKCS#8 PEM', pkcs8],
    ['PKCS#1 PEM', pkcs1],
    ['PEM with CRLF', pkcs8.replaceAll('\n', '\r\n')],
    ['one line of base64 with a line end', `${bare(pkcs1)}\n`],
    ['one line of base64, PKCS#8', bare(pkcs8)],
    ['base64 in lines without armour', pkcs1.replaceAll(/-----[^-]+-----\n/g, '')],
  ])('%s becomes one line of PKCS#1 without armour', (_, text) => {
    const reading = readPrivateKey(text)
    expect(reading).toEqual({ kind: 'key', key: { privateKey: bare(pkcs1), publicKey: expectedPublic, bits: 2_048 } })
  })

  test.each([
    ['the base64 of a whole PEM file', Buffer.from(pkcs8).toString('base64'), 'pemInBase64'],
    ['512 bits', otherKey('rsa', 512), 'wrongSize'],
    ['1024 bits', otherKey('rsa', 1_024), 'wrongSize'],
    ['4096 bits', otherKey('rsa', 4_096), 'wrongSize'],
    ['an elliptic curve', otherKey('ec'), 'notRsa'],
    ['Ed25519', otherKey('ed25519'), 'notRsa'],
    [
      'a passphrase',
      privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'synthetic' }).toString(),
      'passphrase',
    ],
    [
      'a passphrase of the old form',
      privateKey.export({ type: 'pkcs1', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'synthetic' }).toString(),
      'passphrase',
    ],
    ['a public key', `-----BEGIN PUBLIC KEY-----\n${expectedPublic}\n-----END PUBLIC KEY-----\n`, 'publicKey'],
    ['a PEM that was cut', pkcs8.slice(0, 400), 'notAKey'],
    ['nothing', '', 'notAKey'],
    ['words', 'hello, world', 'notAKey'],
    ['a flood', 'A'.repeat(100_000), 'notAKey'],
  ])('%s is refused as %s', (_, text, reason) => {
    const reading = readPrivateKey(text)
    expect(reading).toMatchObject({ kind: 'refused', reason })
    // The refusal quotes nothing of what it was given.
    const message = reading.kind === 'refused' ? reading.message : ''
    expect(message).not.toMatch(/[A-Za-z0-9+/]{40}/)
  })
})

test('a new key has 2048 bits, the exponent 65537, and is another one each time', async () => {
  const [one, other] = [await forgeKey(), await forgeKey()]
  expect(one.bits).toBe(2_048)
  expect(one.privateKey).toMatch(/^[A-Za-z0-9+/]+={0,2}$/)
  expect(one.publicKey).not.toBe(other.publicKey)
  const pem = `-----BEGIN RSA PRIVATE KEY-----\n${one.privateKey}\n-----END RSA PRIVATE KEY-----\n`
  const text = execFileSync('openssl', ['rsa', '-noout', '-text'], {
    input: pem,
    stdio: ['pipe', 'pipe', 'ignore'],
  }).toString()
  expect(text).toContain('publicExponent: 65537')
  expect(
    execFileSync('openssl', ['rsa', '-pubout', '-outform', 'DER'], {
      input: pem,
      stdio: ['pipe', 'pipe', 'ignore'],
    }).toString('base64'),
  ).toBe(one.publicKey)
})

// Passwords as scrypt hashes (RFC 7914). Its rule: a password is in memory while it is judged, and nowhere else.
import { randomBytes, scrypt, timingSafeEqual, type ScryptOptions } from 'node:crypto'
import { z } from 'zod'

/** 32 MiB and about a tenth of a second a guess: slow for who has stolen the file, and bearable once a session. */
const COST = { n: 32_768, r: 8, p: 1 }
const SALT_OCTETS = 16
const HASH_OCTETS = 32
/** What a users file may ask for at most: 128 MiB and four times our cost, whoever wrote it. */
const N_MAX = 131_072
const R_MAX = 8
const P_MAX = 4
/** scrypt needs 128 * N * r octets and a little (RFC 7914 2); node allows 32 MiB unless told. */
const MEMORY_OCTETS_MAX = 160 * 1_048_576

const base64 = (octets: number) =>
  z.string().refine((text) => /^[A-Za-z0-9+/]+={0,2}$/.test(text) && Buffer.from(text, 'base64').length === octets)

export const passwordHashSchema = z.strictObject({
  n: z
    .int()
    .min(2)
    .max(N_MAX)
    .refine((n) => Number.isInteger(Math.log2(n))),
  r: z.int().min(1).max(R_MAX),
  p: z.int().min(1).max(P_MAX),
  salt: base64(SALT_OCTETS),
  hash: base64(HASH_OCTETS),
})

export type PasswordHash = Readonly<z.infer<typeof passwordHashSchema>>

export async function hashPassword(password: string): Promise<PasswordHash> {
  const salt = randomBytes(SALT_OCTETS)
  const hash = await derive(password, salt, COST)
  return { ...COST, salt: salt.toString('base64'), hash: hash.toString('base64') }
}

/** Takes as long for a wrong password as for the right one. */
export async function isPassword(password: string, { n, r, p, salt, hash }: PasswordHash): Promise<boolean> {
  const derived = await derive(password, Buffer.from(salt, 'base64'), { n, r, p })
  return timingSafeEqual(derived, Buffer.from(hash, 'base64'))
}

/** A hash that no password has, for a user that does not exist: the answer must take as long. */
export function nobodysHash(): PasswordHash {
  return {
    ...COST,
    salt: randomBytes(SALT_OCTETS).toString('base64'),
    hash: randomBytes(HASH_OCTETS).toString('base64'),
  }
}

function derive(password: string, salt: Buffer, cost: typeof COST): Promise<Buffer> {
  const options: ScryptOptions = { N: cost.n, r: cost.r, p: cost.p, maxmem: MEMORY_OCTETS_MAX }
  return new Promise((resolve, reject) => {
    // NFC, so that one password typed on two systems is one (RFC 8265 4.2.2).
    scrypt(password.normalize('NFC'), salt, HASH_OCTETS, options, (error, key) => {
      if (error) reject(error)
      else resolve(key)
    })
  })
}

// Access keys, and the SMTP password derived from each (AWS guide, "smtp-credentials").
// A new key may take time to become known, as IAM does; a region has its own passwords.
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { StandinClock } from './clock.ts'

/** Version byte of the SigV4 derivation; 0x02 marked the one that ended in 2021. */
const SMTP_PASSWORD_VERSION = 0x04

export interface CredentialInput {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  /** Until then it is unknown: 535, InvalidClientTokenId. */
  readonly activeInMs?: number
}

interface Credential {
  readonly secretAccessKey: string
  readonly smtpPassword: string
  readonly activeAt: number
}

export interface Credentials {
  add(input: CredentialInput): void
  /** Takes the key away at once; sessions that are open go on, as in the real service. */
  remove(accessKeyId: string): boolean
  secretOf(accessKeyId: string): string | undefined
  smtpLogin(accessKeyId: string, password: string): boolean
}

export function createCredentials(region: string, clock: StandinClock): Credentials {
  const known = new Map<string, Credential>()
  const active = (accessKeyId: string): Credential | undefined => {
    const credential = known.get(accessKeyId)
    return credential && credential.activeAt <= clock.now() ? credential : undefined
  }
  return {
    add({ accessKeyId, secretAccessKey, activeInMs = 0 }) {
      const smtpPassword = smtpPasswordFor(secretAccessKey, region)
      known.set(accessKeyId, { secretAccessKey, smtpPassword, activeAt: clock.now() + activeInMs })
    },
    remove: (accessKeyId) => known.delete(accessKeyId),
    secretOf: (accessKeyId) => active(accessKeyId)?.secretAccessKey,
    smtpLogin(accessKeyId, password) {
      const expected = Buffer.from(active(accessKeyId)?.smtpPassword ?? '')
      const given = Buffer.from(password)
      return expected.length > 0 && expected.length === given.length && timingSafeEqual(expected, given)
    },
  }
}

/** The SMTP password of a secret access key in a region. */
export function smtpPasswordFor(secretAccessKey: string, region: string): string {
  const key = ['11111111', region, 'ses', 'aws4_request', 'SendRawEmail'].reduce<Buffer>(
    (signing, text) => createHmac('sha256', signing).update(text).digest(),
    Buffer.from(`AWS4${secretAccessKey}`),
  )
  return Buffer.concat([Buffer.of(SMTP_PASSWORD_VERSION), key]).toString('base64')
}

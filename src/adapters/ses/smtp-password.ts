// The SMTP password of SES is derived from an IAM secret and a Region; nothing else logs in there.
// https://docs.aws.amazon.com/ses/latest/dg/smtp-credentials.html. Its rule: nothing here repeats a secret or a password.
import { createHmac, timingSafeEqual } from 'node:crypto'

/** The first octet of a password that was derived in this way; older derivations have others, and no longer log in. */
const VERSION = 0x04
/** The version and a SHA-256. */
const PASSWORD_OCTETS = 33
/** IAM secrets are 40 characters of base64; a password is 44. */
const SECRET = /^[A-Za-z0-9/+=]{40}$/

export interface SmtpPasswordSource {
  readonly secretAccessKey: string
  readonly region: string
}

/** The password for the SMTP wire of a Region. */
export function smtpPassword({ secretAccessKey, region }: SmtpPasswordSource): string {
  // The date is a constant of the derivation, not a date.
  const key = ['11111111', region, 'ses', 'aws4_request', 'SendRawEmail'].reduce<string | Buffer>(
    (key, text) => createHmac('sha256', key).update(text).digest(),
    `AWS4${secretAccessKey}`,
  )
  return Buffer.concat([Buffer.from([VERSION]), key as Buffer]).toString('base64')
}

/** The Region in the name of an SMTP endpoint, or undefined for another name (a VPC endpoint with its own, the stand-in). */
export function regionOfSmtpHost(host: string): string | undefined {
  return /^(?:[\w-]+\.)*email-smtp(?:-fips)?\.([a-z]{2}(?:-[a-z]+)+-\d)\.(?:vpce\.)?amazonaws\.com(?:\.cn)?$/i
    .exec(host)?.[1]
    ?.toLowerCase()
}

export interface SmtpLogin {
  readonly host: string
  readonly password: string
  /** The Region the plan says the password is for. */
  readonly region: string
  /** The IAM secret, where we have it: then the password can be proved. */
  readonly secretAccessKey?: string
}

export interface SmtpLoginFault {
  readonly reason: 'bareSecret' | 'oldPassword' | 'notAPassword' | 'hostOfOtherRegion' | 'passwordOfOtherRegion'
  /** What to do; names Regions, never a secret. */
  readonly message: string
}

/** Why this login would get 535, as far as it can be seen without trying; undefined when nothing speaks against it. */
export function smtpLoginFault({ host, password, region, secretAccessKey }: SmtpLogin): SmtpLoginFault | undefined {
  const hostRegion = regionOfSmtpHost(host)
  if (hostRegion !== undefined && hostRegion !== region) {
    const message = `the host is in ${hostRegion} and the credentials are for ${region}: a password works in its own Region only`
    return { reason: 'hostOfOtherRegion', message }
  }
  const form = formFault(password)
  if (form !== undefined) return form
  if (secretAccessKey === undefined || isSame(password, smtpPassword({ secretAccessKey, region }))) return undefined
  const message = `the password was not derived from this secret for ${region}: derive it again for this Region`
  return { reason: 'passwordOfOtherRegion', message }
}

function formFault(password: string): SmtpLoginFault | undefined {
  if (SECRET.test(password)) {
    const message = 'this looks like an IAM secret access key: SES wants the SMTP password derived from it'
    return { reason: 'bareSecret', message }
  }
  const octets = Buffer.from(password, 'base64')
  if (octets.length !== PASSWORD_OCTETS || octets.toString('base64') !== password) {
    return { reason: 'notAPassword', message: 'an SES SMTP password is 44 characters of base64' }
  }
  if (octets[0] === VERSION) return undefined
  return { reason: 'oldPassword', message: 'this password was derived in the old way: derive it again from its secret' }
}

function isSame(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)]
  return left.length === right.length && timingSafeEqual(left, right)
}

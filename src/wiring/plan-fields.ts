// The kinds of values a plan is made of. Each carries, as its description, what to write there: that is how a fault is mended.
import ipaddr from 'ipaddr.js'
import { z } from 'zod'
import { civilDay } from '../core/plan/civil-day.ts'

/** RFC 1035 2.3.4: labels of 63, a name of 253 as text. */
const DOMAIN = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+$/i
const HOST = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i
// Access key ids are upper case letters and digits too, so they must be told from a variable's name.
const ACCESS_KEY_ID = /^A(KIA|SIA|IDA|ROA)[A-Z0-9]{12,}$/
/** A list in a plan is written by a person; more entries than this belong somewhere else. */
const LIST_MAX = 1_000
const TEXT_MAX = 1_000

export const whole = (min: number, max: number) =>
  z.int().min(min).max(max).describe(`a whole number from ${min} to ${max}`)

export const amount = (min: number, max: number) =>
  z.number().min(min).max(max).describe(`a number from ${min} to ${max}`)

/** 0 and 100 are exact: a number, never a text, so that nothing is guessed. */
export const percent = () => z.number().min(0).max(100).describe('a number from 0 to 100, without %')

export const yesOrNo = () => z.boolean().describe('true or false')

export const text = () => z.string().min(1).max(TEXT_MAX).describe(`a text of 1 to ${TEXT_MAX} characters`)

export const oneOf = <const T extends readonly [string, ...string[]]>(values: T) =>
  z.enum(values).describe(values.join(' or '))

/** A day of the calendar; the 31st of June is none. */
export const day = () =>
  z
    .string()
    .refine((value) => civilDay(value) !== undefined, { error: 'is no day' })
    .describe("a day in quotes, such as '2026-11-30'")

const DOMAIN_HINT = 'a domain such as example.jp (punycode for other scripts)'
export const domain = () =>
  z.string().regex(DOMAIN, { error: 'is not a domain name' }).toLowerCase().describe(DOMAIN_HINT)

/** Also takes '.example.jp', all subdomains. */
export const senderDomain = () =>
  z
    .string()
    .refine((value) => DOMAIN.test(value.startsWith('.') ? value.slice(1) : value), { error: 'is not a domain name' })
    .toLowerCase()
    .describe('a domain such as example.jp, or .example.jp for all its subdomains')

export const host = () =>
  z
    .string()
    .refine((value) => ipaddr.isValid(value) || HOST.test(value), { error: 'is neither a host name nor an address' })
    .describe('a host name or an IP address')

export const network = () =>
  z.string().superRefine(judgeNetwork).describe('an address such as 192.0.2.1, or a network such as 192.0.2.0/24')

function judgeNetwork(value: string, context: z.RefinementCtx<string>): void {
  const network = networkOf(value)
  if (network === undefined) context.addIssue({ code: 'custom', message: 'is neither an address nor a network' })
  else if (network.bits === 0) context.addIssue({ code: 'custom', message: 'is the whole Internet: an open relay' })
  else if (network.first !== undefined) {
    context.addIssue({ code: 'custom', message: `has host bits set: the network is ${network.first}/${network.bits}` })
  }
}

export interface Network {
  readonly bits: number
  readonly width: 32 | 128
  readonly isPrivate: boolean
  /** The network's own address, when the text named another one inside it. */
  readonly first?: string
}

export function networkOf(value: string): Network | undefined {
  if (!value.includes('/')) {
    if (!ipaddr.IPv4.isValidFourPartDecimal(value) && !ipaddr.IPv6.isValid(value)) return undefined
    const address = ipaddr.parse(value)
    const width = address.kind() === 'ipv4' ? 32 : 128
    return { bits: width, width, isPrivate: isPrivate(address) }
  }
  if (!ipaddr.isValidCIDR(value)) return undefined
  const [address, bits] = ipaddr.parseCIDR(value)
  const first =
    address.kind() === 'ipv4' ? ipaddr.IPv4.networkAddressFromCIDR(value) : ipaddr.IPv6.networkAddressFromCIDR(value)
  const same = first.toNormalizedString() === address.toNormalizedString()
  return {
    bits,
    width: address.kind() === 'ipv4' ? 32 : 128,
    isPrivate: isPrivate(address),
    ...(same ? {} : { first: first.toString() }),
  }
}

function isPrivate(address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  return ['private', 'uniqueLocal', 'carrierGradeNat'].includes(address.range())
}

export const variableName = () =>
  z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]{0,99}$/, { error: 'is not the name of an environment variable' })
    .refine((value) => !ACCESS_KEY_ID.test(value), {
      error: 'looks like a credential itself, which must not be in the plan',
    })
    .describe('the name of an environment variable that holds the credential')

/** KMS takes an id, an ARN, or an alias; an alias of AWS itself is what is used without any. */
export const kmsKey = () =>
  z
    .string()
    .regex(/^(arn:aws[\w-]*:kms:[a-z0-9-]+:\d{12}:)?((key\/)?(mrk-)?[0-9a-f-]{32,36}|alias\/(?!aws\/)[\w/-]{1,250})$/, {
      error: 'is no KMS key',
    })
    .describe('a KMS key: its id, its ARN, or an alias such as alias/watari')

/** Loopback may be http, for the stand-in; everything else carries credentials and must be https. */
export const endpoint = () =>
  z.string().superRefine(judgeEndpoint).describe('an https address such as https://email.ap-northeast-1.amazonaws.com')

function judgeEndpoint(value: string, context: z.RefinementCtx<string>): void {
  const url = URL.canParse(value) ? new URL(value) : undefined
  const refuse = (message: string) => context.addIssue({ code: 'custom', message })
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) refuse('is no http or https address')
  else if (url.username !== '' || url.password !== '') refuse('holds credentials, which must not be in the plan')
  else if (url.protocol === 'http:' && !['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname)) {
    refuse('is http, which only loopback may be')
  }
}

export const list = <T extends z.ZodType>(item: T, least = 0) =>
  z
    .array(item)
    .min(least)
    .max(LIST_MAX)
    .describe(`a list, each entry on its own line after "- "${least > 0 ? `, at least ${least}` : ''}`)

/** Not the whole of RFC 5321: addresses of people and of our own that a person writes into the plan. */
export const mailbox = () =>
  z
    .string()
    .regex(/^[\w.+-]{1,64}@[a-z0-9-]+(\.[a-z0-9-]+)+$/i, { error: 'is no mail address' })
    .describe('a mail address such as dns-team@example.jp')

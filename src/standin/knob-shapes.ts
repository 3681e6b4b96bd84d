// Shapes of the knobs' bodies.
import { z } from 'zod'
import { DEFAULT_SETTINGS, type Settings } from './settings.ts'

/** A timer of Node is at most this long. */
const MS_MAX = 2_147_483_647
const ms = z.number().min(0).max(MS_MAX)
const share = z.number().min(0).max(1)
const count = z.int().min(0)
const address = z.string().min(1).max(1_000)

/** A year: virtual time only goes forward, and every check on the way is made. */
export const CLOCK = z.object({
  advanceMs: z
    .number()
    .min(0)
    .max(366 * 86_400_000),
})

const CHOICES: { readonly [Name in keyof Settings]?: readonly [Settings[Name], ...Settings[Name][]] } = {
  signatures: ['verify', 'accept'],
  snsSignatureVersion: ['1', '2'],
  throttlingName: ['TooManyRequestsException', 'ThrottlingException'],
  dotAddresses: ['refuse', 'accept'],
  nullSender: ['refuse', 'accept'],
  recipientLimitAt: ['content', 'recipient'],
  dkimGap: ['unsigned', 'oldKey'],
  byodkimCname: ['follow', 'refuse'],
  duplicateHeaders: ['refuse', 'accept'],
  longLines: ['refuse', 'accept'],
  bareLineEnds: ['refuse', 'accept'],
}

function settingShape(name: keyof Settings): z.ZodType {
  const value = DEFAULT_SETTINGS[name]
  if (typeof value === 'boolean') return z.boolean().optional()
  if (typeof value === 'number')
    return z
      .number()
      .min(name === 'max24HourSend' ? -1 : 0)
      .optional()
  return z.enum(CHOICES[name] as readonly [string, ...string[]]).optional()
}

/** Any of the settings; unknown names are refused, so that a slip of the pen is seen. */
export const SETTINGS: z.ZodType<Partial<Settings>> = z.strictObject(
  Object.fromEntries((Object.keys(DEFAULT_SETTINGS) as (keyof Settings)[]).map((name) => [name, settingShape(name)])),
) as z.ZodType<Partial<Settings>>

const reply = z.string().regex(/^[2-5]\d\d [ -~]{1,500}$/)
export const FAULT = z.strictObject({
  stage: z.enum(['connect', 'ehlo', 'auth', 'mail', 'rcpt', 'data', 'content', 'api']),
  action: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('reply'), reply }),
    z.strictObject({
      kind: z.literal('error'),
      status: z.int().min(400).max(599),
      type: z.string().regex(/^[A-Za-z]{1,100}$/),
      message: z.string().max(1_000),
    }),
    z.strictObject({ kind: z.literal('cutBefore') }),
    z.strictObject({ kind: z.literal('cutAfter') }),
    z.strictObject({ kind: z.literal('delay'), delayMs: ms }),
  ]),
  times: count.min(1).optional(),
  skip: count.optional(),
  recipient: address.optional(),
  operation: z.string().max(100).optional(),
})

const BOUNCE = z.strictObject({
  type: z.enum(['Permanent', 'Transient', 'Undetermined']),
  subType: z.string().min(1).max(100),
  status: z.string().max(20).exactOptional(),
  diagnostic: z.string().max(1_000).exactOptional(),
})
const FATE = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('delivered') }),
  z.strictObject({ kind: z.literal('bounced'), bounce: BOUNCE }),
  z.strictObject({ kind: z.literal('complained'), feedbackType: z.string().max(100) }),
  z.strictObject({ kind: z.literal('delayed'), delayType: z.string().max(100), bounce: BOUNCE.exactOptional() }),
  z.strictObject({ kind: z.literal('deliveredThenBounced'), bounce: BOUNCE }),
  z.strictObject({ kind: z.literal('rejected') }),
  z.strictObject({ kind: z.literal('renderingFailed') }),
  z.strictObject({ kind: z.literal('silent') }),
])
export const FATES = z.strictObject({ fates: z.array(z.strictObject({ recipient: address, fate: FATE })).max(100_000) })

export const RECEIVER = z.strictObject({
  arn: z.string().min(1).max(2_048),
  url: z.url({ protocol: /^http$/ }).nullable(),
})
export const DISORDER = z.strictObject({
  lateShare: share.exactOptional(),
  lateMs: ms.exactOptional(),
  twiceShare: share.exactOptional(),
  shuffleMs: ms.exactOptional(),
  seed: z.int().min(0).exactOptional(),
})
export const VERIFY = z.strictObject({ identity: address, confirm: z.boolean().optional() })
export const ACCOUNT = z.strictObject({
  enforcement: z.enum(['HEALTHY', 'PROBATION', 'SHUTDOWN']).optional(),
  suspended: z.boolean().optional(),
  review: z.enum(['GRANTED', 'DENIED']).optional(),
})
export const CREDENTIAL = z.strictObject({
  accessKeyId: z.string().regex(/^[A-Za-z0-9_.-]{1,128}$/),
  secretAccessKey: z.string().min(1).max(200),
  activeInMs: ms.exactOptional(),
})

const RECORD_TYPE = z.enum(['A', 'AAAA', 'CNAME', 'MX', 'NS', 'TXT'])
/** RFC 1035 2.3.4: a name has at most 253 characters in text, a label 63. */
const NAME = z
  .string()
  .max(253)
  .regex(/^[^.\s]{1,63}(\.[^.\s]{1,63})*\.?$/)
export const DNS_RECORD = z.strictObject({
  name: NAME,
  type: RECORD_TYPE,
  value: z.string().min(1).max(4_000),
  ttlSeconds: z.int().min(0).max(86_400).exactOptional(),
})
export const DNS = z.strictObject({
  addZones: z.array(NAME).optional(),
  remove: z.array(z.strictObject({ name: NAME, type: RECORD_TYPE.optional() })).optional(),
  add: z.array(DNS_RECORD).optional(),
  failing: z.boolean().optional(),
})

// The plan's keys, limits and defaults. One schema reads, judges and completes; docs/plan.md tells what each key means,
// and a test keeps the two together. Cross-key rules are in plan-rules.ts.
import { z } from 'zod'
import { designFields } from './plan-schema-design.ts'
import { feedbackFields } from './plan-schema-feedback.ts'
import { dmarcFields } from './plan-schema-dmarc.ts'
import { legacyLogsFields } from './plan-schema-legacy-logs.ts'
import { keysFields } from './plan-schema-keys.ts'
import { shiftFields } from './plan-schema-shift.ts'
import { suppressionFields } from './plan-schema-suppression.ts'
import {
  amount,
  domain,
  endpoint,
  host,
  list,
  network,
  oneOf,
  percent,
  senderDomain,
  text,
  variableName,
  whole,
} from './plan-fields.ts'

const port = (least: number) => whole(least, 65_535)
const MEBI = 1_048_576
const GIBI = 1_073_741_824
const TEBI = 1_024 * GIBI

const limits = z.strictObject({
  // SES takes 40 MB; what it could not carry is better refused than accepted.
  messageOctets: whole(1, 40 * MEBI).default(40 * MEBI),
  // RFC 5321 4.5.3.1.8 asks for at least 100.
  recipients: whole(1, 50_000).default(1_000),
  sessions: whole(1, 100_000).default(2_000),
  sessionsPerClient: whole(1, 100_000).default(1_000),
  // RFC 5321 6.3 asks for at least 100.
  hops: whole(1, 1_000).default(100),
  // RFC 5321 4.5.3.2.7 asks for at least five minutes.
  idleSeconds: whole(1, 3_600).default(300),
  queueDiskOctets: whole(MEBI, 100 * TEBI).default(20 * GIBI),
  freeDiskOctets: whole(0, 100 * TEBI).default(GIBI),
  queueAgeHours: amount(0.01, 240).default(96),
  memoryOctets: whole(16 * MEBI, TEBI).default(256 * MEBI),
  stopSeconds: whole(0, 3_600).default(30),
})

const gateway = (hostname: string) =>
  z.strictObject({
    hostname: host().default(hostname),
    number: whole(0, 1_023).default(0),
    host: host().default('127.0.0.1'),
    port: port(0).default(2_525),
    tlsKeyFile: text().exactOptional(),
    tlsCertFile: text().exactOptional(),
    usersFile: text().default('users.json'),
    clients: list(network()).default([]),
    proxies: list(network()).default([]),
    senderDomains: list(senderDomain()).default([]),
    limits: limits.prefault({}),
  })

const status = z.strictObject({
  host: host().default('127.0.0.1'),
  port: port(0).default(2_580),
})

/** Shorter secrets can be searched; longer ones add nothing. */
const SPLIT_KEY_CHARACTERS = { min: 16, max: 1_024 }
const split = z.strictObject({
  key: z
    .string()
    .min(SPLIT_KEY_CHARACTERS.min)
    .max(SPLIT_KEY_CHARACTERS.max)
    .describe(`a secret text of at least ${SPLIT_KEY_CHARACTERS.min} characters; openssl rand -hex 32 makes one`)
    .exactOptional(),
  keyFile: text().exactOptional(),
})

/** RFC 5322 3.6.8: a field name is printable ASCII without the colon. */
const HEADER_NAME = /^[!-9;-~]{1,76}$/
const shares = z.strictObject({
  byDomain: z.record(domain(), percent()).describe('receiving domain: percent').default({}),
  byStream: z.record(text(), percent()).describe('stream: percent').default({}),
  streamHeader: z
    .string()
    .regex(HEADER_NAME, { error: 'is no header field name' })
    .describe('a header field name such as X-Stream')
    .exactOptional(),
})

const legacyHost = z.strictObject({ host: host(), port: port(1).default(25) })
const legacy = z.strictObject({
  hosts: list(legacyHost, 1),
  connectionsPerHost: whole(1, 1_000).default(20),
  tls: oneOf(['never', 'may', 'must']).default('may'),
  connectSeconds: whole(1, 300).default(10),
  // RFC 5321 4.5.3.2.6: ten minutes for the reply to the final dot.
  replySeconds: whole(1, 3_600).default(600),
  mailsPerConnection: whole(1, 100_000).default(1_000),
})

const credentials = z.strictObject({
  accessKeyIdVariable: variableName().default('AWS_ACCESS_KEY_ID'),
  secretAccessKeyVariable: variableName().default('AWS_SECRET_ACCESS_KEY'),
  sessionTokenVariable: variableName().default('AWS_SESSION_TOKEN'),
  smtpUserVariable: variableName().default('WATARI_SES_SMTP_USER'),
  smtpPasswordVariable: variableName().default('WATARI_SES_SMTP_PASSWORD'),
})

const ses = z.strictObject({
  wire: oneOf(['api', 'smtp']).default('api'),
  // AWS::SES::ConfigurationSet, Name.
  configurationSet: z
    .string()
    .regex(/^[a-zA-Z0-9_-]{1,64}$/, { error: 'is no name that SES takes' })
    .describe('1 to 64 letters, digits, - or _')
    .exactOptional(),
  identities: list(domain()).default([]),
  apiEndpoint: endpoint().exactOptional(),
  smtpHost: host().exactOptional(),
  smtpPort: port(1).default(587),
  credentials: credentials.prefault({}),
  ratePerSecond: amount(0.01, 100_000).exactOptional(),
  dailyQuota: whole(1, 10_000_000_000).exactOptional(),
  gateways: whole(1, 1_000).default(1),
  connections: whole(1, 1_000).default(50),
  partRecipients: whole(1, 50).default(50),
  mailsPerConnection: whole(1, 100_000).default(500),
  connectSeconds: whole(1, 300).default(10),
  replySeconds: whole(1, 3_600).default(120),
  longLines: oneOf(['legacy', 'send']).default('legacy'),
  // SES answers control calls once a second for the whole account, so gateways must not ask often.
  accountSeconds: whole(5, 86_400).default(60),
})

const dotRule = () => oneOf(['quote', 'legacy'])
const addresses = z.strictObject({
  dotDomains: list(domain()).default(['docomo.ne.jp', 'ezweb.ne.jp']),
  dotAddresses: z.record(domain(), dotRule()).describe('receiving domain: quote or legacy').default({}),
  dotAddressDefault: dotRule().default('legacy'),
})

const retry = z.strictObject({
  // RFC 5321 4.5.4.1: "generally needs to be at least 4-5 days".
  lifetimeHours: amount(0.001, 720).default(96),
  firstSeconds: amount(0.01, 86_400).default(60),
  longestSeconds: amount(0.01, 86_400).default(3_600),
  unclearMinutes: z
    .strictObject({ legacy: amount(0, 10_080).default(1), ses: amount(0, 10_080).default(15) })
    .prefault({}),
})

const REGION = /^[a-z]{2}(-[a-z]+)+-\d$/

/** `hostname` is this machine's name, the default of gateway.hostname. */
export const planSchema = (hostname: string) =>
  z.strictObject({
    domain: domain(),
    region: z
      .string()
      .regex(REGION, { error: 'is no AWS region' })
      .describe('an AWS region such as ap-northeast-1')
      .default('ap-northeast-1'),
    timeZone: z
      .string()
      .refine(isTimeZone, { error: 'is no time zone' })
      .describe('an IANA time zone such as Asia/Tokyo')
      .default('Asia/Tokyo'),
    gateway: gateway(hostname).prefault({}),
    status: status.prefault({}),
    split: split.prefault({}),
    shares: shares.prefault({}),
    legacy,
    ses: ses.prefault({}),
    addresses: addresses.prefault({}),
    retry: retry.prefault({}),
    ...dmarcFields,
    ...keysFields,
    ...suppressionFields,
    ...feedbackFields,
    ...legacyLogsFields,
    ...shiftFields,
    ...designFields,
  })

export type PlanInput = z.output<ReturnType<typeof planSchema>>

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

// The sections `dkim` and `notify`: the life of the keys, and the ways to people.
import { z } from 'zod'
import { isIP } from 'node:net'
import { domain, host, kmsKey, list, mailbox, oneOf, text, variableName, whole } from './plan-fields.ts'

const port = (least: number) => whole(least, 65_535)

/** RFC 6376 3.1 and SES: one label of letters, digits and inner hyphens; room is left for the number behind. */
const selectorPrefix = () =>
  z
    .string()
    .regex(/^[a-z]([a-z0-9-]{0,50}[a-z])?$/i, { error: 'is no beginning of a selector that SES takes' })
    .toLowerCase()
    .describe('letters, digits and inner hyphens, beginning and ending with a letter; a number is put behind it')

/** 'address' or 'address:port'; an IPv6 address with a port stands in brackets. */
const dnsServer = () =>
  z
    .string()
    .refine((value) => serverOf(value) !== undefined, { error: 'is no address of a server' })
    .describe('an address such as 192.0.2.53, or with a port 192.0.2.53:5353 or [2001:db8::53]:5353')

export function serverOf(value: string): { readonly address: string; readonly port: number } | undefined {
  const DNS_PORT = 53
  if (isIP(value) !== 0) return { address: value, port: DNS_PORT }
  const match = /^(?:\[([0-9a-f:]+)\]|([0-9.]+)):(\d{1,5})$/i.exec(value)
  const address = match?.[1] ?? match?.[2] ?? ''
  const number = Number(match?.[3])
  return isIP(address) !== 0 && number >= 1 && number <= 65_535 ? { address, port: number } : undefined
}

const spfTerm = () =>
  z
    .string()
    .regex(/^(ip4|ip6|a|mx|include|exists):?[\w.:/%{}-]*$/i, { error: 'is no SPF term' })
    .describe('an SPF term such as ip4:192.0.2.0/24')

/** CreateSecret, Name: letters, digits and /_+=.@-, 512 in all; room is left for domain and selector. */
const secretPrefix = () =>
  z
    .string()
    .regex(/^[\w+=.@-]+(\/[\w+=.@-]+)*$/, { error: "is no beginning of a secret's name" })
    .max(100)
    .describe('letters, digits and _+=.@- in parts with / between them, such as watari/dkim')

const zone = z.strictObject({
  apex: domain(),
  hostedZone: z
    .string()
    .regex(/^Z[A-Z0-9]{1,31}$/, { error: 'is no id of a hosted zone' })
    .describe('the id of a hosted zone such as Z0123456789ABCDEFGHIJ')
    .exactOptional(),
  nameServers: list(domain()).default([]),
  host: host().default('127.0.0.1'),
  port: port(0).default(53),
})

const dnsTeam = z.strictObject({
  name: text().default('DNS team'),
  languages: list(oneOf(['ja', 'en']), 1).default(['ja']),
  days: whole(1, 365).default(14),
  mail: list(mailbox()).default([]),
  slackVariable: variableName().exactOptional(),
})

const contact = z.strictObject({
  name: text(),
  mail: mailbox(),
  telephone: text().exactOptional(),
})

const dkim = z.strictObject({
  publish: oneOf(['txt', 'cname']).default('txt'),
  selectorPrefix: selectorPrefix().default('watari'),
  zone: zone.exactOptional(),
  keys: oneOf(['file', 'secretsManager']).default('file'),
  secretPrefix: secretPrefix().default('watari/dkim'),
  kmsKey: kmsKey().exactOptional(),
  keyFile: text().exactOptional(),
  passphraseVariable: variableName().default('WATARI_DKIM_PASSPHRASE'),
  // A key that must be revoked should not live in caches for a day.
  ttlSeconds: whole(60, 86_400).default(3_600),
  // D4. M3AAWG advises to rotate at least every six months; the design says yearly.
  keyLifeMonths: whole(1, 60).default(12),
  warnDays: whole(1, 365).default(30),
  // D5: SES tries for 14 hours, receivers queue and verify for days.
  retireDays: whole(7, 365).default(7),
  mailFromDomain: domain().exactOptional(),
  mailFromFailure: oneOf(['USE_DEFAULT_VALUE', 'REJECT_MESSAGE']).default('USE_DEFAULT_VALUE'),
  legacySpf: list(spfTerm()).default([]),
  dmarcReports: mailbox().exactOptional(),
  dmarcStepDays: whole(0, 3_650).default(30),
  unsignedGap: oneOf(['refuse', 'stepBack']).default('refuse'),
  resolvers: list(dnsServer()).default([]),
  nameServers: list(dnsServer()).default([]),
  dnsTeam: dnsTeam.prefault({}),
  contact,
})

const notifyMail = z.strictObject({
  host: host(),
  port: port(1).default(25),
  tls: oneOf(['never', 'may', 'must']).default('may'),
  from: mailbox(),
  to: list(mailbox(), 1),
  userVariable: variableName().exactOptional(),
  passwordVariable: variableName().exactOptional(),
})

/** Its Region is in it, and may be another than the plan's. */
const topicArn = () =>
  z
    .string()
    .regex(/^arn:aws[\w-]*:sns:[a-z]{2}(-[a-z]+)+-\d:\d{12}:[\w-]{1,251}(\.fifo)?$/, { error: 'is no ARN of a topic' })
    .describe('the ARN of an SNS topic such as arn:aws:sns:ap-northeast-1:123456789012:watari')

const notify = z.strictObject({
  mail: notifyMail.exactOptional(),
  slackVariable: variableName().exactOptional(),
  topicArn: topicArn().exactOptional(),
  languages: list(oneOf(['ja', 'en']), 1).default(['ja']),
  runbooks: text().default('docs/'),
  // One incident is one message; who wants it again says after how long.
  reminderHours: whole(0, 168).default(0),
})

/** To be spread into the plan's schema. */
export const keysFields = { dkim: dkim.exactOptional(), notify: notify.prefault({}) }

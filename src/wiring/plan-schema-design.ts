// The design's sections: values as the customer wrote them, read by the checks. Types and keys are judged, values hardly,
// because a faulty design must load for its faults to be found.
import { z } from 'zod'
import { amount, day, domain, list, network, oneOf, percent, text, whole, yesOrNo, kmsKey } from './plan-fields.ts'

const ANY_COUNT = 1e15
const count = () => amount(0, ANY_COUNT)

const stage = z.strictObject({
  percent: percent(),
  leastHours: amount(0, 8_784).default(24),
  leastMails: count().default(10_000),
})

// §8.1 and §8.2.
const gates = z.strictObject({
  successPercentMin: percent().default(99.5),
  successPercentRollBack: percent().default(95),
  bouncePercentMax: percent().default(5),
  complaintPercentMax: percent().default(0.1),
  latencySecondsMax: count().default(60),
  quotaPercentMax: percent().default(80),
  dkimPercentMin: percent().default(99),
})

const volume = z.strictObject({
  mailsPerDay: count().exactOptional(),
  mailsPerHour: count().exactOptional(),
  legacyHosts: count().exactOptional(),
  tlsPercent: percent().exactOptional(),
  receivers: list(domain()).exactOptional(),
})

const targets = z.strictObject({
  availabilityPercent: percent().exactOptional(),
  successPercent: percent().exactOptional(),
  mailsPerHour: count().exactOptional(),
  peakMailsPerHour: count().exactOptional(),
  latencySeconds: count().exactOptional(),
  successMeans: oneOf(['accepted', 'delivered']).exactOptional(),
})

const identity = z.strictObject({
  dkimType: oneOf(['BYODKIM', 'EasyDKIM']).exactOptional(),
  dkimSigning: yesOrNo().exactOptional(),
  dkimKeyBits: count().exactOptional(),
  dkimSelectors: count().exactOptional(),
  dkimRecord: oneOf(['TXT', 'CNAME']).exactOptional(),
  dkimKeyLifeMonths: count().exactOptional(),
  dkimWarnDays: count().exactOptional(),
  mailFromDomain: text().exactOptional(),
  spf: text().exactOptional(),
  dmarc: text().exactOptional(),
})

const dimension = z.strictObject({
  name: text(),
  source: text().exactOptional(),
  default: text().exactOptional(),
})

const configurationSet = z.strictObject({
  name: text().exactOptional(),
  tlsPolicy: text().exactOptional(),
  reputationMetrics: yesOrNo().exactOptional(),
  sending: yesOrNo().exactOptional(),
  eventTypes: list(text()).exactOptional(),
  eventDestination: text().exactOptional(),
  dimensions: list(dimension).exactOptional(),
})

const quota = z.strictObject({
  ratePerSecond: count().exactOptional(),
  recipientsPerDay: count().exactOptional(),
  grantedRatePerSecond: count().exactOptional(),
  grantedRecipientsPerDay: count().exactOptional(),
})

const lambdaFunction = z.strictObject({
  memoryMegabytes: count().exactOptional(),
  timeoutSeconds: count().exactOptional(),
  reservedConcurrency: count().exactOptional(),
  schedule: text().exactOptional(),
  scheduleTimeZone: text().exactOptional(),
  scheduleMeans: text().exactOptional(),
  eventSources: list(text()).exactOptional(),
})

const lambda = z.strictObject({
  runtime: text().exactOptional(),
  dkim: lambdaFunction.exactOptional(),
  mail: lambdaFunction.exactOptional(),
  retryAttempts: count().exactOptional(),
  deadLetterQueue: yesOrNo().exactOptional(),
})

const alarm = z.strictObject({
  metric: text(),
  threshold: z.number().describe('a number'),
  comparison: text().exactOptional(),
  evaluationPeriods: count().exactOptional(),
  periodSeconds: count().exactOptional(),
  statistic: text().exactOptional(),
  missingData: text().exactOptional(),
})

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html; a dot breaks TLS to the bucket's host. */
const bucket = () =>
  z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/, { error: 'is no name of a bucket' })
    .describe('a bucket: 3 to 63 lower case letters, digits and inner hyphens')

const objectPrefix = () =>
  z
    .string()
    .regex(/^[\w.-]+(\/[\w.-]+)*$/, { error: 'is no beginning of an object name' })
    .max(200)
    .describe('letters, digits and _.- in parts with / between them, such as watari/gw1')

const archive = z.strictObject({
  folder: text().exactOptional(),
  bucket: bucket().exactOptional(),
  prefix: objectPrefix().exactOptional(),
  kmsKey: kmsKey().exactOptional(),
  // §3.2.3: seven years.
  days: whole(1, 36_500).default(2_555),
  addresses: oneOf(['masked', 'pseudonymous']).default('masked'),
  versioning: yesOrNo().exactOptional(),
  encryption: text().exactOptional(),
  objectOctets: count().exactOptional(),
  transitions: list(z.strictObject({ days: count(), storageClass: text() })).exactOptional(),
})

const recovery = z.strictObject({
  rtoHours: count().exactOptional(),
  rpoHours: count().exactOptional(),
  availabilityZones: list(text()).exactOptional(),
  rollBackBy: text().exactOptional(),
})

const masking = z.strictObject({
  keepCharacters: whole(0, 64).exactOptional(),
  hideShortLocalParts: yesOrNo().exactOptional(),
  quotedLocalParts: yesOrNo().exactOptional(),
  ipVersions: list(whole(4, 6)).exactOptional(),
})

const policy = z.strictObject({
  kind: oneOf(['identity', 'resource', 'trust']).exactOptional(),
  principals: list(text()).exactOptional(),
  networks: list(network()).exactOptional(),
  condition: text().exactOptional(),
  exceptServices: yesOrNo().exactOptional(),
})

const security = z.strictObject({
  adminNetworks: list(network()).exactOptional(),
  readOnlyNetworks: list(network()).exactOptional(),
  tlsMin: text().exactOptional(),
  smtpRotationDays: count().exactOptional(),
  masking: masking.exactOptional(),
  policies: z.record(text(), policy).describe('name: policy').exactOptional(),
})

// What the bill of `watari cost` depends on and no design says; printed with it.
const assume = z.strictObject({
  dimensionValues: whole(0, 1_000_000).default(1),
  receivingDomains: whole(0, 1_000_000).default(1_000),
  customMetrics: whole(0, 1_000_000).default(3),
  // The most that a batch may hold without a window (Lambda, SQS event source).
  eventsPerBatch: whole(1, 10_000).default(10),
  millisecondsPerBatch: whole(1, 900_000).default(200),
  eventOctets: whole(1, 262_144).default(2_000),
  archiveOctetsPerMail: whole(0, 1_048_576).default(400),
  archiveObjects: oneOf(['hourly', 'each']).default('hourly'),
  logOctetsPerMail: whole(0, 1_048_576).default(0),
  attachmentOctetsPerMail: whole(0, 41_943_040).default(0),
})

const budget = z.strictObject({
  yenPerMonth: count().exactOptional(),
  legacyYenPerMonth: count().exactOptional(),
  sesYenPerMail: count().exactOptional(),
  yenPerDollar: amount(1, 10_000).default(150),
  sesPricing: oneOf(['aLaCarte', 'essentials', 'pro', 'enterprise']).default('aLaCarte'),
  sesDollarsPerThousand: amount(0, 10).exactOptional(),
  assume: assume.prefault({}),
  estimateYen: z.record(text(), count()).describe('item: yen').exactOptional(),
  reservedCapacity: yesOrNo().exactOptional(),
})

const phase = z.strictObject({
  phase: whole(1, 99),
  name: text(),
  // Three years: more is no phase of a migration.
  days: amount(0, 1_100),
  after: list(whole(1, 99)).exactOptional(),
})
const schedule = z.strictObject({
  migrationDays: count().exactOptional(),
  dnsTeamDays: count().exactOptional(),
  downtimeHoursMax: count().exactOptional(),
  startOn: day().exactOptional(),
  closedDays: list(day()).default([]),
  // AWS answers within a day (SES guide, manage-sending-quotas-request-increase) and usually asks back once.
  quotaRequestDays: whole(0, 60).default(2),
  phases: list(phase).exactOptional(),
})

/** §2.2: 10 % → 50 % → 100 %. */
const DEFAULT_STAGES = [{ percent: 10 }, { percent: 50 }, { percent: 100 }]

export const designFields = {
  stages: list(stage, 1).prefault(DEFAULT_STAGES),
  gates: gates.prefault({}),
  volume: volume.default({}),
  targets: targets.default({}),
  identity: identity.default({}),
  configurationSet: configurationSet.default({}),
  quota: quota.default({}),
  lambda: lambda.default({}),
  alarms: z.record(text(), alarm).describe('name: alarm').default({}),
  archive: archive.prefault({}),
  recovery: recovery.default({}),
  security: security.default({}),
  budget: budget.prefault({}),
  schedule: schedule.prefault({}),
}

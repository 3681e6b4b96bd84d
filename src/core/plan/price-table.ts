// The prices, as dated data: what a unit costs in ap-northeast-1, where that was read, and how far it is to be trusted.
// A price that was read nowhere is not guessed: it is in NOT_PRICED, and every bill says so.
import { DAY_MS } from '../base/clock.ts'
import { dollars, rounded, type Picodollars } from './money.ts'

export type Service = 'SES' | 'SNS' | 'EventBridge' | 'SQS' | 'Lambda' | 'CloudWatch' | 'S3' | 'Secrets Manager' | 'KMS'

/**
 * - otherRegion: read from AWS's own list for us-east-1; SES has cost the same in all commercial regions
 * - unconfirmed: the list price known for Tokyo, not read again; compare it with the page named as its source
 */
export type PriceStanding = 'otherRegion' | 'unconfirmed'

/** From the first unit on, up to and including `upTo` units a month; the last tier has no end. */
export interface PriceTier {
  readonly upTo?: number
  readonly dollars: string
}

export interface Price {
  readonly service: Service
  /** One of what is counted. */
  readonly unit: string
  /** So many units cost the dollars of a tier. */
  readonly per: number
  readonly tiers: readonly PriceTier[]
  readonly standing: PriceStanding
  /** The day it was read, or last compared with what is known. */
  readonly readOn: string
  readonly source: string
}

export const PRICE_REGION = 'ap-northeast-1'
/** AWS changes prices a few times a year, and SES got plans in July 2026; a quarter is the longest to trust a list. */
export const PRICE_TABLE_DAYS_MAX = 90
/** Bills count decimal gigabytes here. Where AWS counts 2^30 octets the bill is at most 7 % too high. */
export const OCTETS_PER_GIGABYTE = 1_000_000_000

const MILLION = 1_000_000
const page = (service: string) => `https://aws.amazon.com/${service}/pricing/`

const ses = (unit: string, per: number, ...tiers: readonly PriceTier[]): Price => {
  const readOn = '2026-07-22'
  return { service: 'SES', unit, per, tiers, standing: 'otherRegion', readOn, source: page('ses') }
}
const other = (service: Service, unit: string, per: number, ...tiers: readonly PriceTier[]): Price => ({
  service,
  unit,
  per,
  tiers,
  standing: 'unconfirmed',
  readOn: '2026-11-25',
  source: page(service.toLowerCase().replaceAll(' ', '-')),
})
const flat = (text: string): PriceTier => ({ dollars: text })
const planTiers = (first: string, second: string, third: string): readonly PriceTier[] => [
  { upTo: 10 * MILLION, dollars: first },
  { upTo: 100 * MILLION, dollars: second },
  { dollars: third },
]

export const PRICES = {
  // À la carte: no monthly fee and no volume tier.
  sesRecipient: ses('recipient', 1, flat('0.0001')),
  // The plans of 2026-07-21. New accounts start on Essentials (PutAccountPricingAttributes changes it).
  sesEssentialsRecipient: ses('recipient', 1, ...planTiers('0.00016', '0.00014', '0.00011')),
  sesProRecipient: ses('recipient', 1, ...planTiers('0.00022', '0.00017', '0.00012')),
  sesProMonth: ses('month', 1, flat('105')),
  sesEnterpriseRecipient: ses('recipient', 1, ...planTiers('0.00023', '0.00018', '0.00013')),
  sesEnterpriseMonth: ses('month', 1, flat('500')),
  sesAttachment: ses('octet of attachments', OCTETS_PER_GIGABYTE, flat('0.12')),
  sesDedicatedIp: ses('dedicated address and month', 1, flat('24.95')),
  sesVirtualDeliverabilityManager: ses('month', 1, flat('1250')),
  sesMailManager: ses('message', 1_000, flat('0.15')),
  snsPublish: other('SNS', 'publish', MILLION, flat('0.50')),
  // Events of AWS services on the default bus are free; whether those of SES sending are is not said. Taken as billed.
  eventBridgeEvent: other('EventBridge', 'event', MILLION, flat('1.00')),
  sqsRequest: other('SQS', 'request', MILLION, { upTo: MILLION, dollars: '0' }, flat('0.40')),
  lambdaRequest: other('Lambda', 'request', MILLION, flat('0.20')),
  // Counted in megabyte-milliseconds, so that nothing is rounded: a GB-second is 1,024 MB for 1,000 ms.
  lambdaMemoryTime: other('Lambda', 'MB-millisecond', 1_024_000, flat('0.0000166667')),
  cloudWatchMetric: other('CloudWatch', 'custom metric and month', 1, flat('0.30')),
  cloudWatchAlarm: other('CloudWatch', 'alarm and month', 1, flat('0.10')),
  cloudWatchLogs: other('CloudWatch', 'octet taken in', OCTETS_PER_GIGABYTE, flat('0.76')),
  // Counted in octet-days: a GB-month is 10^9 octets for 30 days.
  s3Standard: other('S3', 'octet-day in Standard', 30 * OCTETS_PER_GIGABYTE, flat('0.025')),
  s3Put: other('S3', 'PUT', 1_000, flat('0.0047')),
  secret: other('Secrets Manager', 'secret and month', 1, flat('0.40')),
  kmsKey: other('KMS', 'key and month', 1, flat('1.00')),
} as const satisfies Readonly<Record<string, Price>>
export type PriceId = keyof typeof PRICES

/** What a bill will also hold and this table has no price of. */
export const NOT_PRICED = [
  's3ColdClasses',
  'vpcEndpoints',
  'dataTransfer',
  'logStorage',
  'smallRequests',
  'cloudTrailAndConfig',
  'tax',
] as const
export type NotPriced = (typeof NOT_PRICED)[number]

/** What so many units cost in a month, tier by tier. Units are whole; a part of a picodollar is rounded. */
export function costOf({ tiers, per }: Price, units: bigint): Picodollars {
  let from = 0n
  let sum = 0n
  for (const tier of tiers) {
    const to = tier.upTo === undefined || BigInt(tier.upTo) > units ? units : BigInt(tier.upTo)
    if (to > from) sum += (to - from) * dollars(tier.dollars)
    from = to
  }
  return rounded(sum, BigInt(per))
}

export interface PriceTableAge {
  /** The day the oldest of these prices was read. */
  readonly oldestOn: string
  readonly days: number
  readonly isStale: boolean
}

/** How old the table is at an instant: as old as its oldest price. */
export function priceTableAge(nowMs: number): PriceTableAge {
  const oldestOn = Object.values(PRICES)
    .map(({ readOn }) => readOn)
    .reduce((a, b) => (a < b ? a : b))
  const days = Math.floor((nowMs - Date.parse(`${oldestOn}T00:00:00Z`)) / DAY_MS)
  return { oldestOn, days, isStale: days > PRICE_TABLE_DAYS_MAX }
}

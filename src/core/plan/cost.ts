// The monthly bill of a design at a stage, line by line: how many units, at which price, and what they come to. A line is a
// whole number of picodollars, so a total is exactly the sum of its lines. docs/cost.md does the same by hand.
import { DAYS_PER_MONTH, EVENT_KINDS, type CostDesign, type EventKind } from './cost-design.ts'
import { dollars, percentOf, rounded, type Picodollars } from './money.ts'
import { costOf, PRICES, type Price, type PriceId, type Service } from './price-table.ts'

/** One line of a bill. */
export interface CostLine {
  readonly id: CostLineId
  readonly service: Service
  /** How many of the price's units. */
  readonly units: bigint
  readonly unit: string
  readonly amount: Picodollars
}

export type CostLineId =
  | 'sesRecipients'
  | 'sesMonth'
  | 'sesAttachments'
  | 'snsPublishes'
  | 'eventBridgeEvents'
  | 'queueRequests'
  | 'functionRequests'
  | 'functionTime'
  | 'eventMetrics'
  | 'customMetrics'
  | 'alarms'
  | 'logs'
  | 'archiveStorage'
  | 'archiveObjects'
  | 'secrets'
  | 'keys'

export interface StageCost {
  readonly percent: number
  /** Recipients a month by SES. */
  readonly recipients: bigint
  readonly lines: readonly CostLine[]
  readonly total: Picodollars
}

/** The bill of a month in which `percent` of the recipients go to SES. Lines that come to no unit are left out. */
export function stageCost(design: CostDesign, percent: number): StageCost {
  const recipients = percentOf(BigInt(design.recipientsPerDay) * BigInt(DAYS_PER_MONTH), percent)
  const lines = [
    ...sesLines(design, recipients),
    ...eventLines(design, recipients),
    ...watchLines(design, recipients),
    ...archiveLines(design, recipients),
    line('secrets', 'secret', BigInt(design.secrets)),
    line('keys', 'kmsKey', 1n),
  ].filter(({ units }) => units > 0n)
  return { percent, recipients, lines, total: lines.reduce((sum, { amount }) => sum + amount, 0n) }
}

function line(id: CostLineId, priceId: PriceId, units: bigint): CostLine {
  const price: Price = PRICES[priceId]
  return { id, service: price.service, units, unit: price.unit, amount: costOf(price, units) }
}

/** The price of a recipient and of a month, by plan (https://docs.aws.amazon.com/ses/latest/dg/pricing-plans.html). */
const SES_PRICES = {
  aLaCarte: { recipient: 'sesRecipient', month: undefined },
  essentials: { recipient: 'sesEssentialsRecipient', month: undefined },
  pro: { recipient: 'sesProRecipient', month: 'sesProMonth' },
  enterprise: { recipient: 'sesEnterpriseRecipient', month: 'sesEnterpriseMonth' },
} as const satisfies Readonly<
  Record<CostDesign['sesPricing'], { readonly recipient: PriceId; readonly month: PriceId | undefined }>
>

function sesLines(design: CostDesign, recipients: bigint): readonly CostLine[] {
  const { recipient, month } = SES_PRICES[design.sesPricing]
  const listed = line('sesRecipients', recipient, recipients)
  const agreed = design.sesDollarsPerThousand
  return [
    agreed === undefined ? listed : { ...listed, amount: rounded(recipients * perThousand(agreed), 1_000n) },
    ...(month === undefined ? [] : [line('sesMonth', month, 1n)]),
    line('sesAttachments', 'sesAttachment', recipients * BigInt(design.assume.attachmentOctetsPerMail)),
  ]
}

/** A price agreed on is a number of the plan; finer than a billionth of a dollar nobody agrees. */
function perThousand(agreed: number): Picodollars {
  return dollars(agreed.toFixed(9))
}

/** How many events of each kind so many mails make. Each mail that is delivered or bounced is one or the other. */
export function eventCounts(design: CostDesign, recipients: bigint): Readonly<Record<EventKind, bigint>> {
  const bounced = percentOf(recipients, design.bouncePercent)
  const each: Readonly<Record<EventKind, bigint>> = {
    send: recipients,
    delivery: recipients - bounced,
    bounce: bounced,
    complaint: percentOf(recipients, design.complaintPercent),
    // Rejects, delays and opens are at most a few in a hundred; a tenth of the bounces stands for each.
    other: percentOf(recipients, design.bouncePercent / 10),
  }
  const counts = { ...each }
  for (const kind of EVENT_KINDS) counts[kind] = each[kind] * BigInt(design.events[kind])
  return counts
}

function eventTotal(design: CostDesign, recipients: bigint): bigint {
  return Object.values(eventCounts(design, recipients)).reduce((sum, count) => sum + count, 0n)
}

/** SNS and EventBridge hand each event to a queue, and the mail function takes it from there in batches. */
function eventLines(design: CostDesign, recipients: bigint): readonly CostLine[] {
  if (design.destination !== 'SNS' && design.destination !== 'EventBridge') return []
  const { eventsPerBatch, millisecondsPerBatch } = design.assume
  const events = eventTotal(design, recipients)
  const batches = ceilOf(events, BigInt(eventsPerBatch))
  const first =
    design.destination === 'SNS'
      ? line('snsPublishes', 'snsPublish', events)
      : line('eventBridgeEvents', 'eventBridgeEvent', events)
  return [
    first,
    // Sent one by one; received and deleted by the batch.
    line('queueRequests', 'sqsRequest', events + 2n * batches),
    line('functionRequests', 'lambdaRequest', batches),
    line(
      'functionTime',
      'lambdaMemoryTime',
      batches * BigInt(millisecondsPerBatch) * BigInt(Math.ceil(design.mailFunctionMegabytes)),
    ),
  ]
}

function watchLines(design: CostDesign, recipients: bigint): readonly CostLine[] {
  const { dimensionValues, customMetrics, logOctetsPerMail } = design.assume
  const types = EVENT_KINDS.reduce((sum, kind) => sum + design.events[kind], 0)
  return [
    ...(design.destination === 'CloudWatch'
      ? [line('eventMetrics', 'cloudWatchMetric', BigInt(types * design.dimensions * dimensionValues))]
      : []),
    line('customMetrics', 'cloudWatchMetric', BigInt(customMetrics)),
    line('alarms', 'cloudWatchAlarm', BigInt(design.alarms)),
    line('logs', 'cloudWatchLogs', recipients * BigInt(logOctetsPerMail)),
  ]
}

/** An octet lies in Standard until it moves on; objects under 128 KB never move, and are only counted for that long too. */
function archiveLines(design: CostDesign, recipients: bigint): readonly CostLine[] {
  const { archiveObjects, archiveOctetsPerMail } = design.assume
  if (archiveOctetsPerMail === 0 || recipients === 0n) return []
  const hourly = BigInt(DAYS_PER_MONTH * 24)
  const octetDays = recipients * BigInt(archiveOctetsPerMail) * BigInt(design.standardDays)
  return [
    line('archiveStorage', 's3Standard', octetDays),
    line('archiveObjects', 's3Put', archiveObjects === 'hourly' ? hourly : eventTotal(design, recipients)),
  ]
}

function ceilOf(count: bigint, by: bigint): bigint {
  return (count + by - 1n) / by
}

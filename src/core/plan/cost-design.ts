// What of a plan makes its bill: how much is sent, and which of the choices that cost money were made. `watari cost` varies
// this value to say what another choice would cost.
import type { CostAssumptions, SesPricing } from './design.ts'
import type { Plan } from './plan.ts'

/** Bills are for a month of so many days, so that months can be compared. */
export const DAYS_PER_MONTH = 30

export type EventDestination = 'none' | 'CloudWatch' | 'SNS' | 'EventBridge'

/** Kinds of events that are told apart by how often they come. */
export const EVENT_KINDS = ['send', 'delivery', 'bounce', 'complaint', 'other'] as const
export type EventKind = (typeof EVENT_KINDS)[number]

export interface CostDesign {
  readonly recipientsPerDay: number
  readonly sesPricing: SesPricing
  readonly sesDollarsPerThousand?: number
  readonly destination: EventDestination
  /** How many of the event types chosen are of each kind. */
  readonly events: Readonly<Record<EventKind, number>>
  /** Dimensions of the CloudWatch destination: each is a metric of its own for each kind of event. */
  readonly dimensions: number
  /** At most so many bounce and complain: the gates. */
  readonly bouncePercent: number
  readonly complaintPercent: number
  readonly mailFunctionMegabytes: number
  readonly alarms: number
  readonly secrets: number
  /** Days that the archive lies in S3 Standard before it moves to a colder class. */
  readonly standardDays: number
  readonly assume: CostAssumptions
}

/** Lambda's own default (https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html). */
const MEGABYTES_DEFAULT = 128
/** What a plan with BYODKIM keeps at a time: next, current, retiring. */
const SELECTORS_DEFAULT = 3
const SMTP_SECRETS = 1

/** The choices of a plan; undefined when it says nothing of its volume, because then nothing can be counted. */
export function costDesignOf(plan: Plan): CostDesign | undefined {
  const recipientsPerDay = recipientsPerDayOf(plan)
  if (recipientsPerDay === undefined) return undefined
  const { budget, configurationSet, gates, identity, lambda } = plan
  const [firstMove] = plan.archive.transitions ?? []
  return {
    recipientsPerDay,
    sesPricing: budget.sesPricing,
    ...(budget.sesDollarsPerThousand === undefined ? {} : { sesDollarsPerThousand: budget.sesDollarsPerThousand }),
    destination: destinationOf(configurationSet.eventDestination),
    events: eventsOf(configurationSet.eventTypes ?? []),
    dimensions: Math.max(1, configurationSet.dimensions?.length ?? 0),
    bouncePercent: gates.bouncePercentMax,
    complaintPercent: gates.complaintPercentMax,
    mailFunctionMegabytes: lambda.mail?.memoryMegabytes ?? MEGABYTES_DEFAULT,
    alarms: Object.keys(plan.alarms).length,
    secrets:
      SMTP_SECRETS + (identity.dkimType === 'EasyDKIM' ? 0 : Math.ceil(identity.dkimSelectors ?? SELECTORS_DEFAULT)),
    standardDays: Math.ceil(firstMove?.days ?? DAYS_PER_MONTH),
    assume: budget.assume,
  }
}

function recipientsPerDayOf({ volume }: Plan): number | undefined {
  const HOURS = 24
  const perDay = volume.mailsPerDay ?? (volume.mailsPerHour === undefined ? undefined : volume.mailsPerHour * HOURS)
  return perDay === undefined ? undefined : Math.ceil(perDay)
}

/** Plans, the SES API and its events spell these differently: DELIVERY_DELAY, deliveryDelay, Delivery Delay. */
const bare = (word: string) => word.toLowerCase().replaceAll(/[^a-z]/g, '')

/** Firehose and Pinpoint have no price here, so they count as none. */
function destinationOf(name = ''): EventDestination {
  const known = ['CloudWatch', 'SNS', 'EventBridge'] as const
  return known.find((one) => bare(name).startsWith(bare(one))) ?? 'none'
}

export function eventsOf(types: readonly string[]): CostDesign['events'] {
  const events: Record<EventKind, number> = { send: 0, delivery: 0, bounce: 0, complaint: 0, other: 0 }
  for (const type of new Set(types.map(bare))) {
    events[EVENT_KINDS.find((kind) => kind === type) ?? 'other'] += 1
  }
  return events
}

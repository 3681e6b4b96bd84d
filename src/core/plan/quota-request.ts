// What AWS asks before it lets an account send more (https://docs.aws.amazon.com/ses/latest/dg/request-production-access.html),
// answered from the plan alone. What a plan cannot know is left open for a person, and never made up.
import { quotaSteps, type QuotaStep } from './calendar-quota.ts'
import type { Plan } from './plan.ts'

export interface QuotaRequest {
  readonly domain: string
  readonly region: string
  /** What is asked for now. */
  readonly step: QuotaStep
  /** Every stage, so that the reader sees where it leads. */
  readonly steps: readonly QuotaStep[]
  readonly stageHours: readonly { readonly percent: number; readonly leastHours: number }[]
  readonly recipientsPerDay: number
  readonly legacyHosts?: number
  readonly contact?: string
  readonly bouncePercentMax: number
  readonly complaintPercentMax: number
  readonly successPercentRollBack: number
  readonly eventTypes: readonly string[]
  readonly eventDestination?: string
  readonly configurationSet?: string
  readonly signing: {
    readonly type: 'BYODKIM' | 'EasyDKIM'
    readonly bits?: number
    readonly mailFromDomain?: string
    readonly dmarc?: string
  }
}

export type QuotaRequestAnswer =
  | { readonly kind: 'request'; readonly request: QuotaRequest }
  | { readonly kind: 'noVolume' }
  /** AWS has granted what every stage needs. */
  | { readonly kind: 'allGranted' }
  | { readonly kind: 'noSuchStage'; readonly percents: readonly number[] }

/** The request for one stage; without `percent` for the first that AWS has not granted yet. */
export function quotaRequest(plan: Plan, percent?: number): QuotaRequestAnswer {
  const steps = quotaSteps(plan)
  if (steps.length === 0) return { kind: 'noVolume' }
  const wanted = steps.find(({ isGranted }) => !isGranted)
  if (percent === undefined && wanted === undefined) return { kind: 'allGranted' }
  const step = percent === undefined ? wanted : steps.find((one) => one.percent === percent)
  if (step === undefined) return { kind: 'noSuchStage', percents: steps.map((one) => one.percent) }
  const { configurationSet, gates, volume, dkim } = plan
  const name = plan.ses.configurationSet ?? configurationSet.name
  return {
    kind: 'request',
    request: {
      domain: plan.domain,
      region: plan.region,
      step,
      steps,
      stageHours: plan.stages.map(({ percent, leastHours }) => ({ percent, leastHours })),
      recipientsPerDay: volume.mailsPerDay ?? (volume.mailsPerHour ?? 0) * 24,
      ...(volume.legacyHosts === undefined ? {} : { legacyHosts: volume.legacyHosts }),
      ...(dkim === undefined ? {} : { contact: dkim.contact.mail }),
      bouncePercentMax: gates.bouncePercentMax,
      complaintPercentMax: gates.complaintPercentMax,
      successPercentRollBack: gates.successPercentRollBack,
      eventTypes: configurationSet.eventTypes ?? [],
      ...(configurationSet.eventDestination === undefined
        ? {}
        : { eventDestination: configurationSet.eventDestination }),
      ...(name === undefined ? {} : { configurationSet: name }),
      signing: signingOf(plan),
    },
  }
}

function signingOf({ identity, dkim }: Plan): QuotaRequest['signing'] {
  const mailFromDomain = dkim?.mailFromDomain ?? identity.mailFromDomain
  return {
    type: identity.dkimType ?? 'BYODKIM',
    ...(identity.dkimKeyBits === undefined ? {} : { bits: identity.dkimKeyBits }),
    ...(mailFromDomain === undefined ? {} : { mailFromDomain }),
    ...(identity.dmarc === undefined ? {} : { dmarc: identity.dmarc }),
  }
}

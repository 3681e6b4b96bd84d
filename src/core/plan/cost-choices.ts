// What each choice of a design costs beside the others that could be made: the plan of SES, the way of the events, the
// archive, the logs. Each is the same month with one choice changed, so that nothing else moves.
import { stageCost } from './cost.ts'
import { dedicatedAddresses } from './cost-budget.ts'
import { eventsOf, type CostDesign } from './cost-design.ts'
import { percentOf, type Picodollars } from './money.ts'
import { costOf, PRICES } from './price-table.ts'

export type ChoiceGroup = 'pricing' | 'events' | 'archive' | 'logs' | 'extras'

export type ChoiceId =
  | 'aLaCarte'
  | 'essentials'
  | 'pro'
  | 'enterprise'
  | 'noEvents'
  | 'cloudWatch'
  | 'cloudWatchByDomain'
  | 'sns'
  | 'eventBridge'
  | 'eventBridgeWithoutSend'
  | 'objectPerHour'
  | 'objectPerEvent'
  | 'noLogLines'
  | 'logLinePerMail'
  | 'logWholeEvents'
  | 'mailManager'
  | 'deliverabilityManager'
  | 'dedicatedAddresses'

export interface Choice {
  readonly id: ChoiceId
  readonly group: ChoiceGroup
  /** The design is this already. */
  readonly isChosen: boolean
  /** What a month costs more (or less) than the design as it is. */
  readonly more: Picodollars
}

/** A log line that names a mail, its route and its outcome. */
export const LOG_LINE_OCTETS = 500

type Variant = readonly [ChoiceId, ChoiceGroup, (design: CostDesign) => CostDesign]

const assuming =
  (assume: Partial<CostDesign['assume']>) =>
  (design: CostDesign): CostDesign => ({ ...design, assume: { ...design.assume, ...assume } })

/** All that a plan may ask for, so that ways are compared with the same load: every kind that feedback needs. */
const FEEDBACK_EVENTS = eventsOf(['send', 'delivery', 'bounce', 'complaint'])

const by = (destination: CostDesign['destination']) => (design: CostDesign) => ({ ...withEvents(design), destination })
/** A design without events has nothing to compare; then the four of §4.1.2 are meant. */
const withEvents = (design: CostDesign): CostDesign =>
  Object.values(design.events).some((count) => count > 0) ? design : { ...design, events: FEEDBACK_EVENTS }

const VARIANTS: readonly Variant[] = [
  ['aLaCarte', 'pricing', (design) => ({ ...design, sesPricing: 'aLaCarte' })],
  ['essentials', 'pricing', (design) => ({ ...design, sesPricing: 'essentials' })],
  ['pro', 'pricing', (design) => ({ ...design, sesPricing: 'pro' })],
  ['enterprise', 'pricing', (design) => ({ ...design, sesPricing: 'enterprise' })],
  ['noEvents', 'events', (design) => ({ ...design, destination: 'none' })],
  ['cloudWatch', 'events', by('CloudWatch')],
  [
    'cloudWatchByDomain',
    'events',
    (design) => by('CloudWatch')(assuming({ dimensionValues: design.assume.receivingDomains })(design)),
  ],
  ['sns', 'events', by('SNS')],
  ['eventBridge', 'events', by('EventBridge')],
  [
    'eventBridgeWithoutSend',
    'events',
    (design) => by('EventBridge')({ ...design, events: { ...withEvents(design).events, send: 0 } }),
  ],
  ['objectPerHour', 'archive', assuming({ archiveObjects: 'hourly' })],
  ['objectPerEvent', 'archive', (design) => withEvents(assuming({ archiveObjects: 'each' })(design))],
  ['noLogLines', 'logs', assuming({ logOctetsPerMail: 0 })],
  ['logLinePerMail', 'logs', assuming({ logOctetsPerMail: LOG_LINE_OCTETS })],
  ['logWholeEvents', 'logs', (design) => assuming({ logOctetsPerMail: 2 * design.assume.eventOctets })(design)],
]

/** Every choice at one stage, in the order of their groups. */
export function choicesAt(design: CostDesign, percent: number): readonly Choice[] {
  const now = stageCost(design, percent).total
  const variants = VARIANTS.map(([id, group, change]): Choice => {
    const changed = change(design)
    return { id, group, isChosen: isSame(changed, design), more: stageCost(changed, percent).total - now }
  })
  return [...variants, ...extrasAt(design, percent)]
}

const extra = (id: ChoiceId, more: Picodollars): Choice => ({ id, group: 'extras', isChosen: false, more })

function extrasAt(design: CostDesign, percent: number): readonly Choice[] {
  const { recipients } = stageCost(design, percent)
  return [
    extra('mailManager', costOf(PRICES.sesMailManager, recipients)),
    extra('deliverabilityManager', costOf(PRICES.sesVirtualDeliverabilityManager, 1n)),
    extra(
      'dedicatedAddresses',
      dedicatedAddresses({ ...design, recipientsPerDay: Number(percentOf(BigInt(design.recipientsPerDay), percent)) })
        .amount,
    ),
  ]
}

/** A variant is made by spreading, which keeps the order of keys. */
function isSame(a: CostDesign, b: CostDesign): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

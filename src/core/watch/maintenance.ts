// The maintenance of §8.3 as checklists that fill in what the gateway knows, so that a person looks at what only a person can.
// Monthly: keys and performance. Quarterly: security and cost. Yearly: architecture and disaster recovery.
import type { LetterKind } from './calendar.ts'
import type { LaneReport, ReportCost } from './report.ts'

export type MaintenanceKind = Exclude<LetterKind, 'DailyReport' | 'WeeklyPerformanceReport'>

export const MAINTENANCE_KINDS: readonly MaintenanceKind[] = [
  'MonthlyMaintenance',
  'QuarterlyMaintenance',
  'YearlyMaintenance',
]

/** What is known; what is absent becomes a question to the person. */
export interface MaintenanceFacts {
  readonly fromMs: number
  readonly toMs: number
  readonly ses: LaneReport
  readonly legacy: LaneReport
  /** Recipients sent by both routes in the fullest hour. */
  readonly peakHour: number
  readonly incidents: { readonly critical: number; readonly warning: number }
  readonly stagePercent: number
  readonly key?: { readonly selector: string; readonly days: number; readonly nextProven: boolean }
  readonly quota?: { readonly sent: number; readonly max: number; readonly perSecond: number }
  readonly suppressed?: number
  readonly cost?: ReportCost
  /** Names that may send with a password. */
  readonly users?: number
  /** Networks of clients and proxies that are wide. */
  readonly wideNetworks: number
  readonly pricesAgeDays: number
}

export type ItemId =
  | 'keyAge'
  | 'keyNext'
  | 'rates'
  | 'latency'
  | 'incidents'
  | 'quota'
  | 'suppression'
  | 'users'
  | 'networks'
  | 'credentials'
  | 'access'
  | 'copies'
  | 'cost'
  | 'prices'
  | 'capacity'
  | 'drill'
  | 'restore'
  | 'architecture'

/**
 * - good: looked at by the gateway, nothing to do
 * - look: looked at by the gateway, and a person should look too
 * - person: only a person can
 */
export type ItemState = 'good' | 'look' | 'person'

const ITEMS: Readonly<Record<MaintenanceKind, readonly ItemId[]>> = {
  MonthlyMaintenance: ['keyAge', 'keyNext', 'rates', 'latency', 'incidents', 'quota', 'suppression'],
  QuarterlyMaintenance: ['users', 'networks', 'credentials', 'access', 'copies', 'cost', 'prices'],
  YearlyMaintenance: ['capacity', 'drill', 'restore', 'architecture'],
}

export interface ChecklistItem {
  readonly id: ItemId
  readonly state: ItemState
}

export function checklist(kind: MaintenanceKind, facts: MaintenanceFacts): readonly ChecklistItem[] {
  return ITEMS[kind].map((id) => ({ id, state: STATES[id](facts) }))
}

/** A key is then changed in the next two months. */
const KEY_DAYS = 60
/** §8.1: business metrics of the design. */
const RATES = { success: 0.995, bounce: 0.05, complaint: 0.001 }
const LATENCY_MS = 60_000
/** Half of it used is the time to ask for more: AWS takes days. */
const QUOTA_SHARE = 0.5
/** The rest is for the hour that nobody planned. */
const CAPACITY_SHARE = 0.7
const PRICES_DAYS = 90
export const HOUR_SECONDS = 3_600

const known = (value: unknown, isGood: boolean): ItemState =>
  value === undefined ? 'person' : isGood ? 'good' : 'look'
const person = (): ItemState => 'person'

const STATES: Readonly<Record<ItemId, (facts: MaintenanceFacts) => ItemState>> = {
  keyAge: ({ key }) => known(key, key !== undefined && key.days >= KEY_DAYS),
  keyNext: ({ key }) => known(key, key?.nextProven === true),
  rates: ({ ses }) => known(ses.bounceRate, ratesAreGood(ses)),
  latency: ({ ses }) => known(ses.sendingP95Ms, (ses.sendingP95Ms ?? 0) <= LATENCY_MS),
  incidents: ({ incidents }) => (incidents.critical === 0 ? 'good' : 'look'),
  quota: ({ quota }) => known(quota, quota !== undefined && quota.sent <= quota.max * QUOTA_SHARE),
  suppression: ({ suppressed }) => known(suppressed, true),
  users: person,
  networks: ({ wideNetworks }) => (wideNetworks === 0 ? 'good' : 'look'),
  credentials: person,
  access: person,
  copies: person,
  cost: ({ cost }) => known(cost?.budgetYen, (cost?.yen ?? 0) <= (cost?.budgetYen ?? 0)),
  prices: ({ pricesAgeDays }) => (pricesAgeDays <= PRICES_DAYS ? 'good' : 'look'),
  capacity: ({ quota, peakHour }) =>
    known(quota, quota !== undefined && peakHour <= quota.perSecond * HOUR_SECONDS * CAPACITY_SHARE),
  drill: person,
  restore: person,
  architecture: person,
}

function ratesAreGood({ successRate = 1, bounceRate = 0, complaintRate = 0 }: LaneReport): boolean {
  return successRate >= RATES.success && bounceRate < RATES.bounce && complaintRate < RATES.complaint
}

// The baseline: what the mail looked like before the move, as the old hosts' logs tell it. A small file without an address,
// which shift and check read to compare in the same terms. Its version changes when a field changes its meaning.
import type { LegacyReason, LegacyStage } from '../../base/legacy-reason.ts'
import type { StepChange } from './steps.ts'

export const BASELINE_FORMAT = 'watari-baseline'
export const BASELINE_VERSION = 1

export interface Baseline {
  readonly format: typeof BASELINE_FORMAT
  readonly version: typeof BASELINE_VERSION
  /** Epoch milliseconds, as all instants here. */
  readonly madeAt: number
  readonly firstAt: number
  readonly lastAt: number
  /** IANA name, for days and hours of the week. */
  readonly zone: string
  readonly hosts: readonly string[]
  readonly lines: BaselineLines
  readonly mails: number
  /** Recipients of all mails when they came. */
  readonly recipients: number
  readonly octets: number
  /** Mails without a sender: notices of bounces. */
  readonly nullSenders: number
  readonly outcomes: Outcomes
  readonly delay: Delay
  readonly tls: TlsShare
  readonly size: { readonly p50: number; readonly p95: number; readonly largest: number }
  /** `average` and `peak` recipients of each hour of the week, 168 from Sunday 00:00 on. */
  readonly week: readonly WeekHour[]
  readonly peaks: Peaks
  /** Mails with more than 50 recipients, which SES does not take in one message. */
  readonly largeEnvelopes: { readonly mails: number; readonly largest: number }
  readonly domains: readonly DomainBaseline[]
  /** Receiving domains that are summed up under `rest`. */
  readonly rest: { readonly domains: number; readonly outcomes: Outcomes }
  readonly groups: readonly GroupBaseline[]
  readonly senders: readonly SenderBaseline[]
  readonly dotted: readonly { readonly domain: string; readonly recipients: number }[]
  readonly reasons: readonly ReasonCount[]
  readonly stages: Readonly<Partial<Record<LegacyStage, number>>>
  readonly steps: readonly StepChange[]
  readonly suppression: SuppressionCount
}

/** Recipients, except `deferrals`: a recipient may be deferred many times. */
export interface Outcomes {
  readonly delivered: number
  readonly bounced: number
  readonly expired: number
  readonly deferrals: number
}

/** Seconds from arrival to delivery; undefined when nothing was delivered. */
export interface Delay {
  readonly p50?: number
  readonly p95?: number
  readonly p99?: number
}

/** Deliveries whose connection is known; none when the hosts do not log TLS. */
export interface TlsShare {
  readonly tls: number
  readonly plain: number
}

export interface WeekHour {
  readonly average: number
  readonly peak: number
}

/** Recipients. */
export interface Peaks {
  readonly averageHour: number
  readonly peakHour: number
  readonly peakHourAt: number
  readonly peakMinute: number
  readonly peakMinuteAt: number
  readonly averageDay: number
  readonly peakDay: number
  readonly peakDayAt: number
}

export interface DomainBaseline {
  readonly domain: string
  readonly outcomes: Outcomes
  readonly octets: number
  readonly delay: Delay
  readonly tls: TlsShare
  /** Why recipients were lost or deferred, most frequent first. */
  readonly reasons: readonly ReasonCount[]
}

export interface GroupBaseline {
  readonly group: string
  readonly outcomes: Outcomes
  readonly tls: TlsShare
}

export interface SenderBaseline {
  /** '' for the null sender. */
  readonly domain: string
  readonly mails: number
  readonly recipients: number
  readonly octets: number
}

export interface ReasonCount {
  readonly reason: LegacyReason
  /** Bounced or expired. */
  readonly failed: number
  readonly deferred: number
}

export interface SuppressionCount {
  /** Addresses with at least one bounce that speaks of the address. */
  readonly candidates: number
  /** Those with enough bounces, beyond doubt, and no delivery since. */
  readonly suppressed: number
  readonly leastBounces: number
  /** Candidates whose receiver says the same to senders that it refuses. */
  readonly doubtful: number
  /** Candidates that got a mail after their last bounce. */
  readonly revived: number
}

/** What the reader counted line by line. */
export interface BaselineLines {
  readonly files: number
  readonly octets: number
  readonly read: number
  readonly foreign: number
  readonly unknown: number
  readonly warnings: number
  readonly received: number
  readonly sent: number
  readonly handedOver: number
  readonly forwarded: number
  readonly deferrals: number
  readonly deferredMails: number
  readonly bounced: number
  readonly expired: number
  readonly otherStatus: number
  readonly rejected: number
  readonly rejectWarnings: number
  readonly held: number
  readonly discarded: number
  readonly octetsSent: number
  readonly reusedIds: number
  readonly cutLines: number
  /** Mails still in a queue when their log ended. */
  readonly open: number
  /** Mails, days, addresses that found no room in a bounded table. */
  readonly evicted: number
  readonly forgottenSuccesses: number
  readonly forgottenBounces: number
  readonly forgottenDays: number
  /** Stamps without a year that could not be placed. */
  readonly doubtfulStamps: number
}

// How much is kept of the figures, how long, and why.
import { DAY_MS, HOUR_MS } from '../../core/base/clock.ts'

/** Minutes are for what is decided in minutes; two days let a person compare this morning with yesterday's. */
export const MINUTES_KEPT_MS = 48 * HOUR_MS
/** F4. A complaint may come weeks after its mail; what is older than this belongs to no hour that is kept. */
export const HOURS_KEPT_MS = 90 * DAY_MS
/** Receiving domains that have a name in one hour (F4). */
export const DOMAINS_MAX = 2_000
/** Streams that have a name in one hour. A plan has dozens; a header field that counts upwards must not eat the disk. */
export const STREAMS_MAX = 500
/** Of the names that are kept, those that a plan can claim: half, so that there is room for what really comes. */
export const PINNED_SHARE = 0.5
/** Cells of a kilobyte each that wait for the disk: two full minutes and what came late. Then they are written early. */
export const PENDING_CELLS = 20_000
/** Cells that wait while the disk takes nothing, 40 MB; what comes over that is lost, and counted. */
export const PENDING_CELLS_MAX = 40_000
/** Octets of late records after which they are put into their hour's object, because they make reading slower. */
export const LATE_OCTETS_MAX = 65_536
/** Hours from which it is learned at a start who has much mail. */
export const HOURS_LEARNED = 24
/** Labels in a sum over a whole span: the names of some dozen hours that share none. */
export const SPAN_LABELS_MAX = 20_000
/** Rows of one answer: four days of hours by domain. Each takes half a kilobyte of memory. */
export const ROWS_MAX = 400_000

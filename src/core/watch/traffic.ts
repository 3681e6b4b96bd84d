// Unusual traffic (W3): the last full hour against the same hour of the week before, and of up to seven weeks before that. The
// same hour, because a newsletter on Tuesdays at nine is usual then and at no other time.
import type { Finding } from './alerts.ts'
import type { TrafficLook } from './observation.ts'

/** From fewer weeks nobody knows what is usual. */
const WEEKS_LEAST = 3
export const WEEKS_MOST = 8
/** Under so many mails an hour a handful of mails is "twice as much". */
const LEAST_MAILS = 1_000
/** Beyond the smallest and the largest of the weeks by this factor. */
const FACTOR = 2
/** With so many weeks one odd one on each side, a holiday or a campaign, is left out. */
const WEEKS_TO_TRIM = 6

export function trafficFinding(look: TrafficLook | undefined): Finding {
  const { accepted = 0, hourAt = 0, weeksBefore = [] } = look ?? {}
  const sorted = weeksBefore.slice(0, WEEKS_MOST).toSorted((a, b) => a - b)
  const kept = sorted.length >= WEEKS_TO_TRIM ? sorted.slice(1, -1) : sorted
  const low = Math.floor((kept[0] ?? 0) / FACTOR)
  const high = (kept.at(-1) ?? 0) * FACTOR
  const facts = { accepted, low, high, median: median(sorted), weeks: sorted.length, hourAt }
  const finding = { alert: 'UnusualTrafficPattern', scope: '', facts } as const
  if (sorted.length < WEEKS_LEAST || Math.max(accepted, facts.median) < LEAST_MAILS) {
    return { ...finding, verdict: look === undefined ? 'unknown' : 'good' }
  }
  return { ...finding, verdict: accepted < low || accepted > high ? 'bad' : 'good' }
}

function median(sorted: readonly number[]): number {
  const middle = sorted.length / 2
  if (sorted.length === 0) return 0
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)]! : Math.round((sorted[middle - 1]! + sorted[middle]!) / 2)
}

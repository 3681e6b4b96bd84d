// Unusual traffic (W3) as a finding: the last full hour, judged by core/watch/anomaly. Only too many and too few are bad; where
// too little is known to judge, nothing is wrong that anybody could look at.
import type { Finding } from './alerts.ts'
import { judgeHour } from './anomaly.ts'
import type { TrafficLook } from './observation.ts'

export function trafficFinding(look: TrafficLook | undefined): Finding {
  const { accepted = 0, hourAt = 0, before = [] } = look ?? {}
  const { verdict, low, high, median, weeks } = judgeHour(accepted, before)
  const facts = { accepted, low, high, median: Math.round(median), weeks, hourAt }
  const finding = { alert: 'UnusualTrafficPattern', scope: '', facts } as const
  if (look === undefined) return { ...finding, verdict: 'unknown' }
  return { ...finding, verdict: verdict === 'tooFew' || verdict === 'tooMany' ? 'bad' : 'good' }
}

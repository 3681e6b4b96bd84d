// One odd record is odd; one in fifty means that SES speaks otherwise than we read. One alarm while it lasts.
import type { Log } from '../base/log.ts'

/** Records looked at together. */
const WINDOW = 500
const ALARM_PERCENT = 2
/** At low volume the share says nothing: fewer odd ones than this are no alarm. */
const LEAST = 10

export interface StrangeShare {
  add(strange: boolean): void
}

export function strangeShare(log: Log): StrangeShare {
  const window: boolean[] = []
  let strange = 0
  let raised = false
  return {
    add(isStrange) {
      window.push(isStrange)
      strange += isStrange ? 1 : 0
      if (window.length > WINDOW && window.shift() === true) strange -= 1
      const percent = (100 * strange) / window.length
      const isHigh = strange >= LEAST && percent > ALARM_PERCENT
      if (isHigh && !raised) log.alarm('feedbackStrange', { percent: Math.round(percent), of: window.length })
      raised = isHigh
    },
  }
}

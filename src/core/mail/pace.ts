// Pacing (M6): counts recipients, spreads them inside the second, and belongs to the route, not to a connection.
// Pure bookkeeping over times that are given; the dispatcher does the waiting.
import { SECOND_MS } from '../base/clock.ts'

/**
 * How far a late start may be made up for. Timers fire late by a few milliseconds; without making up, 200 a second become
 * 170. Twenty milliseconds are four recipients at 200 a second, far inside the short bursts that SES allows.
 */
const CATCH_UP_MS = 20
/** Our clock and the other side's differ a little; at exactly the allowed rate the sum of both errors would be refused. */
const MARGIN = 0.997

/** One second, and the little by which two sends can come closer together on the way. */
const WINDOW_MS = SECOND_MS + 2

export interface Pacer {
  /** Books `recipients` and answers when they may go, which is `nowMs` when there is room. */
  reserve(recipients: number, nowMs: number): number
  /** When the next recipient could go. */
  readonly nextAt: number
  /** Takes effect for what is booked from now on; `undefined` means no limit. */
  setRate(recipientsPerSecond: number | undefined): void
  readonly recipientsPerSecond: number | undefined
}

export function pacer(recipientsPerSecond: number | undefined): Pacer {
  let rate = recipientsPerSecond
  let nextAt = 0
  const window = slidingWindow()
  return {
    reserve(recipients, nowMs) {
      if (rate === undefined) return nowMs
      nextAt = Math.max(nextAt, nowMs - CATCH_UP_MS)
      const goAt = window.place(recipients, Math.max(nextAt, nowMs), Math.max(1, Math.floor(rate)))
      nextAt = Math.max(nextAt, goAt - CATCH_UP_MS) + (recipients * SECOND_MS) / (rate * MARGIN)
      return goAt
    },
    get nextAt() {
      return nextAt
    },
    setRate(next) {
      rate = next
    },
    get recipientsPerSecond() {
      return rate
    },
  }
}

/** What was booked in the last second: spreading alone would let two large parts meet in one window. */
function slidingWindow(): { place(recipients: number, earliestAt: number, max: number): number } {
  let booked: { readonly at: number; readonly recipients: number }[] = []
  let head = 0
  let sum = 0
  const dropHead = (): number => {
    const entry = booked[head]!
    head += 1
    sum -= entry.recipients
    return entry.at
  }
  return {
    place(recipients, earliestAt, max) {
      let at = earliestAt
      while (head < booked.length && booked[head]!.at <= at - WINDOW_MS) dropHead()
      // A part larger than the limit goes when it has the window to itself.
      while (head < booked.length && sum + recipients > max) at = Math.max(at, dropHead() + WINDOW_MS)
      booked.push({ at, recipients })
      sum += recipients
      if (head > booked.length / 2) {
        booked = booked.slice(head)
        head = 0
      }
      return at
    },
  }
}

/**
 * The largest part that may be made: no more recipients than SES takes in one message, and no more than this gateway may
 * send in one second, so that two gateways that send at the same moment stay under the account's rate together.
 */
export function partRecipientsMax(limit: number, recipientsPerSecond: number | undefined): number {
  return Math.max(1, Math.min(limit, Math.floor(recipientsPerSecond ?? limit)))
}

/** A gateway's static share of the account's rate: no shared counter, no coordinator. */
export function rateShare(recipientsPerSecond: number, gateways: number): number {
  return recipientsPerSecond / Math.max(1, gateways)
}

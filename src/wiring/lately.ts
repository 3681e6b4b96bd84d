// Whether mail through SES would be aligned, asked once a minute and never waited for: a look has to roll back in time.
import { MINUTE_MS, SECOND_MS, type Clock } from '../core/base/clock.ts'
import type { AlignmentDoubt } from '../core/shift/alignment.ts'

const ASK_EVERY_MS = MINUTE_MS
const ASK_WAIT_MS = 3 * SECOND_MS

const LATE: AlignmentDoubt = { message: 'SES and DNS have not answered whether mail would be aligned', sure: false }

type Ask = () => Promise<AlignmentDoubt | undefined>

/** The last answer, and a new one when that is old. Who does not answer in time has not said no. */
export function lately(ask: Ask, clock: Clock): Ask {
  let last: { readonly at: number; readonly doubt: AlignmentDoubt | undefined } | undefined
  let asking: Promise<void> | undefined
  const renew = async (): Promise<void> => {
    // A doubt of its own, never a fault of the look.
    const doubt = await ask().catch(() => LATE)
    last = { at: clock.now(), doubt }
  }
  return async () => {
    const nowMs = clock.now()
    if (last !== undefined && nowMs >= last.at && nowMs - last.at < ASK_EVERY_MS) return last.doubt
    asking ??= renew().finally(() => (asking = undefined))
    const before = last
    const waiting = new AbortController()
    await Promise.race([asking, clock.sleep(ASK_WAIT_MS, waiting.signal)])
    waiting.abort()
    return last === before ? LATE : last?.doubt
  }
}

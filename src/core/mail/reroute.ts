// Moving mail back when the stage goes down (S4): what SES has not accepted and nobody is sending now goes to legacy at once.
// Parts in doubt stay where they are: nothing is sent on a second route that the first may have taken.
import type { Route } from '../shift/route.ts'
import { wasRoutedByPerson } from './desk.ts'
import { wasInDoubt, type PartPlan, type PartSummary } from './mail.ts'
import type { QueueDesk } from './ports.ts'
import type { Split } from './split.ts'

/** Parts read at once while moving; bounds memory and lets deliveries go on in between. */
const PAGE = 1_000

/** What a part that waits for SES becomes under the present split, or undefined when it stays as it is. */
export function rerouted(part: PartSummary, split: Split, nowMs: number): readonly PartPlan[] | undefined {
  if (part.route !== 'ses' || wasInDoubt(part) || wasRoutedByPerson(part)) return undefined
  const routes = part.recipients.map((recipient) => split(recipient, part.stream))
  if (routes.every((route) => route === 'ses')) return undefined
  const on = (route: Route): readonly string[] => part.recipients.filter((_, i) => routes[i] === route)
  const plans: readonly PartPlan[] = [
    {
      route: 'ses',
      recipients: on('ses'),
      state: 'waiting',
      dueAt: nowMs,
      attempts: part.attempts,
      reason: part.reason,
    },
    { route: 'legacy', recipients: on('legacy'), state: 'waiting', dueAt: nowMs, attempts: 0, reason: 'stageWentDown' },
  ]
  return plans.filter(({ recipients }) => recipients.length > 0)
}

export interface Moved {
  readonly parts: number
  readonly recipients: number
}

/** Goes through all that waits for SES and moves what no longer belongs there. Parts that go active meanwhile move by themselves. */
export async function moveBack(queue: QueueDesk, split: Split, now: () => number): Promise<Moved> {
  let parts = 0
  let recipients = 0
  let cursor: string | undefined
  do {
    const page = await queue.list({
      route: 'ses',
      state: 'waiting',
      limit: PAGE,
      ...(cursor === undefined ? {} : { cursor }),
    })
    // Together, because the queue makes many changes durable with one write, and a roll-back has a minute at most.
    const moved = await Promise.all(
      page.parts.map(async (part) => {
        const left = rerouted(part, split, now())
        if (left === undefined || !(await queue.change(part, left))) return 0
        return left.reduce((sum, plan) => sum + (plan.route === 'legacy' ? plan.recipients.length : 0), 0)
      }),
    )
    parts += moved.filter((count) => count > 0).length
    recipients += moved.reduce((sum, count) => sum + count, 0)
    cursor = page.next
  } while (cursor !== undefined)
  return { parts, recipients }
}

// Reports to senders, put together: what the plan says of them, the queue they go into, and the news that cause them.
import { hmacKeyedHash } from '../adapters/node/keyed-hash.ts'
import type { EventRecipient, FeedbackEvent } from '../core/feedback/event.ts'
import type { FeedbackListener } from '../core/feedback/listeners.ts'
import { returns, type ReturnAnswer, type Returns } from '../core/feedback/returns.ts'
import type { FeedbackPlan } from '../core/plan/feedback-plan.ts'
import type { Plan } from '../core/plan/plan.ts'
import type { Basics } from './basics.ts'
import type { MailFlow } from './mail-flow.ts'
import { packageVersion } from './operations.ts'
import { splitKey } from './split-key.ts'

export interface ReturnsPlace {
  readonly plan: Plan
  readonly feedback: FeedbackPlan
  readonly planFile: string
  readonly dataFolder: string
  readonly basics: Basics
}

/** Rejects while the report could not be made durable, so that the news are told again. */
export function returnListener(place: ReturnsPlace, queue: MailFlow['queue']): FeedbackListener {
  const { plan, feedback, planFile, dataFolder, basics } = place
  const hash = hmacKeyedHash(splitKey(plan, planFile, dataFolder))
  const sender = returns({
    ...basics,
    mode: feedback.returns,
    queue,
    now: () => basics.clock.now(),
    hash: (text) => hash.hash32(text),
    hostname: plan.gateway.hostname,
    version: packageVersion(),
    senderDomains: plan.gateway.senderDomains,
    limits: { perMinute: feedback.returnsPerMinute, perDomainPerMinute: feedback.returnsPerDomainPerMinute },
  })
  return async (event, recipients) => {
    const answer = await told(sender, event, recipients)
    if (answer?.kind === 'again') throw new Error(`the report to the sender was not stored (${answer.reason})`)
  }
}

async function told(
  sender: Returns,
  event: FeedbackEvent,
  recipients: readonly EventRecipient[],
): Promise<ReturnAnswer | undefined> {
  switch (event.kind) {
    case 'bounce':
      return sender.bounce(event, recipients)
    case 'complaint':
      return sender.complaint(event, recipients)
    case 'reject':
    case 'renderingFailure':
      return sender.refusal(event, recipients)
    default:
      // A delivery, a delay and the like are no news to a sender.
      return undefined
  }
}

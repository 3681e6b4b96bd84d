// What the flow of a mail counts into the figures (F4): taken from clients, taken by the next hop, refused.
// Rule: what a next hop says of a recipient's address is the receiver's refusal, all else is the route's; never a guess.
import type { Counted, FigureKey, FigureSink } from '../base/figures.ts'
import { domainOf } from './address.ts'
import type { ClaimedPart, NewMail } from './mail.ts'
import { SUPPRESSED, type Delivery, type Reply } from './outcome.ts'
import type { Failure } from './settle.ts'

/** Every recipient of a mail that was answered with 250, for the route it was given to. */
export function countAccepted(figures: FigureSink, { parts, stream, acceptedAt }: NewMail): void {
  for (const { route, recipients } of parts) {
    for (const recipient of recipients) {
      figures.count(acceptedAt, { route, domain: domainOf(recipient), stream }, 'accepted')
    }
  }
}

export interface Attempted {
  readonly part: Pick<ClaimedPart, 'route' | 'stream' | 'recipients' | 'acceptedAt'>
  readonly outcomes: Delivery['outcomes']
  readonly failures: readonly Failure[]
}

/** What became final in an attempt, at `nowMs`. Deferred and unclear recipients are counted when it is known. */
export function countAttempt(figures: FigureSink, { part, outcomes, failures }: Attempted, nowMs: number): void {
  part.recipients.forEach((recipient, i) => {
    if (outcomes[i]?.kind !== 'delivered') return
    const key = keyOf(part, recipient)
    figures.count(nowMs, key, 'sent')
    figures.latency(nowMs, key, 'sending', nowMs - part.acceptedAt)
  })
  for (const failure of failures) figures.count(nowMs, keyOf(part, failure.recipient), wordFor(failure))
}

function keyOf({ route, stream }: Attempted['part'], recipient: string): FigureKey {
  return { route, domain: domainOf(recipient), stream }
}

/** SES refused the address itself (adapters/ses/outcomes). */
const ADDRESS_REFUSED = 'recipientAddressRefused'
const GIVEN_UP = 'lifetimeExceeded'

function wordFor({ reason, reply }: Failure): Counted {
  if (reason === SUPPRESSED) return 'suppressed'
  if (reason === GIVEN_UP) return 'refused'
  return reason === ADDRESS_REFUSED || (reply !== undefined && isAboutTheRecipient(reply)) ? 'hardBounced' : 'refused'
}

/**
 * RFC 3463: X.1 is about the address, X.2 about the mailbox. Without such a code the command tells what was refused:
 * one at RCPT speaks of that recipient, one at MAIL or after the content of the mail.
 */
function isAboutTheRecipient({ code, enhanced, command }: Reply): boolean {
  if (code < 500 || code > 599) return false
  return enhanced === undefined ? command.startsWith('RCPT') : /^5\.[12]\./.test(enhanced)
}

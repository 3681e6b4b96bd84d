// Makes a mail ready for the wire. Its rule: what cannot be written as one address, or would not end at its final dot, is
// not written at all.
import type { ClaimedPart } from '../../core/mail/mail.ts'
import { allOf, type Delivery, type Outcome } from '../../core/mail/outcome.ts'
import { endsInLineEnd, isWritableAddress } from './client-envelope.ts'
import { HEALTHY, type Job } from './client-transaction.ts'
import type { Prepared, SmtpCourierOptions } from './courier-options.ts'

/** Not a bounce, because no host refused it; not lost, because it ends in a DSN when nobody mends it. */
const UNFIT: Outcome = { kind: 'deferred', reason: 'addressNotWritable' }

/** The job for a part, or undefined when it has been resolved without one. */
export function jobFor(
  part: ClaimedPart,
  { prepare, log }: Pick<SmtpCourierOptions, 'prepare' | 'log'>,
  resolve: (delivery: Delivery) => void,
): Job | undefined {
  const unsent = (outcome: Outcome): undefined => {
    resolve({ outcomes: allOf(part.recipients, outcome), signal: HEALTHY, counts: true })
  }
  const prepared = prepareSafely(part, prepare)
  if ('outcome' in prepared) return unsent(prepared.outcome)
  const { content, sender = part.sender, delivered } = prepared
  if (!endsInLineEnd(content)) return unsent({ kind: 'deferred', reason: 'contentMalformed' })
  const fit = part.recipients.filter((recipient) => recipient !== '' && isWritableAddress(recipient))
  if (fit.length < part.recipients.length || !isWritableAddress(sender)) {
    log.warn('addressNotWritable', { mailId: part.mailId, part: part.part })
    if (fit.length === 0 || !isWritableAddress(sender)) return unsent(UNFIT)
  }
  const finish = (delivery: Delivery): void => {
    if (delivered && delivery.outcomes.some(({ kind }) => kind === 'delivered')) delivered()
    resolve(fit.length === part.recipients.length ? delivery : withUnfit(part, fit, delivery))
  }
  return { part, sender, recipients: fit, content, resolve: finish, moves: 0, failedOn: undefined }
}

function prepareSafely(part: ClaimedPart, prepare: SmtpCourierOptions['prepare']): Prepared {
  if (!prepare) return { content: part.content }
  try {
    return prepare(part)
  } catch {
    // The error may hold a piece of the mail.
    return { outcome: { kind: 'deferred', reason: 'preparationFailed' } }
  }
}

function withUnfit(part: ClaimedPart, fit: readonly string[], delivery: Delivery): Delivery {
  // The same address may stand there twice, so places are counted, not looked up.
  let at = 0
  const outcomes = part.recipients.map((recipient) => {
    if (recipient !== fit[at]) return UNFIT
    at += 1
    return delivery.outcomes[at - 1]!
  })
  return { ...delivery, outcomes, counts: true }
}

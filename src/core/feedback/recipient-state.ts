// What became of one recipient of one message. Events come late, twice, out of order and grouped (F1), so nothing here
// depends on their order: what is kept are facts, each with the earliest instant it was told for, and the state follows
// from the facts. Adding a fact twice changes nothing; adding facts in any order ends alike.
import { never } from '../base/assert.ts'
import type { EventRecipient, FeedbackEvent } from './event.ts'
import { isAutoReply } from './failures.ts'

/**
 * - sent: SES has it
 * - delayed: SES is still trying; not final, and nothing is sent again for it
 * - delivered: the receiving server took it
 * - quietBounce: a soft bounce that says nothing that a mail server would say. After a delivery it is an auto-reply (out of
 *   office), which SES reports as a bounce
 * - softBounce: given up after temporary refusals
 * - hardBounce: refused for good by the receiver
 * - possibleComplaint: the report names several people, because the provider does not say who it was
 * - complaint: the report names this recipient alone
 * - onAccountList: not sent, the address is on the account's or the tenant's list, or failed SES's own validation
 * - onGlobalList: not sent, SES knows the address as dead; it counts in SES's bounce rate all the same
 * - refused: SES itself refused the message (a virus) or could not make it
 * - notSpam: somebody took a complaint back, or said from the start that it is none (RFC 5965 7.3)
 */
export const FACTS = [
  'sent',
  'delayed',
  'delivered',
  'quietBounce',
  'softBounce',
  'hardBounce',
  'possibleComplaint',
  'complaint',
  'onAccountList',
  'onGlobalList',
  'refused',
  'notSpam',
] as const
export type FactName = (typeof FACTS)[number]

/** Each fact with the earliest instant it was told for. */
export type Facts = Readonly<Partial<Record<FactName, number>>>

export const NO_FACTS: Facts = {}

export type RecipientState =
  | 'sent'
  | 'delayed'
  | 'delivered'
  | 'softBounced'
  | 'hardBounced'
  | 'suppressed'
  | 'refused'
  | 'complained'

/** The state that the facts amount to: what weighs most, whatever came last. A complaint wins over everything. */
export function stateOf(facts: Facts): RecipientState {
  if (isComplaint(facts)) return 'complained'
  if (facts.hardBounce !== undefined) return 'hardBounced'
  if (facts.onAccountList !== undefined || facts.onGlobalList !== undefined) return 'suppressed'
  if (isSoftBounce(facts)) return 'softBounced'
  if (facts.refused !== undefined) return 'refused'
  if (facts.delivered !== undefined) return 'delivered'
  return facts.delayed === undefined ? 'sent' : 'delayed'
}

export function isComplaint({ complaint, possibleComplaint }: Facts): boolean {
  return complaint !== undefined || possibleComplaint !== undefined
}

export function isSoftBounce({ softBounce, quietBounce, delivered }: Facts): boolean {
  return softBounce !== undefined || (quietBounce !== undefined && delivered === undefined)
}

/** Delivered, and an automatic answer came back (RFC 3834); no bounce. */
export function isAutoReplied({ quietBounce, delivered }: Facts): boolean {
  return quietBounce !== undefined && delivered !== undefined
}

/** The facts with one more; the same object when it adds nothing. */
export function withFact(facts: Facts, name: FactName, at: number): Facts {
  const known = facts[name]
  return known !== undefined && known <= at ? facts : { ...facts, [name]: at }
}

/** One fact about one recipient, as an event tells it. */
export interface Note {
  readonly recipient: EventRecipient
  readonly fact: FactName
}

/** What an event says about whom. Nothing for opens, clicks and the like. */
export function notesOf(event: FeedbackEvent): readonly Note[] {
  /** These events name nobody, and so concern all. */
  const ofAll = (fact: FactName) => event.mail.destinations.map((address) => ({ recipient: { address }, fact }))
  switch (event.kind) {
    case 'send':
      return ofAll('sent')
    case 'reject':
    case 'renderingFailure':
      return ofAll('refused')
    case 'delivery':
      return ofEach(event.recipients, () => 'delivered')
    case 'deliveryDelay':
      return ofEach(event.recipients, () => 'delayed')
    case 'bounce':
      return ofEach(event.recipients, (recipient) => bounceFact(event, recipient))
    case 'complaint':
      return ofEach(event.recipients, () => complaintFact(event))
    case 'other':
      return []
    default:
      return never(event)
  }
}

function ofEach(recipients: readonly EventRecipient[], fact: (recipient: EventRecipient) => FactName): readonly Note[] {
  return recipients.map((recipient) => ({ recipient, fact: fact(recipient) }))
}

/** `Suppressed`, `OnAccountSuppressionList`, `OnTenantSuppressionList`, `EmailValidationSuppressed`, and kin of tomorrow. */
const LISTED = /suppress/i
const GLOBAL_LIST = 'Suppressed'

function bounceFact(event: Extract<FeedbackEvent, { kind: 'bounce' }>, recipient: EventRecipient): FactName {
  const { bounceType, bounceSubType } = event
  if (LISTED.test(bounceSubType)) return bounceSubType === GLOBAL_LIST ? 'onGlobalList' : 'onAccountList'
  // Only the word itself makes it final: an unknown type is never guessed to be a hard bounce.
  if (bounceType === 'Permanent') return 'hardBounce'
  return isAutoReply(event, recipient) ? 'quietBounce' : 'softBounce'
}

/** SES guesses who complained when the provider hides it: then it names all recipients there (C25). */
function complaintFact({ subType, feedbackType, recipients }: Extract<FeedbackEvent, { kind: 'complaint' }>): FactName {
  if (subType !== undefined && LISTED.test(subType)) return 'onAccountList'
  if (feedbackType === 'not-spam') return 'notSpam'
  return recipients.length > 1 ? 'possibleComplaint' : 'complaint'
}

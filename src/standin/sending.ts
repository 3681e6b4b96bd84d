// From a mail that passed the checks to what its recipients and the event receivers see of it.
// One recipient, one fate; each event names only the recipient it is about.
import { randomUUID } from 'node:crypto'
import { domainOf } from './addresses.ts'
import {
  bounceDetail,
  complaintDetail,
  delayDetail,
  deliveryDetail,
  FAILURE_DETAIL,
  REJECT_DETAIL,
  suppressedBounceDetail,
  suppressedComplaintDetail,
  type Moment,
} from './event-details.ts'
import type { EventPublisher } from './event-publisher.ts'
import { mailObject, type AcceptedMail, type Json } from './event-shapes.ts'
import type { Fate, FateBook } from './fates.ts'
import type { Mailbox, Signer } from './mailbox.ts'
import type { OutcomeLog } from './outcome-log.ts'
import type { Refusal } from './refusals.ts'
import { checkSubmission, fromAddress, isSimulator, mailFromOf, type Clearance } from './send-checks.ts'
import { identitiesFor, type Account, type DkimKey, type EventType } from './state.ts'
import type { Submission } from './submission.ts'

/** Put in pieces, so that this file is not taken for a virus itself. */
const EICAR = Buffer.from(['X5O!P%@AP[4', '\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'].join(''))
const OUTGOING_ADDRESS = '127.0.0.1'

export type Sent = { readonly messageId: string } | { readonly refusal: Refusal }

export interface Sending {
  /** Checks, takes and sends; nothing of a refused mail remains. */
  send(submission: Submission): Sent
}

export interface SendingParts {
  readonly account: Account
  readonly mailbox: Mailbox
  readonly publisher: EventPublisher
  readonly fates: FateBook
  readonly outcomes: OutcomeLog
  /** Signs as `d=amazonses.com`. */
  readonly amazonKey: DkimKey
}

export function createSending(parts: SendingParts): Sending {
  return {
    send(submission) {
      const checked = checkSubmission(parts.account, submission)
      if ('refusal' in checked) return checked
      const acceptedAt = parts.account.clock.now()
      const mail: AcceptedMail = {
        id: newMessageId(acceptedAt),
        acceptedAt,
        submission,
        identity: checked.clearance.identity,
        tags: tagsOf(submission, checked.clearance),
      }
      carryOut(parts, mail, checked.clearance)
      return { messageId: mail.id }
    },
  }
}

/** `0106` is Tokyo's prefix, then the time in hexadecimal, as in real ids of 60 characters. */
function newMessageId(at: number): string {
  return `0106${at.toString(16).padStart(12, '0')}-${randomUUID()}-000000`
}

function tagsOf(submission: Submission, { configurationSet }: Clearance): AcceptedMail['tags'] {
  const own = Object.fromEntries([...submission.tags].map(([name, value]) => [name, [value]]))
  return {
    ...own,
    ...(configurationSet ? { 'ses:configuration-set': [configurationSet.name] } : {}),
    'ses:source-ip': [submission.sourceAddress],
    'ses:from-domain': [domainOf(fromAddress(submission))],
    'ses:caller-identity': [submission.accessKeyId],
  }
}

function carryOut(parts: SendingParts, mail: AcceptedMail, { configurationSet }: Clearance): void {
  const { account, publisher } = parts
  const { recipients, message } = mail.submission
  account.reputation.sent(recipients.filter((address) => !isSimulator(address)).length)
  const virus = message.body.includes(EICAR)
  const fates = recipients.map((recipient): readonly [string, Fate] => [
    recipient,
    virus ? { kind: 'rejected' } : parts.fates.of(account, recipient, configurationSet),
  ])
  for (const [recipient, fate] of fates) parts.outcomes.add({ messageId: mail.id, recipient, fate })
  const wholeMail = fates.find(([, fate]) => fate.kind === 'rejected' || fate.kind === 'renderingFailed')?.[1]
  let object: Json | undefined
  const publish: Publish = (type, at, detail, extraTags) => {
    if (configurationSet === undefined) return
    object ??= mailObject(account, mail)
    publisher.publish(configurationSet, { type, at, mail: object, detail }, extraTags)
  }
  if (wholeMail?.kind === 'renderingFailed') return publish('RENDERING_FAILURE', mail.acceptedAt, FAILURE_DETAIL)
  publish('SEND', mail.acceptedAt, {})
  if (wholeMail) return later(account, account.settings.deliveryMs, (at) => publish('REJECT', at, REJECT_DETAIL))
  keepDelivered(parts, mail, fates, configurationSet?.name)
  for (const [recipient, fate] of fates) follow({ account, mail, recipient, publish }, fate)
}

type Publish = (type: EventType, at: number, detail: Json, extraTags?: Json) => void

interface Trip {
  readonly account: Account
  readonly mail: AcceptedMail
  readonly recipient: string
  readonly publish: Publish
}

function later(account: Account, ms: number, run: (at: number) => void): void {
  account.clock.at(account.clock.now() + ms, () => run(account.clock.now()))
}

function follow(trip: Trip, fate: Fate): void {
  const { deliveryMs, complaintMs } = trip.account.settings
  const after = (ms: number, run: (at: number) => void): void => later(trip.account, ms, run)
  switch (fate.kind) {
    case 'delivered':
      return after(deliveryMs, (at) => delivered(trip, at))
    case 'bounced':
      return after(deliveryMs, (at) => bounced(trip, at, fate.bounce))
    case 'complained':
      after(deliveryMs, (at) => delivered(trip, at))
      return after(deliveryMs + complaintMs, (at) => complained(trip, at, fate.feedbackType))
    case 'suppressed':
      return after(deliveryMs, (at) => suppressed(trip, at, fate.entry.reason))
    case 'delayed': {
      after(deliveryMs, (at) => trip.publish('DELIVERY_DELAY', at, delayDetail(moment(trip, at), fate.delayType)))
      const { bounce } = fate
      return after(deliveryMs + complaintMs, (at) => (bounce ? bounced(trip, at, bounce) : delivered(trip, at)))
    }
    case 'deliveredThenBounced':
      after(deliveryMs, (at) => delivered(trip, at))
      return after(deliveryMs + complaintMs, (at) => bounced(trip, at, fate.bounce))
    case 'rejected':
    case 'renderingFailed':
    case 'silent':
      return undefined
  }
}

function moment({ account, mail, recipient }: Trip, at: number): Moment {
  return { recipient, at, acceptedAt: mail.acceptedAt, region: account.region }
}

function delivered(trip: Trip, at: number): void {
  trip.publish('DELIVERY', at, deliveryDetail(moment(trip, at)), { 'ses:outgoing-ip': [OUTGOING_ADDRESS] })
}

function bounced(trip: Trip, at: number, bounce: Parameters<typeof bounceDetail>[1]): void {
  const detail = bounceDetail(moment(trip, at), bounce)
  trip.publish('BOUNCE', at, detail)
  if (bounce.type !== 'Permanent' || isSimulator(trip.recipient)) return
  trip.account.reputation.bounced()
  // Only hard bounces are added by themselves, and none of the global list's.
  if (bounce.subType !== 'Suppressed') addToSuppression(trip, at, 'BOUNCE', String(detail['feedbackId']))
}

function complained(trip: Trip, at: number, feedbackType: string): void {
  const detail = complaintDetail(moment(trip, at), feedbackType)
  trip.publish('COMPLAINT', at, detail)
  if (isSimulator(trip.recipient)) return
  trip.account.reputation.complained()
  addToSuppression(trip, at, 'COMPLAINT', String(detail['feedbackId']))
}

/** Counts neither as a bounce nor as a complaint of the account (AWS guide, "sending-email-suppression-list"). */
function suppressed(trip: Trip, at: number, reason: 'BOUNCE' | 'COMPLAINT'): void {
  if (reason === 'BOUNCE') trip.publish('BOUNCE', at, suppressedBounceDetail(moment(trip, at)))
  else trip.publish('COMPLAINT', at, suppressedComplaintDetail(moment(trip, at)))
}

function addToSuppression(
  { account, mail, recipient }: Trip,
  at: number,
  reason: 'BOUNCE' | 'COMPLAINT',
  feedbackId: string,
): void {
  if (!account.suppressedReasons.includes(reason)) return
  account.suppression.put({ address: recipient, reason, updatedAt: at, messageId: mail.id, feedbackId })
}

const REACHES = new Set<Fate['kind']>(['delivered', 'complained', 'deliveredThenBounced', 'silent'])

function keepDelivered(
  { account, mailbox, amazonKey }: SendingParts,
  mail: AcceptedMail,
  fates: readonly (readonly [string, Fate])[],
  configurationSetName: string | undefined,
): void {
  const recipients = fates
    .filter(([, fate]) => REACHES.has(fate.kind) || (fate.kind === 'delayed' && fate.bounce === undefined))
    .map(([recipient]) => recipient)
  if (recipients.length === 0) return
  const from = fromAddress(mail.submission)
  const mailFrom = mailFromOf(account, from)
  const returnDomain = mailFrom?.status === 'SUCCESS' ? mailFrom.domain : `${account.region}.amazonses.com`
  mailbox.keep({
    id: mail.id,
    acceptedAt: mail.acceptedAt,
    submission: mail.submission,
    recipients,
    returnPath: `${mail.id}@${returnDomain}`,
    configurationSetName,
    tags: mail.tags,
    signers: [...identitySigner(account, from), { domain: 'amazonses.com', key: amazonKey }],
    region: account.region,
  })
}

/** The most specific domain identity decides; it signs only while its record is seen and signing is on. */
function identitySigner(account: Account, from: string): Signer[] {
  const identity = identitiesFor(account, from).find(({ kind }) => kind === 'DOMAIN')
  if (identity === undefined || !identity.dkim.signingEnabled) return []
  const { dkim } = identity
  const old = account.settings.dkimGap === 'oldKey' && dkim.status === 'PENDING' ? dkim.replacedKey : undefined
  const key = dkim.status === 'SUCCESS' ? dkim.key : old
  return key ? [{ domain: identity.name, key }] : []
}

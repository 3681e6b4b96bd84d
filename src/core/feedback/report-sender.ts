// Puts a report into the queue, once for each event whoever hands it in, and durable before it answers. The id of a report
// is derived from its event: after a crash between the report and the record of its event, the queue knows it again.
import { SECOND_MS } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import { domainOf } from '../mail/address.ts'
import { derivedMailId } from '../mail/mail-id.ts'
import type { NewMail } from '../mail/mail.ts'
import type { MailQueue, QueueDesk } from '../mail/ports.ts'
import type { Meter } from '../watch/metrics.ts'
import type { EventRecipient } from './event.ts'
import type { BounceEvent, ComplaintEvent, RefusalEvent } from './failures.ts'
import { returnPace, type PaceLimits } from './return-pace.ts'

export interface ReportSenderOptions {
  readonly queue: Pick<MailQueue, 'put'> & Pick<QueueDesk, 'find'>
  readonly now: () => number
  /** 32 bits that depend on the text alone, the same on every gateway. */
  readonly hash: (text: string) => number
  readonly limits: PaceLimits
  readonly log: Log
  readonly meter: Meter
}

export type Sent =
  | { readonly kind: 'returned'; readonly id: string; readonly recipients: number; readonly dueAt: number }
  /** The report of this very event is made already. */
  | { readonly kind: 'alreadyReturned' }
  /** The disk refused: the event must be handled again. */
  | { readonly kind: 'again'; readonly reason: 'storageFailed' }

type Event = BounceEvent | ComplaintEvent | RefusalEvent
interface Made {
  readonly id: string
  readonly nowMs: number
  readonly dueAt: number
}
type Send = (event: Event, recipients: readonly EventRecipient[], report: (made: Made) => NewMail) => Promise<Sent>

/** Reports remembered, so that an event that comes again soon after its report has left makes no second one. */
const REMEMBERED_MAX = 100_000
/**
 * A report rests so long in the queue before it may leave. By then its event is settled in the ledger; and a gateway that
 * was killed in between, and is up again by then, finds the report in the queue when it hears the event again.
 */
const REST_MS = 5 * SECOND_MS
/** That another mail has the id of a report is one in millions; eight in a row is a hash that does not spread. */
const ID_TRIES_MAX = 8

/** Never rejects. */
export function reportSender(options: ReportSenderOptions): Send {
  const pace = returnPace(options.limits)
  const made = new Map<string, Promise<Sent>>()
  return async (event, recipients, report) => {
    const key = keyOf(event, recipients)
    const before = made.get(key)
    // Whoever comes second must not say "done" before the first is on disk.
    if (before !== undefined) return (await before).kind === 'again' ? before : { kind: 'alreadyReturned' }
    const sent = put(options, { event, key, pace, report, count: recipients.length }).catch((): Sent => {
      made.delete(key)
      options.log.alarm('storageFailed', { returns: event.kind, ses: event.mail.sesMessageId })
      return { kind: 'again', reason: 'storageFailed' }
    })
    made.set(key, sent)
    if (made.size > REMEMBERED_MAX) made.delete(made.keys().next().value ?? key)
    return sent
  }
}

interface Work {
  readonly event: Event
  readonly key: string
  readonly pace: ReturnType<typeof returnPace>
  readonly report: (made: Made) => NewMail
  readonly count: number
}

async function put(options: ReportSenderOptions, { event, key, pace, report, count }: Work): Promise<Sent> {
  const { queue, now, log, meter } = options
  const { kind, mail } = event
  const nowMs = now()
  const id = await freeId(options, { key, at: Math.min(event.at, nowMs), to: mail.sender })
  if (id === undefined) return { kind: 'alreadyReturned' }
  const turnAt = pace(domainOf(mail.sender), nowMs)
  const dueAt = Math.max(turnAt, nowMs + REST_MS)
  await queue.put(report({ id, nowMs, dueAt }))
  meter.count('watari_returns_total', { kind, result: 'returned' })
  const delayed = turnAt > nowMs ? { delayedMs: turnAt - nowMs } : {}
  log.info('returned', { kind, mail: mail.mailId, ses: mail.sesMessageId, recipients: count, report: id, ...delayed })
  return { kind: 'returned', id, recipients: count, dueAt }
}

/** The same for the same event, whoever handles it and in whatever order it names its recipients. */
function keyOf(event: Event, recipients: readonly EventRecipient[]): string {
  const { kind, at, mail } = event
  const feedbackId = 'feedbackId' in event ? event.feedbackId : undefined
  const addresses = recipients.map(({ address }) => address.toLowerCase()).toSorted()
  return [kind, mail.sesMessageId, feedbackId ?? String(at), ...addresses].join(' ')
}

/** The first id that no other mail has; undefined when the report itself waits in the queue. */
async function freeId(
  { queue, hash }: ReportSenderOptions,
  { key, at, to }: { readonly key: string; readonly at: number; readonly to: string },
): Promise<string | undefined> {
  for (let i = 0; i < ID_TRIES_MAX; i += 1) {
    const id = derivedMailId({ at, hash: hash(`return ${i} ${key}`) })
    // oxlint-disable-next-line no-await-in-loop -- the next id is only asked for when this one is taken
    const [there] = await queue.find(id)
    if (there === undefined) return id
    if (there.sender === '' && there.recipients[0] === to) return undefined
  }
  throw new Error('every id of a report is taken: the hash does not spread')
}

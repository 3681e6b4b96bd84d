// A part in doubt was sent to the end, and no answer came. When SES speaks of it, SES has it: it is done, and will not be sent
// a second time (M7). Looked at from the queue's side, because an event may come before the doubt does.
import type { FigureSink } from '../base/figures.ts'
import type { Log } from '../base/log.ts'
import { domainOf } from '../mail/address.ts'
import type { PartSummary } from '../mail/mail.ts'
import type { QueueDesk } from '../mail/ports.ts'
import type { Meter } from '../watch/metrics.ts'
import type { FeedbackLedger } from './ports.ts'

export interface UnclearOptions {
  readonly desk: Pick<QueueDesk, 'list' | 'change' | 'counts'>
  readonly ledger: Pick<FeedbackLedger, 'takenOf'>
  readonly figures: FigureSink
  readonly now: () => number
  readonly log: Log
  readonly meter: Meter
}

const PAGE = 500

/** Settles all parts in doubt on the SES route that SES has spoken of; answers how many. */
export async function settleTaken(options: UnclearOptions): Promise<number> {
  const { desk } = options
  let settled = 0
  for (let cursor: string | undefined; desk.counts().parts.ses.unclear > 0;) {
    const page = await desk.list({
      route: 'ses',
      state: 'unclear',
      limit: PAGE,
      ...(cursor === undefined ? {} : { cursor }),
    })
    for (const part of page.parts) if (await settleOne(options, part)) settled += 1
    cursor = page.next
    if (cursor === undefined) break
  }
  return settled
}

async function settleOne(options: UnclearOptions, part: PartSummary): Promise<boolean> {
  const { desk, ledger, log, meter } = options
  const taken = new Set(await ledger.takenOf(part.mailId, part.part, part.recipients))
  if (taken.size === 0) return false
  const { route, dueAt, attempts, reason } = part
  // Others in it are of another attempt than the one that SES speaks of: they stay in doubt.
  const others = part.recipients.filter((recipient) => !taken.has(recipient))
  const left = { route, recipients: others, state: 'unclear' as const, dueAt, attempts, reason }
  if (!(await desk.change(part, others.length === 0 ? [] : [left]))) return false
  meter.count('watari_recipients_settled_total', { route: 'ses', outcome: 'delivered' }, taken.size)
  countSent(options, part, taken)
  log.info('unclearSettled', { mail: part.mailId, part: part.part, recipients: taken.size, by: 'feedback' })
  return true
}

/** As if the answer had come, but for its latency, which nobody knows. */
function countSent({ figures, now }: UnclearOptions, { stream }: PartSummary, taken: ReadonlySet<string>): void {
  for (const recipient of taken) figures.count(now(), { route: 'ses', domain: domainOf(recipient), stream }, 'sent')
}

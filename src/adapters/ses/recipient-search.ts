// One malformed address makes SES refuse the whole call. This finds it by halves, so that the others get their mail.
// Its rule: an address is blamed only when SES took the same mail for others, or names the address itself.
import type { Delivery, Outcome, Reply, RouteSignal } from '../../core/mail/outcome.ts'
import type { CallReading } from './call-failure.ts'
import { recipientRefused } from './outcomes.ts'

/**
 * One bad address among fifty takes twelve calls to find. What is not found within these is tried again later, in a
 * smaller part, and each attempt settles some; calls that SES refuses cost nothing but time.
 */
const CALLS_MAX = 16

interface Search {
  readonly recipients: readonly string[]
  readonly outcomes: (Outcome | undefined)[]
  /** Alone, and refused still. */
  readonly suspects: { readonly at: number; readonly reply: Reply }[]
  signal: RouteSignal
  counts: boolean
}

/** Delivers to all, in one call if SES takes it so, else in as few groups as single out the address it refuses. */
export async function deliverInGroups(
  recipients: readonly string[],
  call: (group: readonly string[]) => Promise<CallReading>,
): Promise<Delivery> {
  const search: Search = {
    recipients,
    outcomes: recipients.map(() => undefined),
    suspects: [],
    signal: { kind: 'healthy' },
    counts: true,
  }
  const groups: number[][] = [recipients.map((_, at) => at)]
  for (let calls = 0; calls < CALLS_MAX && groups.length > 0; calls += 1) {
    const group = groups.pop()!
    const reading = await call(group.map((at) => recipients[at]!))
    if (reading.addressRefused === true) refine(search, { group, groups, reply: reading.reply! })
    else if (take(search, group, reading)) break
  }
  return judge(search)
}

function refine(search: Search, found: { group: number[]; groups: number[][]; reply: Reply }): void {
  const { group, groups, reply } = found
  if (group.length === 1) {
    search.suspects.push({ at: group[0]!, reply })
    return
  }
  const half = Math.ceil(group.length / 2)
  groups.push(group.slice(half), group.slice(0, half))
}

/** Notes an answer for its group; true when it is about the route, and the rest must wait with it. */
function take(search: Search, group: readonly number[], reading: CallReading): boolean {
  for (const at of group) search.outcomes[at] = reading.outcome
  if (reading.signal.kind === 'healthy') return false
  search.signal = reading.signal
  search.counts = reading.counts
  return true
}

function judge(search: Search): Delivery {
  const { recipients, outcomes, suspects, signal, counts } = search
  const taken = outcomes.some((outcome) => outcome?.kind === 'delivered')
  for (const { at, reply } of suspects) {
    const recipient = recipients[at]!
    const blamed = taken || reply.text.toLowerCase().includes(recipient.toLowerCase())
    outcomes[at] = blamed ? recipientRefused(reply, recipient) : notTaken(reply)
  }
  const left: Outcome =
    taken || signal.kind !== 'healthy' ? { kind: 'deferred', reason: 'addressSearch' } : notTaken(suspects[0]?.reply)
  return { outcomes: outcomes.map((outcome) => outcome ?? left), signal, counts }
}

/** An address in the header may be what SES dislikes; it took nothing, and the old hosts carry the mail. */
function notTaken(reply: Reply | undefined): Outcome {
  return { kind: 'notForThisRoute', reason: 'addressRefused', ...(reply !== undefined && { reply }) }
}

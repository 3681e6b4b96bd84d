// What a person may do with a mail in the queue (M12): find, hold, release, retry, send by the other route, bounce.
// Each works on all parts of the mail that allow it and is written into the part as its reason. Active parts are left alone.
import type { Log } from '../base/log.ts'
import type { Route } from '../shift/route.ts'
import { wasInDoubt, type PartPlan, type PartState, type PartSummary } from './mail.ts'
import type { Answer, Changed, Operations, Order } from './operations.ts'
import type { QueueDesk } from './ports.ts'
import type { Failure } from './settle.ts'

export interface DeskOptions {
  readonly queue: QueueDesk
  readonly now: () => number
  readonly log: Log
  /** Why SES cannot carry this mail, or undefined when it can; asked before a person's reroute to SES. */
  readonly keptOffSes: (part: PartSummary) => Promise<string | undefined>
  /** Why nothing may go to SES now at all (S7), or undefined. */
  readonly sesRefused: () => Promise<string | undefined>
  /** Makes the sender's notification durable; answers what must be kept when nobody can be told. */
  readonly notify: (part: PartSummary, failures: readonly Failure[]) => Promise<readonly PartPlan[]>
}

type MailOperations = Pick<
  Operations,
  'listMails' | 'showMail' | 'holdMail' | 'releaseMail' | 'retryMail' | 'rerouteMail' | 'bounceMail'
>

/** By this word a part remembers that a person chose its route, so that the stage does not choose again. */
const ROUTED_BY_PERSON = 'routedByPerson'

export function wasRoutedByPerson(part: PartSummary): boolean {
  return part.reason.startsWith(ROUTED_BY_PERSON)
}

export function mailDesk(options: DeskOptions): MailOperations {
  const { queue, now } = options
  return {
    listMails: (query) => queue.list(query),
    showMail: (id) => queue.find(id),
    holdMail: (id, order) =>
      changeParts(options, id, {
        order,
        verb: 'held',
        from: ['waiting', 'unclear'],
        to: async (part) => [{ ...kept(part), state: 'held', reason: words(part, 'held', order) }],
      }),
    releaseMail: (id, order) =>
      changeParts(options, id, {
        order,
        verb: 'released',
        from: ['held', 'quarantined'],
        to: async (part) => [{ ...kept(part), state: 'waiting', dueAt: now(), reason: words(part, 'released', order) }],
      }),
    retryMail: (id, order) =>
      changeParts(options, id, {
        order,
        verb: 'retried',
        from: ['waiting', 'unclear'],
        to: async (part) => [{ ...kept(part), state: 'waiting', dueAt: now(), reason: words(part, 'retried', order) }],
      }),
    rerouteMail: (id, order) => reroute(options, id, order),
    bounceMail: (id, order) =>
      changeParts(options, id, {
        order,
        verb: 'bounced',
        from: ['waiting', 'unclear', 'held', 'quarantined'],
        to: (part) =>
          options.notify(
            part,
            part.recipients.map((recipient) => ({ recipient, reason: 'bouncedByPerson', reply: undefined })),
          ),
      }),
  }
}

async function reroute(
  options: DeskOptions,
  id: string,
  order: Order & { readonly route: Route },
): Promise<Answer<Changed>> {
  const refused = order.route === 'ses' ? await options.sesRefused() : undefined
  if (refused !== undefined) return { kind: 'refused', reason: 'notAligned', message: refused }
  return changeParts(options, id, {
    order,
    verb: 'rerouted',
    from: ['waiting', 'unclear', 'held', 'quarantined'],
    to: async (part) => {
      if (part.route === order.route) return undefined
      if (order.route === 'ses' && (await options.keptOffSes(part)) !== undefined) return undefined
      const reason = `${ROUTED_BY_PERSON} ${words(part, 'rerouted', order)}`
      return [{ ...kept(part), route: order.route, state: 'waiting', dueAt: options.now(), attempts: 0, reason }]
    },
  })
}

interface Change {
  readonly order: Order
  readonly verb: string
  readonly from: readonly PartState[]
  /** What the part shall become, or undefined when it cannot. */
  readonly to: (part: PartSummary) => Promise<readonly PartPlan[] | undefined>
}

async function changeParts(options: DeskOptions, id: string, change: Change): Promise<Answer<Changed>> {
  const { queue, log } = options
  const parts = await queue.find(id)
  if (parts.length === 0) {
    return {
      kind: 'refused',
      reason: 'noSuchMail',
      message: `no mail ${id} in the queue: it is done, or never was here`,
    }
  }
  let changed = 0
  let recipients = 0
  for (const part of parts.filter(({ state }) => change.from.includes(state))) {
    const left = await change.to(part)
    if (left === undefined || !(await queue.change(part, left))) continue
    changed += 1
    recipients += part.recipients.length
    log.info('operator', { mail: id, part: part.part, did: change.verb, by: change.order.by, why: change.order.reason })
  }
  if (changed > 0) return { kind: 'done', parts: changed, recipients }
  if (parts.some(({ state }) => state === 'active')) {
    return {
      kind: 'refused',
      reason: 'partActive',
      message: `mail ${id} is being delivered this very moment; ask again`,
    }
  }
  const states = [...new Set(parts.map(({ route, state }) => `${state} on ${route}`))].join(', ')
  return {
    kind: 'refused',
    reason: 'wrongState',
    message: `mail ${id} is ${states}; it cannot be ${change.verb} from there`,
  }
}

function kept(part: PartSummary): Omit<PartPlan, 'state' | 'reason'> {
  const { route, recipients, dueAt, attempts } = part
  return { route, recipients, dueAt, attempts }
}

/** A part in doubt stays known as such (settle.ts), whatever a person does with it. */
function words(part: PartSummary, verb: string, order: Order): string {
  const doubt = wasInDoubt(part) ? 'unclear, ' : ''
  return `${doubt}${verb} by ${order.by}: ${order.reason}`
}

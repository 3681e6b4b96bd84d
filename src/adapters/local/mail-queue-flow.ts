// The way of a mail through the queue: put, claim, settle. Rule: nothing here resolves before the disk has it.
import type { ClaimedPart, NewMail, PartPlan, PartRef } from '../../core/mail/mail.ts'
import { encodeMailId } from '../../core/mail/mail-id.ts'
import type { MailQueue } from '../../core/mail/ports.ts'
import type { Route } from '../../core/shift/route.ts'
import { closedError, enqueue, nextDueAt, type QueueCore, replacement, slotOf } from './mail-queue-core.ts'
import { faultInMail, faultInPlans } from './mail-queue-fault.ts'
import { recordBytes } from './mail-queue-group.ts'
import { idBits, readMailId } from './mail-queue-id.ts'
import { NONE } from './mail-queue-index.ts'
import { quarantine } from './mail-queue-quarantine.ts'
import { ROUTE_CODE, ROUTES, STATE_CODE } from './mail-queue-record.ts'
import { MARK_REASONS } from './mail-queue-row.ts'

const NOTHING: readonly ClaimedPart[] = []

/** The first three steps of the port; the listeners belong to whoever made the core. */
export function queueFlow(core: QueueCore): Pick<MailQueue, 'put' | 'claim' | 'settle' | 'nextDueAt'> {
  return {
    put: (mail) => put(core, mail),
    claim: (route, nowMs, limit) => claim(core, route, { nowMs, limit }),
    settle: (ref, left) => settle(core, ref, left),
    nextDueAt: (route) => nextDueAt(core, ROUTE_CODE[route]),
  }
}

function put(core: QueueCore, mail: NewMail): Promise<void> {
  if (core.committer.closed) return Promise.reject(closedError())
  const fault = readMailId(mail.id) ? faultInMail(mail) : 'a mail without a mail id'
  if (fault !== undefined) return Promise.reject(new Error(`the queue cannot hold ${fault}`))
  if (core.index.find(idBits.high, idBits.low, 1) !== NONE)
    return Promise.reject(new Error('this mail is in the queue'))
  const group = core.committer.gather(recordBytes(mail))
  group.mails.push(mail)
  return group.mailsStored.promise
}

async function claim(
  core: QueueCore,
  route: Route,
  { nowMs, limit }: { readonly nowMs: number; readonly limit: number },
): Promise<readonly ClaimedPart[]> {
  if (core.committer.closed) throw closedError()
  const taken = takeDue(core, ROUTE_CODE[route], { nowMs, limit })
  if (taken.length === 0) return NOTHING
  const group = core.committer.gather()
  for (const { slot } of taken) group.claimed.push(slot)
  try {
    await group.stored.promise
  } catch (error) {
    for (const one of taken) giveBack(core, one)
    throw error
  }
  const claimed: ClaimedPart[] = []
  for (const one of taken) {
    const part = fromCache(core, one.slot) ?? (await fromDisk(core, one))
    if (part !== undefined) claimed.push(part)
  }
  return claimed
}

interface Taken {
  readonly slot: number
  /** Waiting or unclear, for when the claim comes to nothing. */
  readonly state: number
}

function takeDue(core: QueueCore, code: number, { nowMs, limit }: { nowMs: number; limit: number }): Taken[] {
  const { index } = core
  const ready = core.ready[code]!
  const taken: Taken[] = []
  while (taken.length < limit) {
    const slot = ready.peek()
    if (slot === NONE) break
    const block = index.block(slot)
    const i = index.at(slot)
    if (block.dueAt[i]! > nowMs) break
    ready.remove(slot)
    taken.push({ slot, state: block.state[i]! })
    index.setState(slot, code, STATE_CODE.active)
  }
  return taken
}

function giveBack(core: QueueCore, { slot, state }: Taken): void {
  core.index.setState(slot, core.index.block(slot).route[core.index.at(slot)]!, state)
  enqueue(core, slot)
}

function fromCache(core: QueueCore, slot: number): ClaimedPart | undefined {
  const mail = core.shelf.cached(slot)
  if (mail === undefined) return undefined
  const block = core.index.block(slot)
  const i = core.index.at(slot)
  const part = block.part[i]!
  const { route, recipients, dueAt, attempts, reason } = mail.parts[part - 1]!
  const { id, sender, stream, acceptedAt, content } = mail
  // In flight it is the courier's; when it comes back it waits, and is read from disk then.
  core.cache.drop(block.cached[i]!)
  block.cached[i] = 0
  const texts = { sender, stream, recipients, reason }
  return {
    mailId: id,
    part,
    route,
    state: 'active',
    ...texts,
    acceptedAt,
    dueAt,
    attempts,
    size: content.size,
    content,
  }
}

async function fromDisk(core: QueueCore, taken: Taken): Promise<ClaimedPart | undefined> {
  const { slot } = taken
  try {
    const found = await core.shelf.whole(slot)
    if (found === 'damaged') await quarantine(core, slot)
    return typeof found === 'string' ? undefined : describe(core, slot, found)
  } catch (error) {
    readFailed(core, taken, error as NodeJS.ErrnoException)
    return undefined
  }
}

/** The disk did not answer, which says nothing about the mail: it is due again after a while. */
function readFailed(core: QueueCore, taken: Taken, error: NodeJS.ErrnoException): void {
  const { index, log, limits } = core
  log.alarm('queueReadFailed', { code: error.code ?? 'unknown' })
  index.block(taken.slot).dueAt[index.at(taken.slot)] = core.now() + limits.retryReadMs
  giveBack(core, taken)
}

type Whole = Exclude<Awaited<ReturnType<QueueCore['shelf']['whole']>>, string>

function describe(core: QueueCore, slot: number, { envelope, stored, content }: Whole): ClaimedPart {
  const block = core.index.block(slot)
  const i = core.index.at(slot)
  return {
    mailId: encodeMailId(envelope),
    part: stored.part,
    route: ROUTES[block.route[i]!]!,
    state: 'active',
    sender: envelope.sender,
    recipients: stored.recipients,
    stream: envelope.stream,
    acceptedAt: envelope.acceptedAt,
    dueAt: block.dueAt[i]!,
    attempts: block.attempts[i]!,
    reason: block.mark[i] === 0 ? stored.reason : MARK_REASONS[block.mark[i]!]!,
    size: envelope.size,
    content,
  }
}

function settle(core: QueueCore, ref: PartRef, left: readonly PartPlan[]): Promise<void> {
  const { index, committer } = core
  if (committer.closed) return Promise.reject(closedError())
  const slot = slotOf(index, ref)
  const block = slot === NONE ? undefined : index.block(slot)
  const i = index.at(slot)
  if (block?.state[i] !== STATE_CODE.active || block.changing[i] === 1) {
    return Promise.reject(new Error(`part ${ref.part} of mail ${ref.mailId} is not claimed`))
  }
  const fault = faultInPlans(left, block.lastPart[i])
  if (fault !== undefined) return Promise.reject(new Error(`the queue cannot hold ${fault}`))
  block.changing[i] = 1
  const group = committer.gather()
  if (left.length === 0) group.gone.push(slot)
  else group.settles.push(replacement(index, slot, left))
  return group.settled.promise
}

// Faults on demand: a reply in place of the real one, a connection cut before or after the mail is stored, an answer that
// comes late. Set by a knob, used up one by one, or called by a label in a recipient's address.
import { magicName } from './fates.ts'

export type FaultStage = 'connect' | 'ehlo' | 'auth' | 'mail' | 'rcpt' | 'data' | 'content' | 'api'

export type FaultAction =
  /** SMTP stages: this reply line and nothing else happens. */
  | { readonly kind: 'reply'; readonly reply: string }
  /** `api`: this answer and nothing else happens. */
  | { readonly kind: 'error'; readonly status: number; readonly type: string; readonly message: string }
  /** The connection is cut, nothing was done. */
  | { readonly kind: 'cutBefore' }
  /** It is done and stored, then the connection is cut with no answer. */
  | { readonly kind: 'cutAfter' }
  /** It is done, the answer comes so much later (machine time). */
  | { readonly kind: 'delay'; readonly delayMs: number }

export interface FaultInput {
  readonly stage: FaultStage
  readonly action: FaultAction
  /** How often; once when not given. */
  readonly times?: number | undefined
  /** So many are let through first. */
  readonly skip?: number | undefined
  /** Only when a recipient contains this, case ignored. */
  readonly recipient?: string | undefined
  /** `api`: only this operation, `SendEmail`. */
  readonly operation?: string | undefined
}

export interface Faults {
  add(fault: FaultInput): void
  clear(): void
  /** What is left. */
  list(): readonly FaultInput[]
  /** The fault for this moment, used up by asking. */
  take(
    stage: FaultStage,
    about?: { readonly recipients?: readonly string[]; readonly operation?: string },
  ): FaultAction | undefined
}

export const RATE_REPLY = '454 Throttling failure: Maximum sending rate exceeded.'
export const QUOTA_REPLY = '454 Throttling failure: Daily message quota exceeded.'
/** Addresses whose count of refusals is remembered; beyond it the oldest begins anew. */
const COUNTED_ADDRESSES_MAX = 10_000
/** A label cannot ask for a longer delay: a session must end. */
const MAGIC_DELAY_MAX_MS = 120_000

interface Live extends FaultInput {
  left: number
  toSkip: number
}

export function createFaults(magicAddresses: () => boolean): Faults {
  let faults: Live[] = []
  const asked = new Map<string, number>()
  const matches = (fault: Live, stage: FaultStage, recipients: readonly string[], operation?: string): boolean =>
    fault.stage === stage &&
    (fault.operation === undefined || fault.operation === operation) &&
    (fault.recipient === undefined ||
      recipients.some((one) => one.toLowerCase().includes(fault.recipient!.toLowerCase())))
  return {
    add: (fault) => void faults.push({ ...fault, left: fault.times ?? 1, toSkip: fault.skip ?? 0 }),
    clear() {
      faults = []
      asked.clear()
    },
    list: () => faults.map(({ left, toSkip, ...fault }) => ({ ...fault, times: left, skip: toSkip })),
    take(stage, { recipients = [], operation } = {}) {
      const fault = faults.find((one) => matches(one, stage, recipients, operation))
      if (fault) {
        if (fault.toSkip > 0) {
          fault.toSkip -= 1
          return undefined
        }
        fault.left -= 1
        if (fault.left <= 0) faults = faults.filter((one) => one !== fault)
        return fault.action
      }
      if (!magicAddresses() || (stage !== 'content' && operation !== 'SendEmail')) return undefined
      return magicFault(recipients, stage === 'api', asked)
    },
  }
}

/** `+standin-rate-2`: twice refused, then taken. Also `quota`, `cut-before`, `cut-after`, and `delay-5000`. */
function magicFault(recipients: readonly string[], api: boolean, asked: Map<string, number>): FaultAction | undefined {
  for (const recipient of recipients) {
    const [, name, number] =
      /^(rate|quota|cut-before|cut-after|delay)(?:-(\d{1,6}))?$/.exec(magicName(recipient) ?? '') ?? []
    if (name === undefined) continue
    if (name === 'delay') return { kind: 'delay', delayMs: Math.min(Number(number ?? 1_000), MAGIC_DELAY_MAX_MS) }
    const before = asked.get(recipient) ?? 0
    if (before >= Number(number ?? 1)) continue
    remember(asked, recipient, before + 1)
    return magicAction(name, api)
  }
  return undefined
}

function remember(asked: Map<string, number>, recipient: string, count: number): void {
  asked.delete(recipient)
  asked.set(recipient, count)
  if (asked.size > COUNTED_ADDRESSES_MAX) asked.delete(asked.keys().next().value!)
}

function magicAction(name: string, api: boolean): FaultAction {
  if (name === 'cut-before') return { kind: 'cutBefore' }
  if (name === 'cut-after') return { kind: 'cutAfter' }
  if (!api) return { kind: 'reply', reply: name === 'rate' ? RATE_REPLY : QUOTA_REPLY }
  return name === 'rate'
    ? { kind: 'error', status: 429, type: 'TooManyRequestsException', message: 'Maximum sending rate exceeded.' }
    : { kind: 'error', status: 400, type: 'LimitExceededException', message: 'Daily message quota exceeded.' }
}

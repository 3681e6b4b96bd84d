// Fakes we own: a clock that only moves when told, a queue in memory, a courier that answers from a script.
// A fake that was not told what to do throws.
import type { AbortSignalLike, Clock } from '../../src/core/base/clock.ts'
import type { Log, LogFields } from '../../src/core/base/log.ts'
import type { KeyedHash } from '../../src/core/base/hash.ts'
import type {
  Content,
  NewMail,
  PartPlan,
  PartRef,
  PartState,
  PartSummary,
  ClaimedPart,
} from '../../src/core/mail/mail.ts'
import type { Delivery, Outcome } from '../../src/core/mail/outcome.ts'
import type { Courier, MailQueue, PartPage, PartQuery, QueueCounts, QueueDesk } from '../../src/core/mail/ports.ts'
import type { Route } from '../../src/core/shift/route.ts'
import type { Meter } from '../../src/core/watch/metrics.ts'
import { measuredContent } from '../../src/core/mail/content.ts'
import { createHmac } from 'node:crypto'

export interface FakeClock extends Clock {
  /** Moves time on, and with it every sleep that ends on the way, in order. */
  advance(ms: number): Promise<void>
}

/** Lets everything that can run now run: a few turns of the event loop. */
export async function turns(count = 10): Promise<void> {
  for (let i = 0; i < count; i += 1) await new Promise((resolve) => setImmediate(resolve))
}

export function fakeClock(startAt = Date.UTC(2026, 10, 25)): FakeClock {
  let now = startAt
  let sleepers: { readonly endsAt: number; readonly wake: () => void }[] = []
  return {
    now: () => now,
    sleep: (ms: number, signal?: AbortSignalLike) =>
      new Promise<void>((resolve) => {
        if (ms <= 0 || signal?.aborted) return resolve()
        const wake = () => {
          signal?.removeEventListener('abort', wake)
          resolve()
        }
        sleepers.push({ endsAt: now + ms, wake })
        signal?.addEventListener('abort', wake, { once: true })
        return undefined
      }),
    async advance(ms) {
      const endsAt = now + ms
      await turns()
      for (;;) {
        const next = sleepers.filter((sleeper) => sleeper.endsAt <= endsAt).sort((a, b) => a.endsAt - b.endsAt)[0]
        if (!next) break
        now = Math.max(now, next.endsAt)
        sleepers = sleepers.filter((sleeper) => sleeper !== next)
        next.wake()
        await turns()
      }
      now = endsAt
      await turns()
    },
  }
}

export interface RecordedLog extends Log {
  readonly lines: { readonly level: string; readonly event: string; readonly fields: LogFields }[]
}

export function recordedLog(): RecordedLog {
  const lines: RecordedLog['lines'] = []
  const at =
    (level: string) =>
    (event: string, fields: LogFields = {}): void => {
      lines.push({ level, event, fields })
    }
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), alarm: at('alarm') }
}

export interface RecordedMeter extends Meter {
  /** Sum of a counter over all its labels, or of those with one label value. */
  total(name: string, labelValue?: string): number
}

export function recordedMeter(): RecordedMeter {
  const counts: { name: string; values: readonly unknown[]; by: number }[] = []
  return {
    count: (name, labels, by = 1) => void counts.push({ name, values: Object.values(labels), by }),
    observe: () => undefined,
    total: (name, labelValue) =>
      counts
        .filter((count) => count.name === name && (labelValue === undefined || count.values.includes(labelValue)))
        .reduce((sum, count) => sum + count.by, 0),
  }
}

export function testHash(key = 'test key'): KeyedHash {
  const digest = (text: string): Buffer => createHmac('sha256', key).update(text).digest()
  return { hash32: (text) => digest(text).readUInt32BE(0), pseudonym: (text) => digest(text).toString('hex', 0, 8) }
}

export function aContent(message = 'From: a@example.com\r\nSubject: hello\r\n\r\nbody\r\n'): Content {
  return measuredContent([new Uint8Array(Buffer.from(message, 'latin1'))])
}

export function aPlan(overrides: Partial<PartPlan> = {}): PartPlan {
  return {
    route: 'legacy',
    recipients: ['user@example.net'],
    state: 'waiting',
    dueAt: 0,
    attempts: 0,
    reason: 'accepted',
    ...overrides,
  }
}

export function aMail(overrides: Partial<NewMail> = {}): NewMail {
  return {
    id: '07QZ0000G0000',
    acceptedAt: Date.UTC(2026, 10, 25),
    sender: 'sender@example.com',
    stream: 'example.com',
    content: aContent(),
    parts: [aPlan()],
    ...overrides,
  }
}

interface Held {
  readonly mail: NewMail
  readonly part: number
  readonly plan: Omit<PartPlan, 'state'> & { readonly state: PartState }
}

export interface MemoryQueue extends MailQueue, QueueDesk {
  /** What is left, for a test to look at. */
  readonly parts: () => readonly PartSummary[]
  /** Makes the next calls of `put`, `claim` or `settle` reject. */
  fail(what: 'put' | 'claim' | 'settle', times: number): void
}

/** The queue's words, in memory; nothing here is durable and nothing is fast. */
export function memoryQueue(): MemoryQueue {
  let held: Held[] = []
  const numbers = new Map<string, number>()
  const listeners: ((route: Route) => void)[] = []
  const failures = { put: 0, claim: 0, settle: 0 }
  const summary = ({ mail, part, plan }: Held): PartSummary => ({
    mailId: mail.id,
    part,
    sender: mail.sender,
    stream: mail.stream,
    acceptedAt: mail.acceptedAt,
    size: mail.content.size,
    ...plan,
  })
  const due = (route: Route): Held[] =>
    held.filter(({ plan }) => plan.route === route && (plan.state === 'waiting' || plan.state === 'unclear'))
  const add = (mail: NewMail, plans: readonly PartPlan[]): void => {
    for (const plan of plans) {
      const part = (numbers.get(mail.id) ?? 0) + 1
      numbers.set(mail.id, part)
      held.push({ mail, part, plan })
      for (const listener of listeners) listener(plan.route)
    }
  }
  const at = (ref: PartRef): Held | undefined =>
    held.find(({ mail, part }) => mail.id === ref.mailId && part === ref.part)
  const failing = (what: keyof typeof failures): boolean => {
    failures[what] -= 1
    return failures[what] >= 0
  }
  const replace = (old: Held, left: readonly PartPlan[]): void => {
    held = held.filter((other) => other !== old)
    add(old.mail, left)
  }
  return {
    parts: () => held.map(summary),
    fail(what, times) {
      failures[what] = times
    },
    async put(mail) {
      if (failing('put')) throw new Error('no space left on device')
      add(mail, mail.parts)
    },
    async claim(route, nowMs, limit) {
      if (failing('claim')) throw new Error('no space left on device')
      const taken = due(route)
        .filter(({ plan }) => plan.dueAt <= nowMs)
        .slice(0, limit)
      const active = taken.map((old): Held => ({
        ...old,
        plan: { ...old.plan, state: 'active' },
      }))
      held = held.map((old) => active[taken.indexOf(old)] ?? old)
      return active.map((part): ClaimedPart => ({ ...summary(part), content: part.mail.content }))
    },
    async settle(ref, left) {
      if (failing('settle')) throw new Error('no space left on device')
      const old = at(ref)
      if (!old) throw new Error('settled a part that is not there')
      replace(old, left)
    },
    nextDueAt: (route) =>
      due(route).reduce<number | undefined>((min, { plan }) => Math.min(min ?? plan.dueAt, plan.dueAt), undefined),
    onReady: (listener) => void listeners.push(listener),
    async list(query: PartQuery): Promise<PartPage> {
      const from = Number(query.cursor ?? 0)
      const found = held
        .map(summary)
        .filter(({ route, state }) => (query.route ?? route) === route && (query.state ?? state) === state)
      const page = found.slice(from, from + query.limit)
      const next = from + query.limit
      return next < found.length ? { parts: page, next: String(next) } : { parts: page }
    },
    find: async (mailId) => held.filter(({ mail }) => mail.id === mailId).map(summary),
    contentOf: async (mailId) => held.find(({ mail }) => mail.id === mailId)?.mail.content,
    async change(ref, left) {
      const old = at(ref)
      if (!old || old.plan.state === 'active') return false
      replace(old, left)
      return true
    },
    counts: (): QueueCounts => {
      const none = { waiting: 0, active: 0, unclear: 0, held: 0, quarantined: 0 }
      const parts = { legacy: { ...none }, ses: { ...none } }
      for (const { plan } of held) parts[plan.route][plan.state] += 1
      return { parts, diskBytes: 0, damaged: 0 }
    },
  }
}

export interface ScriptedCourier extends Courier {
  readonly seen: { readonly part: ClaimedPart; readonly at: number }[]
}

/** Answers each part by `answer`; holds at most `capacity` at once. */
export function scriptedCourier(options: {
  readonly clock: Clock
  readonly capacity?: number
  readonly answer: (part: ClaimedPart) => Delivery | Promise<Delivery>
}): ScriptedCourier {
  const seen: ScriptedCourier['seen'] = []
  return {
    seen,
    capacity: () => options.capacity ?? 10,
    async deliver(part) {
      seen.push({ part, at: options.clock.now() })
      return options.answer(part)
    },
    stop: async () => undefined,
  }
}

export const aReply = (code: number, text: string, command = 'end of DATA') => ({
  code,
  text,
  host: 'next.example',
  command,
})

export function answered(part: ClaimedPart, outcome: Outcome, overrides: Partial<Delivery> = {}): Delivery {
  return { outcomes: part.recipients.map(() => outcome), signal: { kind: 'healthy' }, counts: true, ...overrides }
}

export const DELIVERED: Outcome = { kind: 'delivered', reply: aReply(250, '2.0.0 Ok: queued as 9') }

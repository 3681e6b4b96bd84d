// Telling the sender that a mail has failed. A notification is a mail of its own and durable before the failed recipients
// are settled. A mail without a sender has nobody to tell (RFC 5321 6.1): it is held for a person, never lost.
import { MINUTE_MS } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { Meter } from '../watch/metrics.ts'
import { bounceMail } from './bounce.ts'
import type { Content, PartPlan, PartSummary } from './mail.ts'
import type { MailQueue } from './ports.ts'
import type { Failure } from './settle.ts'

/** A full disk is freed by a person, not in seconds. */
const STORAGE_RETRY_MS = 5 * MINUTE_MS

export interface NotifyOptions {
  readonly queue: MailQueue
  readonly now: () => number
  readonly nextId: (nowMs: number) => string
  readonly hostname: string
  readonly log: Log
  readonly meter: Meter
}

export type Notify = (
  part: PartSummary,
  failures: readonly Failure[],
  content: Content | undefined,
) => Promise<readonly PartPlan[]>

export function notifier({ queue, now, nextId, hostname, log, meter }: NotifyOptions): Notify {
  return async (part, failures, content) => {
    const nowMs = now()
    const { route, attempts } = part
    const recipients = failures.map(({ recipient }) => recipient)
    if (part.sender === '') {
      log.warn('doubleBounce', { mail: part.mailId, part: part.part, recipients: failures.length })
      const reason = `doubleBounce: ${failures[0]?.reason ?? ''}`
      return [{ route, recipients, state: 'held', dueAt: nowMs, attempts, reason }]
    }
    const id = nextId(nowMs)
    const original = { id: part.mailId, sender: part.sender, acceptedAt: part.acceptedAt }
    try {
      await queue.put(bounceMail({ id, nowMs, hostname, original, failures, originalContent: content }))
    } catch {
      // The disk refused: the mail is tried again, and fails again, when the sender can be told.
      log.alarm('storageFailed', { mail: part.mailId })
      const dueAt = nowMs + STORAGE_RETRY_MS
      return [{ route, recipients, state: 'waiting', dueAt, attempts, reason: 'notificationNotStored' }]
    }
    meter.count('watari_bounces_total', {})
    log.info('bounced', { mail: part.mailId, part: part.part, recipients: failures.length, notification: id })
    return []
  }
}

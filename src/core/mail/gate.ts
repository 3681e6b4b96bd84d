// Backpressure, not collapse (M11): past a limit on disk, queue age or memory the gateway answers 4xx, and the clients,
// which are queues themselves, keep what they have.
import { HOUR_MS } from '../base/clock.ts'
import type { QueueCounts } from './ports.ts'
import { refuse, type Refusal } from './refusal.ts'

export interface GateLimits {
  readonly queueDiskOctets: number
  readonly freeDiskOctets: number
  readonly queueAgeHours: number
}

export interface GateFacts {
  readonly counts: QueueCounts
  /** Octets free on the queue's disk. */
  readonly freeOctets: number
  readonly nowMs: number
  readonly stopping: boolean
}

/** Why no mail can be taken now, or undefined. The message is for the client's log and names no figure of ours. */
export function gateFault(limits: GateLimits, { counts, freeOctets, nowMs, stopping }: GateFacts): Refusal | undefined {
  if (stopping) return refuse('stopping', 'this gateway is stopping')
  if (counts.diskBytes >= limits.queueDiskOctets) return refuse('queueFull', 'the queue has reached its limit on disk')
  if (freeOctets < limits.freeDiskOctets) return refuse('queueFull', "the queue's disk is nearly full")
  const oldest = counts.oldestAcceptedAt
  if (oldest !== undefined && nowMs - oldest > limits.queueAgeHours * HOUR_MS) {
    return refuse('queueFull', 'the oldest mail in the queue is too old')
  }
  return undefined
}

// Every size, count and wait of the segment queue, with its reason. Tests make them small.
import { MINUTE_MS, SECOND_MS } from '../../core/base/clock.ts'

export interface MailQueueLimits {
  /** A segment is closed when it is this long. Small enough to be read whole at start, large enough to be rare. */
  readonly segmentBytes: number
  /** A segment is also closed after this many rows, so that its sidecar (40 bytes a row) stays under 10 MB of memory. */
  readonly segmentRows: number
  /** One commit writes at most about this much, so that one huge mail does not keep small ones waiting. */
  readonly groupBytes: number
  /** Contents of fresh mails kept in memory, so that a gateway that keeps up reads nothing back. */
  readonly cacheBytes: number
  /** Space of settled mails that is not worth moving live mails for. */
  readonly deadBytes: number
  /** After a failed commit with settled parts in it: how long until it is tried again by itself. */
  readonly retryCommitMs: number
  /** After a read that failed without saying that the bytes are damaged: how long until the part is due again. */
  readonly retryReadMs: number
  /** One page of the desk looks at no more parts than this, however few of them match. */
  readonly listScan: number
}

export const MAIL_QUEUE_LIMITS: MailQueueLimits = {
  segmentBytes: 64 * 1024 * 1024,
  segmentRows: 240_000,
  groupBytes: 2 * 1024 * 1024,
  // Fifteen hundred mails of 5 KB: five times what is claimed ahead (core/mail/dispatch). In a backlog a larger one only costs memory.
  cacheBytes: 8 * 1024 * 1024,
  deadBytes: 256 * 1024 * 1024,
  retryCommitMs: SECOND_MS,
  retryReadMs: MINUTE_MS,
  listScan: 10_000,
}

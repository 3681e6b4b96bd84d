// Whether anything comes back from SES (W4): a count of what SES took since the last event of any kind.
import type { Pipeline } from './observation.ts'

export interface PipelineWatch {
  /** SES took so many recipients. */
  sent(atMs: number, recipients: number): void
  /** An event came, whatever it says. */
  event(atMs: number): void
  now(): Pipeline
}

export function pipelineWatch(): PipelineWatch {
  let sentSinceEvent = 0
  let silentSince: number | undefined
  let lastEventAt: number | undefined
  return {
    sent(atMs, recipients) {
      sentSinceEvent += recipients
      silentSince ??= atMs
    },
    event(atMs) {
      sentSinceEvent = 0
      silentSince = undefined
      lastEventAt = atMs
    },
    now: () => ({
      sentSinceEvent,
      ...(lastEventAt === undefined ? {} : { lastEventAt }),
      ...(silentSince === undefined ? {} : { silentSince }),
    }),
  }
}

// The intake over a real ledger in a folder of its own, with figures and listeners that remember what they were told.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { lmdbLedger } from '../../src/adapters/local/ledger.ts'
import { hmacKeyedHash } from '../../src/adapters/node/keyed-hash.ts'
import type { News } from '../../src/core/feedback/change.ts'
import type { FeedbackEvent } from '../../src/core/feedback/event.ts'
import { feedbackIntake, type FeedbackIntake } from '../../src/core/feedback/intake.ts'
import type { FeedbackListeners } from '../../src/core/feedback/listeners.ts'
import { messenger, type Messenger } from '../../src/core/feedback/messenger.ts'
import type { FeedbackLedger } from '../../src/core/feedback/ports.ts'
import { isAutoReplied, stateOf } from '../../src/core/feedback/recipient-state.ts'
import type { KeptRecord } from '../../src/core/feedback/record.ts'
import { fakeClock, recordedLog, recordedMeter, type FakeClock } from './fakes.ts'
import { RECIPIENT, SENT_AT } from './feedback-events.ts'

export interface FeedbackWorld {
  readonly clock: FakeClock
  readonly ledger: FeedbackLedger
  readonly intake: FeedbackIntake
  readonly messenger: Messenger
  readonly log: ReturnType<typeof recordedLog>
  /** `delivered example.com goo.ne.jp` and how often. */
  readonly figures: Readonly<Record<string, number>>
  readonly latencies: readonly number[]
  readonly told: readonly (readonly [News, FeedbackEvent['kind'], ...string[]])[]
  readonly kept: readonly KeptRecord[]
  readonly take: (...events: readonly FeedbackEvent[]) => Promise<void>
  /** `delivered`, or `delivered auto-replied`; one for each message. */
  readonly statesOf: (address?: string) => Promise<readonly string[]>
  readonly remove: () => Promise<void>
}

export async function feedbackWorld(listeners?: FeedbackListeners): Promise<FeedbackWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'watari-feedback-'))
  const clock = fakeClock(SENT_AT)
  const log = recordedLog()
  const [figures, latencies, kept]: [Record<string, number>, number[], KeptRecord[]] = [{}, [], []]
  const told: (readonly [News, FeedbackEvent['kind'], ...string[]])[] = []
  const listen = (news: News) => (event: FeedbackEvent, recipients: readonly { readonly address: string }[]) => {
    told.push([news, event.kind, ...recipients.map(({ address }) => address)])
    return Promise.resolve()
  }
  const ledger = await lmdbLedger({
    folder,
    hash: hmacKeyedHash(Buffer.from('0123456789abcdef0123456789abcdef')),
    days: 7,
    now: () => clock.now(),
    onTrouble: (message) => {
      throw new Error(message)
    },
  })
  const news = messenger({
    ledger,
    listeners: listeners ?? { return: listen('return'), suppress: listen('suppress') },
    clock,
    log,
  })
  const intake = feedbackIntake({
    ledger,
    clock,
    log,
    meter: recordedMeter(),
    messenger: news,
    shelf: { keep: (_, record) => Promise.resolve(void kept.push(record)) },
    figures: {
      count(_, { domain, stream }, what, by = 1) {
        const key = `${what} ${domain} ${stream}`
        figures[key] = (figures[key] ?? 0) + by
      },
      latency: (_, __, ___, ms) => void latencies.push(ms),
    },
  })
  return {
    clock,
    ledger,
    intake,
    messenger: news,
    log,
    figures,
    latencies,
    told,
    kept,
    async take(...events) {
      for (const event of events) await intake.take({ kind: 'event', event })
      while (news.waiting() > 0) await new Promise((resolve) => setImmediate(resolve))
    },
    statesOf: async (address = RECIPIENT) =>
      (await ledger.find({ address }, 10)).map(
        ({ facts }) => `${stateOf(facts)}${isAutoReplied(facts) ? ' auto-replied' : ''}`,
      ),
    async remove() {
      await news.stop()
      await ledger.close()
      rmSync(folder, { recursive: true })
    },
  }
}

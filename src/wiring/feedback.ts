// The way in for events, put together: ledger, intake, the port, and the loops that tell news and settle doubts.
import { join } from 'node:path'
import { lmdbLedger } from '../adapters/local/ledger.ts'
import { fileRecordShelf } from '../adapters/local/record-shelf.ts'
import { hmacKeyedHash } from '../adapters/node/keyed-hash.ts'
import { feedbackDoor } from '../adapters/ses/feedback-door.ts'
import { snsWeb, type SnsWeb } from '../adapters/ses/sns-certificates.ts'
import { HOUR_MS, SECOND_MS } from '../core/base/clock.ts'
import type { FigureSink } from '../core/base/figures.ts'
import type { FeedbackEvent } from '../core/feedback/event.ts'
import { feedbackIntake, type FeedbackIntake } from '../core/feedback/intake.ts'
import type { FeedbackListeners } from '../core/feedback/listeners.ts'
import { messenger } from '../core/feedback/messenger.ts'
import { feedbackDesk, type FeedbackOperations } from '../core/feedback/operations.ts'
import type { FeedbackLedger } from '../core/feedback/ports.ts'
import { settleTaken } from '../core/feedback/unclear.ts'
import type { QueueDesk } from '../core/mail/ports.ts'
import { describeError } from '../core/watch/describe-error.ts'
import type { FeedbackPlan } from '../core/plan/feedback-plan.ts'
import type { Plan } from '../core/plan/plan.ts'
import { feedbackHandler } from '../gateway/feedback.ts'
import { serveOnPort } from '../gateway/listen.ts'
import type { Basics } from './basics.ts'
import type { Environment } from './ses-place.ts'
import { splitKey } from './split-key.ts'

export interface FeedbackOptions {
  readonly plan: Plan
  readonly feedback: FeedbackPlan
  readonly planFile: string
  readonly dataFolder: string
  readonly environment: Environment
  readonly basics: Basics
  readonly desk: QueueDesk
  readonly figures: FigureSink
  readonly listeners: FeedbackListeners
  /** Hears of every event that was taken, also of one that came before. */
  readonly onEvent?: (event: FeedbackEvent) => void
  /** Whom to ask for certificates; SNS itself when not given. */
  readonly snsWeb?: SnsWeb
}

export interface Feedback {
  readonly address: string
  readonly operations: FeedbackOperations
  readonly stop: () => Promise<void>
}

/** A doubt of the SES route is tried again after a quarter of an hour; by then it has been looked at often. */
const UNCLEAR_MS = 10 * SECOND_MS

/** Rejects when the ledger cannot be opened or the port is taken. */
export async function openFeedback(options: FeedbackOptions): Promise<Feedback> {
  const { plan, feedback, planFile, dataFolder, basics } = options
  const { clock, log, meter } = basics
  const now = () => clock.now()
  const folder = join(dataFolder, 'feedback')
  const ledger = await lmdbLedger({
    folder: join(folder, 'ledger'),
    hash: hmacKeyedHash(splitKey(plan, planFile, dataFolder)),
    days: feedback.ledgerDays,
    now,
    onTrouble: (why) => log.alarm('feedbackLedger', { why }),
  })
  const news = messenger({ ledger, listeners: options.listeners, clock, log })
  const shelf = fileRecordShelf(join(folder, 'kept'), (why) => log.alarm('feedbackKept', { why }))
  const taking = feedbackIntake({ ledger, shelf, figures: options.figures, messenger: news, clock, log, meter })
  const intake = heard(taking, options.onEvent)
  const door = feedbackDoor({ ...doorOptions(options), web: options.snsWeb ?? snsWeb(), now })
  const handler = feedbackHandler({ door, intake, requestsMax: feedback.requestsAtOnce, log, meter })
  const listener = await serveOnPort(handler, feedback).catch(async (error: unknown) => {
    await ledger.close()
    throw error
  })
  const loops = startLoops(options, ledger)
  void news.run()
  log.info('feedbackPort', { address: listener.address, topics: feedback.topics.length })
  return {
    address: listener.address,
    operations: feedbackDesk({ intake, ledger, messenger: news, clock }),
    async stop() {
      await listener.close()
      await news.stop()
      await loops.stop()
      await ledger.close()
    },
  }
}

/** Whoever listens is told after the event is on disk. */
function heard(intake: FeedbackIntake, onEvent: FeedbackOptions['onEvent']): FeedbackIntake {
  return {
    ...intake,
    async take(record) {
      await intake.take(record)
      if (record.kind === 'event') onEvent?.(record.event)
    },
  }
}

function doorOptions({ feedback, environment }: FeedbackOptions) {
  const { topics, eventBridgeTokenVariable: variable } = feedback
  if (variable === undefined) return { topics }
  const eventBridgeToken = environment[variable]
  if (eventBridgeToken === undefined || eventBridgeToken === '') {
    throw new Error(`feedback: the plan names ${variable}, and it is not set: set it, or remove the key from the plan`)
  }
  return { topics, eventBridgeToken }
}

/** Settles doubts and forgets old days, for as long as the gateway runs. */
function startLoops(
  { basics, desk, figures }: FeedbackOptions,
  ledger: FeedbackLedger,
): { readonly stop: () => Promise<void> } {
  const { clock, log, meter } = basics
  let stopped = false
  let working: Promise<unknown> = Promise.resolve()
  const every = async (ms: number, what: string, work: () => Promise<unknown>): Promise<void> => {
    while (!stopped) {
      working = working.then(work).catch((error: unknown) => log.warn(what, { ...describeError(error) }))
      await working
      await clock.sleep(ms)
    }
  }
  void every(UNCLEAR_MS, 'unclearNotSettled', () =>
    settleTaken({ desk, ledger, figures, now: () => clock.now(), log, meter }),
  )
  void every(HOUR_MS, 'feedbackNotForgotten', () => ledger.expire())
  return {
    async stop() {
      stopped = true
      await working
    },
  }
}

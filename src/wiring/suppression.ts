// The suppression list, put together: on disk, in front of SES, and beside the account's list.
import { join } from 'node:path'
import { domainToASCII } from 'node:url'
import { lmdbSuppressionList, type OpenSuppressionList } from '../adapters/local/suppression-list.ts'
import { sesAccountList } from '../adapters/ses/account-list.ts'
import type { ControlPlane } from '../adapters/ses/control-plane.ts'
import { HOUR_MS } from '../core/base/clock.ts'
import type { FeedbackListener } from '../core/feedback/listeners.ts'
import { reconciliation } from '../core/feedback/reconcile-loop.ts'
import { reconcile } from '../core/feedback/reconcile-run.ts'
import { canonicalOf, suppressionDesk, type SuppressionOperations } from '../core/feedback/suppression-desk.ts'
import { suppressionListener } from '../core/feedback/suppression-listener.ts'
import { suppressionScreen } from '../core/feedback/suppression-screen.ts'
import type { AttemptOptions } from '../core/mail/attempt.ts'
import type { Plan } from '../core/plan/plan.ts'
import type { Basics } from './basics.ts'

export interface Suppression {
  /** For the route to SES alone. */
  readonly screen: NonNullable<AttemptOptions['screen']>
  /** What SES tells afterwards. */
  readonly hear: FeedbackListener
  /** Reconciles from now on. */
  readonly start: (controlPlane: ControlPlane) => SuppressionOperations
  /** Reconciles no more; the list can still be asked. */
  readonly stop: () => Promise<void>
  /** After the routes have stopped: they ask until then. */
  readonly close: () => Promise<void>
}

/** Opened before the routes, because nothing may go to SES unasked. */
export async function openSuppression(plan: Plan, dataFolder: string, basics: Basics): Promise<Suppression> {
  const list = await lmdbSuppressionList(join(dataFolder, 'suppression'))
  let started: ReturnType<typeof reconciling> | undefined
  return {
    screen: suppressionScreen({ list, onHit: plan.suppression.onHit, hostname: plan.gateway.hostname }),
    hear: suppressionListener({ list, canonical, now: () => basics.clock.now(), log: basics.log }),
    start(controlPlane) {
      started = reconciling({ plan, basics, list, controlPlane })
      return started.operations
    },
    stop: async () => started?.stop(),
    close: () => list.close(),
  }
}

const canonical = (text: string): string | undefined => canonicalOf(text, domainToASCII)

interface Reconciling {
  readonly plan: Plan
  readonly basics: Basics
  readonly list: OpenSuppressionList
  readonly controlPlane: ControlPlane
}

function reconciling({ plan: { suppression }, basics: { clock, log }, list, controlPlane }: Reconciling) {
  const account = sesAccountList(controlPlane)
  let stopping = false
  const lists = {
    list,
    account,
    clock,
    log,
    canonical,
    putsMax: suppression.putsPerRun,
    stopping: () => stopping,
  }
  const both = reconciliation({
    reconcile: (order) => reconcile(lists, order),
    everyMs: suppression.reconcileHours * HOUR_MS,
    clock,
    log,
  })
  void both.run()
  return {
    operations: suppressionDesk({
      list,
      account,
      reconciliation: both,
      toAscii: domainToASCII,
      now: () => clock.now(),
      log,
    }),
    async stop() {
      stopping = true
      await both.stop()
    },
  }
}

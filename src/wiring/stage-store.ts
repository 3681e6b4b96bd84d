// Where the stage lies: on this machine's disk, or, for gateways side by side, in a table that all of them follow.
import { tableShiftStore } from '../adapters/aws/shift-store.ts'
import { dynamoTable } from '../adapters/aws/table.ts'
import { fileShiftStore } from '../adapters/local/shift-store.ts'
import { SECOND_MS } from '../core/base/clock.ts'
import type { Plan } from '../core/plan/plan.ts'
import type { ShiftStore } from '../core/shift/ports.ts'
import { sharedShiftStore, type SharedShiftStore } from '../core/shift/shared-store.ts'
import type { Stage } from '../core/shift/stage.ts'
import { describeError } from '../core/watch/describe-error.ts'
import type { Basics } from './basics.ts'
import { awsPlace, type Environment } from './ses-place.ts'

export interface StagePlace {
  readonly plan: Plan
  readonly dataFolder: string
  readonly environment: Environment
  readonly basics: Pick<Basics, 'clock' | 'log'>
}

export interface OpenStage {
  readonly store: ShiftStore
  /** Tells each stage that others have set, until it is stopped. */
  readonly follow: (changed: (stage: Stage) => void) => void
  readonly stop: () => Promise<void>
}

/** A change reaches every gateway within this and the time of an answer. */
const LOOK_EVERY_MS = 5 * SECOND_MS
/** A start waits so long for the table, and then goes on by the last known stage. */
const START_WAIT_MS = 4 * SECOND_MS

export async function openStage({ plan, dataFolder, environment, basics }: StagePlace): Promise<OpenStage> {
  const { log, clock } = basics
  const near = await fileShiftStore(dataFolder, (trouble) => log.alarm('stageFile', { ...trouble }))
  const { table: name } = plan.shift
  if (name === undefined) return { store: near, follow: () => undefined, stop: async () => undefined }
  const table = dynamoTable({ ...awsPlace(plan, environment), table: name })
  const store = sharedShiftStore({
    near,
    far: tableShiftStore(table, plan.domain),
    lost: (error, { percent }) =>
      log.alarm('sharedStageLost', { table: name, goesOnBy: percent, ...describeError(error) }),
    found: ({ percent }) => log.info('sharedStageFound', { table: name, percent }),
  })
  await Promise.race([store.refresh(), clock.sleep(START_WAIT_MS)])
  const stopping = new AbortController()
  let running: Promise<void> = Promise.resolve()
  return {
    store,
    follow(changed) {
      running = following({ store, basics, changed, stopping: stopping.signal })
    },
    async stop() {
      stopping.abort()
      await running
      table.stop()
    },
  }
}

async function following({
  store,
  basics: { clock, log },
  changed,
  stopping,
}: {
  readonly store: SharedShiftStore
  readonly basics: Pick<Basics, 'clock' | 'log'>
  readonly changed: (stage: Stage) => void
  readonly stopping: AbortSignal
}): Promise<void> {
  while (!stopping.aborted) {
    try {
      changed(await store.refresh())
    } catch (error) {
      log.warn('sharedStageLook', describeError(error))
    }
    await clock.sleep(LOOK_EVERY_MS, stopping)
  }
}

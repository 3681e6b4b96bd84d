// A person moves the stage (S1, S3): checked, written with who and why, and only then in force.
// The robot takes the same door.
import type { Log } from '../base/log.ts'
import { isPercent, type Stage } from './stage.ts'
import type { ShiftStore } from './ports.ts'

export interface SetStageOptions {
  readonly store: ShiftStore
  readonly now: () => number
  readonly log: Log
  /** Why mail through SES would not be aligned now (S7), or undefined when it would be. */
  readonly misaligned: () => Promise<string | undefined>
  /** Called when the new stage is on disk. */
  readonly changed: (after: Stage, before: Stage) => void
}

export interface StageOrder {
  readonly percent: number
  readonly by: string
  readonly reason: string
  /** Receiving domains that stay on legacy; without it those of the stage before stay. */
  readonly heldBack?: readonly string[]
  /** Only if the stage is still the one of this instant. */
  readonly ifChangedAt?: number
}

export type SetStageAnswer =
  | { readonly kind: 'done'; readonly stage: Stage }
  | {
      readonly kind: 'refused'
      readonly reason: 'badValue' | 'notAligned' | 'sameValue' | 'storageFailed' | 'changedMeanwhile'
      readonly message: string
    }

/** The history is read by people: a reason is a sentence, not a document. */
const REASON_MAX = 500

const MEANWHILE = 'somebody else changed the stage in this moment, so it stays as that is; look at it, and decide again'

export async function setStage(options: SetStageOptions, order: StageOrder): Promise<SetStageAnswer> {
  const before = await options.store.current()
  const refusal = judge(order, before) ?? (await judgeAlignment(options, order, before))
  if (refusal) return refusal
  // Asked last, because asking SES takes its time.
  const { changedAt, changedBy } = await options.store.current()
  if (order.ifChangedAt !== undefined && changedAt !== order.ifChangedAt) {
    return refuse('changedMeanwhile', `${changedBy} has set the stage since it was looked at`)
  }
  const heldBack = order.heldBack ?? before.heldBack ?? []
  const after: Stage = {
    percent: order.percent,
    changedAt: options.now(),
    changedBy: order.by,
    reason: order.reason.slice(0, REASON_MAX),
    ...(heldBack.length === 0 ? {} : { heldBack }),
  }
  try {
    if ((await options.store.set(after, before)) === 'changedMeanwhile') return refuse('changedMeanwhile', MEANWHILE)
  } catch {
    options.log.alarm('stageNotStored', { percent: order.percent })
    return refuse(
      'storageFailed',
      'the stage could not be written, so it stays as it was; see that there is room on the disk, and that a shared table answers',
    )
  }
  options.log.info('stage', { percent: after.percent, before: before.percent, by: after.changedBy, why: after.reason })
  options.changed(after, before)
  return { kind: 'done', stage: after }
}

type Refusal = Extract<SetStageAnswer, { kind: 'refused' }>

function judge({ percent, reason, by, heldBack }: StageOrder, before: Stage): Refusal | undefined {
  if (!isPercent(percent)) return refuse('badValue', `the stage is a number from 0 to 100, not ${percent}`)
  if (reason.trim() === '') return refuse('badValue', 'a change of the stage needs a reason; it is kept in the history')
  if (by.trim() === '') return refuse('badValue', 'a change of the stage needs the name of who makes it')
  if (heldBack !== undefined && !sameNames(heldBack, before.heldBack ?? [])) return undefined
  return percent === before.percent
    ? refuse('sameValue', `the stage is ${percent} % already; nothing was recorded`)
    : undefined
}

function sameNames(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name) => b.includes(name))
}

/** Going up asks; going down never does: a way back that could be refused is none. */
async function judgeAlignment(
  { misaligned }: SetStageOptions,
  { percent }: StageOrder,
  before: Stage,
): Promise<Refusal | undefined> {
  if (percent <= before.percent) return undefined
  const fault = await misaligned()
  return fault === undefined ? undefined : refuse('notAligned', fault)
}

function refuse(reason: Refusal['reason'], message: string): Refusal {
  return { kind: 'refused', reason, message }
}

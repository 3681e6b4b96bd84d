// The stage that several gateways share. `far` is where all of them read and write it, `near` is what this gateway knows: its
// last known stage, on its own disk. Its rules: mail asks near alone, so losing far changes nothing for it; a change is made
// against the stage that whoever ordered it had seen; and the way down is never refused, for want of far it is taken here alone.
import type { ShiftStore } from './ports.ts'
import { INITIAL_STAGE, sameStage, type Stage } from './stage.ts'

export interface SharedStageOptions {
  readonly near: ShiftStore
  readonly far: ShiftStore
  /** Far does not answer (once for each time it is lost), and it answers again. */
  readonly lost: (error: unknown, stage: Stage) => void
  readonly found: (stage: Stage) => void
}

export interface SharedShiftStore extends ShiftStore {
  /** Looks at far; the stage that is in force now. To be called every few seconds. Rejects only when near's disk fails. */
  refresh(): Promise<Stage>
}

export function sharedShiftStore({ near, far, lost, found }: SharedStageOptions): SharedShiftStore {
  let isLost = false
  // A look and a change follow each other: else a look that began before a change would bring the old stage back.
  let last: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(act: () => Promise<T>): Promise<T> => {
    const turn = last.then(act)
    last = turn.catch(() => undefined)
    return turn
  }
  const away = async (error: unknown): Promise<void> => {
    if (!isLost) lost(error, await near.current())
    isLost = true
  }
  const back = (stage: Stage): void => {
    if (isLost) found(stage)
    isLost = false
  }
  const look = async (): Promise<Stage> => {
    let stage: Stage
    try {
      stage = await agreedStage(near, far)
    } catch (error) {
      await away(error)
      return near.current()
    }
    if (!sameStage(stage, await near.current())) await near.set(stage)
    back(stage)
    return stage
  }
  return {
    current: () => near.current(),
    refresh: () => inTurn(look),
    set: (stage, before) =>
      inTurn(async () => {
        const seen = before ?? (await near.current())
        try {
          if ((await far.set(stage, seen)) === 'changedMeanwhile') {
            await look()
            return 'changedMeanwhile'
          }
        } catch (error) {
          await away(error)
          const { percent } = await near.current()
          if (!(stage.percent < percent)) throw error
        }
        return near.set(stage)
      }),
    async history(limit) {
      try {
        return await far.history(limit)
      } catch {
        return near.history(limit)
      }
    },
  }
}

/** What far says, after it has heard what it must hear from here. */
async function agreedStage(near: ShiftStore, far: ShiftStore): Promise<Stage> {
  const there = await far.current()
  const here = await near.current()
  // The first gateway brings its stage along; one that went down alone, before a restart or after, brings that.
  const wentDown = here.percent < there.percent && here.changedAt > there.changedAt
  const tell = sameStage(there, INITIAL_STAGE) || wentDown
  if (!tell || sameStage(here, there)) return there
  return (await far.set(here, there)) === 'set' ? here : far.current()
}

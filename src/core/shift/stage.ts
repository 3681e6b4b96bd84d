// The stage: how many percent of the recipients go to SES, by whom it was set, and why.
// Nothing here decides to move it; a person does (or shift/tick, later). The stage is the ceiling of every smaller share.

export interface Stage {
  /** 0 to 100. 0 means none, 100 means all. */
  readonly percent: number
  readonly changedAt: number
  /** Who or what made the change: a login name, or the name of the robot. */
  readonly changedBy: string
  readonly reason: string
  /** Receiving domains that stay on legacy whatever the percent, lower case: they did worse by SES. */
  readonly heldBack?: readonly string[]
}

/** Shares under the stage, in percent; the smallest that applies wins. From the plan. */
export interface Shares {
  /** By receiving domain, lower case. */
  readonly byDomain: Readonly<Record<string, number>>
  /** By sending stream: the envelope sender's domain, or the value of the plan's stream header. */
  readonly byStream: Readonly<Record<string, number>>
}

/** Where every installation begins: nothing goes to SES until a person says so. */
export const INITIAL_STAGE: Stage = { percent: 0, changedAt: 0, changedBy: 'watari', reason: 'initial stage' }

/** Whether two stages are one and the same change, as it was written down. */
export function sameStage(a: Stage, b: Stage): boolean {
  const held = (stage: Stage) => (stage.heldBack ?? []).join()
  const sameWords = a.changedBy === b.changedBy && a.reason === b.reason && held(a) === held(b)
  return a.percent === b.percent && a.changedAt === b.changedAt && sameWords
}

export function isPercent(value: number): boolean {
  return Number.isFinite(value) && value >= 0 && value <= 100
}

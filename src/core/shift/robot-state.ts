// What the robot remembers between looks. It is written with each decision, so that a crash forgets nothing.

/** A person's word that the robot must not touch the stage, in either direction. */
export interface Lock {
  readonly by: string
  readonly reason: string
  readonly at: number
  /** Without it the lock stays until it is taken away. */
  readonly until?: number
}

/** A receiving domain that does worse by SES than by legacy, and so stays on legacy for a while. */
export interface HeldBack {
  readonly domain: string
  readonly at: number
  readonly until: number
  /** How often in a row. */
  readonly times: number
  /** False once it is tried again: kept, so that the next time is longer. */
  readonly active: boolean
  readonly reason: string
}

/** The last way back, until the robot has gone up again or a person has started it anew. */
export interface RolledBack {
  readonly at: number
  readonly from: number
  readonly to: number
  readonly reason: string
  readonly message: string
}

export interface RobotState {
  /** From 0 % only a person starts. */
  readonly started?: { readonly by: string; readonly reason: string; readonly at: number }
  readonly lock?: Lock
  /** No way up before this. */
  readonly coolDownUntil: number
  /** Roll-backs since a person last said that the reason is gone, by the percent they began at. */
  readonly failures: Readonly<Record<string, number>>
  readonly heldBack: readonly HeldBack[]
  readonly rolledBack?: RolledBack
}

export const NEW_ROBOT: RobotState = { coolDownUntil: 0, failures: {}, heldBack: [] }

/** The lock that holds now. */
export function lockNow({ lock }: RobotState, nowMs: number): Lock | undefined {
  return lock !== undefined && (lock.until === undefined || lock.until > nowMs) ? lock : undefined
}

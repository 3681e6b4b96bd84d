// The section `shift` of a plan: the robot's orders.

export interface ShiftPlan {
  /** 'off', 'advise': decides and records; 'rollBack': goes down by itself; 'on': both ways. */
  readonly robot: 'off' | 'advise' | 'rollBack' | 'on'
  /** A table that gateways side by side share: stage, lock, what the robot decided. Without it they lie in the data folder. */
  readonly table?: string
  /** After a roll-back the robot does not go up for so long. */
  readonly coolDownHours: number
  /** After a person has set the stage the robot does not go up for so long. */
  readonly personHours: number
  /** A receiving domain that does worse by SES stays on legacy for so long, at first. */
  readonly holdBackHours: number
  /** A rate on SES above this many times legacy's, and a margin, is a fault. */
  readonly worseRatio: number
}

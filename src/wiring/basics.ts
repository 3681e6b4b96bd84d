// What every part of a program is given: time, chance, a log, figures.
import type { Clock } from '../core/base/clock.ts'
import type { Log } from '../core/base/log.ts'
import type { Random } from '../core/base/random.ts'
import type { Meter } from '../core/watch/metrics.ts'

export interface Basics {
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly meter: Meter
}

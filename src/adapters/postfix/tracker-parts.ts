// What follows mails by their queue ids works with.
import type { LegacySink } from '../../core/base/legacy-outcome.ts'
import type { QueueSpace } from './heads.ts'
import type { LineCounts } from './line-counts.ts'
import type { Names } from './names.ts'
import type { TlsMemory } from './tls-memory.ts'

export interface TrackerParts {
  readonly sink: LegacySink
  readonly names: Names
  readonly counts: LineCounts
  readonly tls: TlsMemory
  /** Every instance on every host that was heard so far. */
  readonly spaces: readonly QueueSpace[]
}

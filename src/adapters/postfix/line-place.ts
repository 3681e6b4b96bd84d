// What the reader of a line tells the tracker of mails. The same objects are used for every line.
import type { LegacySink } from '../../core/base/legacy-outcome.ts'
import type { Head, QueueSpace } from './heads.ts'
import type { LineCounts } from './line-counts.ts'
import type { Names } from './names.ts'
import type { QueueId } from './queue-ids.ts'
import type { TlsMemory } from './tls-memory.ts'

/** Where a line is: its head, its id and its time. */
export interface LinePlace {
  readonly octets: Buffer
  readonly head: Head
  readonly pid: number
  readonly id: QueueId
  readonly atMs: number
}

/** What a qmgr line says of a mail that is active. */
export interface ActiveMail {
  readonly sender: number
  readonly size: number
  readonly recipients: number
}

/** What the tracker works with. */
export interface TrackerParts {
  readonly sink: LegacySink
  readonly names: Names
  readonly counts: LineCounts
  readonly tls: TlsMemory
  /** Every instance on every host that was heard so far. */
  readonly spaces: readonly QueueSpace[]
}

// What the reader of a line tells the tracker of mails. The same objects are used for every line.
import type { Head } from './heads.ts'
import type { QueueId } from './queue-ids.ts'

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

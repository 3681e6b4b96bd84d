// The segment queue keeps the contract of a durable queue, with its usual limits and with ones so small that every mail has
// a segment of its own, nothing is cached, and mails are moved all the time.
import { mailQueueContract } from './mail-queue.contract.ts'
import { segmentWorld } from './mail-queue.world.ts'

mailQueueContract('a segment queue', () => segmentWorld())

mailQueueContract('a segment queue of tiny segments', () =>
  segmentWorld({ limits: { segmentBytes: 1, cacheBytes: 0, deadBytes: 0, groupBytes: 1 } }),
)

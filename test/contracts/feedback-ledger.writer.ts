// A process that folds bounces until it is killed, and says the number of each when it is on disk; it answers nobody and tells
// no news. Argument: the folder.
import * as fs from 'node:fs'
import { lmdbLedger } from '../../src/adapters/local/ledger.ts'
import { hmacKeyedHash } from '../../src/adapters/node/keyed-hash.ts'
import { anEvent, SENT_AT } from '../support/feedback-events.ts'

const ledger = await lmdbLedger({
  folder: process.argv[2]!,
  hash: hmacKeyedHash(Buffer.from('0123456789abcdef0123456789abcdef')),
  days: 7,
  now: () => SENT_AT,
  onTrouble: () => {},
})

let next = 1
async function write(): Promise<void> {
  for (;;) {
    const n = next++
    await ledger.fold([anEvent.bounce(2_000, { recipients: [{ address: `p${n}@x.jp` }] })])
    fs.writeSync(1, `${n}\n`)
  }
}
await Promise.all(Array.from({ length: 20 }, write))

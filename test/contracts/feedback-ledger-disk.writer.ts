// A process that folds bounces on a disk that is nearly full, until it is; then somebody makes room. It says what became of them.
// Argument: the folder, in which `ballast` may be removed.
import * as fs from 'node:fs'
import * as path from 'node:path'
import { lmdbLedger } from '../../src/adapters/local/ledger.ts'
import { hmacKeyedHash } from '../../src/adapters/node/keyed-hash.ts'
import { anEvent, SENT_AT } from '../support/feedback-events.ts'

const folder = process.argv[2]!
const open = () =>
  lmdbLedger({
    folder: path.join(folder, 'ledger'),
    hash: hmacKeyedHash(Buffer.from('0123456789abcdef0123456789abcdef')),
    days: 7,
    now: () => SENT_AT,
    onTrouble: () => {},
  })
const said = { taken: 0, refused: 0 }
const ledger = await open()
for (let round = 0; round < 20; round += 1) {
  const bounces = Array.from({ length: 500 }, (_, n) => anEvent.bounce(2_000, {}, { sesMessageId: `m-${round}-${n}` }))
  const folded = await Promise.allSettled(bounces.map((bounce) => ledger.fold([bounce])))
  for (const { status } of folded) said[status === 'fulfilled' ? 'taken' : 'refused'] += 1
  const settled = await Promise.allSettled([ledger.settle(await ledger.owed(10))])
  if (settled[0]?.status === 'fulfilled') said.taken -= 10
}
fs.rmSync(path.join(folder, 'ballast'))
await ledger.fold([anEvent.bounce(2_000, {}, { sesMessageId: 'after' })])
await ledger.close()
const again = await open()
const owed = (await again.owed(100_000)).length
await again.close()
fs.writeSync(1, JSON.stringify({ ...said, owed }))

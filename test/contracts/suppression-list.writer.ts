// A process that changes a suppression list as fast as it can until it is killed. It says on its output, in one write each,
// what has resolved. Arguments: folder, first number.
import { writeSync } from 'node:fs'
import { lmdbSuppressionList } from '../../src/adapters/local/suppression-list.ts'

const [folder, first] = process.argv.slice(2) as [string, string]
const list = await lmdbSuppressionList(folder)
const evidence = { word: 'bounce', count: 1 }

for (let n = Number(first); ; n += 2) {
  const addresses = [`${n}@example.jp`, `${n + 1}@example.jp`]
  await list.change(
    addresses,
    (_, i) => ({ address: addresses[i]!, entry: { reason: 'imported', evidence, addedAt: n, by: 'test' } }),
    { lookedAt: n },
  )
  writeSync(1, `${n}\n`)
}

// The suppression list with a million entries: how long a look-up takes, which every recipient for SES pays, and what it costs
// in memory.
//   npm run bench:suppression -- --json [--entries 1000000]
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { lmdbSuppressionList } from '../src/adapters/local/suppression-list.ts'
import { suppressionScreen } from '../src/core/feedback/suppression-screen.ts'
import type { SuppressionEntry } from '../src/core/feedback/suppression.ts'
import type { ClaimedPart } from '../src/core/mail/mail.ts'

const { values } = parseArgs({
  options: { json: { type: 'boolean', default: false }, entries: { type: 'string', default: '1000000' } },
})
const entries = Number(values.entries)
const BATCH = 10_000
const LOOKUPS = 500_000
/** Without a common factor with the entries, so that look-ups jump about. */
const STRIDE = 7_919
const AT = Date.UTC(2026, 10, 25)
const ENTRY: SuppressionEntry = {
  reason: 'imported',
  evidence: { word: 'bounce', status: '5.1.1', count: 3, firstAt: AT, lastAt: AT, source: 'list-0001.csv' },
  addedAt: AT,
  by: 'sato',
}

const listed = (i: number): string => `person${String(i).padStart(8, '0')}@example${i % 997}.jp`
const residentMb = (): number => process.memoryUsage().rss / 1_000_000
const heapMb = (): number => process.memoryUsage().heapUsed / 1_000_000

function microsecondsOf(act: (i: number) => void): number {
  const startedAt = performance.now()
  for (let i = 0; i < LOOKUPS; i += 1) act((i * STRIDE) % entries)
  return ((performance.now() - startedAt) * 1_000) / LOOKUPS
}

const folder = mkdtempSync(join(tmpdir(), 'watari-bench-'))
try {
  const before = { residentMb: residentMb(), heapMb: heapMb() }
  let list = await lmdbSuppressionList(folder)
  const putAt = performance.now()
  for (let from = 0; from < entries; from += BATCH) {
    const addresses = Array.from({ length: Math.min(BATCH, entries - from) }, (_, i) => listed(from + i))
    await list.change(addresses, (_, i) => ({ address: addresses[i]!, entry: ENTRY }))
  }
  const putSeconds = (performance.now() - putAt) / 1_000
  await list.close()
  const openAt = performance.now()
  list = await lmdbSuppressionList(folder)
  const openMs = performance.now() - openAt
  const screen = suppressionScreen({ list, onHit: 'bounce', hostname: 'gw.example' })
  const mail = { reason: 'accepted', acceptedAt: AT }
  const hitUs = microsecondsOf((i) => void list.find(listed(i)))
  const missUs = microsecondsOf((i) => void list.find(`no${listed(i)}`))
  const screenUs = microsecondsOf(
    (i) => void screen({ ...mail, recipients: [`No${listed(i)}`] } as unknown as ClaimedPart),
  )
  const result = {
    entries,
    put_per_s: Math.round(entries / putSeconds),
    file_mb: Math.round(statSync(join(folder, 'data.mdb')).size / 1_000_000),
    open_ms: Number(openMs.toFixed(1)),
    hit_us: Number(hitUs.toFixed(2)),
    miss_us: Number(missUs.toFixed(2)),
    screen_us: Number(screenUs.toFixed(2)),
    resident_more_mb: Math.round(residentMb() - before.residentMb),
    heap_more_mb: Math.round(heapMb() - before.heapMb),
  }
  console.log(values.json ? JSON.stringify(result) : result)
  await list.close()
} finally {
  rmSync(folder, { recursive: true })
}

// A process that counts minute after minute of a fast clock, and late for hours that are closed, until it is killed. It says
// `c n` before it counts so many, and `w n` when they are on disk, each in one write. Arguments: folder, its first instant.
import * as fs from 'node:fs'
import { localFigures } from '../../src/adapters/local/figures.ts'
import { MINUTE_MS } from '../../src/core/base/clock.ts'

const [folder, first] = process.argv.slice(2) as [string, string]
const silent = (): void => undefined
let nowMs = Number(first)
const figures = await localFigures({
  folder,
  clock: { now: () => nowMs, sleep: async () => {} },
  log: { debug: silent, info: silent, warn: silent, alarm: silent },
  pinned: { domains: [], streams: [] },
})

/** Synchronous, so that what is said here was true before the kill. */
const say = (line: string): void => void fs.writeSync(1, `${line}\n`)

/** Numbers of events in a minute; many labels, so that records are long and late ones are folded now and then. */
const EVENTS = 400

for (let round = 0; ; round += 1) {
  say(`c ${nowMs} ${EVENTS}`)
  for (let i = 0; i < EVENTS; i += 1) {
    const lateMs = i % 4 === 0 ? (i % 7) * 20 * MINUTE_MS : 0
    const key = {
      route: i % 2 === 0 ? 'ses' : 'legacy',
      domain: `d${(i * 31 + round) % 900}.example`,
      stream: 'news',
    } as const
    figures.count(nowMs - lateMs, key, i % 3 === 0 ? 'sent' : 'hardBounced')
  }
  nowMs += 7 * MINUTE_MS
  await figures.tick()
  say(`w ${nowMs} ${EVENTS}`)
}

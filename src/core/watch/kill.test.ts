// A watch whose process dies before or after every single touch of disk and of people: an incident is told, and at most one
// message of a channel comes twice, with the same id.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fileIncidentStore } from '../../adapters/local/incident-store.ts'
import { Killed } from '../../../test/support/dkim-crash.ts'
import { turns } from '../../../test/support/fakes.ts'
import { anObservation, BOUNCING, watchWorld } from '../../../test/support/watch-world.ts'
import type { Notifier } from '../base/notice.ts'

/** One bad hour and what comes after it, killed once at one touch; the ids that each channel got, and how many touches there were. */
async function killedAt(
  touch: number,
  when: 'before' | 'after',
): Promise<{ got: Record<string, string[]>; touches: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'watari-killed-'))
  try {
    let touches = 0
    // Of a process that is dead nothing goes on: neither another channel nor a write that was waiting.
    let dead = false
    const underWay = new Set<Promise<unknown>>()
    const at = async <T>(act: () => Promise<T>): Promise<T> => {
      if (dead) throw new Killed('with it')
      const number = touches++
      if (number === touch && when === 'before') throw die('before')
      const doing = act()
      underWay.add(doing)
      const result = await doing.finally(() => underWay.delete(doing))
      if (number === touch && when === 'after') throw die('after')
      return result
    }
    const die = (word: string): Killed => {
      dead = true
      return new Killed(word)
    }
    const file = await fileIncidentStore(folder)
    const store = {
      load: () => file.load(),
      save: (record: Parameters<typeof file.save>[0]) => at(() => file.save(record)),
    }
    const got: Record<string, string[]> = { mail: [], Slack: [] }
    const notifiers = Object.keys(got).map((channel): Notifier => ({
      channel,
      send: (notice) =>
        at(async () => {
          got[channel]!.push(notice.id.replace('BounceRate-20261125-', ''))
          return { kind: 'sent', channel }
        }),
    }))
    const world = watchWorld({ store, notifiers })
    for (let minute = 0; minute < 45; minute += 1) {
      world.see = (nowMs) => anObservation(minute < 4 ? { nowMs, figures: BOUNCING } : { nowMs })
      try {
        await world.minutes(1)
      } catch (error) {
        if (!(error instanceof Killed)) throw error
        await Promise.allSettled(underWay)
        await turns()
        dead = false
        world.now += 60_000
        world.restart()
      }
    }
    return { got, touches }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

test('each channel hears the beginning and the end, and at most one message twice, with its id', async () => {
  const { got, touches } = await killedAt(-1, 'before')
  expect(got).toEqual({ mail: ['1201-open', '1201-closed'], Slack: ['1201-open', '1201-closed'] })
  for (let touch = 0; touch < touches; touch += 1) {
    for (const when of ['before', 'after'] as const) {
      const { got: after } = await killedAt(touch, when)
      const name = (id: string) => id.slice(id.indexOf('-') + 1)
      for (const ids of Object.values(after)) {
        expect([...new Set(ids)].map(name), `killed ${when} touch ${touch}`).toEqual(['open', 'closed'])
        // The one that was under way on this channel; the channels are told side by side.
        expect(ids.length, `killed ${when} touch ${touch}: ${ids.join(' ')}`).toBeLessThanOrEqual(3)
      }
    }
  }
})

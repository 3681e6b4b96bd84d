// The life of a key, from nothing to a revoked first key, killed before and after every single touch of the world.
import { describe, expect, test } from 'vitest'
import { Killed, killedAt, type Kill } from '../../../test/support/dkim-crash.ts'
import { dkimWorld, type DkimWorld } from '../../../test/support/dkim-world.ts'
import { DAY_MS, HOUR_MS } from '../base/clock.ts'
import { circleOf } from './circle.ts'
import type { DkimPolicy } from './policy.ts'
import { mustHold } from './status.ts'

const NEVER: Kill = { touch: Number.POSITIVE_INFINITY, when: 'before' }

/** Tells the whole story; after a kill another process goes on. The names of what was touched before. */
async function story(
  change: Partial<DkimPolicy>,
  kill: Kill,
): Promise<{ world: DkimWorld; touched: readonly string[] }> {
  const world = dkimWorld({ mailFromDomain: 'bounce.example.jp', ...change })
  const { hands, touched } = killedAt(world.hands, kill)
  world.restart(hands)
  const survive = async (act: () => Promise<unknown>): Promise<void> => {
    try {
      await act()
    } catch (error) {
      if (!(error instanceof Killed)) throw error
      world.restart()
      // What wiring does when a program begins.
      world.traffic.held = mustHold(world.record())
      await act()
    }
  }
  const pass = (ms: number): Promise<void> => {
    const endsAt = world.now() + ms
    return survive(() => world.pass(endsAt - world.now()))
  }
  await pass(HOUR_MS)
  await world.publish()
  await pass(2 * HOUR_MS)
  world.traffic.percent = 100
  await survive(async () => {
    // A person whose order was not taken gives it again.
    if (circleOf(world.record()!).current?.selector === 'watari1') await world.tick({ rotate: true, by: 'tanaka' })
  })
  await pass(7 * DAY_MS + HOUR_MS)
  await world.publish()
  await pass(HOUR_MS)
  // By TXT the key in the free place; by alias the place rests for thirty days first.
  await world.publish()
  await pass(31 * DAY_MS)
  return { world, touched }
}

function endOf(world: DkimWorld): object {
  const record = world.record()!
  const { current, coming, retiring } = circleOf(record)
  return {
    current: current?.selector,
    coming: coming.map(({ selector, provenAt }) => `${selector} ${provenAt === undefined ? 'not proven' : 'proven'}`),
    retiring: retiring.map(({ selector }) => selector),
    stored: [...world.keys.keys()].sort(),
    switching: record.switching,
    request: record.request,
    alerts: record.alerts,
    signature: world.ses.signature(),
    mailFrom: world.ses.identity?.mailFrom?.status,
    traffic: world.traffic,
    first: world.dns.texts('watari1._domainkey.example.jp', true)?.map((text) => text.slice(0, 20)),
  }
}

const WAYS: readonly [string, Partial<DkimPolicy>, object][] = [
  ['by TXT', {}, { current: 'watari2', coming: ['watari3 proven', 'watari4 proven'], first: ['v=DKIM1; k=rsa; p='] }],
  [
    'by alias',
    { publishing: 'cname' },
    { current: 'watari2', coming: ['watari3 proven', 'watari1 proven'], first: ['v=DKIM1; k=rsa; p=MI'] },
  ],
]

describe.each(WAYS)('a process that is killed, %s,', (_, change, expected) => {
  const whole = {
    retiring: [],
    switching: undefined,
    request: undefined,
    alerts: [],
    signature: 'watari2',
    mailFrom: 'SUCCESS',
    traffic: { percent: 100, held: false },
    stored: change.publishing === 'cname' ? ['watari1', 'watari2', 'watari3'] : ['watari2', 'watari3', 'watari4'],
    ...expected,
  }

  test('is told from one that is not by nothing in the end', async () => {
    const { world, touched } = await story(change, NEVER)
    expect(endOf(world)).toEqual(whole)
    expect(touched.length).toBeGreaterThan(40)
    // Each touch that the story holds, so that a new kind of touch cannot hide from this test.
    expect([...new Set(touched)].sort()).toEqual(
      [
        'keyStore.destroy',
        'keyStore.make',
        ...(change.publishing === 'cname' ? ['ownZone.put'] : []),
        'signing.useKey',
        'signing.useMailFrom',
        'store.save',
        'team.send',
        'traffic.hold',
      ].sort(),
    )
    const letters = world.letters.length
    const ids = new Set(world.letters.map(({ id }) => id)).size
    for (const when of ['before', 'after'] as const) {
      for (let touch = 0; touch < touched.length; touch += 1) {
        const { world: killed } = await story(change, { touch, when })
        expect({ touch, when, name: touched[touch], ...endOf(killed) }).toEqual({
          touch,
          when,
          name: touched[touch],
          ...whole,
        })
        // A letter may come twice, and then has the same id; none is missing.
        expect(new Set(killed.letters.map(({ id }) => id)).size).toBe(ids)
        expect(killed.letters.length).toBeLessThanOrEqual(letters + 1)
      }
    }
  }, 120_000)
})

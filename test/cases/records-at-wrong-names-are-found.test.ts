// C32: panels append the zone to a full name, or lose an underscore; a fault of a server is not "not there yet".
import { expect, test } from 'vitest'
import { HOUR_MS, MINUTE_MS } from '../../src/core/base/clock.ts'
import { dkimStatus } from '../../src/core/dkim/status.ts'
import { dkimWorld, type DkimWorld } from '../support/dkim-world.ts'

const notes = async (world: DkimWorld) => {
  const { observation, decision } = await world.tick()
  return dkimStatus(observation, decision, world.policy).keys.map(({ note, publication }) => note ?? publication)
}

test('a record is found at the name where it lies, told once in the DNS team’s words, and the rest goes on', async () => {
  const world = dkimWorld()
  await world.tick()
  const wrongNames: Record<string, string> = {
    watari1: 'watari1._domainkey.example.jp.example.jp',
    watari2: 'watari2.domainkey.example.jp',
    watari3: 'watari3.example.jp',
  }
  await world.publish((record) =>
    record.selector === undefined ? record : { ...record, name: wrongNames[record.selector]! },
  )
  expect(await notes(world)).toEqual([
    'zoneAppended: found at watari1._domainkey.example.jp.example.jp',
    'underscoreLost: found at watari2.domainkey.example.jp',
    'domainkeyLost: found at watari3.example.jp',
  ])
  await world.pass(2 * HOUR_MS)
  const corrections = world.letters.filter(({ id }) => id.includes('correction'))
  expect(corrections).toHaveLength(1)
  expect(corrections[0]?.text).toContain('名前の末尾にゾーン名が二重に付いています。')
  expect(corrections[0]?.text).toContain('アンダースコアが抜けています。')
  expect(world.ses.identity).toBeUndefined()
})

test('a value padded with spaces is right', async () => {
  const world = dkimWorld()
  await world.tick()
  await world.publish((record) => ({ ...record, value: `${record.value}   ` }))
  await world.pass(2 * HOUR_MS)
  expect(world.ses.signature()).toBe('watari1')
})

test.each(['SERVFAIL', 'timeout'] as const)(
  'a server that answers %s is shown as that, and asks nobody for anything',
  async (fault) => {
    const world = dkimWorld()
    await world.tick()
    const letters = world.letters.length
    world.dns.breakServer('ns1.example.jp', fault)
    world.dns.breakServer('ns2.example.jp', fault)
    await world.pass(30 * MINUTE_MS)
    expect(await notes(world)).toEqual(
      Array.from(
        { length: 3 },
        () => `ns1.example.jp (203.0.113.1) answers ${fault}; ns2.example.jp (203.0.113.2) answers ${fault}`,
      ),
    )
    expect(world.letters).toHaveLength(letters)
  },
)

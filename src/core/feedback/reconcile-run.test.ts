import fc from 'fast-check'
import { domainToASCII } from 'node:url'
import { describe, expect, test } from 'vitest'
import { recordedLog } from '../../../test/support/fakes.ts'
import { memoryAccountList, UNREACHABLE } from '../../../test/support/memory-account-list.ts'
import { memorySuppressionList } from '../../../test/support/memory-suppression.ts'
import { DAY_MS, HOUR_MS } from '../base/clock.ts'
import { reconcile } from './reconcile-run.ts'
import { listed, unlisted, type SuppressionReason } from './suppression.ts'
import { canonicalOf } from './suppression-desk.ts'

function aWorld(options: { readonly putsMax?: number; readonly pageSize?: number } = {}) {
  let nowMs = 100 * DAY_MS
  const now = () => nowMs
  const list = memorySuppressionList()
  const account = memoryAccountList({ now, ...(options.pageSize === undefined ? {} : { pageSize: options.pageSize }) })
  const log = recordedLog()
  const clock = { now, sleep: () => Promise.resolve() }
  const canonical = (text: string) => canonicalOf(text, domainToASCII)
  return {
    list,
    account,
    log,
    advance: (ms: number) => void (nowMs += ms),
    now,
    run: (asked: { dryRun?: boolean; whole?: boolean } = {}) =>
      reconcile(
        { list, account, clock, log, canonical, putsMax: options.putsMax ?? 100, stopping: () => false },
        { dryRun: false, ...asked },
      ),
    ours: (spelling: string, reason: SuppressionReason = 'hardBounce') => {
      const address = canonical(spelling)!
      const evidence = { word: 'bounce', count: 1, firstAt: now(), lastAt: now() }
      return list.change([address], (record) =>
        listed(record, { address, spelling, reason, evidence, by: 'watari' }, now()),
      )
    },
    removed: (address: string) =>
      list.change([address], (record) => unlisted(record, { at: now(), by: 'sato', note: 'works' })),
    theirs: (spelling: string, updatedAt = now()) =>
      void account.items.set(spelling, { spelling, reason: 'BOUNCE', updatedAt }),
    listedHere: () =>
      list
        .page({ limit: 1_000 })
        .records.filter(({ entry }) => entry !== undefined)
        .map(({ address }) => address),
    listedThere: () => [...account.items.keys()].toSorted(),
  }
}

describe('the first reconciliation', () => {
  test('makes both lists one, in the spelling of each', async () => {
    const world = aWorld()
    await world.ours('Mine@Example.com')
    for (const spelling of ['A@example.com', 'b@example.com', 'c@example.com']) world.theirs(spelling)
    expect(await world.run()).toMatchObject({ whole: true, seen: 3, added: 3, put: 1, removed: 0, gone: 0 })
    expect(world.listedHere()).toEqual(['a@example.com', 'b@example.com', 'c@example.com', 'mine@example.com'])
    expect(world.listedThere()).toEqual(['A@example.com', 'Mine@example.com', 'b@example.com', 'c@example.com'])
    const calls = world.account.calls.length
    expect(await world.run()).toMatchObject({ whole: false, added: 0, put: 0, removed: 0 })
    expect(world.account.calls.slice(calls).every((call) => call === 'page')).toBe(true)
  })

  test('as a dry run says the same and changes nothing on either side', async () => {
    const world = aWorld()
    await world.ours('mine@example.com')
    await world.ours('both@example.com')
    await world.ours('works@example.com')
    await world.removed('works@example.com')
    for (const spelling of ['Works@example.com', 'both@example.com', 'their@example.com']) world.theirs(spelling)
    const before = [world.list.page({ limit: 9 }), world.listedThere(), world.list.memory()]
    const dry = await world.run({ dryRun: true })
    expect([world.list.page({ limit: 9 }), world.listedThere(), world.list.memory()]).toEqual(before)
    expect(dry).toMatchObject({ dryRun: true, seen: 3, added: 1, removed: 1, put: 1 })
    expect(await world.run()).toMatchObject({ dryRun: false, seen: 3, added: 1, removed: 1, put: 1 })
  })
})

// usesend/useSend#324.
describe('what a person took off here while SES still has it', () => {
  test('is taken off there in every spelling that SES keeps', async () => {
    const world = aWorld()
    for (const spelling of ['Reader@example.com', 'READER@example.com']) world.theirs(spelling)
    await world.run()
    world.advance(HOUR_MS)
    await world.removed('reader@example.com')
    expect(await world.run({ whole: true })).toMatchObject({ removed: 2 })
    expect(world.listedThere()).toEqual([])
    expect(world.listedHere()).toEqual([])
  })

  test('comes back when SES lists it anew after the removal', async () => {
    const world = aWorld()
    await world.ours('reader@example.com')
    await world.removed('reader@example.com')
    await world.run()
    world.advance(DAY_MS)
    world.theirs('reader@example.com')
    expect(await world.run()).toMatchObject({ added: 1, removed: 0 })
    expect(world.listedHere()).toEqual(['reader@example.com'])
  })
})

describe('what is gone from the account’s list', () => {
  test('goes here too when it came from there, and is put back when we have evidence of our own', async () => {
    const world = aWorld()
    world.theirs('their@example.com')
    await world.ours('mine@example.com')
    await world.run()
    world.account.items.clear()
    world.advance(7 * DAY_MS)
    expect(await world.run()).toMatchObject({ whole: true, gone: 1, put: 1 })
    expect(world.listedHere()).toEqual(['mine@example.com'])
    expect(world.listedThere()).toEqual(['mine@example.com'])
  })

  test('stays here when AWS emptied the list, with one alarm', async () => {
    const world = aWorld({ pageSize: 1_000 })
    for (let i = 0; i < 150; i += 1) world.theirs(`p${i}@example.com`)
    await world.run()
    world.account.items.clear()
    world.advance(1)
    expect(await world.run({ dryRun: true, whole: true })).toMatchObject({ keptThoughGone: 150, gone: 0 })
    expect(await world.run({ whole: true })).toMatchObject({ keptThoughGone: 150, gone: 0 })
    expect(world.listedHere()).toHaveLength(150)
    expect(world.log.lines.filter(({ level }) => level === 'alarm')).toEqual([
      { level: 'alarm', event: 'accountListEmptied', fields: { gone: 150, known: 150 } },
    ])
  })
})

describe('a run that is cut', () => {
  test.each([false, true])('goes on with the page that was next (token too old: %s)', async (tokensExpired) => {
    const world = aWorld()
    for (let i = 0; i < 9; i += 1) world.theirs(`p${i}@example.com`)
    world.account.failAfter(2, UNREACHABLE)
    expect(await world.run()).toMatchObject({ seen: 4, added: 4, trouble: { reason: 'unreachable' } })
    expect(world.list.memory().look).toMatchObject({ whole: true, seen: 4 })
    world.account.mend({ tokensExpired })
    world.account.calls.length = 0
    expect(await world.run()).toMatchObject({ added: 5, gone: 0 })
    expect(world.account.calls).toHaveLength(tokensExpired ? 6 : 3)
    expect(world.listedHere()).toHaveLength(9)
    expect(world.list.memory()).toEqual({ lookedAt: world.now(), lookedWholeAt: world.now() })
  })

  test('puts what is left with the next, and never more than its limit at once', async () => {
    const world = aWorld({ putsMax: 3 })
    for (let i = 0; i < 5; i += 1) await world.ours(`p${i}@example.com`)
    expect(await world.run()).toMatchObject({ put: 3, waiting: 2 })
    expect(await world.run()).toMatchObject({ put: 2, waiting: 0 })
    expect(world.listedThere()).toHaveLength(5)
  })
})

describe('what SES does not take', () => {
  const refusal = { kind: 'refused' as const, reason: 'valueRefused', message: 'no' }
  test('is counted and passed over', async () => {
    const world = aWorld()
    await world.ours('a@example.com')
    const { put } = world.account
    world.account.put = async (spelling, reason) => (spelling.startsWith('a') ? refusal : put(spelling, reason))
    await world.ours('b@example.com')
    expect(await world.run()).toMatchObject({ put: 1, refused: 1 })
  })
  test('ends the run when it is everything: the sandbox', async () => {
    const world = aWorld()
    for (let i = 0; i < 9; i += 1) await world.ours(`p${i}@example.com`)
    world.account.put = async () => refusal
    expect(await world.run()).toMatchObject({ put: 0, refused: 4, trouble: { reason: 'valueRefused' } })
  })
  test('ends the run when the credentials may not', async () => {
    const world = aWorld()
    await world.ours('a@example.com')
    world.account.failAfter(0, { kind: 'refused', reason: 'accessDenied', message: 'allow it' })
    expect(await world.run()).toMatchObject({
      seen: 0,
      put: 0,
      trouble: { reason: 'accessDenied', message: 'allow it' },
    })
  })
})

test('whatever both lists hold and wherever calls fail, both agree in the end and no removal is undone', async () => {
  const names = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), { maxLength: 6 })
  const world = fc.record({ ours: names, theirs: names, removed: names, failAt: fc.array(fc.nat(8), { maxLength: 3 }) })
  await fc.assert(
    fc.asyncProperty(world, async ({ ours, theirs, removed, failAt }) => {
      const it = aWorld()
      for (const name of ours) await it.ours(`${name}@example.com`)
      for (const name of theirs) it.theirs(`${name.toUpperCase()}@example.com`)
      it.advance(1)
      for (const name of removed) await it.removed(`${name}@example.com`)
      for (const calls of failAt) {
        it.account.failAfter(calls, UNREACHABLE)
        await it.run()
      }
      it.account.mend()
      await it.run({ whole: true })
      await it.run()
      const wasRemoved = ours.filter((name) => removed.includes(name))
      const expected = [...new Set([...ours, ...theirs])].filter((name) => !wasRemoved.includes(name)).toSorted()
      expect(it.listedHere()).toEqual(expected.map((name) => `${name}@example.com`))
      expect(
        it
          .listedThere()
          .map((spelling) => spelling.toLowerCase())
          .toSorted(),
      ).toEqual(it.listedHere())
    }),
  )
})

// News reach their listeners at least once: through trouble, after a crash, and not twice at once.
import { expect, test } from 'vitest'
import { fakeClock, recordedLog, turns } from '../../../test/support/fakes.ts'
import { anEvent } from '../../../test/support/feedback-events.ts'
import { messenger } from './messenger.ts'
import type { OwedChange } from './ports.ts'

const RECIPIENT = { address: 'r@example.com' }
const aChange = (receipt: string): OwedChange => ({
  event: anEvent.bounce(),
  changes: [{ recipient: RECIPIENT, fact: 'hardBounce', before: {}, after: { hardBounce: 1 } }],
  receipt,
})

function world(owed: OwedChange[] = []) {
  const [clock, log, told, settled]: [
    ReturnType<typeof fakeClock>,
    ReturnType<typeof recordedLog>,
    string[],
    string[],
  ] = [fakeClock(), recordedLog(), [], []]
  const state = { fails: false }
  const listen = (news: string) => () => {
    if (state.fails) return Promise.reject(new Error('disk'))
    told.push(news)
    return Promise.resolve()
  }
  const news = messenger({
    ledger: {
      owed: (limit) => Promise.resolve(owed.slice(0, limit)),
      settle: (changes) => {
        settled.push(...changes.map(({ receipt }) => receipt!))
        owed = owed.filter(({ receipt }) => !settled.includes(receipt!))
        return Promise.resolve()
      },
    },
    listeners: { return: listen('return'), suppress: listen('suppress') },
    clock,
    log,
  })
  return { news, clock, log, told, settled, state, owe: (change: OwedChange) => owed.push(change) }
}

test('news are told to both, then settled', async () => {
  const { news, told, settled } = world()
  news.tell([aChange('1')])
  await turns()
  expect(told).toEqual(['suppress', 'return'])
  expect(settled).toEqual(['1'])
  expect(news.waiting()).toBe(0)
})

test('what is news to nobody is not told', async () => {
  const { news, told } = world()
  news.tell([{ event: anEvent.delivery(), changes: [] }])
  await turns()
  expect(told).toEqual([])
})

test('a listener that fails is told again in a minute, with one alarm', async () => {
  const { news, clock, log, told, settled, state, owe } = world()
  void news.run()
  state.fails = true
  owe(aChange('1'))
  news.tell([aChange('1')])
  await turns()
  expect(settled).toEqual([])
  await clock.advance(60_000)
  state.fails = false
  await clock.advance(60_000)
  await turns()
  expect(told).toEqual(['suppress', 'return'])
  expect(settled).toEqual(['1'])
  expect(log.lines.filter(({ level }) => level === 'alarm').map(({ event }) => event)).toEqual(['feedbackNewsNotTold'])
  await news.stop()
})

test('what a crash left owed is told at the start', async () => {
  const { news, told, settled } = world([aChange('1'), aChange('2')])
  void news.run()
  await turns()
  expect(told).toHaveLength(4)
  expect(settled).toEqual(['1', '2'])
  await news.stop()
})

test('the same news are not told twice at once', async () => {
  const { news, told } = world([aChange('1')])
  news.tell([aChange('1')])
  void news.run()
  await turns()
  expect(told).toEqual(['suppress', 'return'])
  await news.stop()
})

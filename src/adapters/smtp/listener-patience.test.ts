import { expect, test } from 'vitest'
import { Patience, type View } from './listener-patience.ts'
import { LISTENER_LIMITS } from './session-limits.ts'

const aView = (changes: Partial<View> = {}): View => ({
  waiting: 'command',
  progress: 1,
  contentOctets: 0,
  unreadOctets: 0,
  ...changes,
})

test.each([
  ['proxyHeader', 5_000, 'proxyHeader'],
  ['tlsHello', 30_000, 'tlsHello'],
  ['tlsHandshake', 30_000, 'tlsHandshake'],
  ['command', 300_000, 'command'],
  ['line', 60_000, 'command'],
  ['content', 60_000, 'content'],
  ['closing', 5_000, 'closing'],
] as const)('waits for a %s so long and no longer', (waiting, ms, overdue) => {
  const patience = new Patience(LISTENER_LIMITS)
  expect(patience.look(1_000, aView({ waiting }))).toBeUndefined()
  expect(patience.look(1_000 + ms - 1, aView({ waiting }))).toBeUndefined()
  expect(patience.look(1_000 + ms, aView({ waiting }))).toBe(overdue)
})

test('begins anew with everything that goes on', () => {
  const patience = new Patience(LISTENER_LIMITS)
  patience.look(0, aView())
  patience.look(299_000, aView({ progress: 2 }))
  expect(patience.look(598_000, aView({ progress: 2 }))).toBeUndefined()
  expect(patience.look(599_000, aView({ progress: 2 }))).toBe('command')
})

test('never blames a client for what it waits for itself', () => {
  const patience = new Patience(LISTENER_LIMITS)
  patience.look(0, aView({ waiting: 'us' }))
  expect(patience.look(86_400_000, aView({ waiting: 'us' }))).toBeUndefined()
})

test('wants content at 100 octets a second, in each minute', () => {
  const patience = new Patience(LISTENER_LIMITS)
  patience.look(0, aView({ waiting: 'content' }))
  expect(patience.look(60_000, aView({ waiting: 'content', contentOctets: 6_000 }))).toBeUndefined()
  expect(patience.look(120_000, aView({ waiting: 'content', contentOctets: 11_999 }))).toBe('content')
})

test('gives a client a minute to read what it was told', () => {
  const patience = new Patience(LISTENER_LIMITS)
  patience.look(0, aView({ unreadOctets: 100 }))
  patience.look(30_000, aView())
  patience.look(31_000, aView({ unreadOctets: 100, progress: 2 }))
  expect(patience.look(90_999, aView({ unreadOctets: 50, progress: 3 }))).toBeUndefined()
  expect(patience.look(91_000, aView({ unreadOctets: 50, progress: 4 }))).toBe('reading')
})

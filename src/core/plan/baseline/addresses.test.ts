// Evidence against addresses: what is suppressed, and that the order of reading does not matter.
import { expect, test } from 'vitest'
import { BouncedAddresses, candidatesOf, isSuppressed, Successes, type Candidate } from './addresses.ts'

const bounce = (recipient: string, atMs: number, mailbox: 'gone' | 'doubtful' = 'gone') => ({
  hashLow: recipient.length,
  hashHigh: 7,
  atMs,
  reason: 'noSuchUser' as const,
  dsn: 5_001_001,
  mailbox,
  recipient: () => recipient,
})

test('bounces of one person add up whatever the case, over several readers', () => {
  const [here, there] = [new BouncedAddresses(), new BouncedAddresses()]
  here.add(bounce('Tanaka@example.jp', 5_000))
  there.add(bounce('tanaka@EXAMPLE.jp', 2_000))
  const successes = new Successes()
  successes.mark('tanaka@example.jp'.length, 7, 9_000)
  const candidates = candidatesOf([
    { bounced: here.list, successes: new Successes() },
    { bounced: there.list, successes },
  ])
  expect(candidates).toEqual([
    {
      address: 'Tanaka@example.jp',
      bounces: 2,
      firstAt: 2_000,
      lastAt: 5_000,
      reason: 'noSuchUser',
      dsn: 5_001_001,
      doubtful: false,
      deliveredAt: 9_000,
    },
  ])
})

test.each<readonly [string, Partial<Candidate>, boolean]>([
  ['enough bounces', {}, true],
  ['too few bounces', { bounces: 1 }, false],
  ['a delivery since', { deliveredAt: 6_000 }, false],
  ['a delivery before', { deliveredAt: 4_000 }, true],
  ['doubtful words', { doubtful: true }, false],
])('%s', (_, change, suppressed) => {
  const candidate: Candidate = {
    address: 'a@example.jp',
    bounces: 2,
    firstAt: 1_000,
    lastAt: 5_000,
    reason: 'noSuchUser',
    dsn: 5_001_001,
    doubtful: false,
    ...change,
  }
  expect(isSuppressed(candidate, { leastBounces: 2, doubtful: false })).toBe(suppressed)
})

test('the latest delivery is kept, and the oldest person gives way when a set is full', () => {
  const successes = new Successes()
  successes.mark(1, 0, 8_000)
  successes.mark(1, 0, 3_000)
  expect(successes.lastAt(1, 0)).toBe(8_000)
  for (let person = 2; person <= 5; person += 1) successes.mark(person, 0, 10_000 * person)
  expect(successes.lastAt(1, 0)).toBe(0)
  expect(successes.lastAt(5, 0)).toBe(50_000)
  expect(successes.forgotten).toBe(1)
})

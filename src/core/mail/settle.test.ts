import { describe, expect, test } from 'vitest'
import type { ClaimedPart } from './mail.ts'
import type { Delivery, Outcome } from './outcome.ts'
import { settle, SETTLE_POLICY } from './settle.ts'
import { aContent, aReply } from '../../../test/support/fakes.ts'

const NOW = 10_000_000
const HOUR = 3_600_000

function aPart(overrides: Partial<ClaimedPart> = {}): ClaimedPart {
  return {
    mailId: '07QZ0000G0000',
    part: 1,
    route: 'ses',
    state: 'active',
    sender: 'sender@example.com',
    recipients: ['a@example.net', 'b@example.net', 'c@example.net'],
    stream: 'example.com',
    acceptedAt: NOW - 1_000,
    dueAt: NOW,
    attempts: 0,
    reason: 'accepted',
    size: 10,
    content: aContent(),
    ...overrides,
  }
}

const delivered: Outcome = { kind: 'delivered', reply: aReply(250, 'Ok') }
const deferred: Outcome = { kind: 'deferred', reason: 'greylisted', reply: aReply(451, '4.7.1 try later', 'RCPT TO') }
const rejected: Outcome = {
  kind: 'rejected',
  reason: 'recipientRefused',
  reply: aReply(550, '5.1.1 no such user', 'RCPT TO'),
}
const unclear: Outcome = { kind: 'unclear', reason: 'connectionLost' }

function settled(part: ClaimedPart, outcomes: readonly Outcome[], overrides: Partial<Delivery> = {}) {
  const delivery: Delivery = { outcomes, signal: { kind: 'healthy' }, counts: true, ...overrides }
  return settle(part, delivery, SETTLE_POLICY, { nowMs: NOW, random: 0.5 })
}

// C21: one refused recipient must not fail or repeat the whole transaction.
test('gives each recipient its own fate: one done, one told, one tried again alone', () => {
  expect(settled(aPart(), [delivered, rejected, deferred])).toEqual({
    delivered: 1,
    failures: [
      { recipient: 'b@example.net', reason: 'recipientRefused', reply: aReply(550, '5.1.1 no such user', 'RCPT TO') },
    ],
    left: [
      {
        route: 'ses',
        recipients: ['c@example.net'],
        state: 'waiting',
        dueAt: NOW + 300_000,
        attempts: 1,
        reason: 'greylisted',
      },
    ],
  })
})

test('leaves nothing when all are delivered', () => {
  expect(settled(aPart(), [delivered, delivered, delivered])).toEqual({ delivered: 3, failures: [], left: [] })
})

test('backs off from five minutes to an hour', () => {
  const waits = [0, 1, 2, 3, 4, 8].map(
    (attempts) => settled(aPart({ attempts }), [deferred, deferred, deferred]).left[0]!.dueAt - NOW,
  )
  expect(waits).toEqual([300_000, 600_000, 1_200_000, 2_400_000, HOUR, HOUR])
})

test("does not count the route's own trouble against the mail", () => {
  const { left } = settled(aPart({ attempts: 2 }), [deferred, deferred, deferred], { counts: false })
  expect(left).toMatchObject([
    { attempts: 2, dueAt: NOW, recipients: ['a@example.net', 'b@example.net', 'c@example.net'] },
  ])
})

// M8, C11c: a lifetime in the queue ends in a notification, neither in a loop nor in silence.
test('tells the sender when the lifetime of four days is over', () => {
  const part = aPart({ acceptedAt: NOW - 96 * HOUR })
  expect(settled(part, [delivered, deferred, deferred])).toMatchObject({
    left: [],
    failures: [
      { recipient: 'b@example.net', reason: 'lifetimeExceeded' },
      { recipient: 'c@example.net', reason: 'lifetimeExceeded' },
    ],
  })
})

describe('no answer after the final dot', () => {
  test('keeps the recipients on their route, in doubt, for fifteen minutes on SES and one on legacy', () => {
    expect(settled(aPart(), [unclear, unclear, unclear]).left).toEqual([
      {
        route: 'ses',
        recipients: ['a@example.net', 'b@example.net', 'c@example.net'],
        state: 'unclear',
        dueAt: NOW + 900_000,
        attempts: 1,
        reason: 'unclear connectionLost',
      },
    ])
    expect(settled(aPart({ route: 'legacy' }), [unclear, unclear, unclear]).left[0]).toMatchObject({
      route: 'legacy',
      dueAt: NOW + 60_000,
    })
  })

  test('twice in a row waits for a person, because a third copy or a bounce would be a guess', () => {
    const { left, failures } = settled(aPart({ reason: 'unclear connectionLost', attempts: 1 }), [
      unclear,
      unclear,
      unclear,
    ])
    expect(failures).toEqual([])
    expect(left).toMatchObject([{ state: 'held', reason: 'unclearTwice', route: 'ses' }])
  })

  test('counts an attempt that a crash cut as a doubt', () => {
    const part = aPart({ reason: 'interrupted: the gateway stopped during an attempt' })
    expect(settled(part, [unclear, unclear, unclear]).left).toMatchObject([{ state: 'held', reason: 'unclearTwice' }])
  })

  test('is remembered over a deferral in between', () => {
    const { left } = settled(aPart({ reason: 'unclear connectionLost' }), [deferred, deferred, deferred])
    expect(settled(aPart({ reason: left[0]!.reason }), [unclear, unclear, unclear]).left).toMatchObject([
      { state: 'held' },
    ])
  })

  test('is never a bounce, even after the lifetime', () => {
    const part = aPart({ acceptedAt: NOW - 1_000 * HOUR, reason: 'unclear connectionLost' })
    expect(settled(part, [unclear, unclear, unclear])).toMatchObject({ failures: [], left: [{ state: 'held' }] })
  })
})

test('what SES cannot carry and did not take goes by legacy at once, as a first attempt', () => {
  const { left } = settled(aPart({ attempts: 4 }), [
    { kind: 'notForThisRoute', reason: 'duplicateHeader' },
    delivered,
    delivered,
  ])
  expect(left).toEqual([
    {
      route: 'legacy',
      recipients: ['a@example.net'],
      state: 'waiting',
      dueAt: NOW,
      attempts: 0,
      reason: 'duplicateHeader',
    },
  ])
})

test('a courier that answers for too few recipients leaves the others in doubt, not lost', () => {
  expect(settled(aPart(), [delivered]).left).toMatchObject([
    { recipients: ['b@example.net', 'c@example.net'], state: 'unclear' },
  ])
})

// Whatever the order, however often, singly or grouped: the same facts, the same state, the same counts.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anEvent, RECIPIENT, SENT_AT } from '../../../test/support/feedback-events.ts'
import { countsGained, newsOf } from './change.ts'
import type { FeedbackEvent } from './event.ts'
import { isAutoReplied, NO_FACTS, notesOf, stateOf, withFact, type Facts } from './recipient-state.ts'

const KINDS = ['return', 'suppress'] as const

interface End {
  readonly facts: Facts
  readonly counts: Readonly<Record<string, number>>
  readonly news: readonly string[]
}

/** What the ledger and the intake do, for one recipient. */
function play(events: readonly FeedbackEvent[]): End {
  let facts: Facts = NO_FACTS
  const counts: Record<string, number> = {}
  const news: string[] = []
  for (const event of events) {
    for (const { fact, recipient } of notesOf(event)) {
      if (recipient.address !== RECIPIENT) continue
      const change = { recipient, fact, before: facts, after: withFact(facts, fact, event.at) }
      for (const what of countsGained(change)) counts[what] = (counts[what] ?? 0) + 1
      news.push(...KINDS.filter((kind) => newsOf({ event, changes: [change] }, kind).length > 0))
      facts = change.after
    }
  }
  return { facts, counts, news }
}

const ALL: readonly FeedbackEvent[] = [
  anEvent.send(),
  anEvent.delay(500),
  anEvent.delay(900),
  anEvent.delivery(),
  anEvent.bounce(),
  anEvent.bounce(2_500, { bounceType: 'Transient', bounceSubType: 'MailboxFull' }),
  anEvent.bounce(2_600, { bounceSubType: 'OnAccountSuppressionList' }),
  anEvent.bounce(2_700, { bounceSubType: 'Suppressed' }),
  anEvent.quietBounce(),
  anEvent.complaint(),
  anEvent.complaint(4_500, { recipients: [{ address: RECIPIENT }, { address: 'q@example.com' }] }),
  anEvent.complaint(4_600, { feedbackType: 'not-spam' }),
  anEvent.reject(),
]

describe('the facts of a recipient', () => {
  it('are the same in whatever order events come, and however often', () => {
    const order = fc
      .subarray([...ALL], { minLength: 1 })
      .chain((some) =>
        fc.tuple(
          fc.constant(some),
          fc.shuffledSubarray(some, { minLength: some.length }),
          fc.array(fc.constantFrom(...some), { maxLength: 10 }),
          fc.infiniteStream(fc.nat(30)),
        ),
      )
    fc.assert(
      fc.property(order, ([some, shuffled, again, places]) => {
        const mixed = [...shuffled]
        for (const event of again) mixed.splice(places.next().value! % (mixed.length + 1), 0, event)
        const [straight, disordered] = [play(some), play(mixed)]
        expect(disordered.facts).toEqual(straight.facts)
        expect(stateOf(disordered.facts)).toBe(stateOf(straight.facts))
        expect(disordered.counts).toEqual(straight.counts)
      }),
    )
  })

  it('keep the earliest instant each was told for', () => {
    expect(play([anEvent.delay(900), anEvent.delay(500)]).facts).toEqual({ delayed: SENT_AT + 500 })
  })
})

describe('the state', () => {
  const cases: readonly (readonly [string, readonly FeedbackEvent[], string])[] = [
    ['Send', [anEvent.send()], 'sent'],
    ['a delay', [anEvent.send(), anEvent.delay()], 'delayed'],
    ['a delivery after a delay', [anEvent.delay(), anEvent.delivery()], 'delivered'],
    ['a hard bounce', [anEvent.bounce()], 'hardBounced'],
    ['a full mailbox', [anEvent.bounce(1, { bounceType: 'Transient' })], 'softBounced'],
    ['a quiet bounce without a delivery', [anEvent.send(), anEvent.quietBounce()], 'softBounced'],
    [
      'a full mailbox that names no status, and a delivery',
      [anEvent.delivery(), { ...anEvent.quietBounce(), bounceSubType: 'MailboxFull' }],
      'softBounced',
    ],
    ['a bounce of an unknown type', [anEvent.bounce(1, { bounceType: 'Final' })], 'softBounced'],
    ['a virus', [anEvent.send(), anEvent.reject()], 'refused'],
    ['a complaint of tomorrow', [anEvent.complaint(1, { feedbackType: 'some-new-type' })], 'complained'],
    ['a complaint and a bounce', [anEvent.complaint(), anEvent.bounce()], 'complained'],
    [
      'an opinion that it is no spam',
      [anEvent.delivery(), anEvent.complaint(1, { feedbackType: 'not-spam' })],
      'delivered',
    ],
    ['an open', [anEvent.send(), { kind: 'other', eventType: 'Open', at: 1, mail: anEvent.send().mail }], 'sent'],
  ]
  it.each(cases)('after %s is right', (_, events, state) => {
    expect(stateOf(play(events).facts)).toBe(state)
  })

  it('knows an automatic answer', () => {
    expect(isAutoReplied(play([anEvent.quietBounce(), anEvent.delivery()]).facts)).toBe(true)
    expect(isAutoReplied(play([anEvent.quietBounce()]).facts)).toBe(false)
  })
})

describe('news', () => {
  it('of a bounce goes to the sender and to the list, once', () => {
    expect(play([anEvent.bounce(), anEvent.bounce(), anEvent.delivery()]).news).toEqual(['return', 'suppress'])
  })

  it('of a full mailbox goes to the sender only', () => {
    expect(play([anEvent.bounce(1, { bounceType: 'Transient' })]).news).toEqual(['return'])
  })

  it('of a complaint goes to both', () => {
    expect(play([anEvent.delivery(), anEvent.complaint(), anEvent.complaint(9)]).news).toEqual(['return', 'suppress'])
  })
})

describe('counts', () => {
  it('leave out what may be an automatic answer', () => {
    expect(play([anEvent.quietBounce(), anEvent.delivery()]).counts).toEqual({ delivered: 1 })
  })

  it('have a hit of the global list in the bounces, and one of the account list not', () => {
    expect(play([anEvent.bounce(1, { bounceSubType: 'Suppressed' })]).counts).toEqual({ hardBounced: 1 })
    expect(play([anEvent.bounce(1, { bounceSubType: 'OnAccountSuppressionList' })]).counts).toEqual({ suppressed: 1 })
  })
})

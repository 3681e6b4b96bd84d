// What every FeedbackLedger promises, whatever keeps it.
import { describe, expect, it } from 'vitest'
import type { FeedbackLedger } from '../../src/core/feedback/ports.ts'
import { anEvent, MESSAGE_ID, RECIPIENT, SENT_AT } from '../support/feedback-events.ts'
import type { FeedbackEvent } from '../../src/core/feedback/event.ts'

export interface LedgerUnderTest {
  /** Opens the same ledger, again after a close; it forgets after seven days. */
  readonly open: () => Promise<FeedbackLedger>
  /** Moves the ledger's clock. */
  readonly setNow: (at: number) => void
  readonly remove: () => Promise<void>
}

const DAY_MS = 86_400_000
const OTHER_ID = '0106018f3a5d0c12-11111111-2222-3333-4444-555555555555-000000'

export function feedbackLedgerContract(name: string, make: () => Promise<LedgerUnderTest>): void {
  const withLedger =
    (test: (parts: LedgerUnderTest & { readonly ledger: FeedbackLedger }) => Promise<void>) => async () => {
      const parts = await make()
      parts.setNow(SENT_AT)
      const ledger = await parts.open()
      try {
        await test({ ...parts, ledger })
      } finally {
        await ledger.close()
        await parts.remove()
      }
    }
  const factsOf = async (ledger: FeedbackLedger, address = RECIPIENT) =>
    (await ledger.find({ address }, 10)).map(({ facts }) => facts)

  describe(`${name} keeps the facts of each recipient`, () => {
    it(
      'and answers only what changed',
      withLedger(async ({ ledger }) => {
        expect(await ledger.fold([anEvent.send()])).toMatchObject([
          {
            event: { kind: 'send' },
            changes: [{ fact: 'sent', recipient: { address: RECIPIENT }, before: {}, after: { sent: SENT_AT } }],
          },
        ])
        expect(await ledger.fold([anEvent.send()])).toEqual([])
        expect(await ledger.fold([anEvent.delivery(), anEvent.delivery(), anEvent.send()])).toMatchObject([
          {
            changes: [
              { fact: 'delivered', before: { sent: SENT_AT }, after: { sent: SENT_AT, delivered: SENT_AT + 1_000 } },
            ],
          },
        ])
        expect(await factsOf(ledger)).toEqual([{ sent: SENT_AT, delivered: SENT_AT + 1_000 }])
      }),
    )

    it(
      'each once, when the same event comes many times at once',
      withLedger(async ({ ledger }) => {
        const answers = await Promise.all(Array.from({ length: 200 }, () => ledger.fold([anEvent.bounce()])))
        expect(answers.flat()).toHaveLength(1)
        expect(await ledger.owed(10)).toHaveLength(1)
      }),
    )

    it(
      'of several recipients in one event, and of the same singly',
      withLedger(async ({ ledger }) => {
        const three = ['a@x.jp', 'b@x.jp', 'c@x.jp'].map((address) => ({ address, status: '5.1.1' }))
        const [change] = await ledger.fold([anEvent.bounce(1, { recipients: three })])
        expect(change!.changes.map(({ recipient }) => recipient)).toEqual(three)
        const single = three.map((recipient) => anEvent.bounce(1, { recipients: [recipient] }))
        expect(await ledger.fold(single)).toEqual([])
        expect(await factsOf(ledger, 'b@x.jp')).toEqual([{ hardBounce: SENT_AT + 1 }])
      }),
    )

    it(
      'under one name, however the address is spelled',
      withLedger(async ({ ledger }) => {
        await ledger.fold([anEvent.delivery(1, ['"a..b"@Docomo.ne.jp'])])
        expect(await ledger.fold([anEvent.delivery(1, ['A..b@docomo.ne.jp'])])).toEqual([])
        expect(await factsOf(ledger, 'a..b@docomo.ne.jp')).toEqual([{ delivered: SENT_AT + 1 }])
      }),
    )

    it(
      'of each message apart, found by address, by the id of SES, by mail and by part',
      withLedger(async ({ ledger }) => {
        await ledger.fold([
          anEvent.delivery(1),
          anEvent.delivery(2, ['q@x.jp'], { sesMessageId: OTHER_ID, part: 2 }),
          anEvent.delivery(3, ['q@x.jp'], { sesMessageId: 'short-id', mailId: 'ANOTHER' }),
        ])
        const ids = async (query: Parameters<FeedbackLedger['find']>[0]) =>
          (await ledger.find(query, 10)).map(({ sesMessageId }) => sesMessageId).toSorted()
        expect(await ids({ address: 'q@x.jp' })).toEqual([OTHER_ID, 'short-id'])
        expect(await ids({ sesMessageId: MESSAGE_ID })).toEqual([MESSAGE_ID])
        expect(await ids({ sesMessageId: 'short-id' })).toEqual(['short-id'])
        expect(await ids({ sesMessageId: 'short' })).toEqual([])
        expect(await ids({ mailId: '0123456789ABC' })).toEqual([MESSAGE_ID, OTHER_ID])
        expect(await ids({ mailId: '0123456789ABC', part: 2 })).toEqual([OTHER_ID])
        expect(await ids({ mailId: '0123456789AB' })).toEqual([])
        expect(await ids({ address: 'nobody@x.jp' })).toEqual([])
      }),
    )

    it(
      'over a restart',
      withLedger(async ({ ledger, open }) => {
        await ledger.fold([anEvent.send(), anEvent.delivery()])
        await ledger.close()
        const again = await open()
        expect(await factsOf(again)).toEqual([{ sent: SENT_AT, delivered: SENT_AT + 1_000 }])
        expect(await again.fold([anEvent.delivery()])).toEqual([])
        await again.close()
      }),
    )

    it(
      'without writing an address down where it is not owed to anybody',
      withLedger(async ({ ledger }) => {
        await ledger.fold([anEvent.delivery()])
        const [row] = await ledger.find({ address: RECIPIENT }, 1)
        expect(row!.recipient).toMatch(/^[0-9a-f]{16}$/)
      }),
    )
  })

  describe(`${name} knows which parts SES has spoken of`, () => {
    it(
      'by an event of any kind',
      withLedger(async ({ ledger }) => {
        const open: FeedbackEvent = { kind: 'other', eventType: 'Open', at: SENT_AT, mail: anEvent.send().mail }
        const taken = (part = 1, mailId = '0123456789ABC') => ledger.takenOf(mailId, part, ['R@example.com', 'q@x.jp'])
        expect(await taken()).toEqual([])
        expect(await ledger.fold([open])).toEqual([])
        expect(await taken()).toEqual(['R@example.com'])
        expect(await taken(2)).toEqual([])
        expect(await taken(1, '0123456789AB')).toEqual([])
        await ledger.fold([{ ...open, mail: { ...open.mail, sesMessageId: OTHER_ID, destinations: ['q@x.jp'] } }])
        expect(await taken()).toEqual(['R@example.com', 'q@x.jp'])
      }),
    )
  })

  describe(`${name} owes its news`, () => {
    it(
      'until they are settled, over restarts',
      withLedger(async ({ ledger, open }) => {
        const [change] = await ledger.fold([anEvent.bounce()])
        expect(change!.receipt).toBeDefined()
        await ledger.close()
        let again = await open()
        const [owed] = await again.owed(10)
        expect(owed).toEqual(change)
        await again.settle([owed!])
        await again.close()
        again = await open()
        expect(await again.owed(10)).toEqual([])
        await again.close()
      }),
    )

    it(
      'in the order they came, and no more than asked for',
      withLedger(async ({ ledger }) => {
        const people = Array.from({ length: 20 }, (_, i) => `p${i}@x.jp`)
        for (const address of people) await ledger.fold([anEvent.bounce(1, { recipients: [{ address }] })])
        expect((await ledger.owed(3)).map(({ changes }) => changes[0]!.recipient.address)).toEqual(people.slice(0, 3))
        await ledger.settle(await ledger.owed(19))
        expect((await ledger.owed(3)).map(({ changes }) => changes[0]!.recipient.address)).toEqual(['p19@x.jp'])
      }),
    )

    it(
      'only of what somebody must hear of',
      withLedger(async ({ ledger }) => {
        await ledger.fold([anEvent.send(), anEvent.delay(), anEvent.delivery(), anEvent.quietBounce()])
        expect(await ledger.owed(10)).toEqual([])
      }),
    )
  })

  describe(`${name} forgets`, () => {
    it(
      'a day when it is over seven days old, and what it took',
      withLedger(async ({ ledger, setNow }) => {
        await ledger.fold([anEvent.delivery()])
        setNow(SENT_AT + 7 * DAY_MS)
        await ledger.expire()
        expect(await factsOf(ledger)).toHaveLength(1)
        setNow(SENT_AT + 8 * DAY_MS)
        await ledger.expire()
        expect(await factsOf(ledger)).toEqual([])
        expect(ledger.size().days).toEqual([])
      }),
    )

    it(
      'nothing that comes late: it is counted once all the same',
      withLedger(async ({ ledger, setNow }) => {
        setNow(SENT_AT + 20 * DAY_MS)
        const late = anEvent.complaint(20 * DAY_MS)
        expect(await ledger.fold([late])).toHaveLength(1)
        expect(await ledger.fold([late])).toEqual([])
      }),
    )

    it(
      'no event that says it is from tomorrow',
      withLedger(async ({ ledger }) => {
        const soon = anEvent.delivery(0, [RECIPIENT], { sentAt: SENT_AT + 40 * DAY_MS })
        expect(await ledger.fold([soon])).toHaveLength(1)
        expect(ledger.size().days).toEqual(['2026-11-25'])
      }),
    )
  })
}

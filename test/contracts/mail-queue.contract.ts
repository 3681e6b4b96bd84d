// What every durable queue promises, whatever it is made of. An adapter runs this suite with a world of its own.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { PartRef } from '../../src/core/mail/mail.ts'
import type { MailQueue, QueueDesk } from '../../src/core/mail/ports.ts'
import type { Route } from '../../src/core/shift/route.ts'
import { aContent, aMail, aPlan, idOf, START_AT, textOf } from './mail-queue.builders.ts'

export type TestQueue = MailQueue & QueueDesk & { close(): Promise<void> }

export interface QueueWorld {
  /** Opens the queue; after `close` or `crash` it opens the same one again. */
  open(): Promise<TestQueue>
  /** The process dies: what the open queue does from now on is lost. */
  crash(): Promise<void>
  /** What the queue takes for now. */
  readonly clock: { nowMs: number }
  /** How long an interrupted part rests. */
  readonly unclearRetryMs: Readonly<Record<Route, number>>
  end(): Promise<void>
}

const LATER = START_AT + 1_000_000

export function mailQueueContract(name: string, makeWorld: () => Promise<QueueWorld>): void {
  describe(name, () => {
    let world: QueueWorld
    let queue: TestQueue

    beforeEach(async () => {
      world = await makeWorld()
      world.clock.nowMs = START_AT + 500
      queue = await world.open()
    })

    afterEach(async () => {
      await queue.close()
      await world.end()
    })

    const reopen = async (): Promise<void> => {
      await queue.close()
      queue = await world.open()
    }

    const crash = async (): Promise<void> => {
      await world.crash()
      queue = await world.open()
    }

    const claimIds = async (route: Route = 'ses', nowMs = LATER, limit = 100): Promise<string[]> =>
      (await queue.claim(route, nowMs, limit)).map(({ mailId, part }) => `${mailId}/${part}`)

    const ref = (n: number, part = 1): PartRef => ({ mailId: idOf(n), part })

    describe('put and claim', () => {
      it('gives back the envelope and the very octets that were put', async () => {
        const content = {
          ...aContent('Subject: a\r\n\r\n..dot\r\n\u3042'),
          dotStuffed: true,
          eightBit: true,
          longestLine: 5,
        }
        const parts = [aPlan({ recipients: ['a@example.jp', 'b@example.jp'], attempts: 2, reason: 'said so' })]
        await queue.put(aMail(1, { sender: '', stream: 'news', content, parts }))
        const [claimed] = await queue.claim('ses', LATER, 10)
        expect(claimed).toMatchObject({
          mailId: idOf(1),
          part: 1,
          route: 'ses',
          state: 'active',
          sender: '',
          stream: 'news',
        })
        expect(claimed).toMatchObject({ recipients: ['a@example.jp', 'b@example.jp'], attempts: 2, reason: 'said so' })
        expect(claimed).toMatchObject({ acceptedAt: START_AT + 1, dueAt: START_AT, size: 24 })
        expect(claimed?.content).toMatchObject({ wireSize: 24, dotStuffed: true, eightBit: true, longestLine: 5 })
        expect(textOf(claimed?.content)).toBe('Subject: a\r\n\r\n..dot\r\n\u3042')
      })

      it('gives back the same after a restart', async () => {
        const parts = [
          aPlan({ recipients: ['"a, b"@example.jp', 'b\u00e9@example.jp'], attempts: 2, reason: 'said so' }),
        ]
        const content = {
          ...aContent('Subject: a\r\n\r\n..dot\r\n\u3042'),
          dotStuffed: true,
          eightBit: true,
          longestLine: 5,
        }
        await queue.put(aMail(1, { sender: 'v+a=b@example.jp', stream: 'news', content, parts }))
        await reopen()
        const [claimed] = await queue.claim('ses', LATER, 10)
        expect(claimed).toMatchObject({ mailId: idOf(1), part: 1, sender: 'v+a=b@example.jp', stream: 'news' })
        expect(claimed).toMatchObject({
          recipients: ['"a, b"@example.jp', 'b\u00e9@example.jp'],
          attempts: 2,
          reason: 'said so',
        })
        expect(claimed?.content).toMatchObject({ wireSize: 24, dotStuffed: true, eightBit: true, longestLine: 5 })
        expect(textOf(claimed?.content)).toBe('Subject: a\r\n\r\n..dot\r\n\u3042')
      })

      it('keeps a large content in many chunks whole', async () => {
        const text = `Subject: large\r\n\r\n${'0123456789abcdef\r\n'.repeat(60_000)}`
        await queue.put(aMail(1, { content: aContent(text, 30_000) }))
        await queue.put(aMail(2, { content: aContent(text, 7_000) }))
        expect(textOf(await queue.contentOf(idOf(1)))).toBe(text)
        await reopen()
        const claimed = await queue.claim('ses', LATER, 10)
        expect(claimed.map(({ content }) => textOf(content) === text)).toEqual([true, true])
      })

      it('keeps a content of no octets', async () => {
        await queue.put(aMail(1, { content: aContent('') }))
        await reopen()
        const [claimed] = await queue.claim('ses', LATER, 10)
        expect(claimed?.content.wireSize).toBe(0)
      })

      it('claims the oldest first, up to the limit', async () => {
        for (const n of [1, 2, 3, 4, 5]) await queue.put(aMail(n))
        expect(await claimIds('ses', LATER, 2)).toEqual([`${idOf(1)}/1`, `${idOf(2)}/1`])
        expect(await claimIds('ses', LATER, 10)).toEqual([`${idOf(3)}/1`, `${idOf(4)}/1`, `${idOf(5)}/1`])
      })

      it('claims in order of the time a part is due, and of the id when that is the same', async () => {
        await queue.put(aMail(1, { parts: [aPlan({ dueAt: START_AT + 90 })] }))
        await queue.put(aMail(2, { parts: [aPlan({ dueAt: START_AT + 10 })] }))
        await queue.put(aMail(3, { parts: [aPlan({ dueAt: START_AT + 90 })] }))
        await queue.put(aMail(4, { parts: [aPlan({ dueAt: START_AT + 40 })] }))
        expect(await claimIds()).toEqual([2, 4, 1, 3].map((n) => `${idOf(n)}/1`))
      })

      it('claims nothing before it is due', async () => {
        await queue.put(aMail(1, { parts: [aPlan({ dueAt: START_AT + 2_000 })] }))
        expect(await claimIds('ses', START_AT + 1_999)).toEqual([])
        expect(await claimIds('ses', START_AT + 2_000)).toEqual([`${idOf(1)}/1`])
      })

      it('claims a part once', async () => {
        await queue.put(aMail(1))
        const [first, second] = await Promise.all([claimIds(), claimIds()])
        expect([...first, ...second]).toEqual([`${idOf(1)}/1`])
        expect(await claimIds()).toEqual([])
      })

      it('claims only parts of the route that is asked for', async () => {
        const parts = [
          aPlan({ route: 'legacy', recipients: ['a@x.jp'] }),
          aPlan({ route: 'ses', recipients: ['b@x.jp'] }),
        ]
        await queue.put(aMail(1, { parts }))
        const legacy = await queue.claim('legacy', LATER, 10)
        expect(legacy.map(({ part, recipients }) => [part, recipients])).toEqual([[1, ['a@x.jp']]])
        const ses = await queue.claim('ses', LATER, 10)
        expect(ses.map(({ part, recipients }) => [part, recipients])).toEqual([[2, ['b@x.jp']]])
        expect(textOf(ses[0]?.content)).toBe('Subject: mail 1\r\n\r\nbody of 1\r\n')
      })

      it('never claims what is held or quarantined, however late it is', async () => {
        await queue.put(aMail(1, { parts: [aPlan({ state: 'held' }), aPlan({ state: 'quarantined' })] }))
        expect(await claimIds()).toEqual([])
        expect(queue.nextDueAt('ses')).toBeUndefined()
        await reopen()
        expect(await claimIds()).toEqual([])
      })

      it('claims an unclear part when its time has come', async () => {
        await queue.put(aMail(1, { parts: [aPlan({ state: 'unclear', dueAt: START_AT + 700 })] }))
        expect(await claimIds('ses', START_AT + 699)).toEqual([])
        expect(await claimIds('ses', START_AT + 700)).toEqual([`${idOf(1)}/1`])
      })

      it('refuses what it cannot hold, and takes what came beside it', async () => {
        const good = queue.put(aMail(1))
        await expect(queue.put(aMail(2, { parts: [] }))).rejects.toThrow(/without parts/)
        await expect(queue.put(aMail(3, { parts: [aPlan({ recipients: [] })] }))).rejects.toThrow(/recipients/)
        await expect(queue.put(aMail(4, { id: 'nonsense' }))).rejects.toThrow(/mail id/)
        await expect(queue.put(aMail(5, { content: { ...aContent('ab'), wireSize: 3 } }))).rejects.toThrow(/chunks/)
        await good
        await reopen()
        expect(await claimIds()).toEqual([`${idOf(1)}/1`])
      })

      it('refuses a mail that is already there', async () => {
        await queue.put(aMail(1))
        await expect(queue.put(aMail(1))).rejects.toThrow(/is in the queue/)
        expect(await claimIds()).toEqual([`${idOf(1)}/1`])
      })

      it('refuses mail once it is closed', async () => {
        await queue.close()
        await expect(queue.put(aMail(1))).rejects.toThrow(/closed/)
        await expect(queue.claim('ses', LATER, 1)).rejects.toThrow(/closed/)
      })
    })

    describe('settle', () => {
      it('ends a part that has nothing left', async () => {
        await queue.put(aMail(1))
        const [part] = await queue.claim('ses', LATER, 1)
        await queue.settle(part!, [])
        expect(await queue.find(idOf(1))).toEqual([])
        expect(await queue.contentOf(idOf(1))).toBeUndefined()
        await reopen()
        expect(await queue.find(idOf(1))).toEqual([])
        expect(await claimIds()).toEqual([])
      })

      it('lets what is left wait for its time under the same number', async () => {
        await queue.put(aMail(1, { parts: [aPlan({ recipients: ['a@x.jp', 'b@x.jp'] })] }))
        const [part] = await queue.claim('ses', LATER, 1)
        const left = aPlan({ recipients: ['b@x.jp'], dueAt: LATER + 60_000, attempts: 1, reason: 'deferred: later' })
        await queue.settle(part!, [left])
        for (const step of [() => Promise.resolve(), reopen]) {
          await step()
          expect(queue.nextDueAt('ses')).toBe(LATER + 60_000)
          expect(await queue.find(idOf(1))).toMatchObject([
            {
              part: 1,
              state: 'waiting',
              recipients: ['b@x.jp'],
              attempts: 1,
              reason: 'deferred: later',
              dueAt: LATER + 60_000,
            },
          ])
        }
        const [again] = await queue.claim('ses', LATER + 60_000, 1)
        expect(again).toMatchObject({ part: 1, recipients: ['b@x.jp'], attempts: 1, reason: 'deferred: later' })
        expect(textOf(again?.content)).toBe('Subject: mail 1\r\n\r\nbody of 1\r\n')
      })

      it('divides a part into new numbers, on either route', async () => {
        await queue.put(aMail(1, { parts: [aPlan({ recipients: ['a@x.jp', 'b@x.jp', 'c@x.jp'] })] }))
        const [part] = await queue.claim('ses', LATER, 1)
        await queue.settle(part!, [
          aPlan({ recipients: ['a@x.jp'], route: 'legacy', dueAt: LATER }),
          aPlan({ recipients: ['c@x.jp'], state: 'held', dueAt: LATER, attempts: 3 }),
        ])
        for (const step of [() => Promise.resolve(), reopen]) {
          await step()
          expect(await queue.find(idOf(1))).toMatchObject([
            { part: 2, route: 'legacy', state: 'waiting', recipients: ['a@x.jp'] },
            { part: 3, route: 'ses', state: 'held', recipients: ['c@x.jp'], attempts: 3 },
          ])
        }
        expect(await claimIds('legacy')).toEqual([`${idOf(1)}/2`])
      })

      it('never gives a number twice within a mail', async () => {
        const two = [aPlan({ recipients: ['a@x.jp', 'b@x.jp'] }), aPlan({ recipients: ['c@x.jp', 'd@x.jp'] })]
        await queue.put(aMail(1, { parts: two }))
        const [first, second] = await queue.claim('ses', LATER, 2)
        await queue.settle(first!, [aPlan({ recipients: ['a@x.jp'] }), aPlan({ recipients: ['b@x.jp'] })])
        for (const part of await queue.claim('ses', LATER, 2)) await queue.settle(part, [])
        await crash()
        world.clock.nowMs = LATER
        const unclear = await queue.find(idOf(1))
        expect(unclear.map(({ part, recipients }) => [part, recipients])).toEqual([[2, ['c@x.jp', 'd@x.jp']]])
        expect(second).toMatchObject({ part: 2 })
        await queue.change(ref(1, 2), [aPlan({ recipients: ['c@x.jp'] }), aPlan({ recipients: ['d@x.jp'] })])
        expect((await queue.find(idOf(1))).map(({ part }) => part)).toEqual([5, 6])
      })

      it('rejects for a part that is not claimed', async () => {
        await queue.put(aMail(1))
        await expect(queue.settle(ref(1), [])).rejects.toThrow(/not claimed/)
        await expect(queue.settle(ref(9), [])).rejects.toThrow(/not claimed/)
        const [part] = await queue.claim('ses', LATER, 1)
        const first = queue.settle(part!, [])
        await expect(queue.settle(part!, [])).rejects.toThrow(/not claimed/)
        await first
      })

      it('takes a reference that only names the part', async () => {
        await queue.put(aMail(1))
        await queue.claim('ses', LATER, 1)
        await queue.settle({ mailId: idOf(1), part: 1 }, [])
        expect(await queue.find(idOf(1))).toEqual([])
      })

      it('keeps held parts held', async () => {
        await queue.put(aMail(1))
        const [part] = await queue.claim('ses', LATER, 1)
        await queue.settle(part!, [aPlan({ state: 'held', reason: 'operator: wait' })])
        await reopen()
        expect(await queue.find(idOf(1))).toMatchObject([{ state: 'held', reason: 'operator: wait' }])
        expect(await claimIds()).toEqual([])
      })
    })

    describe('a crash', () => {
      it('loses nothing that was put, and doubles nothing that was settled', async () => {
        for (const n of [1, 2, 3]) await queue.put(aMail(n))
        const [first] = await queue.claim('ses', LATER, 1)
        await queue.settle(first!, [])
        await crash()
        expect(await claimIds()).toEqual([`${idOf(2)}/1`, `${idOf(3)}/1`])
      })

      it('makes an interrupted attempt unclear, due after the time of its route, with its attempts kept', async () => {
        const parts = [aPlan({ route: 'legacy', attempts: 4 }), aPlan({ route: 'ses', attempts: 2 })]
        await queue.put(aMail(1, { parts }))
        await queue.claim('legacy', LATER, 1)
        await queue.claim('ses', LATER, 1)
        world.clock.nowMs = LATER
        await crash()
        const legacyDueAt = LATER + world.unclearRetryMs.legacy
        const sesDueAt = LATER + world.unclearRetryMs.ses
        expect(await queue.find(idOf(1))).toMatchObject([
          { part: 1, route: 'legacy', state: 'unclear', attempts: 4, dueAt: legacyDueAt },
          { part: 2, route: 'ses', state: 'unclear', attempts: 2, dueAt: sesDueAt },
        ])
        expect((await queue.find(idOf(1)))[0]?.reason).toMatch(/^interrupted/)
        expect(queue.nextDueAt('legacy')).toBe(legacyDueAt)
        expect(await claimIds('ses', sesDueAt - 1)).toEqual([])
        const [again] = await queue.claim('ses', sesDueAt, 1)
        expect(again).toMatchObject({ part: 2, attempts: 2, state: 'active' })
      })

      it('does not put off an interrupted part again at the next start', async () => {
        await queue.put(aMail(1))
        await queue.claim('ses', LATER, 1)
        world.clock.nowMs = LATER
        await crash()
        const dueAt = LATER + world.unclearRetryMs.ses
        await queue.put(aMail(2))
        world.clock.nowMs = LATER + 5_000
        await crash()
        expect(await queue.find(idOf(1))).toMatchObject([{ state: 'unclear', dueAt }])
      })
    })

    describe('nextDueAt and onReady', () => {
      it('tells the earliest time on a route', async () => {
        expect(queue.nextDueAt('ses')).toBeUndefined()
        await queue.put(aMail(1, { parts: [aPlan({ dueAt: START_AT + 9_000 })] }))
        await queue.put(aMail(2, { parts: [aPlan({ dueAt: START_AT + 3_000 })] }))
        expect(queue.nextDueAt('ses')).toBe(START_AT + 3_000)
        expect(queue.nextDueAt('legacy')).toBeUndefined()
        await queue.claim('ses', START_AT + 3_000, 1)
        expect(queue.nextDueAt('ses')).toBe(START_AT + 9_000)
      })

      it('calls the listener when a part can be claimed earlier than was said', async () => {
        const heard: Route[] = []
        queue.onReady((route) => void heard.push(route))
        await queue.put(aMail(1, { parts: [aPlan({ state: 'held' })] }))
        expect(heard).toEqual([])
        await queue.put(aMail(2))
        expect(heard).toEqual(['ses'])
        await queue.put(aMail(3, { parts: [aPlan({ dueAt: START_AT + 60_000 })] }))
        expect(heard).toEqual(['ses'])
        await queue.change(ref(1), [aPlan({ route: 'legacy' })])
        expect(heard).toEqual(['ses', 'legacy'])
        const [part] = await queue.claim('ses', LATER, 1)
        await queue.settle(part!, [aPlan({ dueAt: START_AT + 5_000 })])
        expect(heard).toEqual(['ses', 'legacy', 'ses'])
      })
    })

    describe('the desk', () => {
      it('finds all parts of a mail, in any case of its id', async () => {
        await queue.put(aMail(1, { parts: [aPlan({ route: 'legacy' }), aPlan({ state: 'held' })] }))
        expect(await queue.find(idOf(1).toLowerCase())).toMatchObject([
          { mailId: idOf(1), part: 1, route: 'legacy', state: 'waiting', sender: 'bounce+1@mail.example.jp' },
          { mailId: idOf(1), part: 2, route: 'ses', state: 'held' },
        ])
        expect(await queue.find(idOf(2))).toEqual([])
        expect(await queue.find('nonsense')).toEqual([])
      })

      it('shows an active part as active', async () => {
        await queue.put(aMail(1))
        await queue.claim('ses', LATER, 1)
        expect(await queue.find(idOf(1))).toMatchObject([{ state: 'active', recipients: ['hanako@example.jp'] }])
      })

      it('gives out the content of a mail that still has a part', async () => {
        await queue.put(aMail(1))
        expect(textOf(await queue.contentOf(idOf(1)))).toBe('Subject: mail 1\r\n\r\nbody of 1\r\n')
        await queue.claim('ses', LATER, 1)
        expect(textOf(await queue.contentOf(idOf(1)))).toBe('Subject: mail 1\r\n\r\nbody of 1\r\n')
        expect(await queue.contentOf(idOf(2))).toBeUndefined()
      })

      it('holds, releases, moves and ends a part', async () => {
        await queue.put(aMail(1))
        expect(await queue.change(ref(1), [aPlan({ state: 'held' })])).toBe(true)
        expect(await claimIds()).toEqual([])
        expect(await queue.change(ref(1), [aPlan({ route: 'legacy' })])).toBe(true)
        expect(await claimIds('ses')).toEqual([])
        await reopen()
        expect(await queue.find(idOf(1))).toMatchObject([{ part: 1, route: 'legacy', state: 'waiting' }])
        expect(await queue.change(ref(1), [])).toBe(true)
        expect(await queue.find(idOf(1))).toEqual([])
        expect(await claimIds('legacy')).toEqual([])
        await reopen()
        expect(await queue.find(idOf(1))).toEqual([])
      })

      it('changes neither an active part nor one that is not there', async () => {
        await queue.put(aMail(1))
        await queue.claim('ses', LATER, 1)
        expect(await queue.change(ref(1), [])).toBe(false)
        expect(await queue.change(ref(1, 2), [])).toBe(false)
        expect(await queue.change(ref(2), [])).toBe(false)
        expect(await queue.find(idOf(1))).toMatchObject([{ state: 'active' }])
      })

      it('lets two changes of one part happen one after the other', async () => {
        await queue.put(aMail(1))
        const both = [queue.change(ref(1), [aPlan({ state: 'held' })]), queue.change(ref(1), [])]
        expect(await Promise.all(both)).toEqual([true, true])
        expect(await queue.find(idOf(1))).toEqual([])
        expect(await queue.change(ref(1), [])).toBe(false)
      })

      it('gives out no part while its change is on its way', async () => {
        await queue.put(aMail(1))
        const change = queue.change(ref(1), [aPlan({ state: 'held' })])
        expect(await claimIds()).toEqual([])
        expect(await change).toBe(true)
      })

      it('lists parts in order of acceptance, by route, state and text', async () => {
        await queue.put(aMail(1, { parts: [aPlan({ recipients: ['Taro@Example.jp'] }), aPlan({ route: 'legacy' })] }))
        await queue.put(aMail(2, { parts: [aPlan({ state: 'held' })] }))
        await queue.put(aMail(3, { sender: 'TARO@else.jp' }))
        const list = async (query: object): Promise<string[]> =>
          (await queue.list({ limit: 100, ...query })).parts.map(({ mailId, part }) => `${mailId}/${part}`)
        const [a, b, c, d] = [`${idOf(1)}/1`, `${idOf(1)}/2`, `${idOf(2)}/1`, `${idOf(3)}/1`]
        for (const step of [() => Promise.resolve(), reopen]) {
          await step()
          expect(await list({})).toEqual([a, b, c, d])
          expect(await list({ route: 'legacy' })).toEqual([b])
          expect(await list({ state: 'held' })).toEqual([c])
          expect(await list({ containing: 'taro@' })).toEqual([a, d])
          expect(await list({ containing: 'nobody' })).toEqual([])
        }
      })

      it('pages through the parts while others come and go', async () => {
        for (let n = 1; n <= 7; n += 1) await queue.put(aMail(n))
        const first = await queue.list({ limit: 3 })
        expect(first.parts.map(({ mailId }) => mailId)).toEqual([1, 2, 3].map(idOf))
        for (const n of [1, 3, 4]) await queue.change(ref(n), [])
        await queue.put(aMail(8))
        const second = await queue.list({ limit: 3, cursor: first.next! })
        expect(second.parts.map(({ mailId }) => mailId)).toEqual([5, 6, 7].map(idOf))
        await reopen()
        const third = await queue.list({ limit: 3, cursor: second.next! })
        expect(third.parts.map(({ mailId }) => mailId)).toEqual([8].map(idOf))
        expect(third.next).toBeUndefined()
        await expect(queue.list({ limit: 3, cursor: 'nonsense' })).rejects.toThrow(/cursor/)
      })

      it('counts parts by route and state, and knows the oldest', async () => {
        await queue.put(aMail(1, { parts: [aPlan(), aPlan({ route: 'legacy' })] }))
        await queue.put(
          aMail(2, { parts: [aPlan({ state: 'held' }), aPlan({ state: 'quarantined', route: 'legacy' })] }),
        )
        await queue.claim('ses', LATER, 1)
        const counts = queue.counts()
        expect(counts.parts.ses).toEqual({ waiting: 0, active: 1, unclear: 0, held: 1, quarantined: 0 })
        expect(counts.parts.legacy).toEqual({ waiting: 1, active: 0, unclear: 0, held: 0, quarantined: 1 })
        expect(counts.oldestAcceptedAt).toBe(START_AT + 1)
        expect(counts.damaged).toBe(0)
        expect(counts.diskBytes).toBeGreaterThan(0)
        await queue.settle(ref(1), [])
        await queue.change(ref(1, 2), [])
        expect(queue.counts().oldestAcceptedAt).toBe(START_AT + 2)
        await queue.change(ref(2, 1), [])
        await queue.change(ref(2, 2), [])
        expect(queue.counts().oldestAcceptedAt).toBeUndefined()
      })
    })
  })
}

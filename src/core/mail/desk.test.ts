import { describe, expect, test } from 'vitest'
import { mailDesk, wasRoutedByPerson, type DeskOptions } from './desk.ts'
import { moveBack, rerouted } from './reroute.ts'
import { aMail, aPlan, memoryQueue, recordedLog } from '../../../test/support/fakes.ts'

const NOW = 5_000_000
const order = { by: 'tanaka', reason: 'ticket 42' }

async function desk(parts = [aPlan()], overrides: Partial<DeskOptions> = {}) {
  const queue = memoryQueue()
  const log = recordedLog()
  await queue.put(aMail({ id: '07QZ0000G0001', parts }))
  const told: unknown[] = []
  const operations = mailDesk({
    queue,
    now: () => NOW,
    log,
    keptOffSes: async () => undefined,
    sesRefused: async () => undefined,
    notify: async (_part, failures) => {
      told.push(failures)
      return []
    },
    ...overrides,
  })
  return { ...operations, queue, log, told }
}

test('hold and release bring a mail to rest and back, and the part says who and why', async () => {
  const { holdMail, releaseMail, queue } = await desk()
  expect(await holdMail('07QZ0000G0001', order)).toEqual({ kind: 'done', parts: 1, recipients: 1 })
  expect(queue.parts()).toMatchObject([{ state: 'held', reason: 'held by tanaka: ticket 42' }])
  expect(await releaseMail('07QZ0000G0001', order)).toMatchObject({ kind: 'done' })
  expect(queue.parts()).toMatchObject([{ state: 'waiting', dueAt: NOW, reason: 'released by tanaka: ticket 42' }])
})

test('retry makes a deferred mail due now', async () => {
  const { retryMail, queue } = await desk([aPlan({ dueAt: NOW + 3_600_000, attempts: 3 })])
  await retryMail('07QZ0000G0001', order)
  expect(queue.parts()).toMatchObject([{ dueAt: NOW, attempts: 3 }])
})

test('bounce tells the sender about every recipient and ends the mail', async () => {
  const { bounceMail, queue, told } = await desk([aPlan({ recipients: ['a@example.net', 'b@example.net'] })])
  expect(await bounceMail('07QZ0000G0001', order)).toEqual({ kind: 'done', parts: 1, recipients: 2 })
  expect(queue.parts()).toEqual([])
  expect(told).toMatchObject([
    [{ recipient: 'a@example.net', reason: 'bouncedByPerson' }, { recipient: 'b@example.net' }],
  ])
})

describe('reroute', () => {
  test('moves a mail to legacy, and the stage does not move it again', async () => {
    const { rerouteMail, queue } = await desk([aPlan({ route: 'ses' })])
    await rerouteMail('07QZ0000G0001', { ...order, route: 'legacy' })
    expect(queue.parts()).toMatchObject([{ route: 'legacy', state: 'waiting', attempts: 0 }])
    expect(wasRoutedByPerson(queue.parts()[0]!)).toBe(true)
  })

  test('to SES is refused while mail through SES would not be aligned', async () => {
    const { rerouteMail, queue } = await desk([aPlan()], { sesRefused: async () => 'DKIM is PENDING' })
    expect(await rerouteMail('07QZ0000G0001', { ...order, route: 'ses' })).toEqual({
      kind: 'refused',
      reason: 'notAligned',
      message: 'DKIM is PENDING',
    })
    expect(queue.parts()).toMatchObject([{ route: 'legacy' }])
  })

  test('to SES is refused for a mail that SES cannot carry', async () => {
    const { rerouteMail } = await desk([aPlan()], { keptOffSes: async () => 'nullSender' })
    expect(await rerouteMail('07QZ0000G0001', { ...order, route: 'ses' })).toMatchObject({
      kind: 'refused',
      reason: 'wrongState',
    })
  })
})

describe('what cannot be done is said, with the reason', () => {
  test('a mail that is not here', async () => {
    const { holdMail } = await desk()
    expect(await holdMail('07QZ0000G0009', order)).toMatchObject({ kind: 'refused', reason: 'noSuchMail' })
  })

  test('a mail that is being delivered this moment', async () => {
    const { holdMail, queue } = await desk()
    await queue.claim('legacy', NOW, 1)
    expect(await holdMail('07QZ0000G0001', order)).toMatchObject({ kind: 'refused', reason: 'partActive' })
  })

  test('a release of what is not held', async () => {
    const { releaseMail } = await desk()
    expect(await releaseMail('07QZ0000G0001', order)).toEqual({
      kind: 'refused',
      reason: 'wrongState',
      message: 'mail 07QZ0000G0001 is waiting on legacy; it cannot be released from there',
    })
  })
})

test('a part in doubt stays known as such through hold and release', async () => {
  const { holdMail, releaseMail, queue } = await desk([aPlan({ state: 'unclear', reason: 'unclear connectionLost' })])
  await holdMail('07QZ0000G0001', order)
  await releaseMail('07QZ0000G0001', order)
  expect(queue.parts()[0]!.reason).toMatch(/^unclear/)
})

describe('when the stage goes down', () => {
  const toLegacy = (recipient: string) => (recipient.startsWith('in') ? ('ses' as const) : ('legacy' as const))

  test('what waits for SES moves, recipient by recipient, and what is in doubt or being sent does not', async () => {
    const queue = memoryQueue()
    await queue.put(
      aMail({
        id: '07QZ0000G0001',
        parts: [aPlan({ route: 'ses', recipients: ['in@example.net', 'out@example.net'] })],
      }),
    )
    await queue.put(
      aMail({ id: '07QZ0000G0002', parts: [aPlan({ route: 'ses', recipients: ['out@example.net'], dueAt: 9e12 })] }),
    )
    await queue.put(
      aMail({
        id: '07QZ0000G0003',
        parts: [aPlan({ route: 'ses', state: 'unclear', reason: 'unclear x', recipients: ['out@example.net'] })],
      }),
    )
    expect(await moveBack(queue, toLegacy, () => NOW)).toEqual({ parts: 2, recipients: 2 })
    const left = queue
      .parts()
      .map(({ mailId, route, state, recipients }) => [mailId.at(-1), route, state, recipients.join()])
    expect(left.sort()).toEqual([
      ['1', 'legacy', 'waiting', 'out@example.net'],
      ['1', 'ses', 'waiting', 'in@example.net'],
      ['2', 'legacy', 'waiting', 'out@example.net'],
      ['3', 'ses', 'unclear', 'out@example.net'],
    ])
  })

  test('a mail that a person sent by SES stays there', () => {
    const part = {
      ...aPlan({ route: 'ses', recipients: ['out@example.net'] }),
      mailId: 'x',
      part: 1,
      sender: '',
      stream: '',
      acceptedAt: 0,
      size: 1,
    }
    expect(rerouted({ ...part, reason: 'routedByPerson rerouted by tanaka: x' }, toLegacy, NOW)).toBeUndefined()
    expect(rerouted(part, toLegacy, NOW)).toHaveLength(1)
  })
})

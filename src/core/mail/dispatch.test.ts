import { describe, expect, test } from 'vitest'
import { Dispatcher, type DispatcherOptions } from './dispatch.ts'
import type { ClaimedPart } from './mail.ts'
import type { Delivery } from './outcome.ts'
import { notifier } from './notify.ts'
import { mailIds } from './mail-id.ts'
import { pacer } from './pace.ts'
import { SETTLE_POLICY } from './settle.ts'
import {
  aMail,
  answered,
  aPlan,
  aReply,
  DELIVERED,
  fakeClock,
  memoryQueue,
  recordedLog,
  recordedMeter,
  scriptedCourier,
} from '../../../test/support/fakes.ts'

function route(
  answer: (part: ClaimedPart, nth: number) => Delivery | Promise<Delivery>,
  overrides: Partial<DispatcherOptions> = {},
) {
  const clock = fakeClock()
  const queue = memoryQueue()
  const log = recordedLog()
  const meter = recordedMeter()
  let nth = 0
  const courier = scriptedCourier({ clock, answer: (part) => answer(part, (nth += 1)) })
  const notify = notifier({
    queue,
    now: clock.now,
    nextId: mailIds({ gateway: 1 }),
    hostname: 'gw.example',
    log,
    meter,
  })
  const dispatcher = new Dispatcher({
    route: 'ses',
    queue,
    courier,
    clock,
    random: { next: () => 0.5 },
    log,
    meter,
    policy: SETTLE_POLICY,
    reroute: () => undefined,
    notify: (part, failures) => notify(part, failures, undefined),
    ...overrides,
  })
  const put = (id: string, recipients = ['user@example.net']) =>
    queue.put(aMail({ id, acceptedAt: clock.now(), parts: [aPlan({ route: 'ses', recipients, dueAt: clock.now() })] }))
  void dispatcher.run()
  return { clock, queue, log, meter, courier, dispatcher, put }
}

const throttled = (part: ClaimedPart): Delivery =>
  answered(
    part,
    { kind: 'deferred', reason: 'throttled' },
    {
      signal: { kind: 'throttled', reply: aReply(454, 'Throttling failure: Maximum sending rate exceeded.') },
      counts: false,
    },
  )

test('a mail that is put is sent at once and gone', async () => {
  const { put, clock, queue, courier } = route((part) => answered(part, DELIVERED))
  await put('07QZ0000G0001')
  await clock.advance(0)
  expect(courier.seen.map(({ part }) => part.mailId)).toEqual(['07QZ0000G0001'])
  expect(queue.parts()).toEqual([])
})

test('the attempt is in the queue before the courier sees the part', async () => {
  const states: string[] = []
  const world = route((part) => {
    states.push(...world.queue.parts().map(({ state, attempts }) => `${state} ${attempts}`))
    return answered(part, DELIVERED)
  })
  await world.put('07QZ0000G0001')
  await world.clock.advance(0)
  expect(states).toEqual(['active 0'])
})

test('the courier is never given more than it has room for, and what waits goes as room comes', async () => {
  let inFlight = 0
  let most = 0
  const finish: (() => void)[] = []
  const { put, clock, courier } = route(
    (part) =>
      new Promise((resolve) => {
        inFlight += 1
        most = Math.max(most, inFlight)
        finish.push(() => {
          inFlight -= 1
          resolve(answered(part, DELIVERED))
        })
      }),
    { pacer: pacer(1_000_000) },
  )
  for (let i = 1; i <= 25; i += 1) await put(`07QZ0000G00${String(i).padStart(2, '0')}`)
  await clock.advance(1)
  expect(most).toBe(10)
  while (finish.length > 0) {
    finish.splice(0).forEach((done) => done())
    await clock.advance(1)
  }
  expect(courier.seen).toHaveLength(25)
  expect(most).toBe(10)
})

describe('refusals of the whole route (M7)', () => {
  // C11a.
  test('three throttling answers delay a mail and cost it no attempt, and nobody is told', async () => {
    const { put, clock, queue, courier, log, meter } = route((part, nth) =>
      nth <= 3 ? throttled(part) : answered(part, DELIVERED),
    )
    await put('07QZ0000G0001')
    await clock.advance(5_000)
    expect(courier.seen.map(({ part }) => part.attempts)).toEqual([0, 0, 0, 0])
    expect(queue.parts()).toEqual([])
    expect(log.lines.filter(({ level }) => level === 'alarm')).toEqual([])
    expect(meter.total('watari_throttled_total')).toBe(3)
  })

  // C11b.
  test('a used-up daily quota stops all mails of the route: one try in ten minutes, one alarm, no bounce', async () => {
    const { put, clock, queue, courier, log } = route((part) =>
      answered(
        part,
        { kind: 'deferred', reason: 'dailyQuota' },
        {
          signal: { kind: 'dailyQuota', reply: aReply(454, 'Throttling failure: Daily message quota exceeded.') },
          counts: false,
        },
      ),
    )
    for (let i = 1; i <= 30; i += 1) await put(`07QZ0000G00${String(i).padStart(2, '0')}`)
    await clock.advance(60 * 60_000)
    // The first wave was under way when the first refusal came; then one part each ten minutes.
    expect(courier.seen.length).toBeLessThanOrEqual(30 + 6)
    expect(log.lines.filter(({ level }) => level === 'alarm')).toHaveLength(1)
    expect(queue.parts()).toHaveLength(30)
    expect(queue.parts().every(({ attempts }) => attempts === 0)).toBe(true)
  })

  test('an identity that is not verified stops the route, bounces nobody, and the route goes on when it is mended', async () => {
    let mended = false
    const { put, clock, queue, dispatcher, log, meter } = route((part) =>
      mended
        ? answered(part, DELIVERED)
        : answered(
            part,
            { kind: 'deferred', reason: 'identityNotVerified' },
            {
              signal: { kind: 'misconfigured', reason: 'identityNotVerified' },
              counts: false,
            },
          ),
    )
    await put('07QZ0000G0001')
    await clock.advance(60_000)
    expect(dispatcher.breaker).toMatchObject({ condition: 'stopped', reason: 'identityNotVerified' })
    expect(meter.total('watari_bounces_total')).toBe(0)
    mended = true
    await clock.advance(10 * 60_000)
    expect(queue.parts()).toEqual([])
    expect(log.lines.filter(({ level }) => level === 'alarm')).toHaveLength(1)
  })

  // C11c: the socket is cut for an hour with a thousand mails waiting.
  test('a next hop that cuts every connection is tried about once a minute, and every mail keeps its attempts', async () => {
    const { put, clock, queue, courier } = route((part) =>
      answered(
        part,
        { kind: 'deferred', reason: 'connectionLost' },
        {
          signal: { kind: 'unreachable', reason: 'connectionLost' },
          counts: false,
        },
      ),
    )
    for (let i = 0; i < 1_000; i += 1) await put(`07QZ0000H${String(i).padStart(4, '0')}`)
    await clock.advance(60 * 60_000)
    expect(courier.seen.length).toBeLessThan(10 + 256 + 80)
    expect(queue.parts()).toHaveLength(1_000)
    expect(Math.max(...queue.parts().map(({ attempts }) => attempts))).toBe(0)
  })
})

// C16d and C21: only what failed is tried again.
test('a mail of which one recipient was deferred is tried again for that recipient alone', async () => {
  const { put, clock, courier } = route((part, nth) =>
    nth === 1
      ? {
          outcomes: [DELIVERED, { kind: 'deferred', reason: 'greylisted', reply: aReply(451, '4.7.1 later') }],
          signal: { kind: 'healthy' },
          counts: true,
        }
      : answered(part, DELIVERED),
  )
  await put('07QZ0000G0001', ['a@example.net', 'b@example.net'])
  await clock.advance(10 * 60_000)
  expect(courier.seen.map(({ part }) => part.recipients)).toEqual([
    ['a@example.net', 'b@example.net'],
    ['b@example.net'],
  ])
})

describe('recipients who are refused for good', () => {
  const refused = (part: ClaimedPart): Delivery =>
    answered(part, {
      kind: 'rejected',
      reason: 'recipientRefused',
      reply: aReply(550, '5.1.1 no such user', 'RCPT TO'),
    })

  test('become a notification to the sender, on the legacy route, before the mail is done', async () => {
    const { put, clock, queue } = route(refused)
    await put('07QZ0000G0001')
    await clock.advance(0)
    expect(queue.parts()).toMatchObject([{ sender: '', recipients: ['sender@example.com'], route: 'legacy' }])
  })

  // C14a: a double bounce is never lost and never answered.
  test('of a mail without a sender are held for a person', async () => {
    const { clock, queue, meter } = route(refused)
    await queue.put(aMail({ id: '07QZ0000G0001', sender: '', parts: [aPlan({ route: 'ses', dueAt: clock.now() })] }))
    await clock.advance(1_000)
    expect(queue.parts()).toMatchObject([{ state: 'held', reason: 'doubleBounce: recipientRefused' }])
    expect(meter.total('watari_bounces_total')).toBe(0)
  })

  test('stay in the queue while the notification cannot be stored', async () => {
    const { put, clock, queue } = route(refused)
    await put('07QZ0000G0001')
    queue.fail('put', 1)
    await clock.advance(1_000)
    expect(queue.parts()).toMatchObject([
      { recipients: ['user@example.net'], state: 'waiting', reason: 'notificationNotStored' },
    ])
    await clock.advance(6 * 60_000)
    expect(queue.parts()).toMatchObject([{ sender: '', recipients: ['sender@example.com'] }])
  })
})

// M8: a message that breaks its sender is shown to a person, never dropped.
test('a courier that throws leaves the mail in doubt with an alarm, and the next mail goes on', async () => {
  const { put, clock, queue, log } = route((part) => {
    if (part.mailId === '07QZ0000G0001') throw new Error('broken')
    return answered(part, DELIVERED)
  })
  await put('07QZ0000G0001')
  await put('07QZ0000G0002')
  await clock.advance(1_000)
  expect(queue.parts()).toMatchObject([{ mailId: '07QZ0000G0001', state: 'unclear' }])
  await clock.advance(16 * 60_000)
  expect(queue.parts()).toMatchObject([{ mailId: '07QZ0000G0001', state: 'held', reason: 'unclearTwice' }])
  expect(log.lines.filter(({ event }) => event === 'courierFailed')).toHaveLength(2)
})

test('a disk that refuses to write attempts stops sending, and sending goes on when it is free', async () => {
  const world = route((part) => answered(part, DELIVERED))
  world.queue.fail('claim', 3)
  await world.put('07QZ0000G0001')
  await world.clock.advance(2_500)
  expect(world.courier.seen).toEqual([])
  await world.clock.advance(2_000)
  expect(world.courier.seen).toHaveLength(1)
})

test('a person closes the route and nothing goes; a person resumes it and all goes', async () => {
  const { put, clock, courier, dispatcher } = route((part) => answered(part, DELIVERED))
  dispatcher.close()
  await put('07QZ0000G0001')
  await clock.advance(3_600_000)
  expect(courier.seen).toEqual([])
  dispatcher.resume()
  await clock.advance(0)
  expect(courier.seen).toHaveLength(1)
})

test('a quota without room stops claiming until it says to ask again', async () => {
  const quota = { allowed: false, askAgainAt: Date.UTC(2026, 10, 25) + 90_000 }
  const world = route((part) => answered(part, DELIVERED), { quota: () => quota })
  await world.put('07QZ0000G0001')
  await world.clock.advance(89_000)
  expect(world.courier.seen).toEqual([])
  quota.allowed = true
  await world.clock.advance(1_000)
  expect(world.courier.seen).toHaveLength(1)
})

test('stop waits for what is in flight and begins nothing new', async () => {
  const finish: (() => void)[] = []
  const { put, clock, courier, dispatcher } = route(
    (part) => new Promise((resolve) => finish.push(() => resolve(answered(part, DELIVERED)))),
  )
  await put('07QZ0000G0001')
  await clock.advance(0)
  let stopped = false
  void dispatcher.stop().then(() => (stopped = true))
  await put('07QZ0000G0002')
  await clock.advance(5_000)
  expect([stopped, courier.seen.length]).toEqual([false, 1])
  finish[0]!()
  await clock.advance(0)
  expect([stopped, courier.seen.length]).toEqual([true, 1])
})

test('a paced route sends at its rate: 200 recipients a second, spread', async () => {
  const world = route((part) => answered(part, DELIVERED), { pacer: pacer(200) })
  for (let i = 0; i < 500; i += 1) await world.put(`07QZ0000H${String(i).padStart(4, '0')}`)
  const startedAt = world.clock.now()
  await world.clock.advance(2_000)
  const inTwoSeconds = world.courier.seen.filter(({ at }) => at < startedAt + 2_000).length
  expect(inTwoSeconds).toBeGreaterThanOrEqual(396)
  expect(inTwoSeconds).toBeLessThanOrEqual(404)
})

test('the log names mails and numbers, and masks what a next hop says', async () => {
  const { put, clock, log } = route((part) =>
    answered(part, {
      kind: 'deferred',
      reason: 'mailboxBusy',
      reply: aReply(450, '4.2.0 <tanaka@example.net> is busy'),
    }),
  )
  await put('07QZ0000G0001', ['tanaka@example.net'])
  await clock.advance(0)
  expect(log.lines).toMatchObject([
    {
      event: 'deferred',
      fields: {
        mail: '07QZ0000G0001',
        route: 'ses',
        recipients: 1,
        reason: 'mailboxBusy',
        code: 450,
        said: '4.2.0 <tan***@***.***> is busy',
      },
    },
  ])
})

import { describe, expect, test } from 'vitest'
import {
  aMail,
  aPlan,
  aReply,
  answered,
  DELIVERED,
  fakeClock,
  memoryQueue,
  recordedLog,
  recordedMeter,
  scriptedCourier,
} from '../../../test/support/fakes.ts'
import { memorySuppressionList } from '../../../test/support/memory-suppression.ts'
import { attempt } from '../mail/attempt.ts'
import type { Delivery } from '../mail/outcome.ts'
import type { ClaimedPart } from '../mail/mail.ts'
import { SETTLE_POLICY, type Failure } from '../mail/settle.ts'
import { listed, type Finding } from './suppression.ts'
import { suppressionScreen, type OnHit } from './suppression-screen.ts'

const ADDED_AT = Date.UTC(2026, 10, 20)

async function aListWith(...addresses: readonly string[]) {
  const list = memorySuppressionList()
  const finding = (address: string): Finding => ({
    address,
    spelling: address,
    reason: 'hardBounce',
    evidence: { word: 'bounce', status: '5.1.1', count: 1 },
    by: 'watari',
  })
  await list.change(addresses, (record, i) => listed(record, finding(addresses[i]!), ADDED_AT))
  return list
}

/** One attempt on the SES route with a list in front of it. */
async function tried(
  recipients: readonly string[],
  options: { onHit?: OnHit; reason?: string; acceptedAt?: number; answer?: (part: ClaimedPart) => Delivery } = {},
) {
  const clock = fakeClock()
  const queue = memoryQueue()
  const log = recordedLog()
  const meter = recordedMeter()
  const list = await aListWith('reader@example.com')
  const courier = scriptedCourier({ clock, answer: options.answer ?? ((part) => answered(part, DELIVERED)) })
  const failures: Failure[] = []
  const signals: Delivery[] = []
  const sent: number[] = []
  const acceptedAt = options.acceptedAt ?? clock.now()
  await queue.put(
    aMail({
      id: '07QZ0000G0001',
      acceptedAt,
      parts: [aPlan({ route: 'ses', recipients, reason: options.reason ?? 'accepted' })],
    }),
  )
  const [part] = await queue.claim('ses', clock.now(), 1)
  await attempt(
    part!,
    {
      route: 'ses',
      queue,
      courier,
      clock,
      random: { next: () => 0.5 },
      log,
      meter,
      policy: SETTLE_POLICY,
      reroute: () => undefined,
      screen: suppressionScreen({ list, onHit: options.onHit ?? 'bounce', hostname: 'gw.example' }),
      sent: (count) => sent.push(count),
      notify: async (_, failed) => {
        failures.push(...failed)
        return []
      },
    },
    (delivery) => signals.push(delivery),
  )
  return { queue, courier, failures, signals, sent, meter, log }
}

const given = ({ courier }: Awaited<ReturnType<typeof tried>>) => courier.seen.map(({ part }) => part.recipients)

describe('a recipient on the list', () => {
  test('is not given to SES, and its sender is told what the receiver once said; the others go on', async () => {
    const world = await tried(['a@example.com', 'READER@example.com', 'reader+x@example.com'])
    expect(given(world)).toEqual([['a@example.com', 'reader+x@example.com']])
    expect(world.failures).toEqual([
      {
        recipient: 'READER@example.com',
        reason: 'suppressed',
        reply: {
          code: 550,
          enhanced: '5.1.1',
          text: '5.1.1 not sent: the address is on the suppression list (hardBounce) since Fri, 20 Nov 2026 00:00:00 +0000',
          host: 'gw.example',
          command: 'suppression list',
        },
      },
    ])
    expect(world.queue.parts()).toEqual([])
    expect(world.sent).toEqual([2])
    expect(world.meter.total('watari_suppressed_total', 'ses')).toBe(1)
    expect(JSON.stringify(world.log.lines)).not.toMatch(/reader/i)
  })

  test('alone in its part asks nothing of the route, so a broken route does not look healthy', async () => {
    const world = await tried(['"reader"@EXAMPLE.com'])
    expect(given(world)).toEqual([])
    expect(world.signals).toEqual([])
    expect(world.sent).toEqual([])
    expect(world.failures).toHaveLength(1)
  })

  test('goes by the old hosts when the plan says so', async () => {
    const world = await tried(['a@example.com', 'reader@example.com'], { onHit: 'legacy' })
    expect(given(world)).toEqual([['a@example.com']])
    expect(world.queue.parts()).toMatchObject([
      { route: 'legacy', state: 'waiting', recipients: ['reader@example.com'], attempts: 0, reason: 'suppressed' },
    ])
    expect(world.failures).toEqual([])
  })

  test('keeps its place when the route refuses the others', async () => {
    const reply = aReply(554, '5.0.0 no')
    const world = await tried(['a@example.com', 'reader@example.com', 'b@example.com'], {
      answer: (part) => ({
        outcomes: part.recipients.map((recipient) =>
          recipient === 'b@example.com' ? { kind: 'rejected', reason: 'recipientRefused', reply } : DELIVERED,
        ),
        signal: { kind: 'healthy' },
        counts: true,
      }),
    })
    expect(world.failures.map(({ recipient, reason }) => [recipient, reason])).toEqual([
      ['reader@example.com', 'suppressed'],
      ['b@example.com', 'recipientRefused'],
    ])
  })
})

describe('a mail in doubt, whose first try may have reached SES', () => {
  test.each<OnHit>(['bounce', 'legacy'])(
    'is neither bounced nor sent by the other route when it was listed since: it waits for a person (%s)',
    async (onHit) => {
      const world = await tried(['reader@example.com'], { onHit, reason: 'unclear noAnswer', acceptedAt: ADDED_AT - 1 })
      expect(given(world)).toEqual([])
      expect(world.failures).toEqual([])
      expect(world.queue.parts()).toMatchObject([{ route: 'ses', state: 'held', reason: 'unclearTwice' }])
    },
  )

  test('was kept from SES the first time too when the entry is older than the mail', async () => {
    const world = await tried(['reader@example.com'], { reason: 'interrupted', acceptedAt: ADDED_AT + 1 })
    expect(world.failures).toHaveLength(1)
  })
})

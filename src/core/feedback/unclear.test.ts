// A part in doubt is done when SES speaks of it, and nothing else is touched.
import { expect, test } from 'vitest'
import { aMail, aPlan, memoryQueue, recordedLog, recordedMeter } from '../../../test/support/fakes.ts'
import { settleTaken } from './unclear.ts'

async function world(taken: Readonly<Record<string, readonly string[]>>) {
  const queue = memoryQueue()
  const put = (id: string, plan: Parameters<typeof aPlan>[0]) => queue.put(aMail({ id, parts: [aPlan(plan)] }))
  await put('0000000000001', { route: 'ses', state: 'unclear', recipients: ['a@x.jp', 'b@x.jp'] })
  await put('0000000000002', { route: 'ses', state: 'unclear', recipients: ['c@x.jp'] })
  await put('0000000000003', { route: 'ses', state: 'waiting', recipients: ['d@x.jp'] })
  await put('0000000000004', { route: 'legacy', state: 'unclear', recipients: ['e@x.jp'] })
  const [log, meter] = [recordedLog(), recordedMeter()]
  const sent: string[] = []
  const settled = await settleTaken({
    desk: queue,
    figures: { count: (_, { route, domain }, what) => void sent.push(`${what} ${route} ${domain}`), latency: () => {} },
    now: () => 0,
    ledger: { takenOf: (mailId, part) => Promise.resolve(taken[`${mailId}/${part}`] ?? []) },
    log,
    meter,
  })
  const left = (await queue.list({ limit: 10 })).parts.map(
    ({ mailId, route, state, recipients }) => `${mailId.slice(-1)} ${route} ${state} ${recipients.join(' ')}`,
  )
  return { settled, left, log, meter, sent }
}

const UNTOUCHED = ['2 ses unclear c@x.jp', '3 ses waiting d@x.jp', '4 legacy unclear e@x.jp']

test('a part that SES has taken is settled as delivered', async () => {
  const { settled, left, log, meter, sent } = await world({ '0000000000001/1': ['a@x.jp', 'b@x.jp'] })
  expect(settled).toBe(1)
  expect(left).toEqual(UNTOUCHED)
  expect(meter.total('watari_recipients_settled_total', 'delivered')).toBe(2)
  expect(sent).toEqual(['sent ses x.jp', 'sent ses x.jp'])
  expect(log.lines).toMatchObject([{ event: 'unclearSettled', fields: { mail: '0000000000001', recipients: 2 } }])
})

test('recipients that SES did not name stay in doubt', async () => {
  const { left } = await world({ '0000000000001/1': ['a@x.jp'] })
  expect(left.toSorted()).toEqual(['1 ses unclear b@x.jp', ...UNTOUCHED])
})

test('what SES has not spoken of stays as it is', async () => {
  const { settled, left } = await world({})
  expect(settled).toBe(0)
  expect(left).toEqual(['1 ses unclear a@x.jp b@x.jp', ...UNTOUCHED])
})

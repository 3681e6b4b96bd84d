import { domainToASCII } from 'node:url'
import { expect, test } from 'vitest'
import { recordedLog } from '../../../test/support/fakes.ts'
import { memorySuppressionList } from '../../../test/support/memory-suppression.ts'
import type { FeedbackEvent } from './event.ts'
import { canonicalOf } from './suppression-desk.ts'
import { suppressionListener } from './suppression-listener.ts'

const mail = { sesMessageId: 'm1', sender: 'news@goo.ne.jp', destinations: ['P@isp.example', 'q@isp.example'] }
const BOUNCE: FeedbackEvent = {
  kind: 'bounce',
  at: 7,
  mail,
  bounceType: 'Permanent',
  bounceSubType: 'General',
  recipients: [{ address: 'P@isp.example', status: '5.1.1' }],
}

function aListener() {
  const list = memorySuppressionList()
  const log = recordedLog()
  const canonical = (text: string) => canonicalOf(text, domainToASCII)
  return { list, log, hear: suppressionListener({ list, canonical, now: () => 9, log }) }
}

test('a hard bounce is on the list when it was heard, once however often it is told', async () => {
  const { list, log, hear } = aListener()
  await hear(BOUNCE, BOUNCE.recipients)
  await hear(BOUNCE, BOUNCE.recipients)
  expect(list.find('p@isp.example')).toEqual({
    address: 'p@isp.example',
    entry: {
      reason: 'hardBounce',
      evidence: { word: 'bounce', status: '5.1.1', count: 1, firstAt: 7, lastAt: 7, source: 'm1' },
      addedAt: 9,
      by: 'watari',
      spelling: 'P@isp.example',
    },
  })
  expect(log.lines).toEqual([
    { level: 'info', event: 'suppressionAdded', fields: { by: 'watari', reason: 'hardBounce', added: 1 } },
  ])
})

test('of a complaint that names two, the one that is news is listed as possible', async () => {
  const { list, hear } = aListener()
  const recipients = [{ address: 'P@isp.example' }, { address: 'q@isp.example' }]
  await hear({ kind: 'complaint', at: 7, mail, recipients }, [recipients[1]!])
  expect(list.find('p@isp.example')).toBeUndefined()
  expect(list.find('q@isp.example')?.entry).toMatchObject({
    reason: 'complaint',
    evidence: { word: 'possibleComplaint' },
  })
})

test('what says nothing for good is heard and changes nothing', async () => {
  const { list, hear } = aListener()
  await hear({ ...BOUNCE, bounceType: 'Transient' }, BOUNCE.recipients)
  expect(list.page({ limit: 1 }).records).toEqual([])
})

test('a list that cannot be written is heard of by the teller, who tells again', async () => {
  const { hear } = aListener()
  const broken = suppressionListener({
    list: { change: () => Promise.reject(new Error('disk full')) },
    canonical: (text) => text,
    now: () => 9,
    log: recordedLog(),
  })
  await expect(broken(BOUNCE, BOUNCE.recipients)).rejects.toThrow('disk full')
  await expect(hear(BOUNCE, BOUNCE.recipients)).resolves.toBeUndefined()
})

// C29: the event gives one spelling, the next mail another. Ours are one person; SES's own list is managed by its exact spelling.
import { domainToASCII } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sesAccountList } from '../../src/adapters/ses/account-list.ts'
import { sesControlPlane } from '../../src/adapters/ses/control-plane.ts'
import type { FeedbackEvent } from '../../src/core/feedback/event.ts'
import { listed } from '../../src/core/feedback/suppression.ts'
import { canonicalOf, suppressionDesk } from '../../src/core/feedback/suppression-desk.ts'
import { suppressFor } from '../../src/core/feedback/suppression-events.ts'
import { suppressionScreen } from '../../src/core/feedback/suppression-screen.ts'
import type { ClaimedPart } from '../../src/core/mail/mail.ts'
import type { Standin } from '../../src/standin/standin.ts'
import { aContent, fakeClock, recordedLog } from '../support/fakes.ts'
import { memorySuppressionList } from '../support/memory-suppression.ts'
import { loggedIn, sendMail, standinForTest } from '../support/standin-client.ts'

let standin: Standin
beforeAll(async () => {
  standin = await standinForTest()
})
afterAll(() => standin.stop())

const EVENT: FeedbackEvent = {
  kind: 'bounce',
  at: 1,
  mail: { sesMessageId: 'm1', sender: 'news@example.com', destinations: ['Reader@Example.COM'] },
  bounceType: 'Permanent',
  bounceSubType: 'General',
  recipients: [{ address: 'Reader@Example.COM', status: '5.1.1' }],
}

function partTo(recipient: string): ClaimedPart {
  return {
    mailId: '07QZ0000G0001',
    part: 1,
    route: 'ses',
    state: 'active',
    sender: 'news@example.com',
    recipients: [recipient],
    stream: 'example.com',
    acceptedAt: 2,
    dueAt: 2,
    attempts: 0,
    reason: 'accepted',
    size: 1,
    content: aContent(),
  }
}

/** The account's list through the real SDK, at the stand-in. */
function accountList() {
  const place = { region: 'ap-northeast-1', endpoint: standin.apiUrl, credentials: standin.credentials }
  const controlPlane = sesControlPlane(place, { ...fakeClock(0), sleep: () => Promise.resolve() })
  return { account: sesAccountList(controlPlane), stop: () => controlPlane.stop() }
}

test('the event’s spelling blocks every spelling of that person and nobody else, and any spelling takes it off again', async () => {
  const { account, stop } = accountList()
  const list = memorySuppressionList()
  const findings = suppressFor(EVENT, (address) => canonicalOf(address, domainToASCII))
  await list.change(
    findings.map(({ address }) => address),
    (record, i) => listed(record, findings[i]!, 3),
  )
  const screen = suppressionScreen({ list, onHit: 'bounce', hostname: 'gw.example' })
  expect(screen(partTo('reader@example.com'))).toMatchObject([{ kind: 'rejected', reason: 'suppressed' }])
  expect(screen(partTo('reader+x@example.com'))).toBeUndefined()

  await account.put('Reader@Example.COM', 'BOUNCE')
  const desk = suppressionDesk({
    list,
    account,
    reconciliation: { state: () => ({ running: false }), ask: async () => ({ running: false }) },
    toAscii: domainToASCII,
    now: () => 4,
    log: recordedLog(),
  })
  const removed = await desk.remove({ address: 'READER@example.com', by: 'sato', reason: 'works again' })
  expect(removed).toEqual({ kind: 'done', account: 'removed' })
  expect(screen(partTo('reader@example.com'))).toBeUndefined()
  expect(await account.page({})).toEqual({ kind: 'page', items: [] })
  await stop()
})

test('at SES itself sending ignores case, and taking off needs the spelling that is stored', async () => {
  const { account, stop } = accountList()
  await account.put('Reader@Example.COM', 'BOUNCE')
  expect(await account.remove('READER@example.com')).toEqual({ kind: 'done', found: false })
  const client = await loggedIn(standin)
  expect(await sendMail(client, { to: ['rEADER@example.com'] })).toMatch(/^250/)
  client.close()
  const state = await (await fetch(`${standin.apiUrl}/_standin/mails?recipient=reader@example.com`)).json()
  expect(state).toEqual({ mails: [] })
  expect(await account.remove('Reader@example.com')).toEqual({ kind: 'done', found: true })
  await stop()
})

// C26, the list's part: events that say "not sent, on a suppression list" are no new bounces and no new complaints.
import { domainToASCII } from 'node:url'
import { expect, test } from 'vitest'
import type { FeedbackEvent } from '../../src/core/feedback/event.ts'
import { listed, type SuppressionRecord } from '../../src/core/feedback/suppression.ts'
import { canonicalOf } from '../../src/core/feedback/suppression-desk.ts'
import { suppressFor } from '../../src/core/feedback/suppression-events.ts'

const mail = { sesMessageId: 'm2', sender: 'news@example.com', destinations: ['reader@example.com'] }
const recipients = [{ address: 'reader@example.com' }]
const EVENTS: readonly (readonly [string, FeedbackEvent])[] = [
  [
    'Bounce Permanent/OnAccountSuppressionList',
    { kind: 'bounce', at: 90, mail, bounceType: 'Permanent', bounceSubType: 'OnAccountSuppressionList', recipients },
  ],
  [
    'Bounce Permanent/Suppressed',
    { kind: 'bounce', at: 90, mail, bounceType: 'Permanent', bounceSubType: 'Suppressed', recipients },
  ],
  [
    'Complaint OnAccountSuppressionList without a feedback type',
    { kind: 'complaint', at: 90, mail, subType: 'OnAccountSuppressionList', recipients },
  ],
]
const RECORDS: readonly SuppressionRecord[] = (
  ['hardBounce', 'complaint', 'operator', 'imported', 'accountList'] as const
).map((reason) => ({
  address: 'reader@example.com',
  entry: { reason, evidence: { word: 'w', count: 2, firstAt: 1, lastAt: 2, source: 'm1' }, addedAt: 3, by: 'sato' },
}))

test.each(EVENTS)('%s leaves every entry as it is', (_, event) => {
  const findings = suppressFor(event, (address) => canonicalOf(address, domainToASCII))
  for (const record of RECORDS) for (const finding of findings) expect(listed(record, finding, 100)).toBeUndefined()
})

test.each(EVENTS)('%s puts nobody back whom a person took off', (_, event) => {
  const removed = { address: 'reader@example.com', removal: { at: 50, by: 'sato', note: 'works again' } }
  for (const finding of suppressFor(event, (address) => canonicalOf(address, domainToASCII))) {
    expect(listed(removed, finding, 100)).toBeUndefined()
  }
})

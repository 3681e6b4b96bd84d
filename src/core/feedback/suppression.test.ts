import { describe, expect, test } from 'vitest'
import fc from 'fast-check'
import {
  accountReasonOf,
  listed,
  spellingOf,
  unlisted,
  type Finding,
  type SuppressionReason,
  type SuppressionRecord,
} from './suppression.ts'

const ADDRESS = 'reader@example.com'
const BOUNCED_AT = 1_000
const NOW = 5_000

function aFinding(changes: Partial<Finding> = {}, at: number | undefined = BOUNCED_AT): Finding {
  return {
    address: ADDRESS,
    spelling: ADDRESS,
    reason: 'hardBounce',
    evidence: {
      word: 'bounce',
      status: '5.1.1',
      count: 1,
      source: 'm1',
      ...(at === undefined ? {} : { firstAt: at, lastAt: at }),
    },
    by: 'watari',
    ...changes,
  }
}
const bounced = (at: number, source: string) =>
  aFinding({ evidence: { word: 'bounce', status: '5.1.1', count: 1, firstAt: at, lastAt: at, source } })
const operator = aFinding({
  reason: 'operator',
  evidence: { word: 'byHand', count: 1, firstAt: 9, lastAt: 9 },
  by: 'sato',
  note: 'asked',
})
const imported = (count: number, at?: number) =>
  aFinding({
    reason: 'imported',
    evidence: { word: 'bounce', count, source: 'list.csv', ...(at === undefined ? {} : { firstAt: at, lastAt: at }) },
    by: 'sato',
  })
const onAccount = aFinding({ reason: 'accountList', evidence: { word: 'bounce', count: 1 } })

const after = (...findings: readonly Finding[]): SuppressionRecord | undefined =>
  findings.reduce<SuppressionRecord | undefined>(
    (record, finding, i) => listed(record, finding, NOW + i) ?? record,
    undefined,
  )

describe('an address comes on the list', () => {
  test('by a hard bounce, with its evidence and the spelling of SES', () => {
    expect(listed(undefined, aFinding({ spelling: 'Reader@Example.COM' }), NOW)).toEqual({
      address: 'reader@example.com',
      entry: {
        reason: 'hardBounce',
        evidence: { word: 'bounce', status: '5.1.1', count: 1, firstAt: 1_000, lastAt: 1_000, source: 'm1' },
        addedAt: 5_000,
        by: 'watari',
        spelling: 'Reader@Example.COM',
      },
    })
  })

  test('once: more of the same is counted, and the date of the entry stays', () => {
    expect(after(bounced(1_000, 'm1'), bounced(3_000, 'm3'), bounced(2_000, 'm2'))?.entry).toEqual({
      reason: 'hardBounce',
      evidence: { word: 'bounce', status: '5.1.1', count: 3, firstAt: 1_000, lastAt: 3_000, source: 'm3' },
      addedAt: 5_000,
      by: 'watari',
    })
  })

  test('and the same event told twice in a row is one', () => {
    expect(after(bounced(1_000, 'm1'), bounced(1_000, 'm1'))?.entry?.evidence.count).toBe(1)
  })
})

describe('of two reasons the stronger stays', () => {
  const complaint = aFinding({ reason: 'complaint', evidence: { word: 'complaint', count: 1, firstAt: 2, lastAt: 2 } })
  test.each<[string, Finding, Finding, SuppressionReason]>([
    ['a complaint after a hard bounce', aFinding(), complaint, 'complaint'],
    ['a hard bounce after a complaint', complaint, aFinding(), 'complaint'],
    ['a hard bounce after what a person said', operator, aFinding(), 'operator'],
    ['what a person says after a complaint', complaint, operator, 'operator'],
    ['a hard bounce after a file', imported(3), aFinding(), 'hardBounce'],
    ['a file after a hard bounce', aFinding(), imported(3), 'hardBounce'],
    ['the account’s list after anything', imported(3), onAccount, 'imported'],
  ])('%s', (_, first, second, reason) => {
    expect(after(first, second)?.entry).toMatchObject({ reason, addedAt: 5_000 })
  })
})

// C26.
test('a hit on the account’s list changes neither date nor reason nor evidence of an entry', () => {
  expect(listed(after(aFinding()), onAccount, NOW + 9)).toBeUndefined()
  expect(listed(after(onAccount), onAccount, NOW + 9)).toBeUndefined()
})

describe('a file that is read again', () => {
  test('changes nothing when it says the same', () => {
    expect(listed(after(imported(3, 800)), imported(3, 800), NOW)).toBeUndefined()
    expect(listed(after(imported(3)), imported(3), NOW)).toBeUndefined()
  })
  test('widens what it knows more of', () => {
    expect(after(imported(3, 800), imported(5, 900))?.entry?.evidence).toEqual({
      word: 'bounce',
      count: 5,
      firstAt: 800,
      lastAt: 900,
      source: 'list.csv',
    })
  })
})

describe('what a person took off', () => {
  const removed = unlisted(after(aFinding()), { at: 4_000, by: 'sato', note: 'works again' })

  test('is remembered with who and why', () => {
    expect(removed).toEqual({ address: ADDRESS, removal: { at: 4_000, by: 'sato', note: 'works again' } })
  })
  test.each<[string, Finding, boolean]>([
    ['a late event from before the removal', bounced(3_999, 'm2'), false],
    ['an event of the very instant', bounced(4_000, 'm2'), false],
    ['a new hard bounce', bounced(4_001, 'm2'), true],
    ['a file without dates', imported(3), false],
    ['a file with an old date', imported(3, 3_000), false],
    ['a file with a new date', imported(3, 4_500), true],
    ['a hit on the account’s list', onAccount, false],
    ['a person', operator, true],
  ])('%s puts it back: %#', (_, finding, putsBack) => {
    const record = listed(removed, finding, NOW)
    expect(record?.entry !== undefined).toBe(putsBack)
    expect(record?.removal).toBeUndefined()
  })
  test('cannot be taken off twice', () => {
    expect(unlisted(removed, { at: 4_500, by: 'sato', note: 'again' })).toBeUndefined()
    expect(unlisted(undefined, { at: 4_500, by: 'sato', note: 'again' })).toBeUndefined()
  })
  test('keeps what is known of the account’s list, which still has it', () => {
    const account = { spelling: 'Reader@example.com', reason: 'BOUNCE' as const, seenAt: 1 }
    expect(unlisted({ ...after(aFinding())!, account }, { at: 1, by: 'a', note: 'b' })).toMatchObject({ account })
  })
})

test('an entry keeps its first date, and its reason never weakens, whatever comes in whatever order', () => {
  const strength: readonly SuppressionReason[] = ['accountList', 'imported', 'hardBounce', 'complaint', 'operator']
  const finding = fc
    .record({ reason: fc.constantFrom(...strength), at: fc.nat(9), source: fc.constantFrom('a', 'b') })
    .map(({ reason, at, source }) =>
      aFinding({ reason, evidence: { word: 'w', count: 1, firstAt: at, lastAt: at, source } }),
    )
  fc.assert(
    fc.property(fc.array(finding, { minLength: 1, maxLength: 12 }), (findings) => {
      let record: SuppressionRecord | undefined
      for (const [i, next] of findings.entries()) {
        const before = record?.entry
        record = listed(record, next, 100 + i) ?? record
        const now = record!.entry!
        expect(now.addedAt).toBe(100)
        if (before) expect(strength.indexOf(now.reason)).toBeGreaterThanOrEqual(strength.indexOf(before.reason))
        if (before)
          expect(now.reason === before.reason ? now.evidence.count : 1).toBeGreaterThanOrEqual(
            now.reason === before.reason ? before.evidence.count : 1,
          )
      }
      const strongest = Math.max(...findings.map(({ reason }) => strength.indexOf(reason)))
      expect(record!.entry!.reason).toBe(strength[strongest])
    }),
  )
})

describe('SES is told', () => {
  test('one of its two reasons', () => {
    expect(accountReasonOf(after(aFinding())!.entry!)).toBe('BOUNCE')
    expect(accountReasonOf(after(operator)!.entry!)).toBe('BOUNCE')
    expect(accountReasonOf(after(aFinding({ reason: 'complaint' }))!.entry!)).toBe('COMPLAINT')
    expect(
      accountReasonOf(after(aFinding({ reason: 'imported', evidence: { word: 'complaint', count: 1 } }))!.entry!),
    ).toBe('COMPLAINT')
  })
  test('its own spelling, or that of the event, or the canonical one', () => {
    const account = { spelling: 'READER@example.com', reason: 'BOUNCE' as const, seenAt: 1 }
    const record = after(aFinding({ spelling: 'Reader@example.com' }))!
    expect(spellingOf({ ...record, account })).toBe('READER@example.com')
    expect(spellingOf(record)).toBe('Reader@example.com')
    expect(spellingOf(after(aFinding())!)).toBe('reader@example.com')
  })
})

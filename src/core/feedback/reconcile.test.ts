import { describe, expect, test } from 'vitest'
import { HOUR_MS } from '../base/clock.ts'
import {
  accountStep,
  asStored,
  goneFromAccount,
  isGone,
  mustLeaveAccount,
  seenOnAccount,
  wasEmptied,
} from './reconcile.ts'
import type { SuppressionRecord } from './suppression.ts'

const ADDRESS = 'reader@example.com'
const REMOVED_AT = 10 * HOUR_MS
const item = (updatedAt: number) => ({
  address: ADDRESS,
  spelling: 'Reader@example.com',
  reason: 'BOUNCE' as const,
  updatedAt,
})
const entry = { reason: 'hardBounce' as const, evidence: { word: 'bounce', count: 1 }, addedAt: 5, by: 'watari' }
const removed: SuppressionRecord = { address: ADDRESS, removal: { at: REMOVED_AT, by: 'sato', note: 'works' } }

describe('the account has it', () => {
  test('and we did not: it comes on our list, with the date of SES and its spelling', () => {
    expect(seenOnAccount(undefined, item(3), 9)).toEqual({
      address: ADDRESS,
      entry: {
        reason: 'accountList',
        evidence: { word: 'bounce', count: 1, firstAt: 3, lastAt: 3 },
        addedAt: 9,
        by: 'watari',
        spelling: 'Reader@example.com',
      },
      account: { spelling: 'Reader@example.com', reason: 'BOUNCE', seenAt: 9 },
    })
  })

  test('and so have we: only its side is noted', () => {
    expect(seenOnAccount({ address: ADDRESS, entry }, item(3), 9)).toEqual({
      address: ADDRESS,
      entry,
      account: { spelling: 'Reader@example.com', reason: 'BOUNCE', seenAt: 9 },
    })
  })

  test.each([
    ['long before our removal', REMOVED_AT - HOUR_MS, true],
    ['just after it, as SES writes late', REMOVED_AT + HOUR_MS, true],
    ['well after it, so it is a new bounce', REMOVED_AT + HOUR_MS + 1, false],
  ])('since %s', (_, updatedAt, mustLeave) => {
    expect(mustLeaveAccount(removed, item(updatedAt))).toBe(mustLeave)
    expect(seenOnAccount(removed, item(updatedAt), 9).entry === undefined).toBe(mustLeave)
  })
})

describe('what the account is asked for', () => {
  const account = { spelling: 'READER@example.com', reason: 'BOUNCE' as const, seenAt: 9 }
  test.each<[string, SuppressionRecord, ReturnType<typeof accountStep>]>([
    ['ours alone: put', { address: ADDRESS, entry }, { kind: 'put', spelling: ADDRESS, reason: 'BOUNCE' }],
    ['on both: nothing', { address: ADDRESS, entry, account }, undefined],
    [
      'removed here, there still: remove in its own spelling',
      { ...removed, account },
      { kind: 'remove', spelling: 'READER@example.com' },
    ],
    ['removed on both: nothing', removed, undefined],
    ['from there, and gone: nothing', { address: ADDRESS, entry: { ...entry, reason: 'accountList' } }, undefined],
    [
      'a complaint, with the spelling of its event',
      { address: ADDRESS, entry: { ...entry, reason: 'complaint', spelling: 'Reader@Example.com' } },
      { kind: 'put', spelling: 'Reader@Example.com', reason: 'COMPLAINT' },
    ],
  ])('%s', (_, record, step) => {
    expect(accountStep(record)).toEqual(step)
  })
})

describe('gone from the account’s list', () => {
  const account = { spelling: ADDRESS, reason: 'BOUNCE' as const, seenAt: 9 }
  test('is what a later whole look did not see', () => {
    expect(isGone({ address: ADDRESS, entry, account }, 10)).toBe(true)
    expect(isGone({ address: ADDRESS, entry, account }, 9)).toBe(false)
    expect(isGone({ address: ADDRESS, entry }, 10)).toBe(false)
    expect(isGone({ address: ADDRESS, entry: { ...entry, reason: 'accountList' } }, 10)).toBe(true)
  })
  test('goes here too when it was only there, and is remembered as removed', () => {
    expect(
      goneFromAccount({ address: ADDRESS, entry: { ...entry, reason: 'accountList' }, account }, HOUR_MS + 20),
    ).toEqual({
      address: ADDRESS,
      removal: { at: 20, by: 'watari', note: 'gone from the account’s list' },
    })
  })
  test('stays when it has evidence of its own, and is put back', () => {
    const record = goneFromAccount({ address: ADDRESS, entry, account }, 20)
    expect(record).toEqual({ address: ADDRESS, entry })
    expect(accountStep(record)).toMatchObject({ kind: 'put' })
  })
  test.each([
    [100, 100, false],
    [101, 1_000, true],
    [101, 1_010, false],
    [900_000, 1_000_000, true],
  ])('%d of %d at once means that the list was emptied: %s', (gone, known, emptied) => {
    expect(wasEmptied(gone, known)).toBe(emptied)
  })
})

test('SES keeps the case of the local part only', () => {
  expect(asStored('Reader@Example.COM')).toBe('Reader@example.com')
})

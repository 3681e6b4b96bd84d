// `watari suppression` against a control socket with a list in memory: what is printed, what is masked, how it ends.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { suppressionCli, type SuppressionCli } from '../../test/support/suppression-cli.ts'

process.env['TZ'] = 'Asia/Tokyo'
const NOW = Date.UTC(2026, 10, 25, 3)

let cli: SuppressionCli
beforeEach(async () => {
  cli = await suppressionCli(NOW)
})
afterEach(() => cli.close())

const watari = (...args: readonly string[]) => cli.watari(...args)

const add = (address: string, reason = 'asked by telephone') => watari('add', address, '--reason', reason)

describe('an address that a person adds', () => {
  test('is on the list with who, when and why, and masked', async () => {
    expect(await add('Tanaka@Example.JP')).toEqual({ code: 0, out: 'It is on the list.\n', error: '' })
    expect(await watari('show', 'tanaka@example.jp')).toEqual({
      code: 0,
      error: '',
      out: `Address:  tan***@***.***
Listed:   operator, since 2026-11-25 12:00:00 +09:00
By:       sato
Evidence: byHand, once, last 2026-11-25 12:00:00 +09:00
Source:   -
Why:      asked by telephone
SES:      not known there
`,
    })
  })

  test('a second time is so already', async () => {
    await add('tanaka@example.jp')
    expect(await add('"tanaka"@example.jp')).toEqual({
      code: 0,
      out: 'A person has put the address on the suppression list already.\n',
      error: '',
    })
  })

  test('must be one', async () => {
    expect(await add('tanaka')).toMatchObject({ code: 64, error: 'watari: that is no mail address\n' })
  })
})

describe('the list', () => {
  test('shows one line an address, by reason, and nobody in full without being asked', async () => {
    await add('tanaka@example.jp', 'for tanaka@example.jp')
    await add('suzuki@example.jp')
    await watari('remove', 'suzuki@example.jp', '--reason', 'works again')
    expect((await watari('list')).out).toBe(
      `ADDRESS         REASON    STATUS  TIMES  SINCE                       BY
tan***@***.***  operator       -      1  2026-11-25 12:00:00 +09:00  sato
`,
    )
    expect((await watari('list', '--reason', 'removed')).out).toContain('suz***@***.***  removed')
    expect((await watari('list', '--reason', 'complaint')).out).toBe('Nobody.\n')
    expect((await watari('list', '--json')).out).not.toContain('tanaka')
    expect(JSON.stringify(cli.log.lines)).not.toMatch(/tanaka|suzuki/)
  })

  test('shows addresses in full when asked, and that is logged with a name and without an address', async () => {
    await add('tanaka@example.jp')
    expect((await watari('list', '--full')).out).toContain('tanaka@example.jp')
    expect((await watari('show', 'tanaka@example.jp', '--full', '--by', 'suzuki')).out).toContain('tanaka@example.jp')
    expect(cli.log.lines.filter(({ event }) => event === 'addressesShown').map(({ fields }) => fields)).toEqual([
      { by: 'sato', suppressed: 1 },
      { by: 'suzuki', suppressed: 1 },
    ])
  })

  test('goes through pages to its limit, and says when there are more', async () => {
    const addresses = Array.from({ length: 2_500 }, (_, i) => `p${i}@example.jp`)
    await cli.list.change(addresses, (_, i) => ({
      address: addresses[i]!,
      entry: { reason: 'imported', evidence: { word: 'bounce', count: 1 }, addedAt: NOW, by: 'sato' },
    }))
    const all = await watari('list', '--limit', '5000', '--json', '--full')
    const read = all.out
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { address: string }).address)
    expect(read.toSorted()).toEqual(addresses.toSorted())
    expect(all.error).toBe('')
    const some = await watari('list', '--limit', '1500', '--json')
    expect(some.out.trim().split('\n')).toHaveLength(1_500)
    expect(some.error).toBe('There are more: raise --limit.\n')
  })
})

// C29.
describe('an address that a person removes', () => {
  test('is found in any spelling, and goes from the account’s list in the spelling that SES keeps', async () => {
    await add('Reader@example.com')
    cli.account.spellings.add('Reader@example.com')
    const removed = await watari('remove', 'READER@example.com', '--reason', 'works again')
    expect(removed).toEqual({ code: 0, out: 'It is off the list. It is off the account’s list too.\n', error: '' })
    expect([...cli.account.spellings]).toEqual([])
    expect(cli.list.find('reader@example.com')).toEqual({
      address: 'reader@example.com',
      removal: { at: NOW, by: 'sato', note: 'works again' },
    })
    expect((await watari('show', 'reader@example.com')).out).toContain('Listed:  no')
  })

  test('is off here even when SES cannot be asked, and that is said', async () => {
    await add('reader@example.com')
    cli.account.trouble = { kind: 'again', reason: 'unreachable', message: 'SES gave no answer' }
    expect((await watari('remove', 'reader@example.com', '--reason', 'x')).out).toBe(
      'It is off the list. The account’s list could not be changed now; the next reconciliation does it.\n',
    )
    expect(cli.list.find('reader@example.com')?.entry).toBeUndefined()
  })

  test('that is not on the list is told so', async () => {
    expect(await watari('remove', 'nobody@example.jp', '--reason', 'x')).toEqual({
      code: 1,
      out: '',
      error: 'watari: the address is not on the suppression list\n',
    })
    expect((await watari('show', 'nobody@example.jp')).code).toBe(1)
  })
})

// The prices beside what AWS's page says, written out once more.
import { describe, expect, it } from 'vitest'
import { dollarNumber, dollars, dollarText, percentOf, yenOf } from './money.ts'
import { costOf, NOT_PRICED, PRICES, PRICE_REGION, priceTableAge, type PriceId } from './price-table.ts'

const cost = (id: PriceId, units: number) => dollarText(costOf(PRICES[id], BigInt(units)))

describe('the price of', () => {
  it.each<[string, PriceId, number, string]>([
    ['a month of goo.ne.jp à la carte', 'sesRecipient', 159_000_000, '15,900.00'],
    // 10 M × 0.00016 + 90 M × 0.00014 + 59 M × 0.00011
    ['the same on Essentials', 'sesEssentialsRecipient', 159_000_000, '20,690.00'],
    ['the same on Pro without its fee', 'sesProRecipient', 159_000_000, '24,580.00'],
    ['the same on Enterprise without its fee', 'sesEnterpriseRecipient', 159_000_000, '26,170.00'],
    ['the last recipient of the first tier', 'sesEssentialsRecipient', 10_000_000, '1,600.00'],
    ['nothing', 'sesEssentialsRecipient', 0, '0.00'],
    ['a gigabyte of attachments', 'sesAttachment', 1_000_000_000, '0.12'],
    ['the free million of SQS', 'sqsRequest', 1_000_000, '0.00'],
    ['380 million requests of SQS', 'sqsRequest', 381_600_000, '152.24'],
    ['an object for each of 318 million events', 's3Put', 318_000_000, '1,494.60'],
    ['636 GB of logs', 'cloudWatchLogs', 636_000_000_000, '483.36'],
    ['a million GB-seconds', 'lambdaMemoryTime', 1_024_000_000_000, '16.67'],
    ['106 dedicated addresses', 'sesDedicatedIp', 106, '2,644.70'],
  ])('%s', (_what, id, units, expected) => {
    expect(cost(id, units)).toBe(expected)
  })
})

describe('money', () => {
  it('is exact where floating point is not', () => {
    expect(dollars('0.1') + dollars('0.2')).toBe(dollars('0.3'))
    expect(dollars('0.0000166667')).toBe(16_666_700n)
  })

  it('is refused when it is no amount', () => {
    for (const text of ['', '-1', '1e3', '.5', '1.', '0.0000000000001', '¥5']) {
      expect(() => dollars(text), text).toThrow(RangeError)
    }
  })

  it('is shown to the cent and to the yen', () => {
    expect(dollarText(dollars('1234567.895'))).toBe('1,234,567.90')
    expect(dollarText(-dollars('4790'))).toBe('-4,790.00')
    expect(dollarNumber(dollars('0.1234567'))).toBe(0.123457)
    expect(yenOf(dollars('15900'), 150)).toBe(2_385_000)
    expect(yenOf(dollars('1'), 152.5)).toBe(153)
  })

  it('takes shares of a count without losing one', () => {
    expect(percentOf(159_000_000n, 10)).toBe(15_900_000n)
    expect(percentOf(3n, 50)).toBe(2n)
    expect(percentOf(1_000_000n, 0.0001)).toBe(1n)
  })
})

describe('the table', () => {
  it('is as old as its oldest price, and stale after 90 days', () => {
    expect(priceTableAge(Date.parse('2026-07-22T12:00:00Z'))).toEqual({
      oldestOn: '2026-07-22',
      days: 0,
      isStale: false,
    })
    expect(priceTableAge(Date.parse('2026-10-20T00:00:00Z')).isStale).toBe(false)
    expect(priceTableAge(Date.parse('2026-10-21T00:00:00Z'))).toMatchObject({ days: 91, isStale: true })
  })

  it('is that of Tokyo, and says what it does not hold', () => {
    expect(PRICE_REGION).toBe('ap-northeast-1')
    expect(NOT_PRICED).toContain('dataTransfer')
  })

  it('names a page and a day for every price, and tiers that rise', () => {
    for (const [id, price] of Object.entries(PRICES)) {
      expect(price.source, id).toMatch(/^https:\/\/aws\.amazon\.com\/[a-z0-9-]+\/pricing\/$/)
      expect(price.readOn, id).toMatch(/^2026-\d\d-\d\d$/)
      const ends = price.tiers.map((tier) => ('upTo' in tier ? tier.upTo : Infinity))
      expect(ends, id).toEqual(ends.toSorted((a, b) => a - b))
      expect(ends.at(-1), id).toBe(Infinity)
    }
  })
})

// The three metrics: what is in them, what is not, and when they are missing.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { COUNTED, type Counted, type FigureCell } from '../base/figures.ts'
import { emailMetrics, emailRate, isBad } from './email-metrics.ts'
import { fraction } from './fraction.ts'

const cell = (counts: Partial<Record<Counted, number>>): FigureCell => ({ counts, latency: {} })

describe('EmailSendSuccess', () => {
  it('is not lowered by what receivers refuse for good, because nobody here can help that', () => {
    expect(emailRate('EmailSendSuccess', cell({ sent: 1_000, delivered: 950, hardBounced: 50 }))).toBe(1)
  })
  it('is lowered by what was given up, and by what the route refused', () => {
    expect(
      emailRate('EmailSendSuccess', cell({ sent: 950, delivered: 850, hardBounced: 50, softBounced: 50, refused: 50 })),
    ).toBe(0.9)
    expect(emailRate('EmailSendSuccess', cell({ refused: 10 }))).toBe(0)
  })
  it('knows nothing of mails that were not to be sent', () => {
    expect(emailRate('EmailSendSuccess', cell({ sent: 100, delivered: 100, suppressed: 5_000 }))).toBe(1)
    expect(emailRate('EmailSendSuccess', cell({ suppressed: 3 }))).toBeUndefined()
  })
})

describe('EmailBounceRate', () => {
  it('is a fraction, not a percentage', () => {
    expect(emailRate('EmailBounceRate', cell({ sent: 1_000, delivered: 940, hardBounced: 60 }))).toBe(0.06)
  })
  it('has hits on the account’s suppression list not in it, though SES took them', () => {
    expect(emailRate('EmailBounceRate', cell({ sent: 1_000, delivered: 940, suppressed: 60 }))).toBe(0)
  })
  it('has what the next hop refused at once in it, which was never sent', () => {
    expect(emailRate('EmailBounceRate', cell({ sent: 900, delivered: 900, hardBounced: 100 }))).toBe(0.1)
  })
})

describe('EmailComplaintRate', () => {
  it('is a fraction of what was delivered, and never over 1', () => {
    expect(emailRate('EmailComplaintRate', cell({ sent: 10_000, delivered: 10_000, complained: 12 }))).toBe(0.0012)
    expect(emailRate('EmailComplaintRate', cell({ sent: 2, delivered: 2, complained: 5 }))).toBe(1)
  })
})

describe('each of them', () => {
  it.each([
    ['nothing was sent', {}],
    ['mails were only accepted', { accepted: 50 }],
    ['nobody has told what became of them', { sent: 1_000 }],
    ['only a few are known, which a host refused at once', { sent: 10_000, hardBounced: 10, refused: 5 }],
  ])('is missing, not 0, while %s', (_, counts) => {
    expect(emailMetrics('goo.ne.jp', [cell(counts)])).toEqual([])
  })

  it('leaves a route out that nobody tells of, and is there when all that is known is bad', () => {
    const told = cell({ sent: 100, delivered: 98, hardBounced: 2 })
    const untold = cell({ sent: 10_000, hardBounced: 10, refused: 5 })
    expect(emailMetrics('goo.ne.jp', [untold, told]).map(({ value }) => value)).toEqual([1, 0.02, 0])
    expect(emailRate('EmailBounceRate', cell({ sent: 13, hardBounced: 13 }))).toBe(1)
  })
})

it('all three have exact names, no unit, the sending domain, and values from 0 to 1 whatever was counted', () => {
  expect(emailMetrics('goo.ne.jp', [cell({ sent: 204, delivered: 196, hardBounced: 4, complained: 49 })])).toEqual([
    { name: 'EmailSendSuccess', unit: 'None', dimensions: { Domain: 'goo.ne.jp' }, value: 1 },
    { name: 'EmailBounceRate', unit: 'None', dimensions: { Domain: 'goo.ne.jp' }, value: 0.02 },
    { name: 'EmailComplaintRate', unit: 'None', dimensions: { Domain: 'goo.ne.jp' }, value: 0.25 },
  ])
  const counts = fc.record(Object.fromEntries(COUNTED.map((word) => [word, fc.nat(1_000)])), { requiredKeys: [] })
  fc.assert(
    fc.property(counts, (any) => {
      for (const { value } of emailMetrics('goo.ne.jp', [cell(any), cell(any)]))
        expect(value >= 0 && value <= 1).toBe(true)
    }),
  )
})

it('a limit is passed on its own side only, and never by what is missing', () => {
  expect(isBad('EmailSendSuccess', fraction(0.9499))).toBe(true)
  expect(isBad('EmailSendSuccess', fraction(0.95))).toBe(false)
  expect(isBad('EmailBounceRate', fraction(0.0501))).toBe(true)
  expect(isBad('EmailBounceRate', fraction(0.05))).toBe(false)
  for (const name of ['EmailSendSuccess', 'EmailBounceRate', 'EmailComplaintRate'] as const) {
    expect(isBad(name, undefined)).toBe(false)
  }
})

// The three metrics: what is in them, what is not, and when they are missing.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { COUNTED, type Counted, type FigureCell } from '../base/figures.ts'
import { emailMetrics, isBad, RATES } from './email-metrics.ts'
import { fraction } from './fraction.ts'

const cell = (counts: Partial<Record<Counted, number>>): FigureCell => ({ counts, latency: {} })

describe('EmailSendSuccess', () => {
  const success = RATES.EmailSendSuccess
  it('is not lowered by what receivers refuse, because nobody here can help that', () => {
    expect(success(cell({ sent: 1_000, delivered: 950, hardBounced: 40, softBounced: 10 }))).toBe(1)
  })
  it('is lowered by what the route refused or gave up', () => {
    expect(success(cell({ sent: 900, delivered: 850, hardBounced: 50, refused: 100 }))).toBe(0.9)
    expect(success(cell({ refused: 10 }))).toBe(0)
  })
  it('knows nothing of mails that were not to be sent', () => {
    expect(success(cell({ sent: 100, delivered: 100, suppressed: 5_000 }))).toBe(1)
  })
  it('is missing while nobody has told what became of most mails, and when there were none', () => {
    expect(success(cell({ sent: 10_000, refused: 5, hardBounced: 10 }))).toBeUndefined()
    expect(success(cell({}))).toBeUndefined()
    expect(success(cell({ suppressed: 3 }))).toBeUndefined()
  })
})

describe('EmailBounceRate', () => {
  const rate = RATES.EmailBounceRate
  it('is a fraction of what was sent', () => {
    expect(rate(cell({ sent: 1_000, delivered: 940, hardBounced: 60 }))).toBe(0.06)
  })
  it('has hits on the account’s suppression list not in it, and soft bounces neither', () => {
    expect(rate(cell({ sent: 1_000, delivered: 900, suppressed: 60, softBounced: 40 }))).toBe(0)
  })
  it('counts what the next hop refused at once among what it is a share of', () => {
    expect(rate(cell({ sent: 900, delivered: 900, hardBounced: 100 }))).toBe(0.1)
    expect(rate(cell({ hardBounced: 7 }))).toBe(1)
  })
  it('is missing when nothing was sent, and while nobody tells; but a bounce that is known is told', () => {
    expect(rate(cell({}))).toBeUndefined()
    expect(rate(cell({ accepted: 50 }))).toBeUndefined()
    expect(rate(cell({ sent: 1_000 }))).toBeUndefined()
    expect(rate(cell({ sent: 1_000, hardBounced: 60 }))).toBe(0.06)
  })
})

describe('EmailComplaintRate', () => {
  it('is a fraction of what was sent, and never over 1', () => {
    expect(RATES.EmailComplaintRate(cell({ sent: 10_000, delivered: 9_900, complained: 12 }))).toBe(0.0012)
    expect(RATES.EmailComplaintRate(cell({ sent: 2, delivered: 2, complained: 5 }))).toBe(1)
  })
})

it('all three have exact names, no unit, the sending domain, and values from 0 to 1 whatever was counted', () => {
  expect(emailMetrics('goo.ne.jp', cell({ sent: 200, delivered: 196, hardBounced: 4, complained: 1 }))).toEqual([
    { name: 'EmailSendSuccess', unit: 'None', dimensions: { Domain: 'goo.ne.jp' }, value: 1 },
    { name: 'EmailBounceRate', unit: 'None', dimensions: { Domain: 'goo.ne.jp' }, value: 0.02 },
    { name: 'EmailComplaintRate', unit: 'None', dimensions: { Domain: 'goo.ne.jp' }, value: 0.005 },
  ])
  expect(emailMetrics('goo.ne.jp', cell({}))).toEqual([])
  const counts = fc.record(Object.fromEntries(COUNTED.map((word) => [word, fc.nat(1_000)])), { requiredKeys: [] })
  fc.assert(
    fc.property(counts, (any) => {
      for (const { value } of emailMetrics('goo.ne.jp', cell(any))) expect(value >= 0 && value <= 1).toBe(true)
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

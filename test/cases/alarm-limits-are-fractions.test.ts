// C40: reputation metrics are fractions, may not exist at all, and an alarm in percent never fires. Here: names, units and
// missing data; what is done at low volume is the shift's, a dead pipeline has an alarm of its own.
import { expect, it } from 'vitest'
import { emailMetrics, emailRate, EMAIL_LIMITS, isBad } from '../../src/core/watch/email-metrics.ts'
import { fraction } from '../../src/core/watch/fraction.ts'

it('a limit of 5 or 0.1 percent written as 5 or as a percentage is refused, because no share reaches it', () => {
  for (const wrong of [5, 1.1, -0.05, Number.NaN, Infinity]) {
    expect(() => fraction(wrong)).toThrow('is no share from 0 to 1: 5 percent is 0.05')
  }
  // 0.1 is a share, but of ten percent: the limit of complaints is this one.
  expect(EMAIL_LIMITS.EmailComplaintRate.limit).toBe(0.001)
  expect(EMAIL_LIMITS.EmailBounceRate.limit).toBe(0.05)
})

it('every limit lies between 0 and 1', () => {
  for (const { limit } of Object.values(EMAIL_LIMITS)) expect(limit > 0 && limit < 1).toBe(true)
})

it('the data points of the case fire', () => {
  expect(isBad('EmailBounceRate', fraction(0.06))).toBe(true)
  expect(isBad('EmailComplaintRate', fraction(0.0012))).toBe(true)
  const counts = { sent: 25_000, delivered: 23_500, hardBounced: 1_500, complained: 47 }
  const points = emailMetrics('goo.ne.jp', [{ counts, latency: {} }])
  expect(points.map(({ name, value }) => [name, value, isBad(name, value)])).toEqual([
    ['EmailSendSuccess', 1, false],
    ['EmailBounceRate', 0.06, true],
    ['EmailComplaintRate', 0.002, true],
  ])
})

it('an account without a send has no such metric, and one without a bounce has 0', () => {
  expect(emailMetrics('goo.ne.jp', [{ counts: {}, latency: {} }])).toEqual([])
  expect(emailRate('EmailBounceRate', { counts: { sent: 500, delivered: 500 }, latency: {} })).toBe(0)
})

it('with a dead pipeline there is no rate at all instead of a good one', () => {
  expect(emailMetrics('goo.ne.jp', [{ counts: { accepted: 500, sent: 500 }, latency: {} }])).toEqual([])
})

// What Prometheus reads: names, labels and sums, written out.
import { describe, expect, it } from 'vitest'
import { aStatus } from '../../../test/support/gateway-status.ts'
import { prometheusMeter } from './meter.ts'

const NOW = Date.UTC(2026, 10, 25, 3, 0, 0)
const page = async (meter: ReturnType<typeof prometheusMeter>, status = aStatus()) =>
  (await meter.render(status, NOW)).split('\n')

describe('the page for Prometheus', () => {
  it('has the sum of each counter by its labels, and reading it twice does not count twice', async () => {
    const meter = prometheusMeter({ processMetrics: false })
    meter.count('watari_recipients_settled_total', { route: 'ses', outcome: 'delivered' })
    meter.count('watari_recipients_settled_total', { outcome: 'delivered', route: 'ses' }, 4)
    meter.count('watari_recipients_settled_total', { route: 'legacy', outcome: 'rejected' })
    await page(meter)
    const lines = await page(meter)
    expect(lines).toContain('watari_recipients_settled_total{route="ses",outcome="delivered"} 5')
    expect(lines).toContain('watari_recipients_settled_total{route="legacy",outcome="rejected"} 1')
  })

  it('has counters without labels from the start, at 0', async () => {
    const lines = await page(prometheusMeter({ processMetrics: false }))
    expect(lines).toContain('watari_mails_accepted_total 0')
    expect(lines).toContain('watari_bounces_total 0')
  })

  it('has histograms in seconds', async () => {
    const meter = prometheusMeter({ processMetrics: false })
    meter.observe('watari_accept_to_delivered_seconds', { route: 'ses' }, 0.3)
    const lines = await page(meter)
    expect(lines).toContain('watari_accept_to_delivered_seconds_bucket{le="0.25",route="ses"} 0')
    expect(lines).toContain('watari_accept_to_delivered_seconds_bucket{le="0.5",route="ses"} 1')
    expect(lines).toContain('watari_accept_to_delivered_seconds_sum{route="ses"} 0.3')
  })

  it('has the gauges of the status, and no old values when a route loses its rate', async () => {
    const meter = prometheusMeter({ processMetrics: false })
    const before = await page(meter)
    expect(before).toContain('watari_stage_percent 10')
    expect(before).toContain('watari_ready 1')
    expect(before).toContain('watari_queue_parts{route="ses",state="waiting"} 7')
    expect(before).toContain('watari_queue_oldest_seconds 60')
    expect(before).toContain('watari_route_state{route="ses",state="running"} 1')
    expect(before).toContain('watari_route_state{route="ses",state="stopped"} 0')
    expect(before).toContain('watari_route_rate_per_second{route="ses"} 200')
    const { ratePerSecond: _, ...ses } = aStatus().routes[1]!
    const after = await page(meter, { ...aStatus(), routes: [ses] })
    expect(after.filter((line) => line.startsWith('watari_route_rate_per_second{'))).toEqual([])
  })

  it('can be read without a status', async () => {
    expect(await prometheusMeter({ processMetrics: true }).render(undefined, NOW)).toContain(
      'process_cpu_seconds_total',
    )
  })

  it('puts values beyond a limit under other, so that a mistake eats no memory', async () => {
    const meter = prometheusMeter({ processMetrics: false })
    for (let i = 0; i < 700; i += 1) meter.count('watari_refusals_total', { reason: `r${i}` })
    const lines = (await page(meter)).filter((line) => line.startsWith('watari_refusals_total{'))
    expect(lines).toHaveLength(501)
    expect(lines).toContain('watari_refusals_total{reason="other"} 200')
  })
})

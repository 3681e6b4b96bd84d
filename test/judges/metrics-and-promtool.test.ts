// The page for Prometheus, judged by Prometheus's own tool: it reads every line, and finds nothing to say of names and types
// but that three metrics have the names that CloudWatch knows.
import { spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { prometheusMeter } from '../../src/adapters/node/meter.ts'
import type { FigureRow } from '../../src/core/base/figures.ts'
import { figureGauges } from '../../src/core/watch/figure-gauges.ts'
import { aStatus } from '../support/gateway-status.ts'
import { describeJudged, programJudge } from '../support/judge.ts'

const NOW = Date.UTC(2026, 10, 25, 12, 34, 56)

const row = (route: FigureRow['route'], label: string): FigureRow => ({
  atMs: NOW,
  route,
  label,
  counts: {
    accepted: 10,
    sent: 10,
    delivered: 8,
    hardBounced: 1,
    softBounced: 1,
    complained: 1,
    delayed: 2,
    refused: 1,
  },
  latency: { sending: { 3: 5, 27: 5 }, delivery: { 20: 10 } },
})

async function page(): Promise<string> {
  const meter = prometheusMeter({ processMetrics: true })
  meter.count('watari_figures_total', { route: 'ses', counted: 'sent' }, 12)
  meter.count('watari_refusals_total', { reason: 'tooBig' })
  meter.observe('watari_commit_seconds', {}, 0.003)
  const domains = ['docomo.ne.jp', 'a"quote\\and\nline.example', '日本.example']
  const figures = {
    rows: async ({ by }: { readonly by: string }) =>
      (by === 'domain' ? domains : ['']).flatMap((label) => [row('legacy', label), row('ses', label)]),
  }
  return meter.render(aStatus(), NOW, await figureGauges(figures, 'goo.ne.jp')(NOW))
}

describeJudged('promtool', programJudge('promtool', 'apt-get install --no-install-recommends prometheus'), () => {
  it('reads the page whole', async () => {
    const text = await page()
    expect(text).toContain('EmailBounceRate{Domain="goo.ne.jp"} 0.1')
    const { stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' })
    const said = `${stdout}${stderr}`.split('\n').filter((line) => line !== '')
    // Exit code 3 is for advice; an unreadable line would be one that begins with "error while linting".
    expect(said.filter((line) => !/^(nodejs_|process_)/.test(line)).toSorted()).toEqual(
      ['EmailBounceRate', 'EmailComplaintRate', 'EmailSendSuccess'].map(
        (name) => `${name} metric names should be written in 'snake_case' not 'camelCase'`,
      ),
    )
  })
})

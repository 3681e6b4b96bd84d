// `watari figures` as a person sees it: both routes side by side, what is not known, and what is out of bounds.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { memoryOperations } from '../../test/support/memory-operations.ts'
import type { FigureQuery, FigureRow, FigureSource } from '../core/base/figures.ts'
import { controlApp } from '../gateway/control.ts'
import { listenOnSocket, type HttpListener } from '../gateway/listen.ts'
import { readPlan } from '../wiring/config.ts'
import { sparkline } from './figures-text.ts'
import { runCommand } from './program.ts'

process.env['TZ'] = 'Asia/Tokyo'

const HOUR = 3_600_000
/** 25 November 2026, 12:10 in Tokyo. */
const NOW = Date.UTC(2026, 10, 25, 3, 10)
const THREE = Date.UTC(2026, 10, 25, 3)

let folder: string
let listener: HttpListener | undefined
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'watari-cli-'))
})
afterEach(async () => {
  await listener?.close()
  rmSync(folder, { recursive: true })
})

const asked: FigureQuery[] = []
async function watari(line: string, rows: readonly FigureRow[], color = false) {
  const figures: FigureSource = {
    rows: async (query) => {
      asked.push(query)
      const wanted = rows.filter(({ label }) => query.labels === undefined || query.labels.includes(label))
      if (query.span !== true) return wanted
      return wanted.filter(({ atMs }) => atMs === THREE)
    },
  }
  const quiet = () => {}
  const log = { debug: quiet, info: quiet, warn: quiet, alarm: quiet }
  listener = await listenOnSocket(controlApp(memoryOperations(), log, { figures }).fetch, join(folder, 'control.sock'))
  let out = ''
  let error = ''
  const notStarted = () => Promise.reject(new Error('not started in this test'))
  const code = await runCommand(
    line.split(' '),
    {
      terminal: {
        out: (text) => void (out += text),
        error: (text) => void (error += text),
        color,
        errorColor: false,
        now: () => NOW,
      },
      variables: { WATARI_DATA: folder },
      folder,
      password: async () => '',
    },
    { version: '0.1.0', shippedPlan: '', readPlan, up: notStarted, gateway: notStarted, standin: notStarted },
  )
  return { code, out, error, lines: out.split('\n') }
}

const legacy = {
  atMs: THREE,
  route: 'legacy',
  label: '',
  counts: { sent: 98_765 },
  latency: { sending: { 16: 9, 27: 1 } },
} as const
const ses = {
  atMs: THREE,
  route: 'ses',
  label: '',
  counts: { sent: 10_000, delivered: 9_850, hardBounced: 120, softBounced: 30, complained: 4, delayed: 200 },
  latency: { sending: { 27: 10 } },
} as const

describe('watari figures', () => {
  it('shows both routes side by side by hour, in shares of what was sent', async () => {
    const { code, lines } = await watari('figures --hours 2', [legacy, ses])
    expect(code).toBe(0)
    expect(lines).toEqual([
      'All mail, 2026-11-25 11:00:00 +09:00 to 2026-11-25 12:10:00 +09:00',
      '',
      '            │ legacy                                           │ ses',
      'hour        │   sent deliv  hard  soft compl delay   p50   p95 │   sent deliv  hard  soft compl delay   p50   p95',
      '11-25 11:00 │      0     -     -     -     -     -     -     - │      0     -     -     -     -     -     -     -',
      '11-25 12:00 │  98.8k     -     -     -     -     - 160ms  1.1s │  10.0k  98.5  1.20  0.30 0.040  2.00  1.1s  1.1s',
      '            │ ────── ───── ───── ───── ───── ───── ───── ───── │ ────── ───── ───── ───── ───── ───── ───── ─────',
      'whole span  │  98.8k     -     -     -     -     - 160ms  1.1s │  10.0k  98.5  1.20  0.30 0.040  2.00  1.1s  1.1s',
      '            │     ▁█                                   █     █ │     ▁█     █     █     █     █     █     █     █',
      '% of sent. p50 and p95: from our 250 to the next hop’s answer. -: not known.',
      '',
    ])
  })

  it('asks for whole hours, and for days from midnight of the machine on', async () => {
    asked.length = 0
    await watari('figures --days 2', [legacy])
    expect(asked[0]).toMatchObject({ fromMs: Date.UTC(2026, 10, 23, 15), toMs: NOW, grain: 'hour', by: 'route' })
  })

  it('shows the largest receiving domains, and the shape of what was sent to them', async () => {
    const rows = [
      { ...legacy, label: 'docomo.ne.jp' },
      { ...legacy, label: 'docomo.ne.jp', atMs: THREE - HOUR, counts: { sent: 50_000 } },
      { ...ses, label: 'gmail.com' },
      { ...ses, label: 'small.example', counts: { sent: 3 } } as const,
    ]
    const { lines } = await watari('figures --hours 3 --by domain --top 2', rows)
    expect(lines.slice(3, 7)).toEqual([
      'domain       │   sent deliv  hard  soft compl delay   p50   p95 │   sent deliv  hard  soft compl delay   p50   p95 │ sent, in time',
      'docomo.ne.jp │  98.8k     -     -     -     -     - 160ms  1.1s │      0     -     -     -     -     -     -     - │          ▁▅█',
      'gmail.com    │      0     -     -     -     -     -     -     - │  10.0k  98.5  1.20  0.30 0.040  2.00  1.1s  1.1s │          ▁▁█',
      'other        │      0     -     -     -     -     -     -     - │      3     -     -     -     -     -  1.1s  1.1s │',
    ])
  })

  it('does not say that legacy had no complaints, because nobody tells legacy of any', async () => {
    const told = { ...legacy, counts: { sent: 1_000, delivered: 990, hardBounced: 10 } }
    const { lines } = await watari('figures --hours 1', [told])
    expect(lines[4]).toContain('│  1,000  99.0  1.00     0     -     0 160ms  1.1s │')
  })

  it('paints a share that passes its limit red, when enough was sent to judge', async () => {
    const bad = { ...ses, counts: { sent: 1_000, delivered: 900, hardBounced: 100 } }
    expect((await watari('figures --hours 1', [bad], true)).out).toContain('\u001b[31m 10.0\u001b[0m')
  })

  it('says so when nothing was counted', async () => {
    expect((await watari('figures', [])).out).toContain('Nothing was counted in this time.\n')
  })

  it('gives all of it in JSON', async () => {
    const { out } = await watari('figures --json --domain Docomo.ne.jp', [{ ...ses, label: 'docomo.ne.jp' }])
    expect(JSON.parse(out)).toMatchObject({
      by: 'domain',
      labels: ['docomo.ne.jp'],
      rows: [{ counts: { sent: 10_000 } }],
    })
  })

  it.each(['figures --hours 3 --days 2', 'figures --hours 2161', 'figures --by client'])('refuses %s', async (line) => {
    expect((await watari(line, [])).code).toBe(64)
  })
})

describe('a line of bars', () => {
  it('shows the shape of values, with gaps where nothing is known', () => {
    expect(sparkline([0, 1, 2, 4, undefined, 8], 6)).toBe('▁▂▃▅ █')
    expect(sparkline([0, 0, 4, 4, 8, 8], 3)).toBe('▁▅█')
    expect(sparkline([0, 0], 4)).toBe('    ')
    expect(sparkline([], 3)).toBe('   ')
  })
})

// How figures look on a terminal: both routes side by side, a line for each time or each label, and the shape of each
// column under it. A bare number says nothing of another route's volume, so what was sent is a count and all else a share.
import { HOUR_MS, SECOND_MS, MINUTE_MS } from '../core/base/clock.ts'
import {
  addCells,
  counted,
  EMPTY_CELL,
  latencyPercentileMs,
  type Counted,
  type FigureCell,
  type FigureRow,
  type LatencyKind,
} from '../core/base/figures.ts'
import { EMAIL_LIMITS } from '../core/watch/email-metrics.ts'
import type { FigureAnswer } from '../core/watch/figure-answer.ts'
import { paint, printable } from './output.ts'

export interface FigureView {
  /** What a line is: a time, or a label of the answer. */
  readonly lines: 'minute' | 'hour' | 'day' | 'label'
  readonly latency: LatencyKind
  /** Counts instead of shares. */
  readonly counts: boolean
  readonly color: boolean
}

interface Line {
  readonly name: string
  readonly legacy: FigureCell
  readonly ses: FigureCell
  /** Sent by both routes as time goes on, for a line that is no time itself. */
  readonly shape?: readonly (number | undefined)[]
}

interface Column {
  readonly title: string
  readonly width: number
  /** What is drawn under the column; undefined leaves a gap. */
  readonly value: (cell: FigureCell) => number | undefined
  readonly text: (cell: FigureCell, route: Route) => string
  /** Whether people should look at it (§8.2). */
  readonly alarming?: (cell: FigureCell) => boolean
}

const ROUTES = ['legacy', 'ses'] as const
type Route = (typeof ROUTES)[number]
const NAME_WIDTH_MAX = 28
const SHAPE_WIDTH = 12
const GAP = ' │ '

export function figuresText(answer: FigureAnswer, view: FigureView): string {
  const lines = view.lines === 'label' ? labelLines(answer) : timeLines(answer, view.lines)
  if (lines.length === 0) return 'Nothing was counted in this time.\n'
  const columns = columnsOf(view)
  const nameWidth = Math.min(NAME_WIDTH_MAX, Math.max(...lines.map(({ name }) => name.length), 'whole span'.length))
  const total: Line = { name: 'whole span', legacy: sumOf(lines, 'legacy'), ses: sumOf(lines, 'ses') }
  const rule = [''.padEnd(nameWidth), ...ROUTES.map(() => columns.map(({ width }) => '─'.repeat(width)).join(' '))]
  const heads = [
    ['', ...ROUTES.map((route) => route.padEnd(widthOf(columns)))],
    [
      view.lines === 'label' ? answer.by : view.lines,
      ...ROUTES.map(() => columns.map(titleOf).join(' ')),
      ...(view.lines === 'label' ? ['sent, in time'] : []),
    ],
  ]
  const shaped =
    view.lines === 'label'
      ? []
      : [['', ...ROUTES.map((route) => columns.map((column) => shapeOf(lines, route, column)).join(' '))]]
  const shown = [
    ...heads.map(([name = '', ...cells]) => [name.padEnd(nameWidth), ...cells]),
    ...lines.map((line) => lineOf(line, columns, nameWidth, view.color)),
    rule,
    lineOf(total, columns, nameWidth, view.color),
    ...shaped.map(([name = '', ...cells]) => [name.padEnd(nameWidth), ...cells]),
  ]
  return `${shown.map((cells) => cells.join(GAP).trimEnd()).join('\n')}\n${footnote(answer, view)}`
}

function footnote({ others, by }: FigureAnswer, { latency, counts }: FigureView): string {
  const shares = counts ? '' : '% of sent. '
  const between =
    latency === 'sending' ? 'from our 250 to the next hop’s answer' : 'from the next hop to the receiver’s answer'
  const rest = others === 0 ? '' : ` other: ${others} more ${by}s.`
  return `${shares}p50 and p95: ${between}.${rest} -: not known.\n`
}

function columnsOf({ latency, counts }: FigureView): readonly Column[] {
  const one = counts ? countColumn : shareColumn
  return [
    countColumn('sent', 'sent'),
    one('deliv', 'delivered'),
    one('hard', 'hardBounced', EMAIL_LIMITS.EmailBounceRate.limit),
    one('soft', 'softBounced'),
    one('compl', 'complained', EMAIL_LIMITS.EmailComplaintRate.limit),
    one('delay', 'delayed'),
    latencyColumn('p50', latency, 0.5),
    latencyColumn('p95', latency, 0.95),
  ]
}

/** One complaint among so many is the limit itself; a share of fewer mails is chance. */
const JUDGED_MIN = 1_000

function countColumn(title: string, what: Counted): Column {
  return {
    title,
    width: 6,
    value: (cell) => counted(cell, what),
    text: (cell) => short(counted(cell, what)),
  }
}

function shareColumn(title: string, what: Counted, limit = Infinity): Column {
  return {
    title,
    width: 5,
    value: (cell) => shareOf(cell, what),
    // Nobody tells legacy of complaints, so none that is known does not mean none.
    text: (cell, route) =>
      what === 'complained' && route === 'legacy' && counted(cell, what) === 0 ? '-' : percent(shareOf(cell, what)),
    alarming: (cell) => (shareOf(cell, what) ?? 0) > limit && counted(cell, 'sent') >= JUDGED_MIN,
  }
}

function latencyColumn(title: string, kind: LatencyKind, share: number): Column {
  const value = (cell: FigureCell) => latencyPercentileMs(cell.latency[kind] ?? {}, share)
  return { title, width: 5, value, text: (cell) => seconds(value(cell)) }
}

/** Words that only the receiver's answers bring: none of them in a cell means that nobody has told yet. */
const TOLD: readonly Counted[] = ['delivered', 'hardBounced', 'softBounced', 'complained', 'delayed']

function shareOf(cell: FigureCell, what: Counted): number | undefined {
  const sent = counted(cell, 'sent')
  if (sent === 0 || TOLD.every((word) => counted(cell, word) === 0)) return undefined
  return counted(cell, what) / sent
}

function lineOf(
  { name, shape, ...cells }: Line,
  columns: readonly Column[],
  nameWidth: number,
  color: boolean,
): string[] {
  const text = (route: Route, column: Column): string => {
    const cell = cells[route]
    const padded = column.text(cell, route).padStart(column.width)
    return column.alarming?.(cell) === true ? paint(color, 'red', padded) : padded
  }
  const cut = name.length > nameWidth ? `${name.slice(0, nameWidth - 1)}…` : name
  return [
    printable(cut).padEnd(nameWidth),
    ...ROUTES.map((route) => columns.map((column) => text(route, column)).join(' ')),
    ...(shape === undefined ? [] : [sparkline(shape, SHAPE_WIDTH)]),
  ]
}

function titleOf({ title, width }: Column): string {
  return title.padStart(width)
}

function widthOf(columns: readonly Column[]): number {
  return columns.reduce((sum, { width }) => sum + width, columns.length - 1)
}

function shapeOf(lines: readonly Line[], route: 'legacy' | 'ses', { value, width }: Column): string {
  return sparkline(
    lines.map((line) => value(line[route])),
    width,
  )
}

function sumOf(lines: readonly Line[], route: 'legacy' | 'ses'): FigureCell {
  return lines.map((line) => line[route]).reduce<FigureCell>(addCells, EMPTY_CELL)
}

function timeLines({ rows, sums, fromMs, toMs }: FigureAnswer, unit: 'minute' | 'hour' | 'day'): readonly Line[] {
  if (sums.length === 0) return []
  const lines = new Map<string, { legacy: FigureCell; ses: FigureCell }>()
  const stepMs = unit === 'minute' ? MINUTE_MS : HOUR_MS
  for (let at = fromMs - (fromMs % stepMs); at < toMs; at += stepMs) {
    lines.set(timeName(at, unit), { legacy: EMPTY_CELL, ses: EMPTY_CELL })
  }
  for (const row of rows) {
    const line = lines.get(timeName(row.atMs, unit))
    if (line !== undefined) line[row.route] = addCells(line[row.route], row)
  }
  return [...lines].map(([name, cells]) => ({ name, ...cells }))
}

const pad = (value: number) => String(value).padStart(2, '0')

/** In the zone of the machine or of TZ, as all times here. */
function timeName(atMs: number, unit: 'minute' | 'hour' | 'day'): string {
  const date = new Date(atMs)
  const day = `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`
  return unit === 'day' ? day : `${day.slice(5)} ${pad(date.getHours())}:${pad(date.getMinutes())}`
}

function labelLines({ labels, sums, rows, others, grain, fromMs, toMs }: FigureAnswer): readonly Line[] {
  const names = others === 0 ? labels : [...labels, 'other']
  const stepMs = grain === 'minute' ? MINUTE_MS : HOUR_MS
  const firstAt = fromMs - (fromMs % stepMs)
  const times = Array.from({ length: Math.ceil((toMs - firstAt) / stepMs) }, (_, i) => firstAt + i * stepMs)
  return names.map((name) => {
    const cellOf = (route: FigureRow['route']): FigureCell =>
      sums.find((row) => row.label === name && row.route === route) ?? EMPTY_CELL
    const own = rows.filter((row) => row.label === name)
    const sentAt = (at: number) =>
      own.filter(({ atMs }) => atMs === at).reduce((sum, row) => sum + counted(row, 'sent'), 0)
    return { name, legacy: cellOf('legacy'), ses: cellOf('ses'), shape: own.length === 0 ? [] : times.map(sentAt) }
  })
}

const BARS = '▁▂▃▄▅▆▇█'

/** Values as a line of bars, as wide as there is room; several values share one bar, which is their mean. */
export function sparkline(values: readonly (number | undefined)[], width: number): string {
  const bars = Math.min(width, values.length)
  const means = Array.from({ length: bars }, (_, i) => {
    const some = values
      .slice(Math.floor((i * values.length) / bars), Math.floor(((i + 1) * values.length) / bars))
      .filter((value) => value !== undefined)
    return some.length === 0 ? undefined : some.reduce((sum, value) => sum + value, 0) / some.length
  })
  const highest = Math.max(0, ...means.map((mean) => mean ?? 0))
  const bar = (mean: number | undefined): string => {
    if (mean === undefined || highest === 0) return ' '
    return BARS[Math.min(BARS.length - 1, Math.floor((mean / highest) * BARS.length))]!
  }
  return means.map(bar).join('').padStart(width)
}

/** `950`, `9,512`, `12.3k`, `1.2M`: at most six characters. */
function short(count: number): string {
  if (count < 10_000) return count.toLocaleString('en-US')
  if (count < 999_950) return `${(count / 1_000).toFixed(1)}k`
  return `${(count / 1_000_000).toFixed(1)}M`
}

function percent(share: number | undefined): string {
  if (share === undefined) return '-'
  const value = share * 100
  if (value === 0) return '0'
  if (value < 0.001) return '<.001'
  if (value < 0.0995) return value.toFixed(3)
  return value < 9.995 ? value.toFixed(2) : value.toFixed(1)
}

function seconds(ms: number | undefined): string {
  if (ms === undefined) return '-'
  if (ms < SECOND_MS) return `${Math.round(ms)}ms`
  if (ms < MINUTE_MS) return `${(ms / SECOND_MS).toFixed(ms < 10 * SECOND_MS ? 1 : 0)}s`
  if (ms < HOUR_MS) return `${(ms / MINUTE_MS).toFixed(ms < 10 * MINUTE_MS ? 1 : 0)}m`
  return `${(ms / HOUR_MS).toFixed(1)}h`
}

// What people and pages ask of the figures: a span by time, and of many receiving domains or streams the largest by name.
// Pure but for the asking. An answer is small whatever was counted, because it crosses a socket to be drawn.
import {
  addCells,
  counted,
  EMPTY_CELL,
  OTHER_LABEL,
  type FigureCell,
  type FigureQuery,
  type FigureRow,
  type FigureSource,
} from '../base/figures.ts'
import { HOUR_MS, MINUTE_MS } from '../base/clock.ts'

export interface FigureQuestion extends Pick<FigureQuery, 'fromMs' | 'toMs' | 'grain' | 'by'> {
  /** Only this receiving domain or stream. */
  readonly label?: string
  /** How many labels get a name, largest first. */
  readonly top: number
}

export interface FigureAnswer extends Pick<FigureQuery, 'fromMs' | 'toMs' | 'grain' | 'by'> {
  /** The labels that have a name here, largest first; `['']` when summed by route. */
  readonly labels: readonly string[]
  /** Labels that were summed up as `other`. */
  readonly others: number
  /** The whole span: two rows at most for each label, and for `other`. */
  readonly sums: readonly FigureRow[]
  /** Each minute or hour of the named labels; empty when there are more than ROWS_MAX of them. */
  readonly rows: readonly FigureRow[]
}

/** Rows of one answer; a row is some 300 octets of JSON. */
const ROWS_MAX = 20_000

export async function answerFigures(source: FigureSource, question: FigureQuestion): Promise<FigureAnswer> {
  const { fromMs, toMs, grain, by, label, top } = question
  const asked = { fromMs, toMs, grain, by }
  const only = label === undefined ? {} : { labels: [label] }
  const all = await source.rows({ ...asked, ...only, span: true })
  const labels = largest(all, top)
  const named = new Set(labels)
  const sums = all.filter((row) => named.has(row.label))
  const rest = all.filter((row) => !named.has(row.label))
  const ticks = Math.ceil((toMs - fromMs) / (grain === 'minute' ? MINUTE_MS : HOUR_MS))
  const fits = ticks * labels.length * 2 <= ROWS_MAX
  const rows = fits && labels.length > 0 ? await source.rows({ ...asked, labels }) : []
  const others = new Set(rest.map((row) => row.label)).size
  return { ...asked, labels, others, sums: [...sums, ...restOf(rest)], rows }
}

/** `other` is no label of its own here: it is where all that is not named goes. */
function largest(rows: readonly FigureRow[], top: number): readonly string[] {
  const volumes = new Map<string, number>()
  for (const row of rows) volumes.set(row.label, (volumes.get(row.label) ?? 0) + volumeOf(row))
  return [...volumes]
    .filter(([label]) => label !== OTHER_LABEL)
    .toSorted(([a, volumeA], [b, volumeB]) => volumeB - volumeA || (a < b ? -1 : 1))
    .slice(0, top)
    .map(([label]) => label)
}

/** Of a route whose next hop's answers are not known yet, what was accepted. */
function volumeOf(cell: FigureCell): number {
  return Math.max(counted(cell, 'accepted'), counted(cell, 'sent'), counted(cell, 'delivered'))
}

function restOf(rows: readonly FigureRow[]): readonly FigureRow[] {
  return (['legacy', 'ses'] as const).flatMap((route) => {
    const own = rows.filter((row) => row.route === route)
    const first = own[0]
    if (first === undefined) return []
    const sum = own.reduce<FigureCell>(addCells, EMPTY_CELL)
    return [{ atMs: first.atMs, route, label: OTHER_LABEL, ...sum }]
  })
}

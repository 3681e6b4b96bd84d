// The week as a small picture: a row for each day, a bar for each hour.
import type { WeekHour } from '../core/plan/baseline/baseline.ts'
import type { BaselineWords } from './baseline-words.ts'
import { grouped } from './output.ts'

const BARS = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const
const HOURS = 24
const SCALE = '00    03    06    09    12    15    18    21'

/** `week` begins on Sunday at 00:00; the picture on Monday, as work does. */
export function weekChart(week: readonly WeekHour[], words: BaselineWords): string {
  const most = Math.max(...week.map(({ average }) => average))
  if (most === 0) return ''
  const rows = [1, 2, 3, 4, 5, 6, 0].map((weekday) => {
    const hours = week.slice(weekday * HOURS, (weekday + 1) * HOURS)
    const total = hours.reduce((sum, { average }) => sum + average, 0)
    const bars = hours.map(({ average }) => barOf(average, most).repeat(2)).join('')
    return `  ${words.weekdays[weekday] ?? ''}  ${bars}  ${grouped(total)}\n`
  })
  const indent = ' '.repeat(4 + columns(words.weekdays[0] ?? ''))
  return `${indent}${SCALE}\n${rows.join('')}${indent}${words.averageOf(grouped(most))}\n`
}

/** An hour with any mail shows at least the lowest bar. */
function barOf(average: number, most: number): string {
  const height = average === 0 ? 0 : Math.max(1, Math.round((8 * average) / most))
  return BARS[height] ?? BARS[8]
}

/** Names of weekdays are three Latin letters or one wide one. */
function columns(name: string): number {
  return name.length === 1 ? 2 : name.length
}

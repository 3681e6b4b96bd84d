// How things look on a terminal: aligned tables, local times with their zone, readable ages and sizes.
// Foreign text loses its control characters here, because a reply must not move the cursor of a night watch.
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../core/base/clock.ts'
import { widthOf } from '../core/base/wrap.ts'

export interface Terminal {
  readonly out: (text: string) => void
  readonly error: (text: string) => void
  readonly color: boolean
  readonly errorColor: boolean
  readonly now: () => number
}

/** What a table shows; numbers go to the right. */
export type Cell = string | number

const GAP = '  '

/** Rows under a header line, each column as wide as its widest cell; the last one is not padded. */
export function table(header: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const cells = [header, ...rows].map((row) => row.map((cell) => printable(String(cell))))
  const right = header.map((_, i) => rows.length > 0 && rows.every((row) => isNumeric(row[i]!)))
  const widths = header.map((_, i) => Math.max(...cells.map((row) => widthOf(row[i]!))))
  const line = (row: readonly string[]) =>
    row
      .map((cell, i) => {
        const space = ' '.repeat(widths[i]! - widthOf(cell))
        return right[i] ? space + cell : cell + space
      })
      .join(GAP)
      .trimEnd()
  return `${cells.map(line).join('\n')}\n`
}

function isNumeric(cell: Cell): boolean {
  return typeof cell === 'number' || /^(-|[\d.,]+( ?(%|\/s|[kMGT]?B|ms|s|min|h|d))?|\d+\/\d+)$/.test(cell)
}

const label = (name: string) => (name === '' ? '' : `${name}:`)

/** Names on the left, values behind them. */
export function facts(pairs: readonly (readonly [string, Cell])[]): string {
  const width = Math.max(...pairs.map(([name]) => widthOf(name))) + 1
  return pairs
    .map(([name, value]) => `${label(name)}${' '.repeat(width - widthOf(label(name)))} ${printable(String(value))}\n`)
    .join('')
}

export function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, '?')
}

const pad = (value: number) => String(value).padStart(2, '0')

/** `2026-11-25 12:00:00 +09:00`, in the zone of the machine or of TZ. */
export function localTime(at: number): string {
  const date = new Date(at)
  const zone = -date.getTimezoneOffset()
  const offset = `${zone < 0 ? '-' : '+'}${pad(Math.floor(Math.abs(zone) / 60))}:${pad(Math.abs(zone) % 60)}`
  const day = [date.getFullYear(), pad(date.getMonth() + 1), pad(date.getDate())].join('-')
  return `${day} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map(pad).join(':')} ${offset}`
}

/** The two largest units: `3 d 4 h`, `5 min 2 s`, `12 s`, `0 s`. */
export function duration(ms: number): string {
  const units: readonly (readonly [number, string])[] = [
    [DAY_MS, 'd'],
    [HOUR_MS, 'h'],
    [MINUTE_MS, 'min'],
    [SECOND_MS, 's'],
  ]
  const at = units.findIndex(([length]) => ms >= length)
  if (at < 0) return '0 s'
  const [length, name] = units[at]!
  const [nextLength, nextName] = units[at + 1] ?? [Infinity, '']
  const rest = Math.floor((ms % length) / nextLength)
  return `${Math.floor(ms / length)} ${name}${rest > 0 ? ` ${rest} ${nextName}` : ''}`
}

/** `5.1 kB`: decimal units, as disks and quotas are sold. */
export function size(octets: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let value = octets
  let unit = 0
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1_000
    unit += 1
  }
  return `${unit > 0 && value < 99.95 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`
}

export function grouped(count: number): string {
  return count.toLocaleString('en-US')
}

const CODES = { bold: 1, red: 31, green: 32, yellow: 33, cyan: 36 } as const
export function paint(colored: boolean, color: keyof typeof CODES, text: string): string {
  return colored ? `\u001b[${CODES[color]}m${text}\u001b[0m` : text
}

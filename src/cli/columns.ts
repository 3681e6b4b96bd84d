// Laying out texts for a screen of 80 columns, where a Japanese character takes two: padding, paragraphs, tables and bars.
import { widthOf, wrapped } from '../core/base/wrap.ts'

export const SCREEN_COLUMNS = 80

export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)))
}

export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - widthOf(text))) + text
}

/** A paragraph with `first` before its first line, and as much room before the others. */
export function paragraph(text: string, first = '', columns = SCREEN_COLUMNS): string {
  const indent = ' '.repeat(widthOf(first))
  return wrapped(text, columns - widthOf(first))
    .map((line, i) => `${i === 0 ? first : indent}${line}\n`)
    .join('')
}

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'] as const

/** A bar of `value` where `most` fills `width` columns, with a line at `mark`; always `width` columns. */
export function bar(value: number, scale: { readonly most: number; readonly width: number; readonly mark?: number }) {
  const { most, width, mark } = scale
  const eighths = most <= 0 ? 0 : Math.round((Math.min(value, most) / most) * width * 8)
  // What is more than nothing is seen.
  const seen = value > 0 ? Math.max(1, eighths) : 0
  const cells = padEnd('█'.repeat(Math.floor(seen / 8)) + EIGHTHS[seen % 8]!, width)
  if (mark === undefined || mark < 0 || mark > most) return cells
  const at = Math.min(width - 1, Math.floor((mark / most) * width))
  const drawn = Array.from(cells)
  drawn[at] = '│'
  return drawn.join('')
}

export const COLUMN_GAP = 2

/** Rows of a label and numbers to the right of it, each column as wide as its widest. */
export function numberTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [header, ...rows]
  const widths = header.map((_, i) => Math.max(...all.map((row) => widthOf(row[i] ?? ''))))
  return all
    .map((row) =>
      row.map((cell, i) => (i === 0 ? padEnd(cell, widths[0]!) : padStart(cell, widths[i]! + COLUMN_GAP))).join(''),
    )
    .map((line) => `${line.trimEnd()}\n`)
    .join('')
}

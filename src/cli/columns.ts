// Laying out texts for a screen of 80 columns, where a Japanese character takes two: padding, wrapping and bars.
import { widthOf } from '../core/base/wrap.ts'

export const SCREEN_COLUMNS = 80

export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)))
}

export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - widthOf(text))) + text
}

/** Punctuation that may not begin a line (JIS X 4051). */
const NOT_FIRST = /^[、。，．）」』】：；！？ー々・]/

/** Lines of at most `width` columns, broken at spaces and between wide characters; the first has `first` before it. */
export function wrapped(text: string, first = '', width = SCREEN_COLUMNS): string {
  const indent = ' '.repeat(widthOf(first))
  const lines: string[] = []
  let line = first
  let isFresh = true
  for (const piece of piecesOf(text)) {
    if (!isFresh && widthOf(line + piece.trimEnd()) > width && !NOT_FIRST.test(piece)) {
      lines.push(line.trimEnd())
      line = indent + piece.trimStart()
    } else {
      line += isFresh ? piece.trimStart() : piece
    }
    isFresh = false
  }
  return `${[...lines, line.trimEnd()].join('\n')}\n`
}

/** A run of narrow characters with the space before it stays together; wide characters stand alone. */
function piecesOf(text: string): readonly string[] {
  return text.match(/ *[^ \u2e80-\u9fff\uac00-\ud7a3\uff00-\uffef]+|[^ ]| +/gu) ?? []
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

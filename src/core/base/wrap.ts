// Lines of a given width for terminals and plain mail, where characters of East Asia take two columns (Unicode UAX 11).

/** The blocks in use that are wide or full-width. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{1f300}-\u{1faff}]|[\u{20000}-\u{3fffd}]/gu

/** How many columns a text takes. */
export function widthOf(text: string): number {
  return Array.from(text).length + (text.match(WIDE)?.length ?? 0)
}

/** JIS X 4051: closing marks do not begin a line. */
const NO_LINE_START = /^[、。，．）」』】ー・:;,.!?)々ぁぃぅぇぉっゃゅょァィゥェォッャュョ]/u
/** And opening ones do not end it. */
const NO_LINE_END = /[（「『【(]$/u

/** Breaks a paragraph at spaces, and Japanese anywhere but where a mark forbids it. A word wider than a line is not cut. */
export function wrapped(text: string, columns: number): readonly string[] {
  const lines: string[] = []
  let line = ''
  let width = 0
  for (const piece of unitsOf(text)) {
    if (width + widthOf(piece.trimEnd()) > columns && line.trim() !== '') {
      lines.push(line.trimEnd())
      line = piece.trimStart()
      width = widthOf(line)
    } else {
      line += piece
      width += widthOf(piece)
    }
  }
  return line === '' ? lines : [...lines, line.trimEnd()]
}

/** Words and single wide characters, each with the marks that must stay beside it. */
function unitsOf(text: string): readonly string[] {
  const units: string[] = []
  for (const piece of text.match(/[\x21-\x7e\u00a1-\u02ff]+ ?| +|./gu) ?? []) {
    const before = units.at(-1)
    const isMarked = (NO_LINE_START.test(piece) || NO_LINE_END.test(before ?? '')) && !before?.endsWith(' ')
    // A percent sign says nothing without its number.
    if (before !== undefined && (isMarked || piece.startsWith('%'))) units[units.length - 1] = before + piece
    else units.push(piece)
  }
  return units
}

// The request as plain text: what a mail reader without HTML, a ticket or a terminal shows. A value stands on a line of its
// own, so that it can be copied whole.
import { checkCommands, relativeName } from './request-files.ts'
import { factsOf, reasonsIn, type Pack } from './request-parts.ts'
import type { WantedRecord } from './wanted-record.ts'

/** RFC 5322 2.1.1 asks for 78 columns; full-width characters take two. */
const COLUMNS = 76

export function requestText(pack: Pack): string {
  const { words, request, about, work, keep, faults } = pack
  const { headings } = words
  const reasons = request.kind === 'request' ? reasonsIn(pack) : []
  const example = work[0]
  return [
    ...words.opening(request.kind, about),
    '',
    ...section(
      headings.facts,
      factsOf(pack).map(([label, value]) => `${label}: ${value}`),
    ),
    ...section(
      headings.work,
      work.flatMap((record, index) => recordLines(record, index + 1, pack)),
    ),
    ...section(
      headings.faults,
      faults.flatMap(({ name, sentence }) => [name, ...wrapped(`  ${sentence}`)]),
    ),
    ...section(
      headings.why,
      reasons.flatMap((reason) => [...wrapped(reason), '']),
    ),
    ...section(words.heading(headings.keep), [
      ...keep.map((record) => keptLine(record, pack)),
      ...words.notes.flatMap((note) => wrapped(`* ${note}`)),
    ]),
    ...(example === undefined
      ? []
      : section(words.heading(headings.check), [
          ...wrapped(words.check),
          ...checkCommands(request, example).map((line) => `  ${line}`),
        ])),
    ...section(
      headings.files,
      words.files.map((line) => `  ${line}`),
    ),
    ...words.closing.flatMap(wrapped),
    '',
  ].join('\n')
}

function section(heading: string, lines: readonly string[]): readonly string[] {
  if (lines.length === 0) return []
  return [heading, ...lines, ...(lines.at(-1) === '' ? [] : [''])]
}

function recordLines(record: WantedRecord, number: number, { words, request }: Pack): readonly string[] {
  const { labels, actions, purposes } = words
  const today = record.today === undefined || record.today.length === 0 ? labels.nothingToday : record.today.join(' / ')
  return [
    `[${number}] ${actions[record.action]} ${record.type}  (${purposes[record.purpose]})`,
    `  ${labels.name}: ${relativeName(record.name, request.zoneApex)}`,
    `        ${record.name}.`,
    `  ${labels.ttl}: ${record.ttlSeconds}`,
    `  ${labels.today}: ${today}`,
    `  ${labels.value}:`,
    record.type === 'TXT' ? record.value : `${record.value}.`,
    '',
  ]
}

function keptLine(record: WantedRecord, { words }: Pack): string {
  const value = record.type === 'TXT' ? record.value : `${record.value}.`
  return `- ${record.name}. ${record.type} ${value.length > COLUMNS ? words.purposes[record.purpose] : value}`
}

/** Breaks a paragraph at spaces, and Japanese anywhere but before what may not begin a line. */
function wrapped(text: string): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const piece of text.match(/[\x21-\x7e]+ ?| +|./gu) ?? []) {
    const isTooLong = widthOf(line) + widthOf(piece.trimEnd()) > COLUMNS
    if (isTooLong && line !== '' && !NO_LINE_START.test(piece)) {
      lines.push(line.trimEnd())
      line = piece.trimStart()
    } else line += piece
  }
  return line === '' ? lines : [...lines, line.trimEnd()]
}

/** JIS X 4051: closing marks do not begin a line. */
const NO_LINE_START = /^[、。，．）」』】ー・:;,.!?)]/u

function widthOf(text: string): number {
  return Array.from(text).reduce((width, character) => width + (character.codePointAt(0)! > 0xff ? 2 : 1), 0)
}

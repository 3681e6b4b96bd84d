// The request as plain text: what a mail reader without HTML, a ticket or a terminal shows. A value stands on a line of its
// own, so that it can be copied whole.
import { wrapped } from '../base/wrap.ts'
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
      faults.flatMap(({ name, sentence }) => [name, ...inLines(`  ${sentence}`)]),
    ),
    ...section(
      headings.why,
      reasons.flatMap((reason) => [...inLines(reason), '']),
    ),
    ...section(words.heading(headings.keep), [
      ...keep.map((record) => keptLine(record, pack)),
      ...words.notes.flatMap((note) => inLines(`* ${note}`)),
    ]),
    ...(example === undefined
      ? []
      : section(words.heading(headings.check), [
          ...inLines(words.check),
          ...checkCommands(request, example).map((line) => `  ${line}`),
        ])),
    ...section(
      headings.files,
      words.files.map((line) => `  ${line}`),
    ),
    ...words.closing.flatMap(inLines),
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

const inLines = (text: string) => wrapped(text, COLUMNS)

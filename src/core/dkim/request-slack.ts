// The request as a Slack message (Block Kit). Slack allows 50 blocks, 3,000 characters a section and 150 a header; a value of
// 400 characters leaves room for each record in a section of its own.
import { relativeName } from './request-files.ts'
import { factsOf, type Pack } from './request-parts.ts'
import type { WantedRecord } from './wanted-record.ts'

type Block = Readonly<Record<string, unknown>>

const HEADER_MAX = 150
const SECTION_MAX = 3_000
/** The rest of the 50 is for what stands around the records. */
const RECORDS_MAX = 40

export function requestSlack(pack: Pack): readonly Block[] {
  const { words, request, about, work, faults } = pack
  const shown = work.slice(0, RECORDS_MAX)
  const left = work.length - shown.length
  const facts = factsOf(pack).map(([label, value]) => `*${escaped(label)}*: ${escaped(value)}`)
  return [
    { type: 'header', text: { type: 'plain_text', text: cut(words.subject(request.kind, about), HEADER_MAX) } },
    section(
      words
        .opening(request.kind, about)
        .filter((line) => line !== '')
        .map(escaped)
        .join('\n'),
    ),
    section(facts.join('\n')),
    { type: 'divider' },
    ...shown.map((record) => section(recordText(record, pack))),
    ...(left > 0 ? [section(`… +${left}: records.csv`)] : []),
    ...(faults.length === 0
      ? []
      : [section(faults.map(({ name, sentence }) => `• \`${escaped(name)}\` ${escaped(sentence)}`).join('\n'))]),
    { type: 'context', elements: words.notes.map((note) => ({ type: 'mrkdwn', text: escaped(note) })) },
  ]
}

function recordText(record: WantedRecord, { words, request }: Pack): string {
  const value = record.type === 'TXT' ? record.value : `${record.value}.`
  const name = relativeName(record.name, request.zoneApex)
  return `*${words.actions[record.action]}* ${record.type} \`${escaped(name)}\` (${escaped(words.purposes[record.purpose])})\n\`\`\`${escaped(value)}\`\`\``
}

function section(text: string): Block {
  return { type: 'section', text: { type: 'mrkdwn', text: cut(text, SECTION_MAX) } }
}

function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`
}

/** https://api.slack.com/reference/surfaces/formatting#escaping */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

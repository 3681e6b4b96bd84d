// A report as a Slack message: what to know and the two lanes; the mail has the rest. Slack allows 3,000 characters a section.
import type { ReportContent } from './report-content.ts'
import { totalsText } from './report-text.ts'

type Block = Readonly<Record<string, unknown>>
const SECTION_MAX = 3_000
const HEADER_MAX = 150

export function reportSlack(content: ReportContent): readonly Block[] {
  const { subject, notes, parts, words } = content
  const list = (title: string, lines: readonly string[]) =>
    section(`*${escaped(title)}*\n${lines.map((line) => `• ${escaped(line)}`).join('\n')}`)
  return [
    { type: 'header', text: { type: 'plain_text', text: subject.slice(0, HEADER_MAX) } },
    list(words.parts.notes, notes),
    section(`\`\`\`${escaped(totalsText(content))}\`\`\``),
    ...parts.map(([title, lines]) => list(title, lines)),
  ]
}

function section(text: string): Block {
  const cut = text.length <= SECTION_MAX ? text : `${text.slice(0, SECTION_MAX - 1)}…`
  return { type: 'section', text: { type: 'mrkdwn', text: cut } }
}

/** https://api.slack.com/reference/surfaces/formatting#escaping */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

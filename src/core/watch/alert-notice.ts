// An incident as a message: what happened with numbers, since when, what to look at, what to do, and where the runbook says more.
// One message has all languages of the plan, because one incident is one message. It holds no personal data.
import type { Notice } from '../base/notice.ts'
import { wallText } from '../base/zoned-time.ts'
import type { AlertFacts, AlertId } from './alerts.ts'
import type { Incident, TellingKind } from './record.ts'
import { JAPANESE } from './words-ja.ts'
import { ENGLISH } from './words-en.ts'
import type { AlertWords, Language, Words } from './words.ts'

export interface NoticeSettings {
  /** The sending domain. */
  readonly domain: string
  readonly timeZone: string
  readonly languages: readonly Language[]
  /** Where runbook.md and runbook.ja.md lie: a URL or a folder, ending in '/'. */
  readonly runbooks: string
}

const WORDS: Readonly<Record<Language, Words>> = { ja: JAPANESE, en: ENGLISH }
const RUNBOOK_FILES: Readonly<Record<Language, string>> = { ja: 'runbook.ja.md', en: 'runbook.md' }

/** Plain words about one incident, before they are laid out. */
export interface Told {
  readonly subject: string
  readonly rows: readonly (readonly [string, string])[]
  readonly look: readonly string[]
  readonly todo: readonly string[]
  readonly labels: Words['labels']
  readonly more: string
  readonly take?: string
}

export interface NoticeOrder {
  readonly incident: Incident
  readonly kind: TellingKind
  readonly noticeId: string
  readonly nowMs: number
}

export function alertNotice({ incident, kind, noticeId, nowMs }: NoticeOrder, settings: NoticeSettings): Notice {
  const told = settings.languages.map((language) => tell({ incident, kind, nowMs }, settings, language))
  return {
    id: noticeId,
    // That something is over wakes nobody.
    level: kind === 'closed' ? 'info' : incident.level,
    subject: told[0]!.subject,
    text: told.map(textOf).join(`\n${'-'.repeat(60)}\n\n`),
    slackBlocks: told.flatMap(blocksOf),
  }
}

/** The sentence of an incident as it is now, in one language: for lists and reports. */
export function sentenceOf(incident: Incident, language: Language, timeZone: string): string {
  return saidOf(incident, incident.closedAt === undefined ? incident.latest : incident.opened, {
    language,
    timeZone,
    over: false,
  })
}

export function titleOf(alert: AlertId, language: Language): string {
  return WORDS[language].alerts[alert].title
}

/** Where the runbook tells more. Its sections are named as the alerts are. */
export function runbookLink(alert: string, language: Language, runbooks: string): string {
  return `${runbooks}${RUNBOOK_FILES[language]}#${alert.toLowerCase()}`
}

function tell(
  { incident, kind, nowMs }: Omit<NoticeOrder, 'noticeId'>,
  { domain, timeZone, runbooks }: NoticeSettings,
  language: Language,
): Told {
  const words = WORDS[language]
  const { labels, marks } = words
  const { alert, openedAt, closedAt, round } = incident
  const say = (facts: AlertFacts[AlertId], over: boolean): string =>
    saidOf(incident, facts, { language, timeZone, over })
  const again = round > 0 ? [[labels.now, labels.comesBack(round)] as const] : []
  const isOver = kind === 'closed'
  const mark = kind === 'open' ? marks[incident.level] : marks[kind]
  const title = `${words.alerts[alert].title}${incident.scope === '' ? '' : ` (${incident.scope})`}`
  return {
    subject: `[Watari] ${mark} ${domain}: ${title}`,
    rows: isOver
      ? [
          [labels.now, say(incident.latest, true)],
          [labels.atWorst, say(incident.opened, false)],
          [labels.since, `${wallText(openedAt, timeZone)} (${timeZone})`],
          [labels.lasted, words.duration((closedAt ?? nowMs) - openedAt)],
        ]
      : [
          [labels.what, say(incident.latest, false)],
          ...again,
          [labels.since, `${wallText(openedAt, timeZone)} (${timeZone})`],
        ],
    look: isOver ? [] : words.alerts[alert].look,
    todo: isOver ? [] : words.alerts[alert].todo,
    labels,
    more: runbookLink(alert, language, runbooks),
    ...(isOver ? {} : { take: `watari incidents ack ${incident.id} --reason "…"` }),
  }
}

interface Saying {
  readonly language: Language
  readonly timeZone: string
  readonly over: boolean
}

function saidOf(
  { alert, scope }: Pick<Incident, 'alert' | 'scope'>,
  facts: AlertFacts[AlertId],
  { language, timeZone, over }: Saying,
): string {
  // The table joins each alert to its facts; here the two meet again after having been written down apart.
  const words = WORDS[language].alerts[alert] as AlertWords<AlertId>
  const where = { scope, time: (at: number) => wallText(at, timeZone) }
  const say = over && words.over !== undefined ? words.over : words.said
  return say(facts, where)
}

function textOf({ subject, rows, look, todo, labels, more, take }: Told): string {
  return [
    subject,
    '',
    ...rows.map(([label, value]) => `${label}: ${value}`),
    ...(look.length === 0 ? [] : ['', `${labels.look}:`, ...look.map((line) => `  - ${line}`)]),
    ...(todo.length === 0 ? [] : ['', `${labels.todo}:`, ...todo.map((line, i) => `  ${i + 1}. ${line}`)]),
    '',
    `${labels.more}: ${more}`,
    ...(take === undefined ? [] : [`${labels.take}: ${take}`]),
    '',
  ].join('\n')
}

const HEADER_MAX = 150

const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text } })

function blocksOf(told: Told): readonly Readonly<Record<string, unknown>>[] {
  const { subject, rows, look, todo, labels, more, take } = told
  const list = (label: string, lines: readonly string[], mark: (i: number) => string) =>
    lines.length === 0
      ? []
      : [section(`*${escaped(label)}*\n${lines.map((line, i) => `${mark(i)} ${escaped(line)}`).join('\n')}`)]
  const link = /^https?:/.test(more)
    ? `<${more}|${escaped(labels.more)}>`
    : `${escaped(labels.more)}: \`${escaped(more)}\``
  return [
    { type: 'header', text: { type: 'plain_text', text: subject.slice(0, HEADER_MAX) } },
    section(rows.map(([label, value]) => `*${escaped(label)}*: ${escaped(value)}`).join('\n')),
    ...list(labels.look, look, () => '•'),
    ...list(labels.todo, todo, (i) => `${i + 1}.`),
    {
      type: 'context',
      elements: [
        { type: 'mrkdwn', text: link },
        ...(take === undefined ? [] : [{ type: 'mrkdwn', text: `${escaped(labels.take)}: \`${escaped(take)}\`` }]),
      ],
    },
  ]
}

/** https://api.slack.com/reference/surfaces/formatting#escaping */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

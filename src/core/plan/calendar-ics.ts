// A calendar as an iCalendar file (RFC 5545) that calendar programs take in: whole days, so no time zone is involved; the same
// UID for the same task each time, so that a newer file replaces an older one's entries. Lines end in CRLF and are folded at 75
// octets, never inside a character.
import { DAY_MS } from '../base/clock.ts'
import { utf8Bytes } from '../base/bytes.ts'
import { lastDayOf, type OrderedCalendar } from './calendar-report.ts'
import type { ScheduledTask } from './calendar.ts'
import type { CivilDay } from './civil-day.ts'

/** What a reader sees of a task, in their language. */
export interface IcsWords {
  readonly calendar: string
  readonly summary: (task: ScheduledTask) => string
  readonly description: (task: ScheduledTask) => string
}

/** RFC 5545 3.1: a line holds at most 75 octets, without its end; what follows a fold begins with a space. */
const LINE_OCTETS_MAX = 75

export interface IcsWorld {
  readonly domain: string
  readonly nowMs: number
}

export function icsText(calendar: OrderedCalendar, words: IcsWords, world: IcsWorld): string {
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Watari//Migration calendar//EN',
    'CALSCALE:GREGORIAN',
    // Not of the RFC, and read by every calendar program as its name.
    `X-WR-CALNAME:${escaped(words.calendar)}`,
    ...calendar.tasks.flatMap((task) => eventLines(task, words, world)),
    'END:VCALENDAR',
  ]
  return lines.map((line) => `${folded(line)}\r\n`).join('')
}

function eventLines(task: ScheduledTask, words: IcsWords, { domain, nowMs }: IcsWorld): readonly string[] {
  return [
    'BEGIN:VEVENT',
    // RFC 5545 3.8.4.7: unique in the world, and the same for the same task.
    `UID:watari-${task.id}@${domain}`,
    `DTSTAMP:${instantText(nowMs)}`,
    `DTSTART;VALUE=DATE:${dateText(task.from)}`,
    // 3.6.1: the end is the day after the last.
    `DTEND;VALUE=DATE:${dateText(lastDayOf(task) + 1)}`,
    `SUMMARY:${escaped(words.summary(task))}`,
    `DESCRIPTION:${escaped(words.description(task))}`,
    `CATEGORIES:${task.isCritical ? 'CRITICAL' : 'SLACK'}`,
    // Nobody is busy because a phase runs.
    'TRANSP:TRANSPARENT',
    'END:VEVENT',
  ]
}

/** 3.3.11: backslash, semicolon, comma and line ends; other control characters have no place in a text. */
function escaped(text: string): string {
  return withoutControls(text)
    .replaceAll(/[\\;,]/g, String.raw`\$&`)
    .replaceAll(/\r\n|\r|\n/g, String.raw`\n`)
}

function withoutControls(text: string): string {
  return text.replaceAll(/(?![\r\n\t])\p{Cc}/gu, '')
}

function folded(line: string): string {
  let text = ''
  let octets = 0
  // By code points: a surrogate pair is one character of four octets.
  for (const character of line) {
    const size = utf8Bytes(character).length
    if (octets + size > LINE_OCTETS_MAX) {
      text += '\r\n '
      octets = 1
    }
    text += character
    octets += size
  }
  return text
}

const dateText = (day: CivilDay) => new Date(day * DAY_MS).toISOString().slice(0, 10).replaceAll('-', '')

/** 3.3.5: in UTC, to the second. */
function instantText(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`
}

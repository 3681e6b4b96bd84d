// The iCalendar file octet by octet; that others can read it, test/judges/calendar-and-icalendar.test.ts shows.
import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { parsePlan } from '../../wiring/config.ts'
import { icsText, type IcsWords } from './calendar-ics.ts'
import { calendarReport } from './calendar-report.ts'
import { civilDay } from './civil-day.ts'

const read = parsePlan(readFileSync('plans/goo.ne.jp.yaml', 'utf8'), { file: 'plan.yaml', hostname: 'gw' })
if (read.kind === 'faulty') throw new Error('the shipped plan is read')
const MONDAY = civilDay('2026-11-30')!
const report = calendarReport({ plan: read.plan, today: MONDAY, from: MONDAY })
if (report.kind !== 'calendar') throw new Error('the shipped plan has a calendar')
const [calendar] = report.calendars
const wordsOf = (text: string): IcsWords => ({ calendar: text, summary: () => text, description: () => text })
const world = { domain: 'goo.ne.jp', nowMs: Date.parse('2026-11-25T12:34:56.789Z') }

it('is an entry for each task, on whole days, with the same UID each time', () => {
  const lines = icsText(calendar!, wordsOf('x'), world).split('\r\n')
  expect(lines.slice(0, 16)).toEqual([
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Watari//Migration calendar//EN',
    'CALSCALE:GREGORIAN',
    'X-WR-CALNAME:x',
    'BEGIN:VEVENT',
    'UID:watari-phase-1@goo.ne.jp',
    'DTSTAMP:20261125T123456Z',
    'DTSTART;VALUE=DATE:20261130',
    'DTEND;VALUE=DATE:20261205',
    'SUMMARY:x',
    'DESCRIPTION:x',
    'CATEGORIES:CRITICAL',
    'TRANSP:TRANSPARENT',
    'END:VEVENT',
    'BEGIN:VEVENT',
  ])
  expect(lines.slice(-3)).toEqual(['END:VEVENT', 'END:VCALENDAR', ''])
  expect(lines.filter((line) => line.startsWith('UID:'))).toHaveLength(14)
})

it('escapes what the format gives a meaning', () => {
  const text = icsText(calendar!, wordsOf('a\\b;c,\u0007d\ne'), world)
  expect(text).toContain('SUMMARY:a\\\\b\\;c\\,d\\ne\r\n')
})

it('folds at 75 octets, never inside a character, and ends every line with CRLF', () => {
  const text = fc.string({ unit: fc.constantFrom('渡', 'り', '🦢', 'é', 'a', ' ', '\n', ','), maxLength: 200 })
  fc.assert(
    fc.property(text, (text) => {
      const ics = icsText(calendar!, wordsOf(text), world)
      expect(ics.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/)
      for (const line of ics.split('\r\n')) {
        const octets = Buffer.from(line, 'utf8')
        expect(octets.length).toBeLessThanOrEqual(75)
        expect(octets.toString('utf8')).not.toContain('\ufffd')
      }
      const unfolded = ics.replaceAll('\r\n ', '')
      const escaped = text.replaceAll(',', '\\,').replaceAll('\n', '\\n')
      expect(unfolded).toContain(`SUMMARY:${escaped}\r\n`)
    }),
    { numRuns: 50 },
  )
})

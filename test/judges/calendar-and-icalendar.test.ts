// The .ics file of a plan, read by Python's icalendar: every entry, its days, its words in both languages, and no fault.
import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { icsWords } from '../../src/cli/calendar-text.ts'
import { icsText } from '../../src/core/plan/calendar-ics.ts'
import { calendarReport } from '../../src/core/plan/calendar-report.ts'
import { civilDay } from '../../src/core/plan/civil-day.ts'
import { parsePlan } from '../../src/wiring/config.ts'
import { describeJudged, type Judge } from '../support/judge.ts'

const READ = `
import sys, json
from icalendar import Calendar
calendar = Calendar.from_ical(sys.stdin.buffer.read())
def text(event, name):
    return str(event[name])
print(json.dumps({
  'version': text(calendar, 'VERSION'), 'name': text(calendar, 'X-WR-CALNAME'),
  'errors': [str(e) for part in calendar.walk() for e in part.errors],
  'events': [{
    'uid': text(e, 'UID'), 'from': e.decoded('DTSTART').isoformat(), 'to': e.decoded('DTEND').isoformat(),
    'stamp': e.decoded('DTSTAMP').isoformat(), 'summary': text(e, 'SUMMARY'), 'description': text(e, 'DESCRIPTION'),
    'transparent': text(e, 'TRANSP'), 'categories': [str(c) for c in e['CATEGORIES'].cats],
  } for e in calendar.walk('VEVENT')]}))`

const icalendar: Judge = {
  name: 'icalendar',
  missing: () =>
    spawnSync('python3', ['-c', 'import icalendar']).status === 0 ? undefined : 'no Python here has icalendar',
  get: 'pip install icalendar==7.3.2',
}

interface Read {
  readonly version: string
  readonly name: string
  readonly errors: readonly string[]
  readonly events: readonly Readonly<Record<string, unknown>>[]
}

function readBack(language: 'en' | 'ja', order: 'given' | 'mended'): Read {
  const plan = parsePlan(readFileSync('plans/goo.ne.jp.yaml', 'utf8'), { file: 'plan.yaml', hostname: 'gw' })
  if (plan.kind === 'faulty') throw new Error(plan.faults.join('\n'))
  const monday = civilDay('2026-11-30')!
  const report = calendarReport({ plan: plan.plan, today: monday, from: monday })
  if (report.kind !== 'calendar') throw new Error('the shipped plan has a calendar')
  const text = icsText(
    report.calendars.find((calendar) => calendar.order === order)!,
    icsWords(language, 'goo.ne.jp'),
    {
      domain: 'goo.ne.jp',
      nowMs: Date.parse('2026-11-25T12:00:00Z'),
    },
  )
  return JSON.parse(execFileSync('python3', ['-c', READ], { input: text }).toString()) as Read
}

describeJudged('the calendar file', icalendar, () => {
  test('is read whole in Japanese', () => {
    const read = readBack('ja', 'given')
    expect(read).toMatchObject({ version: '2.0', name: 'goo.ne.jp の移行', errors: [] })
    expect(read.events).toHaveLength(14)
    expect(read.events[5]).toEqual({
      uid: 'watari-phase-6@goo.ne.jp',
      from: '2026-12-21',
      to: '2027-01-08',
      stamp: '2026-11-25T12:00:00+00:00',
      summary: '6 DNS設定の完了待ち',
      description: 'DNS 管理チームの作業。Watari が催促します。\nクリティカルパス上: 移行の終わりはこれを待ちます。',
      transparent: 'TRANSPARENT',
      categories: ['CRITICAL'],
    })
  })

  test('gives what is automatic one day, and is read whole in English', () => {
    const read = readBack('en', 'mended')
    expect(read.errors).toEqual([])
    const byId = Object.fromEntries(read.events.map((event) => [event['uid'], event]))
    expect(byId['watari-phase-4@goo.ne.jp']).toMatchObject({
      from: '2026-11-30',
      to: '2026-12-01',
      summary: '4 DKIM keys',
    })
    expect(byId['watari-stage-100@goo.ne.jp']).toMatchObject({ from: '2026-12-21', to: '2026-12-28' })
    expect(new Set(Object.keys(byId)).size).toBe(14)
  })
})

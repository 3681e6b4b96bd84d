import { describe, expect, test } from 'vitest'
import { fakeClock, recordedLog, recordedMeter } from '../../../test/support/fakes.ts'
import { dmarcIntake, type DmarcStore, type Unpacked } from './dmarc-intake.ts'
import type { DmarcRecord } from './dmarc-record.ts'

const BEGIN = Date.UTC(2026, 10, 25) / 1_000
const report = (id: string, domain = 'goo.ne.jp') =>
  `<feedback><report_metadata><org_name>r</org_name><report_id>${id}</report_id><date_range><begin>${BEGIN}</begin><end>${BEGIN + 86_399}</end></date_range></report_metadata><policy_published><domain>${domain}</domain></policy_published><record><row><source_ip>192.0.2.1</source_ip><count>5</count><policy_evaluated><dkim>pass</dkim><spf>pass</spf></policy_evaluated></row></record></feedback>`

function world(files: Readonly<Record<string, Unpacked>>) {
  const left = new Map(Object.entries(files))
  const moved: string[] = []
  const clock = fakeClock(Date.UTC(2026, 10, 26))
  const log = recordedLog()
  const meter = recordedMeter()
  const state: { record?: DmarcRecord; full: boolean } = { full: false }
  const store: DmarcStore = {
    load: async () => state.record,
    save: async (record) => {
      if (state.full) throw new Error('no space left on device')
      state.record = record
    },
  }
  const inbox = {
    waiting: async () => [...left.keys()],
    open: async (name: string) => left.get(name)!,
    putAway: async (name: string) => void (left.delete(name), moved.push(`read ${name}`)),
    setAside: async (name: string, reason: string) => void (left.delete(name), moved.push(`${reason} ${name}`)),
  }
  const intake = dmarcIntake({ inbox, store, domains: ['goo.ne.jp'], days: 90, clock, log, meter })
  return { intake, moved, state, clock, log, meter, left }
}

const texts = (...all: string[]): Unpacked => ({ kind: 'texts', texts: all })

test('reads what waits, and puts it away', async () => {
  const { intake, moved, state, log } = world({ a: texts(report('1')), b: texts(report('2', 'mail.goo.ne.jp')) })
  expect(await intake.tick()).toBe(2)
  expect(moved).toEqual(['read a', 'read b'])
  expect(state.record!.lines).toMatchObject([
    { domain: 'goo.ne.jp', mails: 5, dkimPassed: 5 },
    { domain: 'mail.goo.ne.jp', mails: 5, dkimPassed: 5 },
  ])
  expect(log.lines.map(({ event }) => event)).toEqual(['dmarcReport', 'dmarcReport'])
})

test('a report that comes again is put away and counted once', async () => {
  const { intake, moved, state, meter } = world({ a: texts(report('1')), b: texts(report('1')) })
  await intake.tick()
  expect(moved).toEqual(['read a', 'read b'])
  expect(state.record!.lines).toMatchObject([{ mails: 5 }])
  expect(meter.total('watari_dmarc_reports_total', 'known')).toBe(1)
})

describe('what a person must look at is set aside', () => {
  test.each<readonly [string, Unpacked, string]>([
    ['about somebody else', texts(report('1', 'notgoo.ne.jp')), 'notOurs a'],
    ['no report', texts('<html/>'), 'noReport a'],
    ['not to be unpacked', { kind: 'unreadable', reason: 'tooLarge', message: 'it is' }, 'tooLarge a'],
    ['half readable', texts(report('1'), '<html/>'), 'noReport a'],
  ])('%s', async (_what, unpacked, expected) => {
    const { intake, moved } = world({ a: unpacked })
    await intake.tick()
    expect(moved).toEqual([expected])
  })
})

test('a full disk is one alarm, and everything waits until it is not', async () => {
  const { intake, moved, state, clock, log } = world({ a: texts(report('1')) })
  state.full = true
  void intake.run()
  await clock.advance(95_000)
  expect(log.lines.map(({ level, event }) => `${level} ${event}`)).toEqual(['alarm dmarcInboxFailed'])
  expect(moved).toEqual([])
  state.full = false
  await clock.advance(30_000)
  expect(moved).toEqual(['read a'])
  await intake.stop()
})

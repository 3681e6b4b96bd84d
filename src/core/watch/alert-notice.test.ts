// What a person reads at three in the morning: value and limit, since when, where to look, what to do, and a way into the runbook.
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { alertNotice, runbookLink } from './alert-notice.ts'
import { ALERT_IDS, ALERT_LEVELS, INFO_IDS, type AlertFacts, type AlertId } from './alerts.ts'
import type { Incident } from './record.ts'

const AT = Date.parse('2026-11-25T03:01:00Z')
const rate = { rate: 0.0712, threshold: 0.05, count: 712, of: 10_000, hours: 1 }

const wentBack = {
  from: 50,
  to: 10,
  reason: 'bounce',
  message: 'hard bounces on SES 190 of 4974 (3.82 %), on legacy 51 of 4980 (1.02 %) (the last minute)',
  decision: 'd-mif0abc',
}

/** One of each, and what of its value and of its limit has to be read. */
const EXAMPLES: { readonly [A in AlertId]: { readonly facts: AlertFacts[A]; readonly reads: readonly string[] } } = {
  BounceRate: { facts: { ...rate, legacyRate: 0.011, legacyOf: 90_000 }, reads: ['7.12 %', '5 %', '712', '1.1 %'] },
  ComplaintRate: { facts: { ...rate, rate: 0.0012, threshold: 0.001, hours: 24 }, reads: ['0.12 %', '0.1 %'] },
  SendSuccessRate: { facts: { ...rate, rate: 0.9431, threshold: 0.95 }, reads: ['94.3 %', '95 %'] },
  SendingQuota: { facts: { ...rate, rate: 0.812, threshold: 0.8 }, reads: ['81.2 %', '80 %'] },
  LambdaErrors: { facts: { ...rate, rate: 0.0062, threshold: 0.005 }, reads: ['0.62 %', '0.5 %'] },
  DKIMExpiry: { facts: { selector: 'watari7', days: 29, threshold: 30 }, reads: ['watari7', '29', '30'] },
  EventPipelineDead: { facts: { sent: 3_100, events: 0, minutes: 15 }, reads: ['3,100', '0', '15'] },
  LegacyLogSilent: { facts: { sent: 3_100, events: 0, minutes: 15 }, reads: ['3,100', '0', '15'] },
  QueueStuck: { facts: { waiting: 512, minutes: 15, threshold: 20, sent: 0 }, reads: ['512', '20', '15'] },
  RouteStopped: { facts: { reason: 'identityNotVerified' }, reads: ['identityNotVerified'] },
  SesPaused: { facts: { enforcement: 'SHUTDOWN', sending: 'off' }, reads: ['SHUTDOWN', 'off', 'HEALTHY'] },
  SesUnderReview: { facts: { enforcement: 'PROBATION' }, reads: ['PROBATION', 'HEALTHY'] },
  GatewayRefusesMail: { facts: { reasons: 'the queue is full' }, reads: ['the queue is full', '4xx'] },
  StorageFilling: {
    facts: { rate: 0.83, threshold: 0.8, leftOctets: 3.4e9, limitOctets: 2e10 },
    reads: ['83 %', '80 %', '3.4 GB', '20 GB'],
  },
  UnusualTrafficPattern: {
    facts: { accepted: 470_000, low: 105_000, high: 450_000, median: 218_000, weeks: 8, hourAt: AT - 61 * 60_000 },
    reads: ['470,000', '105,000', '450,000', '218,000', '2026-11-25 11:00'],
  },
  FiguresUnreadable: { facts: { why: 'EIO' }, reads: ['EIO'] },
  ShiftStopped: { facts: { ...wentBack, from: 10, to: 0 }, reads: ['10 %', '0 %', '3.82 %', '1.02 %'] },
  ShiftRolledBack: { facts: wentBack, reads: ['50 %', '10 %', '3.82 %', '1.02 %', 'd-mif0abc'] },
  ShiftLocked: {
    facts: { reason: 'bounce', message: 'hard bounces on SES 190 of 4974 (3.82 %)', by: 'locked by sato: freeze' },
    reads: ['3.82 %', 'sato: freeze'],
  },
  ShiftHeldBack: { facts: { domains: 'gmail.com', reasons: ['failure'] }, reads: ['gmail.com'] },
}

function incidentOf(alert: AlertId, changes: Partial<Incident> = {}): Incident {
  const { facts } = EXAMPLES[alert]
  return {
    id: `${alert}-20261125-1201`,
    alert,
    scope: alert === 'QueueStuck' || alert === 'RouteStopped' ? 'ses' : '',
    level: ALERT_LEVELS[alert],
    openedAt: AT,
    round: 0,
    lastBadAt: AT,
    opened: facts,
    latest: facts,
    channels: {},
    ...changes,
  }
}

const settings = (language: 'ja' | 'en') => ({
  domain: 'example.jp',
  timeZone: 'Asia/Tokyo',
  languages: [language],
  runbooks: 'https://wiki.example.jp/watari/',
})

describe.each(['en', 'ja'] as const)('in %s', (language) => {
  test.each(ALERT_IDS)('%s shows value and limit, since when, and what to do', (alert) => {
    const incident = incidentOf(alert)
    const { id } = incident
    const notice = alertNotice({ incident, kind: 'open', noticeId: `${id}-open`, nowMs: AT }, settings(language))
    for (const word of EXAMPLES[alert].reads) expect(notice.text).toContain(word)
    expect(notice.text).toContain('2026-11-25 12:01 (Asia/Tokyo)')
    expect(notice.text).toMatch(/\n {2}- .+\n/)
    expect(notice.text).toMatch(/\n {2}1\. .+\n/)
    expect(notice.text).toContain(
      `https://wiki.example.jp/watari/${language === 'ja' ? 'runbook.ja.md' : 'runbook.md'}#${alert.toLowerCase()}\n`,
    )
    expect(notice.text).toContain(`watari incidents ack ${id} --reason`)
    expect(notice).toMatchObject({ id: `${id}-open`, level: ALERT_LEVELS[alert] })
    expect(JSON.stringify(notice.slackBlocks)).toContain(EXAMPLES[alert].reads[0])
    expect(notice.subject.length).toBeLessThan(100)
  })

  test.each([...ALERT_IDS, ...INFO_IDS])('the runbook has a section for %s, and the link leads to it', (alert) => {
    const [file, anchor] = runbookLink(alert, language, 'docs/').split('#')
    const text = readFileSync(file!, 'utf8')
    const section = text.split(`<a id="${anchor}"></a>`)[1]?.split('\n## ')[1] ?? ''
    expect(section.split('\n')[0]).toContain(alert)
    // What it means, what to look at, what to do; the last with something to type.
    const parts = section.split('\n### ')
    expect(parts).toHaveLength(4)
    if (ALERT_IDS.includes(alert as AlertId)) expect(section).toContain('watari ')
  })
})

test('what is over says how long it lasted, what is now and what it was, and wakes nobody', () => {
  const incident = incidentOf('BounceRate', {
    closedAt: AT + 3 * 3_600_000 + 720_000,
    latest: { ...rate, rate: 0.012, count: 120 },
  })
  const notice = alertNotice({ incident, kind: 'closed', noticeId: 'x', nowMs: AT }, settings('en'))
  expect(notice.text).toBe(`[Watari] OVER example.jp: bounce rate too high

Now: 1.2 % of the mails by SES came back for good in the last hour (120 of 10,000); the limit is 5 %.
It was: 7.12 % of the mails by SES came back for good in the last hour (712 of 10,000); the limit is 5 %. By the old route in the same time: 1.1 % of 90,000.
Since: 2026-11-25 12:01 (Asia/Tokyo)
Lasted: 3 h 12 min

More: https://wiki.example.jp/watari/runbook.md#bouncerate
`)
  expect(notice.level).toBe('info')
})

test('one message has both languages, the first in its subject', () => {
  const notice = alertNotice(
    { incident: incidentOf('QueueStuck', { round: 2 }), kind: 'again', noticeId: 'x', nowMs: AT },
    { ...settings('ja'), languages: ['ja', 'en'] },
  )
  expect(notice.subject).toBe('[Watari] 【再発】 example.jp: メールが滞留し送信が止まっている (ses)')
  expect(notice.text).toContain('It came back 2 times.')
  expect(notice.text).toContain('2回再発しました。')
})

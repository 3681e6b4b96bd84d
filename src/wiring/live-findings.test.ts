// What SES and the logs say of a plan: one healthy world, and one thing wrong in it at a time. C36 is among them.
import { describe, expect, it } from 'vitest'
import type { IdentityFacts } from '../core/base/identity.ts'
import type { Baseline } from '../core/plan/baseline/baseline.ts'
import { BASELINE_RULES, judgeBaseline, judgeSes } from '../core/plan/live/judge-live.ts'
import { SES_RULES, type SesFacts } from '../core/plan/live/ses-rules.ts'
import type { Plan } from '../core/plan/plan.ts'
import { readPlan } from './config.ts'

function planOf(): Plan {
  const reading = readPlan('plans/goo.ne.jp.mended.yaml')
  if (reading.kind === 'faulty') throw new Error(reading.faults.join('\n'))
  return reading.plan
}
const PLAN = planOf()

const IDENTITY: IdentityFacts = {
  identity: 'goo.ne.jp',
  verifiedForSending: true,
  dkim: { signingEnabled: true, status: 'SUCCESS', origin: 'EXTERNAL' },
  mailFrom: { domain: 'bounce.goo.ne.jp', status: 'SUCCESS', behaviour: 'USE_DEFAULT_VALUE' },
}
const ACCOUNT = {
  maxPerSecond: 200,
  maxIn24Hours: 10_000_000,
  sendingEnabled: true,
  productionAccess: true,
  enforcement: 'HEALTHY',
}
const HEALTHY: SesFacts = {
  account: ACCOUNT,
  identity: IDENTITY,
  events: ['SEND', 'DELIVERY', 'BOUNCE', 'COMPLAINT', 'REJECT', 'DELIVERY_DELAY', 'RENDERING_FAILURE', 'OPEN'],
  failures: [],
}
const mailFrom = (status: string, behaviour = 'USE_DEFAULT_VALUE') => ({
  identity: { ...IDENTITY, mailFrom: { domain: 'bounce.goo.ne.jp', status, behaviour } },
})
const { mailFrom: _, ...WITHOUT_MAIL_FROM } = IDENTITY

const SES_WRONG: readonly (readonly [string, Partial<SesFacts>, also?: readonly string[]])[] = [
  ['ses-unanswered', { failures: ['GetAccount: AccessDeniedException'] }],
  ['ses-account-in-sandbox', { account: { ...ACCOUNT, productionAccess: false } }],
  ['ses-account-stopped', { account: { ...ACCOUNT, sendingEnabled: false } }],
  ['ses-account-stopped', { account: { ...ACCOUNT, enforcement: 'PROBATION' } }],
  ['ses-quota-below-stage', { account: { ...ACCOUNT, maxIn24Hours: 200 } }, ['ses-quota-differs']],
  ['ses-quota-differs', { account: { ...ACCOUNT, maxIn24Hours: 5_000_000 } }],
  ['ses-quota-differs', { account: { ...ACCOUNT, maxPerSecond: 14 } }],
  ['ses-identity-not-ready', { identity: 'missing' }],
  ['ses-identity-not-ready', { identity: { ...IDENTITY, verifiedForSending: false } }],
  ['ses-dkim-not-ready', { identity: { ...IDENTITY, dkim: { ...IDENTITY.dkim, status: 'PENDING' } } }],
  ['ses-dkim-not-ready', { identity: { ...IDENTITY, dkim: { ...IDENTITY.dkim, signingEnabled: false } } }],
  // C36: DNS alone is not enough.
  ['ses-mail-from-not-ready', { identity: WITHOUT_MAIL_FROM }],
  ['ses-mail-from-not-ready', mailFrom('PENDING')],
  ['ses-mail-from-not-ready', mailFrom('FAILED', 'REJECT_MESSAGE')],
  ['ses-mail-from-not-ready', mailFrom('TEMPORARY_FAILURE')],
  ['ses-mail-from-not-ready', mailFrom('A WORD OF TOMORROW')],
  ['ses-events-not-told', { events: 'missing' }],
  ['ses-events-not-told', { events: ['SEND', 'BOUNCE', 'COMPLAINT', 'DELIVERY'] }],
]

const idsOf = (findings: readonly { readonly id: string }[]) => [...new Set(findings.map(({ id }) => id))].toSorted()

describe('SES', () => {
  it('that is as the plan has it has no finding', () => {
    expect(judgeSes(HEALTHY, PLAN)).toEqual([])
    expect(judgeSes({ ...HEALTHY, account: { ...ACCOUNT, maxIn24Hours: 'unlimited' } }, PLAN)).toEqual([])
  })

  it.each(SES_WRONG.map(([id, change, also]) => [id, change, [id, ...(also ?? [])].toSorted()] as const))(
    'shows %s in %j',
    (_id, change, ids) => {
      expect(idsOf(judgeSes({ ...HEALTHY, ...change }, PLAN))).toEqual(ids)
    },
  )

  it('shows each of its findings', () => {
    expect([...new Set(SES_WRONG.map(([id]) => id))].toSorted()).toEqual(SES_RULES.map(({ id }) => id).toSorted())
  })
})

const outcomes = (delivered: number, bounced = 0) => ({ delivered, bounced, expired: 0, deferrals: 0 })
const LOGS = {
  recipients: 37_000_000,
  outcomes: outcomes(36_500_000, 500_000),
  tls: { tls: 36_000_000, plain: 0 },
  peaks: {
    averageHour: 220_000,
    peakHour: 400_000,
    peakHourAt: 0,
    peakMinute: 9_000,
    peakMinuteAt: 0,
    averageDay: 5_300_000,
    peakDay: 6_000_000,
    peakDayAt: 0,
  },
  largeEnvelopes: { mails: 0, largest: 3 },
  domains: [],
  groups: [],
  senders: [
    { domain: 'news.goo.ne.jp', mails: 1, recipients: 1, octets: 1 },
    { domain: '', mails: 1, recipients: 1, octets: 1 },
  ],
  dotted: [{ domain: 'docomo.ne.jp', recipients: 9 }],
  suppression: { candidates: 0, suppressed: 0, leastBounces: 2, doubtful: 0, revived: 0 },
} as unknown as Baseline

const REQUIRE: Plan = { ...PLAN, configurationSet: { ...PLAN.configurationSet, tlsPolicy: 'REQUIRE' } }

const LOGS_WRONG: readonly (readonly [string, Partial<Baseline>, plan?: Plan])[] = [
  [
    'logs-tls-required-loses',
    {
      tls: { tls: 900, plain: 100 },
      domains: [
        {
          domain: 'old.example',
          outcomes: outcomes(100),
          octets: 1,
          delay: {},
          tls: { tls: 0, plain: 100 },
          reasons: [],
        },
      ],
    },
    REQUIRE,
  ],
  ['logs-sender-refused', { senders: [{ domain: 'goo.example', mails: 5, recipients: 3_700_000, octets: 1 }] }],
  ['logs-peak-over-target', { peaks: { ...LOGS.peaks, peakHour: 720_001 } }],
  ['logs-rate-below-peak', { peaks: { ...LOGS.peaks, peakHour: 4_000_000 } }],
  ['logs-volume-differs', { peaks: { ...LOGS.peaks, averageDay: 4_000_000 } }],
  ['logs-bounces-over-gate', { outcomes: outcomes(94, 6) }],
  ['logs-dotted-domain-unlisted', { dotted: [{ domain: 'old.example', recipients: 12 }] }],
  ['logs-suppression-saves', { suppression: { ...LOGS.suppression, suppressed: 500_000 } }],
  ['logs-large-envelopes', { largeEnvelopes: { mails: 12, largest: 120 } }],
  ['logs-carriers', { groups: [{ group: 'docomo', outcomes: outcomes(3_700_000), tls: { tls: 0, plain: 0 } }] }],
]

const WIDE: Plan = { ...PLAN, targets: { ...PLAN.targets, peakMailsPerHour: 5_000_000 } }

describe('the logs of the old hosts', () => {
  it('that say what the plan says have no finding', () => {
    expect(judgeBaseline(LOGS, PLAN)).toEqual([])
    expect(judgeBaseline(LOGS, REQUIRE)).toEqual([])
  })

  const cases = LOGS_WRONG.map(
    ([id, change, plan]) => [id, change, plan ?? (id === 'logs-rate-below-peak' ? WIDE : PLAN)] as const,
  )
  it.each(cases)('show %s in %j', (id, change, plan) => {
    expect(idsOf(judgeBaseline({ ...LOGS, ...change }, plan))).toEqual([id])
  })

  it('show each of their findings', () => {
    expect(LOGS_WRONG.map(([id]) => id).toSorted()).toEqual(BASELINE_RULES.map(({ id }) => id).toSorted())
  })

  it('are reckoned by hand to the same sums', () => {
    const sumOf = (id: string) =>
      LOGS_WRONG.filter(([one]) => one === id).flatMap(([, change, plan]) =>
        judgeBaseline({ ...LOGS, ...change }, plan ?? PLAN).flatMap(({ sum }) => sum.map(({ en }) => en)),
      )
    expect(sumOf('logs-tls-required-loses')).toEqual(['5,300,000 a day × 10.0 % = 530,000', 'old.example: 100'])
    expect(sumOf('logs-sender-refused')).toEqual(['3,700,000 ÷ 37,000,000 = 10.0 %', 'goo.example: 3,700,000'])
    expect(sumOf('logs-suppression-saves')).toEqual([
      'at least 500,000 × 2 = 1,000,000 mails in the time of the logs, $100',
    ])
    expect(sumOf('logs-large-envelopes')).toEqual(['⌈120 ÷ 50⌉ = 3'])
  })
})

// The judge of the plan against the design it must see through, its mended twin, and one planted fault at a time.
import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Finding, KeyPath } from '../core/plan/finding.ts'
import { judgePlan, RULES } from '../core/plan/findings/all.ts'
import type { Plan } from '../core/plan/plan.ts'
import { readPlan, type PlanReading } from './config.ts'

const DESIGN = 'plans/goo.ne.jp.yaml'
const MENDED = 'plans/goo.ne.jp.mended.yaml'

function read(file: string): Extract<PlanReading, { kind: 'plan' }> {
  const reading = readPlan(file)
  if (reading.kind === 'faulty') throw new Error(reading.faults.join('\n'))
  return reading
}

const idsOf = (findings: readonly Finding[]) => [...new Set(findings.map(({ id }) => id))].toSorted()

/** Section 10 of the requirements, fault by fault. */
const FAULTS: Readonly<Record<string, readonly string[]>> = {
  '1 a month is not a day': ['cost-estimate-below-list-price', 'cost-unit-price-below-list'],
  '2 the budget pays for a fifth': ['cost-budget-below-stage'],
  '3 throughput below the average': ['volume-hourly-below-average', 'volume-peak-below-average'],
  '4 SPF drops the old hosts': ['spf-drops-old-hosts'],
  '5 the include aligns nothing, no MAIL FROM': ['spf-include-aligns-nothing', 'mail-from-missing'],
  '6 quarantine while DKIM is off': ['dmarc-enforced-unaligned'],
  '7 one selector an identity': ['dkim-selectors-at-once'],
  '8 CNAME or TXT': ['dkim-record-type'],
  '9 keys do not expire': ['dkim-key-life-unstated'],
  '10 TLS required': ['ses-tls-required'],
  '11 events left out': ['ses-events-missing'],
  '12 counts compared with percentages': ['alarm-count-as-percent'],
  '13 a daily sum is no rolling quota': ['alarm-daily-sum-as-quota'],
  '14 cron is UTC': ['schedule-in-utc'],
  '15 aws. is reserved': ['event-source-reserved'],
  '16 retries end at two': ['lambda-retries-over-two'],
  '17 five weeks before the first mail': ['calendar-phases-over-period'],
  '18 success beside bounces': ['targets-success-and-bounces'],
  '19 small objects': ['archive-small-objects'],
  '20 a stack moves no mail': ['recovery-moves-no-mail'],
  '21 masking': ['privacy-short-local-parts', 'privacy-ipv6-unmasked'],
  '22 Principal, and source addresses': ['access-principal-in-identity-policy', 'access-source-address-stops-services'],
  '23 no reserved capacity': ['cost-reserved-capacity'],
  '24 Python with a layer': ['lambda-runtime-python'],
  '25 the quota starts at 200': ['quota-not-granted'],
}

/** What the design has beyond those 25, each looked at and true. */
const BEYOND = [
  'access-documentation-network',
  'alarm-silence-unheard',
  'cost-above-today',
  'privacy-quoted-local-parts',
  'quota-rate-not-granted',
  'ses-events-without-recipients',
]

describe('the design of goo.ne.jp', () => {
  const { plan, placeOf } = read(DESIGN)
  const findings = judgePlan(plan)

  it.each(Object.entries(FAULTS))('shows fault %s', (_fault, ids) => {
    expect(idsOf(findings)).toEqual(expect.arrayContaining([...ids]))
  })

  it('shows nothing that was not looked at', () => {
    expect(idsOf(findings)).toEqual([...Object.values(FAULTS).flat(), ...BEYOND].toSorted())
  })

  it('is reckoned by hand to the same sums', () => {
    const sumOf = (id: string) => findings.filter((one) => one.id === id).flatMap(({ sum }) => sum.map(({ en }) => en))
    expect(sumOf('cost-estimate-below-list-price')).toEqual([
      '5,300,000 a day × 30 days × 100 % = 159,000,000',
      '159,000,000 recipients a month = $15,900 ($0.0001 each)',
      '$15,900 × ¥150 = ¥2,385,000',
      '5,300,000 × ¥0.005 = ¥26,500: that is one day',
    ])
    expect(sumOf('alarm-count-as-percent')).toEqual([
      '5,300,000 a day × 300 ÷ 86,400 s = 18,403 mails in a period',
      '6 ÷ 18,403 = 0.0326 %',
      '5 % of them = 920 events',
      '5,300,000 a day × 300 ÷ 86,400 s = 18,403 mails in a period',
      '1 ÷ 18,403 = 0.0054 %',
      '0.1 % of them = 18 events',
    ])
    expect(sumOf('volume-hourly-below-average')).toEqual([
      '5,300,000 a day ÷ 24 = 220,833 an hour',
      '220,833 − 100,000 = 120,833 more wait every hour',
    ])
    expect(sumOf('schedule-in-utc')).toEqual(['cron(0 9 1 * ? *) = 09:00 UTC = 18:00 Asia/Tokyo'])
    expect(sumOf('calendar-phases-over-period')[0]).toBe(
      'critical path: phase 1 (7 d) + phase 2 (7 d) + phase 3 (7 d) + phase 6 (14 d) = 35 d',
    )
  })

  it('has each finding at the line of its key', () => {
    const lines = readFileSync(DESIGN, 'utf8').split('\n')
    for (const { id, at } of findings) {
      const name = at.findLast((step) => typeof step === 'string')!
      const { line, column } = placeOf(at)
      const text = lines[line - 1]!.slice(column - 1)
      const isItem = typeof at.at(-1) === 'number'
      expect(text.startsWith(name) || isItem, `${id} at ${line}:${column} "${text}"`).toBe(true)
    }
  })
})

describe('the mended twin', () => {
  it('has no finding', () => {
    expect(judgePlan(read(MENDED).plan)).toEqual([])
  })
})

const CLEAN = read(MENDED).plan

type Values = Record<string | number, unknown>

/** Sets a value in a copy of the plan; undefined takes the key away. */
function planted(changes: readonly (readonly [KeyPath, unknown])[]): Plan {
  const copy = structuredClone(CLEAN) as unknown as Values
  for (const [path, value] of changes) {
    let at = copy
    for (const step of path.slice(0, -1)) at = at[step] as Values
    if (value === undefined) delete at[path.at(-1)!]
    else at[path.at(-1)!] = value
  }
  return copy as unknown as Plan
}

type Change = readonly [key: string, value: unknown]
/** 'stages.0.percent' as steps; the names of the plan hold no dots. */
const pathOf = (key: string): KeyPath => key.split('.').map((step) => (/^\d+$/.test(step) ? Number(step) : step))

const POLICY = 'security.policies.AdminPolicy'

/** How each finding is planted in the mended twin: `n` is any number from 1 to 1000. */
const PLANTED: Readonly<Record<string, (n: number) => readonly Change[]>> = {
  'volume-hourly-below-average': (n) => [['targets.mailsPerHour', 220_000 - n * 100]],
  'volume-peak-below-average': (n) => [['targets.peakMailsPerHour', 220_000 - n * 100]],
  'volume-rate-below-load': (n) => [['quota.ratePerSecond', (12 * n) / 1_000]],
  'volume-quota-below-load': (n) => [['quota.recipientsPerDay', 1_300_000 - n]],
  'quota-not-granted': (n) => [['quota.grantedRecipientsPerDay', 50_000 + n]],
  'quota-rate-not-granted': (n) => [['quota.grantedRatePerSecond', 13 + n / 6]],
  'cost-estimate-below-list-price': (n) => [['budget.estimateYen.sesSending', 470_000 - n * 100]],
  'cost-unit-price-below-list': (n) => [['budget.sesYenPerMail', 0.0148 - n / 100_000]],
  'cost-budget-below-stage': (n) => [['budget.yenPerMonth', 476_000 - n]],
  'cost-above-today': (n) => [
    ['stages.3.percent', 100],
    ['budget.yenPerMonth', 5_000_000],
    ['budget.estimateYen.sesSending', 2_400_000],
    ['budget.legacyYenPerMonth', 700_000 + n],
  ],
  'cost-pricing-plan-dearer': (n) => [
    ['budget.sesPricing', n % 2 === 0 ? 'essentials' : 'enterprise'],
    ['budget.yenPerMonth', 5_000_000],
    ['budget.estimateYen.sesSending', 2_000_000],
    ['budget.sesYenPerMail', 0.05],
  ],
  'cost-reserved-capacity': () => [['budget.reservedCapacity', true]],
  'spf-drops-old-hosts': (n) => [['identity.spf', `v=spf1 ip4:198.51.${n % 256}.0/24 ~all`]],
  'spf-include-aligns-nothing': () => [['identity.spf', 'v=spf1 ip4:192.0.2.0/27 include:amazonses.com ~all']],
  'spf-unreadable': (n) => [['identity.spf', `v=spf1 ip4:192.0.2.0/27 ip5:${n} ~all`]],
  'spf-passes-everybody': () => [['identity.spf', 'v=spf1 ip4:192.0.2.0/27 +all']],
  'mail-from-missing': () => [['identity.mailFromDomain', undefined]],
  'mail-from-outside-domain': (n) => [
    ['identity.mailFromDomain', `bounce${n}.example.jp`],
    ['dkim.mailFromDomain', undefined],
  ],
  'mail-from-differs': (n) => [['identity.mailFromDomain', `bounce${n}.goo.ne.jp`]],
  'dmarc-enforced-unaligned': () => [['identity.dmarc', 'v=DMARC1; p=reject; rua=mailto:dmarc@goo.ne.jp; aspf=s']],
  'dmarc-strict-spf': () => [['identity.dmarc', 'v=DMARC1; p=none; aspf=s; rua=mailto:dmarc@goo.ne.jp']],
  'dmarc-strict-dkim': () => [['identity.dmarc', 'v=DMARC1; p=none; adkim=s; rua=mailto:dmarc@goo.ne.jp']],
  'dmarc-unreadable': (n) => [['identity.dmarc', `v=DMARC1; p=perhaps${n}; rua=mailto:dmarc@goo.ne.jp`]],
  'dmarc-without-reports': () => [['identity.dmarc', 'v=DMARC1; p=none']],
  'dkim-selectors-at-once': (n) => [['identity.dkimSelectors', 2 + (n % 9)]],
  'dkim-record-type': () => [['identity.dkimRecord', 'CNAME']],
  'dkim-publish-differs': () => [['dkim.publish', 'cname']],
  'dkim-key-life-unstated': (n) => [
    ['identity.dkimKeyLifeMonths', undefined],
    ['identity.dkimWarnDays', n],
  ],
  'dkim-key-size': (n) => [['identity.dkimKeyBits', 2_048 + n]],
  'dkim-key-short': (n) => [['identity.dkimKeyBits', 1_023 + n]],
  'ses-tls-required': (n) => [
    ['configurationSet.tlsPolicy', n % 2 === 0 ? 'Require' : 'REQUIRE'],
    ['volume.tlsPercent', n < 500 ? undefined : n / 10.1],
  ],
  'ses-tls-policy-unknown': (n) => [['configurationSet.tlsPolicy', `Always${n}`]],
  'ses-events-missing': (n) => [['configurationSet.eventTypes', EVENTS.filter((_, i) => i !== n % EVENTS.length)]],
  'ses-event-spelling': (n) => [['configurationSet.eventTypes', [...EVENTS, n % 2 === 0 ? 'delayed' : 'OPEN']]],
  'ses-event-destination': () => [['configurationSet.eventDestination', 'EventBridge, SNS']],
  'ses-events-without-recipients': () => [['configurationSet.eventDestination', 'CloudWatch']],
  'ses-dimension-value': (n) => [
    ['configurationSet.dimensions', [{ name: 'stream', default: n % 2 === 0 ? 'a b' : '例' }]],
  ],
  'ses-configuration-set-differs': (n) => [['configurationSet.name', `other-${n}`]],
  'ses-sending-off': () => [['configurationSet.sending', false]],
  'ses-reputation-off': () => [['configurationSet.reputationMetrics', false]],
  'schedule-in-utc': (n) => [
    ['lambda.dkim.scheduleTimeZone', undefined],
    ['lambda.dkim.schedule', `cron(0 ${n % 24} 1 * ? *)`],
    ['lambda.dkim.scheduleMeans', `${n % 24}:00 JST`],
  ],
  'schedule-malformed': (n) => [['lambda.dkim.schedule', n % 2 === 0 ? 'cron(0 9 1 * * *)' : 'cron(0 9 1 * ?)']],
  'event-source-reserved': (n) => [['lambda.dkim.eventSources', [`aws.own${n}`]]],
  'lambda-retries-over-two': (n) => [['lambda.retryAttempts', 2 + n]],
  'lambda-no-dead-letters': () => [['lambda.deadLetterQueue', false]],
  'lambda-timeout-over-limit': (n) => [['lambda.mail.timeoutSeconds', 900 + n]],
  'lambda-runtime-python': (n) => [['lambda.runtime', `python3.${11 + (n % 3)}`]],
  'lambda-runtime-deprecated': (n) => [['lambda.runtime', ['nodejs16.x', 'nodejs18.x', 'nodejs20.x'][n % 3]]],
  'alarm-count-as-percent': (n) => [
    ['alarms.BounceRateAlarm.metric', 'Bounce'],
    ['alarms.BounceRateAlarm.threshold', n / 250],
  ],
  'alarm-never-fires': (n) => [['alarms.BounceRateAlarm.threshold', n]],
  'alarm-after-review': (n) => [['alarms.BounceRateAlarm.threshold', 0.05 + n / 2_000]],
  'alarm-silence-is-breaching': () => [['alarms.BounceRateAlarm.missingData', 'breaching']],
  'alarm-silence-unheard': () => [['alarms.SilenceAlarm.missingData', 'notBreaching']],
  'alarm-daily-sum-as-quota': () => [
    ['alarms.SendingQuotaAlarm.metric', 'Send'],
    ['alarms.SendingQuotaAlarm.periodSeconds', 86_400],
  ],
  'archive-small-objects': (n) => [['archive.objectOctets', n < 10 ? undefined : n * 131]],
  'archive-transition-too-soon': (n) => [['archive.transitions.0.days', n % 30]],
  'archive-transition-upwards': () => [
    [
      'archive.transitions',
      [
        { days: 90, storageClass: 'GLACIER' },
        { days: 200, storageClass: 'STANDARD_IA' },
      ],
    ],
  ],
  'archive-unencrypted': () => [['archive.encryption', 'none']],
  'calendar-phases-over-period': (n) => [['schedule.phases.5.days', 30 + n]],
  'calendar-stages-do-not-fit': (n) => [['stages.3.leastHours', 241 + n]],
  'calendar-stage-never-ends': (n) => [
    ['stages.0.leastMails', 53_000 * 31 + n],
    ['schedule.migrationDays', undefined],
  ],
  'calendar-dns-wait-too-short': (n) => [['schedule.phases.5.days', n % 14]],
  'calendar-phases-in-circle': () => [['schedule.phases.0.after', [8]]],
  'targets-success-and-bounces': () => [['targets.successMeans', 'delivered']],
  'recovery-moves-no-mail': () => [['recovery.rollBackBy', 'CloudFormation']],
  'recovery-zone-elsewhere': () => [['recovery.availabilityZones.2', 'ap-northeast-3a']],
  'privacy-short-local-parts': (n) => [
    ['security.masking.hideShortLocalParts', false],
    ['security.masking.keepCharacters', 1 + (n % 5)],
  ],
  'privacy-quoted-local-parts': () => [['security.masking.quotedLocalParts', false]],
  'privacy-ipv6-unmasked': () => [['security.masking.ipVersions', [4]]],
  'access-principal-in-identity-policy': (n) => [[`${POLICY}.principals`, [`arn:aws:iam::ACCOUNT:user/user-${n}`]]],
  'access-source-address-stops-services': () => [
    [`${POLICY}.condition`, 'aws:SourceIp'],
    [`${POLICY}.exceptServices`, false],
  ],
  'access-documentation-network': (n) => [['security.adminNetworks', [`198.51.100.${n % 256}`]]],
  'access-old-tls': (n) => [['security.tlsMin', n % 2 === 0 ? '1.0' : '1.1']],
  'access-rotation-too-slow': (n) => [['security.smtpRotationDays', 90 + n]],
}
const EVENTS = ['send', 'delivery', 'bounce', 'complaint', 'reject', 'deliveryDelay', 'renderingFailure']

/** Where one fault is two: what strict alignment cannot reach is unaligned as well. */
const TOGETHER: Readonly<Record<string, readonly string[]>> = {
  'dmarc-enforced-unaligned': ['dmarc-strict-spf'],
}

describe('a fault planted in the mended twin', () => {
  it.each(RULES.map(({ id }) => id))('%s is found, and nothing else', (id) => {
    const plant = PLANTED[id]
    expect(plant, `${id} has no planted fault`).toBeDefined()
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000 }), (n) => {
        const changes = plant!(n).map(([key, value]) => [pathOf(key), value] as const)
        expect(idsOf(judgePlan(planted(changes)))).toEqual([id, ...(TOGETHER[id] ?? [])].toSorted())
      }),
      { numRuns: 40 },
    )
  })

  it('is planted for no finding that does not exist', () => {
    expect(Object.keys(PLANTED).toSorted()).toEqual(RULES.map(({ id }) => id).toSorted())
  })
})

describe('a rule', () => {
  it.each(RULES.map((rule) => [rule.id, rule] as const))('%s is told in both languages', (id, rule) => {
    expect(id).toMatch(/^[a-z]+(-[a-z0-9]+)+$/)
    for (const words of [rule.title, rule.why, rule.mend]) {
      expect(words.en).toMatch(/^[\x20-\x7e\u00c0-\u00ff]+$/)
      expect(words.ja).toMatch(/[\u3041-\u30ff]/)
    }
    expect(rule.why.en).toMatch(/\.$/)
    expect(rule.mend.en).toMatch(/[.:]$/)
    expect(rule.title.en).not.toMatch(/\.$/)
    expect(rule.source).toMatch(/^(https:\/\/|RFC \d|§|docs\/)/)
  })

  it('has an id of its own', () => {
    expect(new Set(RULES.map(({ id }) => id)).size).toBe(RULES.length)
  })

  it('finds nothing in a plan that says nothing of the design', () => {
    const { plan } = read(MENDED)
    const bare = { ...plan, dkim: undefined } as unknown as Record<string, unknown>
    for (const key of ['volume', 'targets', 'identity', 'configurationSet', 'quota', 'lambda', 'alarms', 'archive'])
      bare[key] = {}
    for (const key of ['recovery', 'security', 'schedule']) bare[key] = {}
    expect(judgePlan(bare as unknown as Plan)).toEqual([])
  })
})

// The records around a key (D8): custom MAIL FROM, SPF, DMARC. What SES needs is asked for; what the old hosts need is kept.
// SES needs nothing on the sending domain's own SPF: SPF is judged on the MAIL FROM domain (RFC 7208 2.4, facts 2.7).
import { DAY_MS } from '../base/clock.ts'
import type { DnsAnswer, DnsQuestion, DnsTruth } from '../base/dns.ts'
import type { IdentityFacts } from '../base/identity.ts'
import { circleOf } from './circle.ts'
import type { DkimPolicy } from './policy.ts'
import type { KeyRecord } from './record.ts'
import type { WantedRecord } from './wanted-record.ts'

/** The value SES documents for a custom MAIL FROM domain (facts 2.3). */
const MAIL_FROM_SPF = 'v=spf1 include:amazonses.com ~all'

export function surroundingQuestions({ domain, mailFromDomain }: DkimPolicy): readonly DnsQuestion[] {
  return [
    ...(mailFromDomain === undefined
      ? []
      : ([
          { name: mailFromDomain, type: 'MX' },
          { name: mailFromDomain, type: 'TXT' },
        ] as const)),
    { name: domain, type: 'TXT' },
    { name: `_dmarc.${domain}`, type: 'TXT' },
  ]
}

interface Seen {
  /** By 'name type'. */
  readonly truths: ReadonlyMap<string, DnsTruth>
  readonly record: KeyRecord
  readonly ses: IdentityFacts | 'missing' | 'unknown'
  readonly nowMs: number
}

export function surroundingsOf(policy: DkimPolicy, seen: Seen): readonly WantedRecord[] {
  return [...mailFromRecords(policy, seen), ...spfRecord(policy, seen), ...dmarcRecord(policy, seen)]
}

function mailFromRecords({ mailFromDomain, region, ttlSeconds }: DkimPolicy, { truths }: Seen): WantedRecord[] {
  if (mailFromDomain === undefined) return []
  const mx = valuesOf(truths.get(`${mailFromDomain} MX`))
  const exchange = `10 ${feedbackHost(region)}`
  const spf = texts(truths.get(`${mailFromDomain} TXT`), 'v=spf1')
  const common = { name: mailFromDomain, ttlSeconds }
  const wrongMx = mx === undefined || mx.length === 0 ? undefined : mxFault(mx, region)
  const mxRight = mx !== undefined && mx.length > 0 && wrongMx === undefined
  return [
    {
      ...common,
      type: 'MX',
      value: exchange,
      purpose: 'mailFromMx',
      action: mxRight ? 'keep' : actionFor(mx),
      today: mx,
      ...(wrongMx === undefined ? {} : { fault: wrongMx }),
    },
    {
      ...common,
      type: 'TXT',
      value: MAIL_FROM_SPF,
      purpose: 'mailFromSpf',
      action: isMailFromSpf(spf) ? 'keep' : actionFor(spf),
      today: spf,
      ...(spf !== undefined && spf.length > 1 ? { fault: 'twoSpfRecords' } : {}),
    },
  ]
}

/** `feedback-smtp.REGION.amazonses.com`: https://docs.aws.amazon.com/ses/latest/dg/mail-from.html */
function feedbackHost(region: string): string {
  return `feedback-smtp.${region}.amazonses.com`
}

/** Exactly one MX, and that of this Region: with any other SES leaves the set-up as failed (facts 2.3). */
function mxFault(values: readonly string[], region: string): string | undefined {
  if (values.length > 1) return 'twoMx'
  const host = values[0]!.split(' ')[1] ?? ''
  if (host === feedbackHost(region)) return undefined
  return /^feedback-smtp\.[a-z0-9-]+\.amazonses\.com$/.test(host) ? 'mxOfAnotherRegion' : 'foreignMx'
}

function isMailFromSpf(values: readonly string[] | undefined): boolean {
  return values?.length === 1 && /\binclude:amazonses\.com\b/i.test(values[0]!)
}

/** Without a record today one is proposed from the old hosts' addresses; with one, it is kept as it is. */
function spfRecord({ domain, legacySpf, ttlSeconds }: DkimPolicy, { truths }: Seen): WantedRecord[] {
  const today = texts(truths.get(`${domain} TXT`), 'v=spf1')
  const common = { name: domain, type: 'TXT', ttlSeconds, purpose: 'spf', today } as const
  if (today !== undefined && today.length > 0) {
    const lost = legacySpf.filter((term) => !today.some((value) => value.includes(term)))
    const fault = today.length > 1 ? 'twoSpfRecords' : undefined
    // Terms that the plan names and the record lacks may be covered by an include: said, not asked for.
    return [{ ...common, value: today[0]!, action: 'keep', ...(fault === undefined ? lostNote(lost) : { fault }) }]
  }
  if (legacySpf.length === 0) return []
  return [{ ...common, value: `v=spf1 ${legacySpf.join(' ')} ~all`, action: actionFor(today) }]
}

const lostNote = (lost: readonly string[]) => (lost.length === 0 ? {} : { fault: 'oldHostsNotNamed' })

/** none first; quarantine when SES has signed well for a while (D8). A record of today that asks for more is kept. */
function dmarcRecord(policy: DkimPolicy, { truths, record, ses, nowMs }: Seen): WantedRecord[] {
  const { domain, dmarcReports, ttlSeconds, dmarcStepDays } = policy
  const name = `_dmarc.${domain}`
  const today = texts(truths.get(`${name} TXT`), 'v=DMARC1')
  const common = { name, type: 'TXT', ttlSeconds, purpose: 'dmarc', today } as const
  const reports = dmarcReports === undefined ? '' : `; rua=mailto:${dmarcReports}`
  if (today === undefined || today.length === 0) {
    return [{ ...common, value: `v=DMARC1; p=none${reports}`, action: actionFor(today) }]
  }
  const [value] = today as readonly [string, ...string[]]
  if (today.length > 1) return [{ ...common, value, action: 'change', fault: 'twoDmarcRecords' }]
  const since = circleOf(record).current?.activatedAt
  const signsWell = typeof ses === 'object' && ses.dkim.status === 'SUCCESS' && ses.dkim.signingEnabled
  const longEnough = dmarcStepDays > 0 && since !== undefined && nowMs - since >= dmarcStepDays * DAY_MS
  if (/;\s*p=none\b/i.test(value) && signsWell && longEnough) {
    return [{ ...common, value: value.replace(/;(\s*)p=none\b/i, ';$1p=quarantine'), action: 'change' }]
  }
  return [{ ...common, value, action: 'keep' }]
}

/** Nothing there: add. Something else: change. DNS did not say: nothing is asked for on a guess. */
function actionFor(today: readonly string[] | undefined): WantedRecord['action'] {
  if (today === undefined) return 'keep'
  return today.length === 0 ? 'add' : 'change'
}

/** The values every authoritative server agrees on; undefined when they do not, or when one did not say. */
function valuesOf(truth: DnsTruth | undefined): readonly string[] | undefined {
  if (truth === undefined || truth.fault !== undefined || truth.views.length === 0) return undefined
  const all = truth.views.map(({ answer }) => values(answer))
  const [first] = all
  if (first === undefined) return undefined
  const agreed = all.every((one) => one !== undefined && [...one].sort().join('\n') === [...first].sort().join('\n'))
  return agreed ? first : undefined
}

function values(answer: DnsAnswer): readonly string[] | undefined {
  if (answer.kind === 'fault') return undefined
  if (answer.kind !== 'records') return []
  return answer.records.flatMap((record) => {
    if (record.type === 'TXT') return [record.strings.join('')]
    return record.type === 'MX' ? [`${record.preference} ${record.exchange}`] : []
  })
}

/** The texts at a name that begin so: other services keep theirs beside them. */
function texts(truth: DnsTruth | undefined, beginning: string): readonly string[] | undefined {
  return valuesOf(truth)?.filter((value) => value.toLowerCase().startsWith(beginning.toLowerCase()))
}

/** Where the alias of a selector leads: one label for the key, and the sending domain, so that a zone can serve several. */
export function aliasTarget(selector: string, { domain, ownZone }: DkimPolicy): string {
  return `${selector}.${domain}.${ownZone ?? ''}`
}

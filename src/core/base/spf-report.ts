// What an SPF record costs (RFC 7208 4.6.4): how many look-ups it asks of a receiver that finds no match, which include costs
// what, and why it would be a permerror for every sender that matches late or not at all. A receiver stops at the first match
// (spf-check.ts), so that one sender may pass where others fail.
import type { DnsAnswer, DnsQuestion } from './dns.ts'
import { isSpf, parseSpf, type SpfTerm } from './spf.ts'

export type Ask = (question: DnsQuestion) => Promise<DnsAnswer>

export interface SpfCost {
  readonly domain: string
  /** The term as it is written. */
  readonly term: string
  /** With everything below it. */
  readonly lookUps: number
}

export interface SpfReport {
  readonly domain: string
  readonly verdict: 'ok' | 'none' | 'permerror' | 'temperror'
  /** Terms that ask DNS, over all includes: at most 10. */
  readonly lookUps: number
  /** Those that find nothing: at most 2. */
  readonly voidLookUps: number
  readonly reasons: readonly string[]
  /** The terms of the domain's own record that ask DNS, in order. */
  readonly costs: readonly SpfCost[]
}

export const LOOK_UPS_MAX = 10
export const VOIDS_MAX = 2
/** RFC 7208 4.6.4: more hosts of one mx term are an error. */
export const MX_HOSTS_MAX = 10
/** A walk for a report goes on past the limit to name what costs, but not for ever. */
const WALK_MAX = 60

interface Walk {
  readonly ask: Ask
  lookUps: number
  voids: number
  isUnknown: boolean
  readonly reasons: string[]
}

/** Rejects never; what DNS did not say is a temperror. */
export async function spfReport(domain: string, ask: Ask): Promise<SpfReport> {
  const walk: Walk = { ask, lookUps: 0, voids: 0, isUnknown: false, reasons: [] }
  const costs: SpfCost[] = []
  const found = await walkAnswer(walk, domain, await ask({ name: domain, type: 'TXT' }), { path: [domain], costs })
  if (walk.lookUps > LOOK_UPS_MAX) {
    walk.reasons.push(`${walk.lookUps} look-ups, and receivers make at most ${LOOK_UPS_MAX}`)
  }
  if (walk.voids > VOIDS_MAX)
    walk.reasons.push(`${walk.voids} look-ups find nothing, and receivers bear at most ${VOIDS_MAX}`)
  const { lookUps, voids: voidLookUps, reasons } = walk
  return { domain, verdict: verdictOf(walk, found), lookUps, voidLookUps, reasons, costs }
}

function verdictOf({ reasons, isUnknown }: Walk, found: boolean): SpfReport['verdict'] {
  if (reasons.length > 0) return 'permerror'
  if (isUnknown) return 'temperror'
  return found ? 'ok' : 'none'
}

interface Place {
  readonly path: readonly string[]
  /** Only the first record's terms are told one by one. */
  readonly costs?: SpfCost[]
}

/** Whether the domain has a record. */
async function walkAnswer(walk: Walk, domain: string, answer: DnsAnswer, { path, costs }: Place): Promise<boolean> {
  const records = spfTexts(answer)
  if (records === undefined) {
    walk.isUnknown = true
    return false
  }
  if (records.length > 1) walk.reasons.push(`${domain} has ${records.length} SPF records, and may have one`)
  const [text] = records
  if (text === undefined || records.length > 1) return records.length > 1
  const record = parseSpf(text)
  if (record.kind === 'fault') {
    walk.reasons.push(`the record of ${domain} cannot be read: ${record.message}`)
    return true
  }
  for (const term of record.terms)
    await counted(walk, term, { domain, path, ...(costs === undefined ? {} : { costs }) })
  // RFC 7208 6.1: with all there is no redirect.
  if (record.redirect !== undefined && !record.terms.some(({ mechanism }) => mechanism.kind === 'all')) {
    const before = walk.lookUps
    await below(walk, record.redirect, { path, via: 'redirect' })
    costs?.push({ domain, term: `redirect=${record.redirect}`, lookUps: walk.lookUps - before })
  }
  return true
}

/** The SPF records among the texts of a name; undefined when DNS did not say. */
export function spfTexts(answer: DnsAnswer): readonly string[] | undefined {
  if (answer.kind === 'fault') return undefined
  if (answer.kind !== 'records') return []
  return answer.records.flatMap((one) => (one.type === 'TXT' ? [one.strings.join('')] : [])).filter(isSpf)
}

async function counted(walk: Walk, term: SpfTerm, place: Place & { readonly domain: string }): Promise<void> {
  const before = walk.lookUps
  const { mechanism } = term
  switch (mechanism.kind) {
    case 'include':
      await below(walk, mechanism.domain, { path: place.path, via: 'include' })
      break
    case 'a':
    case 'mx':
      await host(walk, mechanism.kind, mechanism.domain ?? place.domain)
      break
    case 'exists':
      await host(walk, 'a', mechanism.domain)
      break
    case 'ptr':
      walk.lookUps += 1
      break
    case 'all':
    case 'ip4':
    case 'ip6':
    default:
  }
  if (walk.lookUps > before)
    place.costs?.push({ domain: place.domain, term: term.text, lookUps: walk.lookUps - before })
}

async function below(
  walk: Walk,
  target: string,
  { path, via }: { readonly path: readonly string[]; readonly via: string },
): Promise<void> {
  walk.lookUps += 1
  const name = target.toLowerCase()
  // A macro names another domain for each sender: counted, and not followed.
  if (name.includes('%') || walk.lookUps > WALK_MAX) return
  if (path.includes(name)) {
    walk.reasons.push(`${via} of ${name} leads back to itself`)
    return
  }
  const answer = await walk.ask({ name, type: 'TXT' })
  if (answer.kind === 'noSuchName' || answer.kind === 'noSuchRecord') walk.voids += 1
  const found = await walkAnswer(walk, name, answer, { path: [...path, name] })
  // RFC 7208 5.2, 6.1: an include or redirect to nothing is an error of the one who wrote it.
  if (!found && answer.kind !== 'fault') walk.reasons.push(`${via} of ${name}, which has no SPF record`)
}

async function host(walk: Walk, kind: 'a' | 'mx', name: string): Promise<void> {
  walk.lookUps += 1
  if (name.includes('%') || walk.lookUps > WALK_MAX) return
  const answer = await walk.ask({ name, type: kind === 'a' ? 'A' : 'MX' })
  if (answer.kind === 'fault') walk.isUnknown = true
  else if (answer.kind !== 'records') walk.voids += 1
  else if (kind === 'mx') {
    const hosts = answer.records.filter(({ type }) => type === 'MX').length
    if (hosts > MX_HOSTS_MAX) walk.reasons.push(`mx of ${name} has ${hosts} hosts, and may have ${MX_HOSTS_MAX}`)
  }
}

// What is true now about the keys of one domain: the key store, DNS as every server sees it, SES, and our own record.
// Looking changes nothing. What could not be seen is told as unknown, never as absent.
import type { DnsQuestion, DnsTruth, Zone } from '../base/dns.ts'
import type { IdentityFacts } from '../base/identity.ts'
import { circleOf, publishingOf } from './circle.ts'
import type { DkimPolicy } from './policy.ts'
import type { KeyStore, Signing, SigningTraffic, StoredKey } from './ports.ts'
import type { KeyRecord } from './record.ts'
import { keyName, likelyWrongNames, sightingOf, type Sighting } from './sighting.ts'
import { aliasTarget, surroundingsOf, surroundingQuestions } from './surroundings.ts'
import type { Step } from './step.ts'
import type { WantedRecord } from './wanted-record.ts'

export interface DkimObservation {
  readonly nowMs: number
  readonly record: KeyRecord
  readonly stored: readonly StoredKey[]
  /** By selector; for each key that is in the store or whose record must be gone. */
  readonly sightings: ReadonlyMap<string, Sighting>
  /** By selector: where the alias at the customer's name leads, as seen everywhere; undefined where there is none. */
  readonly aliases: ReadonlyMap<string, string | undefined>
  /** By selector: what the zone of our own says; undefined without such a zone. */
  readonly zoneTexts: ReadonlyMap<string, string | undefined>
  readonly ses: IdentityFacts | 'missing' | 'unknown'
  readonly stagePercent: number
  /** SPF, MAIL FROM and DMARC beside what DNS says of them. */
  readonly surroundings: readonly WantedRecord[]
  /** The apex of the zone that the sending domain lies in, and the names of its servers; undefined when DNS did not say. */
  readonly zone: { readonly apex: string; readonly servers: readonly string[] } | undefined
}

/** Everything asked of DNS about one name; never rejects. */
export type AskTruth = (question: DnsQuestion) => Promise<DnsTruth>

export interface Eyes {
  readonly keyStore: Pick<KeyStore, 'keys'>
  readonly signing: Pick<Signing, 'facts'>
  readonly traffic: Pick<SigningTraffic, 'stagePercent'>
  readonly truthOf: AskTruth
  readonly zoneOf: (name: string) => Promise<DkimObservation['zone']>
  readonly ownZone?: Zone
}

/**
 * The same eyes, which ask DNS and SES once in a run: SES allows one such call a second for the whole account. `forget` is
 * told of each step, because a step may change what is seen.
 */
export function rememberingEyes(eyes: Eyes): { readonly eyes: Eyes; readonly forget: (step: Step) => void } {
  const truths = new Map<string, ReturnType<AskTruth>>()
  let zone: ReturnType<Eyes['zoneOf']> | undefined
  let facts: ReturnType<Signing['facts']> | undefined
  return {
    eyes: {
      ...eyes,
      signing: { facts: (domain) => (facts ??= eyes.signing.facts(domain)) },
      zoneOf: (name) => (zone ??= eyes.zoneOf(name)),
      truthOf(question) {
        const key = `${question.name} ${question.type}`
        const known = truths.get(key) ?? eyes.truthOf(question)
        truths.set(key, known)
        return known
      },
    },
    forget({ kind }) {
      if (kind === 'writeZone') truths.clear()
      if (SEEN_BY_SES.has(kind)) facts = undefined
    },
  }
}

/** Steps after which SES must be asked anew. */
const SEEN_BY_SES: ReadonlySet<Step['kind']> = new Set([
  'giveKey',
  'noteSuccess',
  'enableSigning',
  'useMailFrom',
  'fallBackToTxt',
])

/** Looks at everything once. Rejects only when the key store cannot be read: without it no step is safe. */
export async function observe(
  eyes: Eyes,
  policy: DkimPolicy,
  { record, nowMs }: { readonly record: KeyRecord; readonly nowMs: number },
): Promise<DkimObservation> {
  const [stored, ses, stagePercent, zone] = await Promise.all([
    eyes.keyStore.keys(),
    eyes.signing.facts(policy.domain),
    eyes.traffic.stagePercent(),
    eyes.zoneOf(policy.domain),
  ])
  const sightings = new Map<string, Sighting>()
  const aliases = new Map<string, string | undefined>()
  for (const { selector, publicKey } of keysToSee(stored, record)) {
    const name = keyName(selector, policy.domain)
    const truth = await eyes.truthOf({ name, type: 'TXT' })
    const alias = aliasSeen(truth, name)
    aliases.set(selector, alias)
    const sighting = await withElsewhere(eyes, { name, publicKey, apex: zone?.apex }, truth)
    sightings.set(selector, record.cnameRefusedAt === undefined ? sighting : withoutAlias(sighting, alias))
  }
  return {
    nowMs,
    record,
    stored,
    sightings,
    aliases,
    zoneTexts: await zoneTexts(eyes.ownZone, stored, record, policy),
    ses,
    stagePercent,
    surroundings: await surroundings(eyes, policy, { record, ses, nowMs }),
    zone,
  }
}

/** A destroyed key is seen once more, to know that its record is gone; its public half is then nobody's. */
function keysToSee(
  stored: readonly StoredKey[],
  record: KeyRecord,
): readonly Pick<StoredKey, 'selector' | 'publicKey'>[] {
  const gone = circleOf(record)
    .retiring.filter(({ selector }) => !stored.some((key) => key.selector === selector))
    .map(({ selector }) => ({ selector, publicKey: '' }))
  return [...stored, ...gone]
}

/** What is right behind an alias is of no use to a service that does not follow it. */
function withoutAlias(sighting: Sighting, alias: string | undefined): Sighting {
  if (alias === undefined) return sighting
  return { ...sighting, publication: 'wrong', fault: 'aliasNotFollowed', found: `CNAME ${alias}` }
}

/** The first alias, when every view has the same. */
function aliasSeen(truth: DnsTruth, name: string): string | undefined {
  const targets = truth.views.map(({ answer }) =>
    answer.kind === 'fault'
      ? undefined
      : answer.records.flatMap((found) => (found.type === 'CNAME' && found.name === name ? [found.target] : []))[0],
  )
  const [first] = targets
  return first !== undefined && targets.every((target) => target === first) ? first : undefined
}

async function withElsewhere(
  { truthOf }: Eyes,
  { name, publicKey, apex }: { name: string; publicKey: string; apex: string | undefined },
  truth: DnsTruth,
): Promise<Sighting> {
  const sighting = sightingOf(name, truth, publicKey)
  if (sighting.publication !== 'nowhere' || apex === undefined) return sighting
  for (const wrong of likelyWrongNames(name, apex)) {
    const there = sightingOf(wrong.name, await truthOf({ name: wrong.name, type: 'TXT' }), publicKey)
    if (there.authoritative.some(({ state }) => state.kind === 'right')) return { ...sighting, elsewhere: wrong }
  }
  return sighting
}

async function zoneTexts(
  zone: Zone | undefined,
  stored: readonly StoredKey[],
  record: KeyRecord,
  policy: DkimPolicy,
): Promise<ReadonlyMap<string, string | undefined>> {
  const texts = new Map<string, string | undefined>()
  if (zone === undefined || publishingOf(record, policy) !== 'cname') return texts
  const selectors = new Set([...stored.map((key) => key.selector), ...record.keys.map((key) => key.selector)])
  for (const selector of selectors) {
    const found = await zone.read({ name: aliasTarget(selector, policy), type: 'TXT' })
    texts.set(selector, found.flatMap((item) => (item.type === 'TXT' ? [item.strings.join('')] : []))[0])
  }
  return texts
}

async function surroundings(
  eyes: Eyes,
  policy: DkimPolicy,
  { record, ses, nowMs }: Pick<DkimObservation, 'record' | 'ses' | 'nowMs'>,
): Promise<readonly WantedRecord[]> {
  const truths = new Map<string, DnsTruth>()
  for (const question of surroundingQuestions(policy)) {
    truths.set(`${question.name} ${question.type}`, await eyes.truthOf(question))
  }
  return surroundingsOf(policy, { truths, record, ses, nowMs })
}

// Whether a key record is published, from everything that was asked: every authoritative server, and caches. Its rules:
// one server that lacks the record is not published, a server that does not answer says nothing either way, and a cache
// that says otherwise is believed only as long as its TTL may last.
import type { DnsServer, DnsTruth } from '../base/dns.ts'
import { readKeyRecord, type KeyRecordFault, type KeyRecordState } from './key-record.ts'

/** How a record may come to lie at a wrong name: `likelyWrongNames` says where to look. */
export type WrongName = 'zoneAppended' | 'underscoreLost' | 'zoneAppendedAndUnderscoreLost' | 'domainkeyLost'

export interface ServerState {
  readonly server: DnsServer
  readonly state: KeyRecordState
}

export type Publication =
  /** Every authoritative server shows the right record. */
  | 'everywhere'
  /** Some do, and others show nothing: on its way, or a secondary that lags. */
  | 'partly'
  /** None has it, and all said so. */
  | 'nowhere'
  | 'revoked'
  /** At least one shows something that is wrong. */
  | 'wrong'
  /** Not all could be asked, so nothing is known. */
  | 'unknown'

export interface Sighting {
  readonly name: string
  readonly publication: Publication
  readonly authoritative: readonly ServerState[]
  readonly recursive: readonly ServerState[]
  /** The longest time that a cache may go on saying something else. */
  readonly cacheSeconds: number
  /** For 'wrong': what is wrong, and what was found. */
  readonly fault?: KeyRecordFault
  readonly found?: string
  /** For 'nowhere': where the record lies instead. */
  readonly elsewhere?: { readonly name: string; readonly how: WrongName }
  /** For 'unknown' and 'partly': a sentence naming servers. */
  readonly because?: string
}

/** No SOA gave a negative TTL: RFC 2308 5 lets caches keep "nothing is there" for hours; three is its recommended ceiling. */
const NEGATIVE_TTL_DEFAULT_SECONDS = 10_800

export function sightingOf(name: string, truth: DnsTruth, publicKey: string): Sighting {
  const authoritative = truth.views.map(({ server, answer }) => ({ server, state: readKeyRecord(answer, publicKey) }))
  const recursive = truth.recursive.map(({ server, answer }) => ({ server, state: readKeyRecord(answer, publicKey) }))
  const publication = publicationOf(authoritative)
  const common = { name, publication, authoritative, recursive, cacheSeconds: cacheSeconds(authoritative, recursive) }
  const fault = authoritative.map(({ state }) => state).find((state) => state.kind === 'wrong')
  const because = becauseOf(truth, authoritative)
  return {
    ...common,
    ...(fault === undefined ? {} : { fault: fault.fault, found: fault.found }),
    ...(because === undefined ? {} : { because }),
  }
}

function publicationOf(states: readonly ServerState[]): Publication {
  const kinds = new Set(states.map(({ state }) => state.kind))
  if (kinds.has('wrong')) return 'wrong'
  if (kinds.size === 0) return 'unknown'
  if (kinds.size === 1) {
    if (kinds.has('right')) return 'everywhere'
    if (kinds.has('absent')) return 'nowhere'
    return kinds.has('revoked') ? 'revoked' : 'unknown'
  }
  return kinds.has('right') ? 'partly' : 'unknown'
}

function cacheSeconds(authoritative: readonly ServerState[], recursive: readonly ServerState[]): number {
  const positive = [...authoritative, ...recursive].flatMap(({ state }) =>
    'ttlSeconds' in state ? [state.ttlSeconds] : [],
  )
  const negative = [...authoritative, ...recursive].flatMap(({ state }) =>
    state.kind === 'absent' ? [state.negativeTtlSeconds ?? NEGATIVE_TTL_DEFAULT_SECONDS] : [],
  )
  return Math.max(0, ...positive, ...negative)
}

function becauseOf(truth: DnsTruth, states: readonly ServerState[]): string | undefined {
  if (truth.fault !== undefined) return `the zone could not be found: ${truth.fault.message}`
  const silent = states.filter(({ state }) => state.kind === 'unknown')
  const lacking = states.filter(({ state }) => state.kind === 'absent')
  const parts = [
    ...silent.map(
      ({ server, state }) => `${serverName(server)} answers ${state.kind === 'unknown' ? state.fault : ''}`,
    ),
    ...(lacking.length === states.length
      ? []
      : lacking.map(({ server }) => `${serverName(server)} does not have it yet`)),
  ]
  return parts.length === 0 ? undefined : parts.join('; ')
}

/** The resolvers that say something else, by name: worth a word, but not waited for once their TTL is over. */
export function dissenters({ recursive }: Sighting): readonly ServerState[] {
  return recursive.filter(({ state }) => state.kind === 'wrong' || state.kind === 'absent' || state.kind === 'revoked')
}

export function serverName({ name, address }: DnsServer): string {
  return name === undefined ? address : `${name} (${address})`
}

/**
 * Where a record lies when a panel appended the zone to a full name, or would not take an underscore (C32).
 * `name` is what was asked for, `zoneApex` the zone it went into.
 */
export function likelyWrongNames(
  name: string,
  zoneApex: string,
): readonly { readonly name: string; readonly how: WrongName }[] {
  const bare = name.replace('._domainkey.', '.domainkey.')
  const without = name.replace('._domainkey.', '.')
  return [
    { name: `${name}.${zoneApex}`, how: 'zoneAppended' },
    { name: bare, how: 'underscoreLost' },
    { name: `${bare}.${zoneApex}`, how: 'zoneAppendedAndUnderscoreLost' },
    { name: without, how: 'domainkeyLost' },
  ]
}

export function keyName(selector: string, domain: string): string {
  return `${selector}._domainkey.${domain}`
}

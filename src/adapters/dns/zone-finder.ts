// Which zone a name lies in and who serves it, as the resolvers see the delegation. Found zones are remembered for a
// minute; what could not be found is asked again.
import { networkInterfaces } from 'node:os'
import type { Clock } from '../../core/base/clock.ts'
import type { Dns, DnsAnswer, DnsQuestion, DnsRecord, DnsServer, DnsZone } from '../../core/base/dns.ts'
import { ADDRESSES_MAX, NAME_SERVERS_MAX, ZONE_CACHE_MAX, ZONE_CACHE_MS, ZONE_STEPS_MAX } from './limits.ts'
import { canonicalName, isWithin, parentOf } from '../../core/base/dns-name.ts'

const DNS_PORT = 53

/** A zone whose servers a plan names. */
export interface FixedZone {
  readonly apex: string
  readonly servers: readonly DnsServer[]
}

export interface ZoneFinderOptions {
  readonly ask: Dns['ask']
  readonly resolvers: readonly DnsServer[]
  readonly clock: Clock
  readonly fixedZones?: readonly FixedZone[]
  readonly nameServerPort?: number
  readonly ipv6?: boolean
}

type Fault = Extract<DnsZone, { kind: 'fault' }>

export function zoneFinder(options: ZoneFinderOptions): Dns['zoneOf'] {
  const known = new Map<string, { readonly zone: DnsZone; readonly until: number }>()
  const looking = new Map<string, Promise<DnsZone>>()
  const find = async (name: string): Promise<DnsZone> => {
    const until = options.clock.now() + ZONE_CACHE_MS
    const apex = await apexOf(name, options)
    const zone = typeof apex === 'string' ? await serversOf(apex, options) : apex
    known.delete(name)
    if (zone.kind === 'zone') known.set(name, { zone, until })
    const [oldest] = known.keys()
    if (known.size > ZONE_CACHE_MAX && oldest !== undefined) known.delete(oldest)
    return zone
  }
  return async (asked) => {
    const name = canonicalName(asked)
    const fixed = fixedZoneOf(name, options.fixedZones ?? [])
    if (fixed) return fixed
    const remembered = known.get(name)
    if (remembered && remembered.until > options.clock.now()) return remembered.zone
    // Sixteen servers that give one alias make for one search.
    const search = looking.get(name) ?? find(name).finally(() => looking.delete(name))
    looking.set(name, search)
    return search
  }
}

/** The longest apex that fits wins, as a delegation would. */
function fixedZoneOf(name: string, zones: readonly FixedZone[]): DnsZone | undefined {
  const found = zones
    .map((zone) => ({ apex: canonicalName(zone.apex), servers: zone.servers }))
    .filter(({ apex }) => isWithin(name, apex))
    .reduce<FixedZone | undefined>(
      (best, zone) => (best && best.apex.length >= zone.apex.length ? best : zone),
      undefined,
    )
  return found && { kind: 'zone', ...found, unreachable: [] }
}

/**
 * Goes up from the name until a denial names the apex. CNAME is asked for because it is the one type for which aliases are
 * not followed: an alias that leads nowhere says nothing of the zone it stands in.
 */
async function apexOf(name: string, options: ZoneFinderOptions): Promise<string | Fault> {
  let at: string | undefined = name
  for (let steps = 0; at !== undefined && steps < ZONE_STEPS_MAX; steps += 1) {
    const answer = await askForApex(at, options)
    if (answer.kind === 'fault') {
      return { kind: 'fault', fault: answer.fault, message: `looking for the zone of ${at}: ${answer.message}` }
    }
    const apex = apexSaid(at, answer)
    if (apex === '') break
    if (apex !== undefined) return apex
    at = parentOf(at)
  }
  return { kind: 'fault', fault: 'noSuchName', message: `no zone below the root has the name ${name}` }
}

async function askForApex(name: string, options: ZoneFinderOptions): Promise<DnsAnswer> {
  const answer = await askResolvers({ name, type: 'CNAME' }, options)
  // Some resolvers leave the SOA out of a denial; they give it when they are asked for it.
  const isMute = answer.kind === 'noSuchRecord' && answer.zone === undefined
  return isMute ? askResolvers({ name, type: 'SOA' }, options) : answer
}

/** Undefined when the answer does not say: an alias stands here, or the denial came without its SOA. */
function apexSaid(name: string, answer: Exclude<DnsAnswer, { kind: 'fault' }>): string | undefined {
  if (answer.kind === 'records') return answer.records.some(({ type }) => type === 'SOA') ? name : undefined
  return answer.zone !== undefined && isWithin(name, answer.zone) ? answer.zone : undefined
}

async function serversOf(apex: string, options: ZoneFinderOptions): Promise<DnsZone> {
  const answer = await askResolvers({ name: apex, type: 'NS' }, options)
  if (answer.kind === 'fault')
    return { kind: 'fault', fault: answer.fault, message: `NS of ${apex}: ${answer.message}` }
  const names = targetsOf(answer.records)
  if (names.length === 0) {
    return { kind: 'fault', fault: 'notAuthoritative', message: `the zone ${apex} has no name servers` }
  }
  const found = await Promise.all(
    names.slice(0, NAME_SERVERS_MAX).map(async (name) => ({ name, servers: await addressesOf(name, options) })),
  )
  const unreachable = [
    ...found.filter(({ servers }) => servers.length === 0).map(({ name }) => name),
    ...names.slice(NAME_SERVERS_MAX),
  ]
  return { kind: 'zone', apex, servers: found.flatMap(({ servers }) => servers), unreachable }
}

function targetsOf(records: readonly DnsRecord[]): readonly string[] {
  return [...new Set(records.flatMap((record) => (record.type === 'NS' ? [record.target] : [])))].toSorted()
}

async function addressesOf(name: string, options: ZoneFinderOptions): Promise<readonly DnsServer[]> {
  const types = (options.ipv6 ?? hasIpv6()) ? (['A', 'AAAA'] as const) : (['A'] as const)
  const answers = await Promise.all(types.map((type) => askResolvers({ name, type }, options)))
  const records = answers.flatMap((answer) => (answer.kind === 'records' ? answer.records : []))
  const addresses = records.flatMap((record) => ('address' in record ? [record.address] : []))
  return [...new Set(addresses)]
    .slice(0, ADDRESSES_MAX)
    .map((address) => ({ address, port: options.nameServerPort ?? DNS_PORT, name }))
}

/** The first resolver that knows; the last one's trouble when none does. */
async function askResolvers(question: DnsQuestion, { ask, resolvers }: ZoneFinderOptions): Promise<DnsAnswer> {
  let last: DnsAnswer = { kind: 'fault', fault: 'unreachable', message: 'there is no resolver to ask' }
  for (const resolver of resolvers) {
    last = await ask(question, resolver, 'recursive')
    if (last.kind !== 'fault') return last
  }
  return last
}

/** A server's IPv6 address is no use to a machine without one: it would look unreachable for ever. */
function hasIpv6(): boolean {
  const addresses = Object.values(networkInterfaces()).flat()
  return addresses.some((one) => one?.family === 'IPv6' && !one.internal && !/^(f[cd]|fe[89ab])/i.test(one.address))
}

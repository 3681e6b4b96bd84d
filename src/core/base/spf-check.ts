// check_host() of RFC 7208 4: what a receiver finds for one sender. It stops at the first match, so it may pass where the record
// as a whole is too long (spf-report.ts). Macros other than none are not expanded: such a term does not match.
import type { DnsRecord } from './dns.ts'
import { ipOf, isInNetwork, type Ip } from './ip-network.ts'
import { LOOK_UPS_MAX, MX_HOSTS_MAX, spfTexts, VOIDS_MAX, type Ask } from './spf-report.ts'
import { parseSpf, type Qualifier, type SpfMechanism } from './spf.ts'

export type SpfResult = 'pass' | 'fail' | 'softfail' | 'neutral' | 'none' | 'permerror' | 'temperror'

interface Count {
  readonly ask: Ask
  readonly ip: Ip
  lookUps: number
  voids: number
}

/** Ends a check from within: RFC 7208 2.6.6, 2.6.7. */
class SpfError extends Error {
  readonly result: 'permerror' | 'temperror'
  constructor(result: 'permerror' | 'temperror') {
    super(result)
    this.result = result
  }
}

/** `ip` is the client's address, `domain` that of the envelope sender. An address that is none is a permerror of the caller. */
export async function spfCheck(
  { ip, domain }: { readonly ip: string; readonly domain: string },
  ask: Ask,
): Promise<SpfResult> {
  const address = ipOf(ip)
  if (address === undefined) return 'permerror'
  try {
    return await check({ ask, ip: address, lookUps: 0, voids: 0 }, domain)
  } catch (error) {
    if (error instanceof SpfError) return error.result
    throw error
  }
}

const RESULTS: Readonly<Record<Qualifier, SpfResult>> = { '+': 'pass', '-': 'fail', '~': 'softfail', '?': 'neutral' }

async function check(count: Count, domain: string): Promise<SpfResult> {
  const texts = spfTexts(await count.ask({ name: domain, type: 'TXT' }))
  if (texts === undefined) throw new SpfError('temperror')
  if (texts.length > 1) throw new SpfError('permerror')
  const [text] = texts
  if (text === undefined) return 'none'
  const record = parseSpf(text)
  if (record.kind === 'fault') throw new SpfError('permerror')
  for (const { qualifier, mechanism } of record.terms) {
    if (await matches(count, mechanism, domain)) return RESULTS[qualifier]
  }
  if (record.redirect === undefined) return 'neutral'
  spend(count)
  const redirected = await check(count, record.redirect)
  if (redirected === 'none') throw new SpfError('permerror')
  return redirected
}

function spend(count: Count): void {
  count.lookUps += 1
  if (count.lookUps > LOOK_UPS_MAX) throw new SpfError('permerror')
}

async function matches(count: Count, mechanism: SpfMechanism, domain: string): Promise<boolean> {
  switch (mechanism.kind) {
    case 'all':
      return true
    case 'ip4':
    case 'ip6':
      return isInNetwork(count.ip, mechanism.network, mechanism.bits)
    case 'include': {
      spend(count)
      const result = await check(count, mechanism.domain)
      if (result === 'none') throw new SpfError('permerror')
      return result === 'pass'
    }
    case 'a':
      spend(count)
      return hostMatches(count, mechanism.domain ?? domain, bitsOf(count, mechanism))
    case 'mx':
      spend(count)
      return mxMatches(count, mechanism.domain ?? domain, bitsOf(count, mechanism))
    case 'exists':
      spend(count)
      return !mechanism.domain.includes('%') && (await recordsOf(count, mechanism.domain, 'A')).length > 0
    case 'ptr':
    default:
      // RFC 7208 5.5: ptr should not be used; nobody's mail depends on it here.
      spend(count)
      return false
  }
}

function bitsOf({ ip }: Count, { bits4, bits6 }: { readonly bits4: number; readonly bits6: number }): number {
  return ip.version === 4 ? bits4 : bits6
}

async function hostMatches(count: Count, name: string, bits: number): Promise<boolean> {
  if (name.includes('%')) return false
  const records = await recordsOf(count, name, count.ip.version === 4 ? 'A' : 'AAAA')
  return records.some((record) => 'address' in record && contains(count, record.address, bits))
}

async function mxMatches(count: Count, name: string, bits: number): Promise<boolean> {
  if (name.includes('%')) return false
  const hosts = (await recordsOf(count, name, 'MX')).flatMap((record) =>
    record.type === 'MX' ? [record.exchange] : [],
  )
  if (hosts.length > MX_HOSTS_MAX) throw new SpfError('permerror')
  for (const host of hosts) if (await hostMatches(count, host, bits)) return true
  return false
}

function contains({ ip }: Count, address: string, bits: number): boolean {
  const network = ipOf(address)
  return network !== undefined && isInNetwork(ip, network, bits)
}

async function recordsOf(count: Count, name: string, type: 'A' | 'AAAA' | 'MX'): Promise<readonly DnsRecord[]> {
  const answer = await count.ask({ name, type })
  if (answer.kind === 'fault') throw new SpfError('temperror')
  if (answer.kind === 'records') return answer.records
  count.voids += 1
  if (count.voids > VOIDS_MAX) throw new SpfError('permerror')
  return []
}

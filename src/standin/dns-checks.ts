// What DNS says of an identity: the BYODKIM record, the Easy DKIM names, the MAIL FROM exchanger.
// It asks a DNS server by the wire, so that the small server of the stand-in can be replaced by a real one.
import { Resolver } from 'node:dns/promises'
import type { SoaRecord, VerificationError } from './state.ts'

/** A server on loopback answers in a millisecond; more than this is an outage. */
const QUERY_TIMEOUT_MS = 1_000
const QUERY_TRIES = 2
/** A CNAME that leads out of a server's zone is followed by hand, so often (RFC 1034 3.6.2 asks for a limit). */
const CNAME_HOPS_MAX = 8

export type DnsVerdict =
  | { readonly kind: 'ok' }
  /** DNS answered, and the record is not (or not rightly) there. */
  | { readonly kind: 'absent'; readonly error: VerificationError }
  /** DNS did not answer. */
  | { readonly kind: 'unknown'; readonly error: VerificationError }

export interface DnsChecks {
  byodkim(name: string, publicKey: string): Promise<DnsVerdict>
  easyDkim(domain: string, tokens: readonly string[], zone: string): Promise<DnsVerdict>
  mailFrom(domain: string, exchanger: string): Promise<DnsVerdict>
  soa(domain: string): Promise<SoaRecord | undefined>
}

/** `server` is `address:port`. `followsAliases`: whether a BYODKIM record may be reached by a CNAME; AWS does not say. */
export function createDnsChecks(server: string, followsAliases: () => boolean = () => true): DnsChecks {
  const resolver = new Resolver({ timeout: QUERY_TIMEOUT_MS, tries: QUERY_TRIES })
  resolver.setServers([server])
  return {
    byodkim: async (name, publicKey) =>
      verdictOf(async () => {
        if (!followsAliases() && (await cnameOf(resolver, name)) !== undefined) throw noTextHere()
        const records = await txtThroughCname(resolver, name)
        const keys = records.map((record) => publicKeyIn(record)).filter((key) => key !== undefined)
        // RFC 6376 3.6.2.2: with more than one record the result is undefined, so exactly one is asked for.
        return keys.length === 1 && keys[0] === publicKey
      }),
    easyDkim: async (domain, tokens, zone) =>
      verdictOf(async () => {
        for (const token of tokens) {
          const targets = await resolver.resolveCname(`${token}._domainkey.${domain}`)
          if (targets.length !== 1 || targets[0]!.toLowerCase() !== `${token}.${zone}`) return false
        }
        return true
      }),
    mailFrom: async (domain, exchanger) =>
      verdictOf(async () => {
        const records = await resolver.resolveMx(domain)
        // Exactly one MX (AWS guide, "mail-from").
        return records.length === 1 && records[0]!.exchange.toLowerCase().replace(/\.$/, '') === exchanger
      }),
    async soa(domain) {
      try {
        const soa = await resolver.resolveSoa(domain)
        return { primaryNameServer: soa.nsname, adminEmail: soa.hostmaster, serialNumber: soa.serial }
      } catch {
        // The SOA is shown, never judged.
        return undefined
      }
    },
  }
}

async function verdictOf(holds: () => Promise<boolean>): Promise<DnsVerdict> {
  try {
    return (await holds()) ? { kind: 'ok' } : { kind: 'absent', error: 'INVALID_VALUE' }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOTFOUND') return { kind: 'absent', error: 'HOST_NOT_FOUND' }
    if (code === 'ENODATA') return { kind: 'absent', error: 'TYPE_NOT_FOUND' }
    return { kind: 'unknown', error: 'DNS_SERVER_ERROR' }
  }
}

async function txtThroughCname(resolver: Resolver, name: string): Promise<string[]> {
  let at = name
  for (let hop = 0; ; hop += 1) {
    try {
      // Strings of one record are joined with nothing between (RFC 6376 3.6.2.2).
      return (await resolver.resolveTxt(at)).map((strings) => strings.join(''))
    } catch (error) {
      const next = hop < CNAME_HOPS_MAX ? await cnameOf(resolver, at) : undefined
      if (next === undefined) throw error
      at = next
    }
  }
}

/** What a resolver says that has the name, and no TXT at it. */
function noTextHere(): Error {
  return Object.assign(new Error('no TXT at an alias'), { code: 'ENODATA' })
}

async function cnameOf(resolver: Resolver, name: string): Promise<string | undefined> {
  try {
    return (await resolver.resolveCname(name))[0]
  } catch {
    return undefined
  }
}

/** `p=` of a key record (RFC 6376 3.6.1), or undefined when the text is none. */
export function publicKeyIn(record: string): string | undefined {
  const tags = new Map(
    record.split(';').map((tag) => {
      const equals = tag.indexOf('=')
      return [tag.slice(0, Math.max(0, equals)).trim(), tag.slice(equals + 1).replaceAll(/\s/g, '')] as const
    }),
  )
  if ((tags.get('v') ?? 'DKIM1') !== 'DKIM1' || (tags.get('k') ?? 'rsa') !== 'rsa') return undefined
  return tags.get('p')
}

// Reads an SPF record (RFC 7208 4.6, 5, 6): its terms, or the first thing that is wrong with it. Asks nothing.
import { ipOf, isPrefixLength, type Ip } from './ip-network.ts'

export type Qualifier = '+' | '-' | '~' | '?'

export type SpfMechanism =
  | { readonly kind: 'all' }
  /** `domain` may hold macros (RFC 7208 7). */
  | { readonly kind: 'include' | 'exists'; readonly domain: string }
  | { readonly kind: 'a' | 'mx'; readonly domain?: string; readonly bits4: number; readonly bits6: number }
  | { readonly kind: 'ptr'; readonly domain?: string }
  | { readonly kind: 'ip4' | 'ip6'; readonly network: Ip; readonly bits: number }

export interface SpfTerm {
  /** As it is written. */
  readonly text: string
  readonly qualifier: Qualifier
  readonly mechanism: SpfMechanism
}

export type SpfRecord =
  | { readonly kind: 'record'; readonly terms: readonly SpfTerm[]; readonly redirect?: string }
  | { readonly kind: 'fault'; readonly message: string }

/** Whether a TXT is an SPF record: the version, and then a space or the end (RFC 7208 4.5). */
export function isSpf(text: string): boolean {
  return /^v=spf1(?: |$)/i.test(text)
}

export function parseSpf(text: string): SpfRecord {
  if (!isSpf(text)) return { kind: 'fault', message: 'it does not begin with v=spf1 and a space' }
  const terms: SpfTerm[] = []
  let redirect: string | undefined
  for (const word of text
    .split(' ')
    .slice(1)
    .filter((part) => part !== '')) {
    const modifier = /^([a-z][\w.-]*)=(.*)$/i.exec(word)
    if (modifier !== null) {
      if (modifier[1]!.toLowerCase() !== 'redirect') continue
      // RFC 7208 6: redirect may be there once.
      if (redirect !== undefined || modifier[2] === '') return fault(word, 'redirect is there twice, or empty')
      redirect = modifier[2]!
      continue
    }
    const term = termOf(word)
    if (typeof term === 'string') return fault(word, term)
    terms.push(term)
  }
  return { kind: 'record', terms, ...(redirect === undefined ? {} : { redirect }) }
}

function fault(word: string, why: string): SpfRecord {
  return { kind: 'fault', message: `"${word}": ${why}` }
}

/** The term, or why it is none. */
function termOf(word: string): SpfTerm | string {
  const match = /^([+\-~?]?)([a-z][a-z0-9]*)(?::([^/]*(?:\/[^\d/][^/]*)*))?((?:\/\d+)?(?:\/\/\d+)?)$/i.exec(word)
  const ip6 = /^([+\-~?]?)(ip6):([0-9a-f:.]+)((?:\/\d+)?)$/i.exec(word)
  const found = ip6 ?? match
  if (found === null) return 'this is no term'
  const [, qualifier, name, value, cidr] = found
  const mechanism = mechanismOf(name!.toLowerCase(), value, cidr ?? '')
  if (typeof mechanism === 'string') return mechanism
  return { text: word, qualifier: (qualifier === '' ? '+' : qualifier) as Qualifier, mechanism }
}

function mechanismOf(name: string, value: string | undefined, cidr: string): SpfMechanism | string {
  const domain = value === undefined ? {} : { domain: value }
  if (value === '') return 'nothing stands behind the colon'
  switch (name) {
    case 'all':
      return value === undefined && cidr === '' ? { kind: 'all' } : 'all takes no value'
    case 'include':
    case 'exists':
      return value === undefined || cidr !== '' ? `${name} needs a domain` : { kind: name, domain: value }
    case 'a':
    case 'mx':
      return hostOf(name, value, cidr)
    case 'ptr':
      return cidr === '' ? { kind: 'ptr', ...domain } : 'ptr takes no prefix length'
    case 'ip4':
    case 'ip6':
      return networkOf(name, value ?? '', cidr)
    default:
      return 'there is no such mechanism'
  }
}

function hostOf(kind: 'a' | 'mx', domain: string | undefined, cidr: string): SpfMechanism | string {
  const [bits4 = 32, bits6 = 128] = bitsOf(cidr)
  if (!isPrefixLength(bits4, 4) || !isPrefixLength(bits6, 6)) return 'the prefix length cannot be'
  return { kind, ...(domain === undefined ? {} : { domain }), bits4, bits6 }
}

function networkOf(name: 'ip4' | 'ip6', value: string, cidr: string): SpfMechanism | string {
  const network = ipOf(value)
  const version = name === 'ip4' ? 4 : 6
  if (network?.version !== version || cidr.includes('//')) return `this is no ${name} network`
  const bits = cidr === '' ? (version === 4 ? 32 : 128) : Number(cidr.slice(1))
  return isPrefixLength(bits, version) ? { kind: name, network, bits } : 'the prefix length cannot be'
}

function bitsOf(cidr: string): readonly (number | undefined)[] {
  const match = /^(?:\/(\d+))?(?:\/\/(\d+))?$/.exec(cidr)
  return [match?.[1], match?.[2]].map((bits) => (bits === undefined ? undefined : Number(bits)))
}

// Who is at the other end and whether that address may send without AUTH (M1). Never an open relay: the list begins empty.
// Its rule: an address is compared after folding IPv4-mapped IPv6, so that one host has one verdict (C04).
import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

type Address = ipaddr.IPv4 | ipaddr.IPv6
type Network = readonly [Address, number]

/** Verdicts are remembered, because one connection a mail asks the same few questions thousands of times a second. */
const VERDICTS_MAX = 10_000

export interface ClientPolicy {
  /** The address as one text: IPv4-mapped IPv6 folded, IPv6 in its short form, zone taken off. */
  fold(address: string): string
  /** On the allow-list. Takes a folded address. */
  isAllowed(address: string): boolean
  /** One whose PROXY header is believed. Takes a folded address. */
  isProxy(address: string): boolean
}

export interface ClientPolicyOptions {
  /** Addresses or networks (CIDR) that may send without AUTH. */
  readonly clients: readonly string[]
  /** Addresses or networks whose PROXY header is believed. */
  readonly proxies: readonly string[]
}

/** Throws when an entry is no address and no network. */
export function clientPolicy(options: ClientPolicyOptions): ClientPolicy {
  const clients = options.clients.map(parseNetwork)
  const proxies = options.proxies.map(parseNetwork)
  return {
    fold: remembered((address) => parseAddress(address)?.toString() ?? ''),
    isAllowed: remembered((address) => isInOne(address, clients)),
    isProxy: proxies.length === 0 ? () => false : remembered((address) => isInOne(address, proxies)),
  }
}

/** Longest networks that are no warning: a private network is easily somebody else's, a public one easily too many. */
const PREFIX_MIN = { privateIpv4: 24, ipv4: 24, privateIpv6: 64, ipv6: 64 }
const PRIVATE_RANGES: ReadonlySet<string> = new Set([
  'private', // RFC 1918
  'uniqueLocal', // RFC 4193
  'loopback',
  'carrierGradeNat', // RFC 6598
  'linkLocal',
])

/** What to say at start about entries that take in more than the operator may think, a sentence each. */
export function policyWarnings(options: ClientPolicyOptions): readonly string[] {
  return [
    ...options.clients.flatMap((text) => widthWarning(text, 'may send without AUTH')),
    ...options.proxies.flatMap((text) => widthWarning(text, 'is believed to be a proxy')),
  ]
}

function widthWarning(text: string, what: string): readonly string[] {
  const [address, bits] = parseNetwork(text)
  const isPrivate = PRIVATE_RANGES.has(address.range())
  const isIpv4 = address.kind() === 'ipv4'
  const least = isIpv4
    ? isPrivate
      ? PREFIX_MIN.privateIpv4
      : PREFIX_MIN.ipv4
    : isPrivate
      ? PREFIX_MIN.privateIpv6
      : PREFIX_MIN.ipv6
  // 127.0.0.0/8 and ::1 are this machine alone, whatever their width.
  if (bits >= least || address.range() === 'loopback') return []
  const why = isPrivate ? 'a container bridge, NAT or proxy can bring strangers into it' : 'it is wide'
  return [`${text}: every address in it ${what}, and ${why}; list the machines one by one`]
}

function parseNetwork(text: string): Network {
  // ipaddr.js also reads 10.1 and 010.0.0.1, which mean something else to a person.
  if (isIP(text.replace(/\/\d+$/, '')) === 0) throw new Error('a client or proxy entry is no address and no network')
  try {
    const [address, bits] = text.includes('/') ? ipaddr.parseCIDR(text) : [ipaddr.parse(text), undefined]
    const width = address.kind() === 'ipv4' ? 32 : 128
    const folded = foldMapped(address)
    // ::ffff:10.0.0.0/104 is 10.0.0.0/8.
    if (folded.kind() !== address.kind()) return [folded, Math.max(0, (bits ?? width) - 96)]
    return [address, bits ?? width]
  } catch (error) {
    throw new Error('a client or proxy entry has no possible prefix length', { cause: error })
  }
}

function parseAddress(text: string): Address | undefined {
  const withoutZone = text.replace(/%.*$/, '')
  if (isIP(withoutZone) === 0) return undefined
  return foldMapped(ipaddr.parse(withoutZone))
}

/** ::ffff:172.17.0.1 is how a socket for both families shows 172.17.0.1 (RFC 4291 2.5.5.2). */
function foldMapped(address: Address): Address {
  return address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress() ? address.toIPv4Address() : address
}

function isInOne(text: string, networks: readonly Network[]): boolean {
  const address = parseAddress(text)
  if (address === undefined) return false
  return networks.some(([network, bits]) => network.kind() === address.kind() && address.match(network, bits))
}

function remembered<T>(judge: (address: string) => T): (address: string) => T {
  const verdicts = new Map<string, T>()
  return (address) => {
    const known = verdicts.get(address)
    if (known !== undefined) return known
    if (verdicts.size >= VERDICTS_MAX) verdicts.clear()
    const verdict = judge(address)
    verdicts.set(address, verdict)
    return verdict
  }
}

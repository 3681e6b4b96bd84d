// Reads the PROXY protocol header, versions 1 and 2: how a load balancer tells who is behind it.
// https://www.haproxy.org/download/2.8/doc/proxy-protocol.txt. Pure; whom to believe is the client policy's question.
import { isIPv4, isIPv6 } from 'node:net'

export type ProxyReading =
  /** Not complete yet. */
  | { readonly kind: 'more' }
  | { readonly kind: 'malformed' }
  /** `address` is undefined when the proxy speaks for itself (LOCAL, UNKNOWN): a health check, not a client. */
  | { readonly kind: 'header'; readonly octets: number; readonly address: string | undefined }

const MORE: ProxyReading = { kind: 'more' }
const MALFORMED: ProxyReading = { kind: 'malformed' }

/** The longest version 1 line, CRLF included (2.1). */
const V1_OCTETS_MAX = 107
const V1_START = Buffer.from('PROXY ', 'latin1')
const V2_START = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1')
const V2_HEAD_OCTETS = 16
/** Addresses take 36 octets; the rest are TLVs, of which real proxies send a few hundred octets at most. */
const V2_BODY_OCTETS_MAX = 2_048

export function readProxyHeader(bytes: Buffer): ProxyReading {
  if (startsLike(bytes, V1_START)) return readV1(bytes)
  if (startsLike(bytes, V2_START)) return readV2(bytes)
  return MALFORMED
}

/** True as long as what has come could become this beginning. */
function startsLike(bytes: Buffer, start: Buffer): boolean {
  const octets = Math.min(bytes.length, start.length)
  return bytes.compare(start, 0, octets, 0, octets) === 0
}

function readV1(bytes: Buffer): ProxyReading {
  const end = bytes.subarray(0, V1_OCTETS_MAX).indexOf('\r\n', 0, 'latin1')
  if (end < 0) return bytes.length >= V1_OCTETS_MAX ? MALFORMED : MORE
  const [, family, source = '', destination = '', sourcePort = '', destinationPort = '', more] = bytes
    .toString('latin1', 0, end)
    .split(' ')
  const octets = end + 2
  if (family === 'UNKNOWN') return { kind: 'header', octets, address: undefined }
  if (more !== undefined || !isPort(sourcePort) || !isPort(destinationPort)) return MALFORMED
  const isFamily = family === 'TCP4' ? isIPv4 : family === 'TCP6' ? isIPv6 : undefined
  if (isFamily === undefined || !isFamily(source) || !isFamily(destination)) return MALFORMED
  return { kind: 'header', octets, address: source }
}

function isPort(text: string): boolean {
  return /^(?:0|[1-9]\d{0,4})$/.test(text) && Number(text) <= 65_535
}

// 2.2: version and command, family and protocol, length, then addresses and TLVs.
const V2_LOCAL = 0x20
const V2_PROXY = 0x21
const V2_TCP4 = 0x11
const V2_TCP6 = 0x21
const V2_UNSPECIFIED = 0x00
const IPV4_OCTETS = 4
const IPV6_OCTETS = 16

function readV2(bytes: Buffer): ProxyReading {
  if (bytes.length < V2_HEAD_OCTETS) return MORE
  const command = bytes[12]!
  const family = bytes[13]!
  const body = bytes.readUInt16BE(14)
  if (body > V2_BODY_OCTETS_MAX || (command !== V2_LOCAL && command !== V2_PROXY)) return MALFORMED
  const octets = V2_HEAD_OCTETS + body
  if (bytes.length < octets) return MORE
  if (command === V2_LOCAL || family === V2_UNSPECIFIED) return { kind: 'header', octets, address: undefined }
  const width = family === V2_TCP4 ? IPV4_OCTETS : family === V2_TCP6 ? IPV6_OCTETS : undefined
  // Two addresses and two ports.
  if (width === undefined || body < 2 * width + 4) return MALFORMED
  const source = bytes.subarray(V2_HEAD_OCTETS, V2_HEAD_OCTETS + width)
  return { kind: 'header', octets, address: width === IPV4_OCTETS ? ipv4Text(source) : ipv6Text(source) }
}

function ipv4Text(octets: Buffer): string {
  return [...octets].join('.')
}

function ipv6Text(octets: Buffer): string {
  return Array.from({ length: 8 }, (_, i) => octets.readUInt16BE(2 * i).toString(16)).join(':')
}

// Addresses and networks as numbers, for what is decided in core: whether an address lies in a network (RFC 4632, RFC 4291).

export interface Ip {
  readonly version: 4 | 6
  readonly value: bigint
}

const BITS = { 4: 32, 6: 128 } as const

/** ::ffff:0:0/96: an IPv4 address all the same (RFC 4291 2.5.5.2, RFC 7208 5). */
const MAPPED = 0xffffn

/** Undefined for anything that is not exactly an address. */
export function ipOf(text: string): Ip | undefined {
  const four = fourOf(text)
  if (four !== undefined) return { version: 4, value: BigInt(four) }
  const six = sixOf(text)
  if (six === undefined) return undefined
  return six >> 32n === MAPPED ? { version: 4, value: six & 0xffff_ffffn } : { version: 6, value: six }
}

/** Whether `ip` lies in the network of `network` with so many leading bits; other versions never do. */
export function isInNetwork(ip: Ip, network: Ip, bits: number): boolean {
  if (ip.version !== network.version) return false
  const shift = BigInt(BITS[ip.version] - bits)
  return ip.value >> shift === network.value >> shift
}

export function isPrefixLength(bits: number, version: 4 | 6): boolean {
  return Number.isInteger(bits) && bits >= 0 && bits <= BITS[version]
}

function fourOf(text: string): number | undefined {
  const parts = text.split('.')
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256))
    return undefined
  return parts.reduce((value, part) => value * 256 + Number(part), 0)
}

const GROUPS = 8

function sixOf(text: string): bigint | undefined {
  const [head, tail, more] = text.split('::')
  if (head === undefined || more !== undefined || !text.includes(':')) return undefined
  const before = groupsOf(head)
  const after = tail === undefined ? [] : groupsOf(tail)
  if (before === undefined || after === undefined) return undefined
  const missing = GROUPS - before.length - after.length
  // `::` stands for at least one group of zeros (RFC 4291 2.2).
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined
  const groups = [...before, ...Array.from({ length: missing }, () => 0), ...after]
  return groups.reduce((value, group) => (value << 16n) | BigInt(group), 0n)
}

function groupsOf(text: string): number[] | undefined {
  if (text === '') return []
  const parts = text.split(':')
  const last = parts.at(-1)!
  const embedded = last.includes('.') ? fourOf(last) : undefined
  if (last.includes('.') && embedded === undefined) return undefined
  const plain = embedded === undefined ? parts : parts.slice(0, -1)
  if (!plain.every((part) => /^[0-9a-f]{1,4}$/i.test(part))) return undefined
  const groups = plain.map((part) => Number.parseInt(part, 16))
  return embedded === undefined ? groups : [...groups, Math.floor(embedded / 65_536), embedded % 65_536]
}

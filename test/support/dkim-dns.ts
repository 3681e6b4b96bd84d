// DNS as a test sees it: authoritative servers with their own copies, a zone of our own, and resolvers whose caches keep what
// they heard for as long as its TTL says. Time is the caller's.
import type { DnsAnswer, DnsQuestion, DnsRecord, DnsTruth, Zone } from '../../src/core/base/dns.ts'

export interface Entry {
  readonly name: string
  readonly type: 'TXT' | 'CNAME' | 'MX'
  readonly values: readonly string[]
  readonly ttlSeconds?: number
}

export interface FakeDns {
  readonly truthOf: (question: DnsQuestion) => Promise<DnsTruth>
  readonly ownZone: Zone
  /** Puts records on the servers named, or on all of them. */
  enter(entry: Entry, servers?: readonly string[]): void
  erase(name: string, type: Entry['type']): void
  /** The server answers nothing but this until told otherwise. */
  breakServer(server: string, fault?: 'SERVFAIL' | 'timeout'): void
  /** What a resolver insists on, whatever is true. */
  lie(resolver: string, answer: DnsAnswer | undefined): void
  /** What somebody who asks the first server sees, aliases followed or not. */
  texts(name: string, followAliases: boolean): readonly string[] | undefined
}

const SERVERS = ['ns1.example.jp', 'ns2.example.jp']
const RESOLVERS = ['192.0.2.53', '198.51.100.53']
const NEGATIVE_TTL = 900
const TTL = 3_600

type Store = Map<string, Entry>

export function fakeDns(now: () => number): FakeDns {
  const stores = new Map<string, Store>(SERVERS.map((server) => [server, new Map()]))
  const own: Store = new Map()
  const broken = new Map<string, 'SERVFAIL' | 'timeout'>()
  const lies = new Map<string, DnsAnswer>()
  const caches = new Map(
    RESOLVERS.map((resolver) => [resolver, new Map<string, { answer: DnsAnswer; untilMs: number }>()]),
  )

  const lookUp = (store: Store, { name, type }: DnsQuestion): DnsAnswer => {
    const records: DnsRecord[] = []
    let at = name
    for (let hop = 0; hop < 8; hop += 1) {
      const there = [store, own].map((zone) => zone.get(`${at} ${type}`)).find((entry) => entry !== undefined)
      if (there !== undefined)
        return { kind: 'records', authoritative: true, records: [...records, ...recordsOf(there)] }
      const alias = store.get(`${at} CNAME`)
      if (alias === undefined) break
      records.push({ name: at, type: 'CNAME', ttlSeconds: alias.ttlSeconds ?? TTL, target: alias.values[0]! })
      at = alias.values[0]!
    }
    return { kind: 'noSuchName', authoritative: true, records, negativeTtlSeconds: NEGATIVE_TTL }
  }

  const askServer = (server: string, question: DnsQuestion): DnsAnswer => {
    const fault = broken.get(server)
    if (fault !== undefined) return { kind: 'fault', fault, message: `${server} answers ${fault}` }
    return lookUp(stores.get(server)!, question)
  }

  const askResolver = (resolver: string, question: DnsQuestion): DnsAnswer => {
    const lie = lies.get(resolver)
    if (lie !== undefined) return lie
    const cache = caches.get(resolver)!
    const key = `${question.name} ${question.type}`
    const known = cache.get(key)
    if (known !== undefined && known.untilMs > now()) return known.answer
    const working = SERVERS.find((server) => !broken.has(server))
    const answer: DnsAnswer =
      working === undefined ? { kind: 'fault', fault: 'SERVFAIL', message: 'no server' } : askServer(working, question)
    const ttl = answer.kind === 'records' ? Math.min(...answer.records.map((one) => one.ttlSeconds)) : NEGATIVE_TTL
    if (answer.kind !== 'fault') cache.set(key, { answer, untilMs: now() + ttl * 1_000 })
    return answer
  }

  return {
    truthOf: async (question) => ({
      views: SERVERS.map((server, index) => ({
        server: { address: `203.0.113.${index + 1}`, port: 53, name: server },
        zone: 'example.jp',
        answer: askServer(server, question),
        via: [],
      })),
      unreachable: [],
      recursive: RESOLVERS.map((resolver) => ({
        server: { address: resolver, port: 53 },
        answer: askResolver(resolver, question),
      })),
    }),
    ownZone: {
      apex: 'keys.example.net',
      read: async ({ name, type }) => {
        const entry = own.get(`${name} ${type}`)
        return entry === undefined ? [] : recordsOf(entry)
      },
      put: async ({ name, text, ttlSeconds }) => {
        own.set(`${name} TXT`, { name, type: 'TXT', values: [text], ttlSeconds })
      },
      remove: async (name) => {
        own.delete(`${name} TXT`)
      },
    },
    enter(entry, servers = SERVERS) {
      for (const server of servers) stores.get(server)!.set(`${entry.name} ${entry.type}`, entry)
    },
    erase(name, type) {
      for (const store of stores.values()) store.delete(`${name} ${type}`)
    },
    breakServer(server, fault) {
      if (fault === undefined) broken.delete(server)
      else broken.set(server, fault)
    },
    lie(resolver, answer) {
      if (answer === undefined) lies.delete(resolver)
      else lies.set(resolver, answer)
    },
    texts(name, followAliases) {
      const answer = askServer(SERVERS[0]!, { name, type: 'TXT' })
      if (answer.kind !== 'records') return answer.kind === 'fault' ? undefined : []
      if (!followAliases && answer.records.some(({ type }) => type === 'CNAME')) return []
      return answer.records.flatMap((record) => (record.type === 'TXT' ? [record.strings.join('')] : []))
    },
  }
}

function recordsOf({ name, type, values, ttlSeconds = TTL }: Entry): DnsRecord[] {
  return values.map((value): DnsRecord => {
    if (type === 'TXT') return { name, type, ttlSeconds, strings: value.match(/.{1,255}/gs) ?? [''] }
    if (type === 'CNAME') return { name, type, ttlSeconds, target: value }
    const [preference, exchange] = value.split(' ')
    return { name, type, ttlSeconds, preference: Number(preference), exchange: exchange! }
  })
}

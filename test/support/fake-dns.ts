// DNS from a script: which zones there are, who serves them, and what each server says of each name. What the script does
// not know throws, but for zones: an unknown one is ill, as it would be in the world.
import type { Dns, DnsAnswer, DnsFault, DnsRecord, DnsServer, DnsZone } from '../../src/core/base/dns.ts'

export interface FakeDnsScript {
  readonly zones: readonly FakeZone[]
  /** Names of resolvers. */
  readonly resolvers?: readonly string[]
  /** By 'server name'. An alias comes before the text of its target. */
  readonly answers: Readonly<Record<string, FakeAnswer>>
}

export interface FakeZone {
  readonly apex: string
  /** Names of servers. */
  readonly servers?: readonly string[]
  readonly unreachable?: readonly string[]
  readonly fault?: DnsFault | 'noSuchName'
}

export type FakeAnswer =
  | 'noSuchName'
  | 'noSuchRecord'
  | DnsFault
  | { readonly txt?: string; readonly alias?: string; readonly ttlSeconds?: number }

export interface FakeDns extends Dns {
  /** 'server name', in the order they were asked. */
  readonly asked: readonly string[]
  /** Changes what a server says from now on. */
  say(serverAndName: string, answer: FakeAnswer): void
}

export function fakeDns(script: FakeDnsScript): FakeDns {
  const answers = new Map(Object.entries(script.answers))
  const asked: string[] = []
  return {
    asked,
    resolvers: (script.resolvers ?? []).map(serverNamed),
    say: (key, answer) => void answers.set(key, answer),
    async ask({ name }, server, how) {
      const key = `${server.name} ${name}`
      asked.push(key)
      const answer = answers.get(key)
      if (answer === undefined) throw new Error(`the script has no answer of ${key}`)
      return answerOf(name, answer, how === 'authoritative')
    },
    async zoneOf(name) {
      const within = script.zones.filter(({ apex }) => name === apex || name.endsWith(`.${apex}`))
      const [zone] = within.toSorted((a, b) => b.apex.length - a.apex.length)
      return zoneValue(zone, name)
    },
  }
}

function serverNamed(name: string): DnsServer {
  return { address: '192.0.2.1', port: 53, name }
}

function zoneValue(zone: FakeZone | undefined, name: string): DnsZone {
  if (zone === undefined || zone.fault !== undefined) {
    return { kind: 'fault', fault: zone?.fault ?? 'SERVFAIL', message: `no zone for ${name}` }
  }
  const { apex, servers = [], unreachable = [] } = zone
  return { kind: 'zone', apex, servers: servers.map(serverNamed), unreachable }
}

function answerOf(name: string, answer: FakeAnswer, authoritative: boolean): DnsAnswer {
  if (answer === 'noSuchName' || answer === 'noSuchRecord') {
    return { kind: answer, authoritative, records: [], negativeTtlSeconds: 60 }
  }
  if (typeof answer === 'string') return { kind: 'fault', fault: answer, message: `the script says ${answer}` }
  const { alias, txt, ttlSeconds = 300 } = answer
  const aliases: DnsRecord[] = alias === undefined ? [] : [{ name, ttlSeconds, type: 'CNAME', target: alias }]
  const texts: DnsRecord[] = txt === undefined ? [] : [{ name: alias ?? name, ttlSeconds, type: 'TXT', strings: [txt] }]
  return { kind: 'records', authoritative, records: [...aliases, ...texts] }
}

// Asking DNS: one server at a time, by UDP with EDNS, by TCP when an answer was cut short, and with an end to every wait.
// What a server says is kept as it was said; only a lost datagram is asked again.
import type { Clock } from '../../core/base/clock.ts'
import type { Dns, DnsAnswer, DnsQuestion, DnsServer } from '../../core/base/dns.ts'
import { exchangeByTcp, exchangeByUdp, type Exchange } from './exchange.ts'
import { UDP_TRIES } from './limits.ts'
import { queryFor } from './message.ts'
import { canonicalName, isAskable } from '../../core/base/dns-name.ts'
import { answerIn, type Asking } from './reading.ts'
import { zoneFinder, type FixedZone } from './zone-finder.ts'

export interface DnsOptions {
  /** Recursive resolvers, in the order they are asked for delegations. */
  readonly resolvers: readonly DnsServer[]
  readonly clock: Clock
  /** Zones whose servers are known beforehand: a split horizon, where the world's delegation is not the one that counts. */
  readonly fixedZones?: readonly FixedZone[]
  /** Where name servers that were found by delegation listen: 53, but for tests. */
  readonly nameServerPort?: number
  /** Whether servers are asked by IPv6 too; by default when this machine has a global IPv6 address. */
  readonly ipv6?: boolean
}

/** Answers to these codes may mean that the server does not know EDNS (RFC 6891 7, 6.1.3). */
const EDNS_NOT_KNOWN: readonly string[] = ['FORMERR', 'NOTIMP', 'BADVERS']

/** The port `Dns` over sockets. One question takes at most 11 seconds: three tries by UDP and one by TCP. */
export function openDns(options: DnsOptions): Dns {
  const ask: Dns['ask'] = (question, server, how) =>
    askServer({ ...question, name: canonicalName(question.name) }, { server, how, clock: options.clock })
  return {
    resolvers: options.resolvers,
    ask,
    zoneOf: zoneFinder({ ...options, ask }),
  }
}

interface Target {
  readonly server: DnsServer
  readonly how: Asking
  readonly clock: Clock
}

async function askServer(question: DnsQuestion, { server, how, clock }: Target): Promise<DnsAnswer> {
  if (!isAskable(question.name)) {
    return { kind: 'fault', fault: 'garbled', message: `${JSON.stringify(question.name)} is no name that can be asked` }
  }
  let edns = true
  let exchange: Exchange = { kind: 'fault', fault: 'timeout', message: 'never asked' }
  for (let tries = 1; tries <= UDP_TRIES; tries += 1) {
    // The last try goes without EDNS: some boxes on the way drop what they do not know, and say nothing.
    if (tries === UDP_TRIES) edns = false
    const query = queryFor(question, { recursive: how === 'recursive', edns })
    exchange = await exchangeByUdp(query, server, clock)
    if (exchange.kind === 'fault') {
      if (exchange.fault === 'unreachable') break
      continue
    }
    if (edns && EDNS_NOT_KNOWN.includes(exchange.code)) {
      edns = false
      continue
    }
    if (exchange.packet.flag_tc) exchange = await exchangeByTcp(query, server, clock)
    break
  }
  if (exchange.kind === 'fault') return exchange
  if (exchange.packet.flag_tc)
    return { kind: 'fault', fault: 'garbled', message: 'the answer by TCP is cut short, too' }
  return answerIn(exchange.packet, exchange.code, question, how)
}

// Everything that is known of one name: what each authoritative server says, through aliases into other zones, and what
// caches say. It knows the port alone; what is asked, and how often, is bounded here.
import type {
  Dns,
  DnsAnswer,
  DnsQuestion,
  DnsRecord,
  DnsServer,
  DnsTruth,
  DnsView,
  DnsZone,
} from '../../core/base/dns.ts'
import { ALIASES_MAX, CONCURRENT_MAX, TRUTH_QUESTIONS_MAX } from './limits.ts'
import { canonicalName } from '../../core/base/dns-name.ts'

/**
 * Asks every authoritative server of the name's zone; where one answers with an alias into another zone, every server of
 * that zone too (RFC 1034 3.6.2; at most 8 aliases); and every resolver. Never rejects: the silence of a server is that
 * server's view.
 */
export async function askTruth(dns: Dns, asked: DnsQuestion): Promise<DnsTruth> {
  const question = { ...asked, name: canonicalName(asked.name) }
  const asking = Promise.all(
    dns.resolvers.map(async (server) => ({ server, answer: await dns.ask(question, server, 'recursive') })),
  )
  const zone = await dns.zoneOf(question.name)
  if (zone.kind === 'fault') {
    const { fault, message } = zone
    return { views: [], unreachable: [], recursive: await asking, fault: { fault, message } }
  }
  const { unreachable } = zone
  if (zone.servers.length === 0) {
    return { views: [], unreachable, recursive: await asking, fault: withoutServers(zone) }
  }
  const views = await viewsOf(dns, { question, zone })
  return { views, unreachable, recursive: await asking }
}

/** A name still to be asked, with the aliases that led to it. */
interface Errand {
  readonly name: string
  readonly zone: DnsZone
  readonly aliases: readonly Alias[]
  /** Servers of the first zone whose aliases led here. */
  readonly via: readonly DnsServer[]
  /** Who gave the last alias: its target's troubles are told of that server. */
  readonly from?: Pick<DnsView, 'server' | 'zone'>
}

type Alias = Extract<DnsRecord, { target: string }>
type Found = { readonly views: readonly DnsView[]; readonly errands: readonly Errand[] }

async function viewsOf(
  dns: Dns,
  { question, zone }: { readonly question: DnsQuestion; readonly zone: DnsZone },
): Promise<readonly DnsView[]> {
  const views: DnsView[] = []
  let left = TRUTH_QUESTIONS_MAX
  let errands: readonly Errand[] = [{ name: question.name, zone, aliases: [], via: [] }]
  // A round takes every chain on by one zone; a chain has a limit, so the rounds have.
  while (errands.length > 0) {
    const next: Errand[] = []
    for (const errand of errands) {
      const servers = errand.zone.kind === 'zone' ? errand.zone.servers.length : 0
      // The first zone is asked whole, or there would be no views, and nothing that says why.
      const found = servers > left && errand.from ? tooMany(errand, question) : await runErrand(dns, question, errand)
      left -= Math.min(left, servers)
      views.push(...found.views)
      next.push(...found.errands)
    }
    errands = merged(next)
  }
  return views
}

async function runErrand(dns: Dns, question: DnsQuestion, errand: Errand): Promise<Found> {
  const { zone } = errand
  if (zone.kind === 'fault' && zone.fault === 'noSuchName') {
    return dead(errand, { kind: 'noSuchName', authoritative: false, records: errand.aliases })
  }
  if (zone.kind === 'fault') {
    return dead(errand, faultOf(zone.fault as Fault, `the alias leads to ${errand.name}: ${zone.message}`))
  }
  if (zone.servers.length === 0) return dead(errand, { kind: 'fault', ...withoutServers(zone) })
  const ask = (server: DnsServer) => dns.ask({ name: errand.name, type: question.type }, server, 'authoritative')
  const answers = await inTurns(zone.servers, ask)
  const found = await Promise.all(
    zone.servers.map((server, at) => judged(dns, { question, errand, server, apex: zone.apex, answer: answers[at]! })),
  )
  return { views: found.flatMap(({ views }) => views), errands: found.flatMap(({ errands }) => errands) }
}

type Fault = Extract<DnsAnswer, { kind: 'fault' }>['fault']

interface Judged {
  readonly question: DnsQuestion
  readonly errand: Errand
  readonly server: DnsServer
  readonly apex: string
  readonly answer: DnsAnswer
}

/** One server's answer: a view, or a new errand when it leads into another zone. */
async function judged(dns: Dns, { question, errand, server, apex, answer }: Judged): Promise<Found> {
  const view = (answer: DnsAnswer): Found => ({ views: [{ server, zone: apex, answer, via: errand.via }], errands: [] })
  if (answer.kind === 'fault') return view(answer)
  const onward = question.type === 'CNAME' ? undefined : await leaving(dns, answer, apex)
  if (onward === undefined) return view({ ...answer, records: [...errand.aliases, ...answer.records] })
  const aliases = [...errand.aliases, ...onward.aliases]
  if (aliases.some(({ name }) => name === onward.name)) {
    return view(faultOf('aliasLoop', `the alias to ${onward.name} leads back to where it came from`))
  }
  if (aliases.length > ALIASES_MAX) {
    return view(faultOf('aliasLoop', `${question.name} leads through over ${ALIASES_MAX} aliases`))
  }
  const via = errand.from === undefined ? [server] : errand.via
  return { views: [], errands: [{ ...onward, aliases, via, from: { server, zone: apex } }] }
}

/**
 * Where an answer leaves its zone. What a server adds about another zone's names does not count: that zone's servers are
 * asked, also when it is a child of this one or the same server happens to have a copy.
 */
async function leaving(
  dns: Dns,
  answer: Exclude<DnsAnswer, { kind: 'fault' }>,
  apex: string,
): Promise<Pick<Errand, 'name' | 'zone' | 'aliases'> | undefined> {
  const aliases = answer.records.flatMap((record): Alias[] => (record.type === 'CNAME' ? [record] : []))
  for (const [at, { target }] of aliases.entries()) {
    const zone = await dns.zoneOf(target)
    const isLast = at === aliases.length - 1
    const goesOn = answer.kind === 'records' && answer.records.length === aliases.length && isLast
    if (zone.kind === 'fault' || zone.apex !== apex || goesOn) {
      return { name: target, zone, aliases: aliases.slice(0, at + 1) }
    }
  }
  return undefined
}

/** Chains that are the same so far are asked once, for all servers that gave them. */
function merged(errands: readonly Errand[]): readonly Errand[] {
  const byChain = new Map<string, Errand>()
  for (const errand of errands) {
    const chain = errand.aliases.map(({ target }) => target).join(' ')
    const same = byChain.get(chain)
    byChain.set(chain, same ? { ...same, via: [...new Set([...same.via, ...errand.via])] } : errand)
  }
  return [...byChain.values()]
}

/** The view of an errand that nobody can be asked about, told of the server that sent us there. */
function dead({ from, via }: Errand, answer: DnsAnswer): Found {
  return { views: from === undefined ? [] : [{ ...from, answer, via }], errands: [] }
}

function tooMany(errand: Errand, question: DnsQuestion): Found {
  const message = `${question.name} leads to more than the ${TRUTH_QUESTIONS_MAX} servers that are asked for one name`
  return dead(errand, faultOf('aliasLoop', message))
}

function withoutServers(zone: Extract<DnsZone, { kind: 'zone' }>): { readonly fault: Fault; readonly message: string } {
  const names = zone.unreachable.join(', ')
  return { fault: 'unreachable', message: `no name server of ${zone.apex} has an address: ${names}` }
}

function faultOf(fault: Fault, message: string): DnsAnswer {
  return { kind: 'fault', fault, message }
}

/** All answers in the order of the servers; a bounded number is on its way at once. */
async function inTurns(
  servers: readonly DnsServer[],
  ask: (server: DnsServer) => Promise<DnsAnswer>,
): Promise<readonly DnsAnswer[]> {
  const answers: DnsAnswer[] = []
  const queue = [...servers.entries()]
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) answers[next[0]] = await ask(next[1])
  }
  await Promise.all(Array.from({ length: CONCURRENT_MAX }, worker))
  return answers
}

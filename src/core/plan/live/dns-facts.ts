// What DNS says today of everything a plan's mail depends on: SPF for both senders at once, MAIL FROM, DMARC, keys, and the
// receivers that matter. Only looked at here; dns-rules.ts judges. What was not answered is kept as unknown, never guessed.
import type { DnsAnswer, DnsQuestion } from '../../base/dns.ts'
import { ipOf, isInNetwork } from '../../base/ip-network.ts'
import { spfCheck, type SpfResult } from '../../base/spf-check.ts'
import { spfReport, spfTexts, type Ask, type SpfReport } from '../../base/spf-report.ts'
import type { Plan } from '../plan.ts'

export interface DnsFacts {
  readonly spf: SpfReport
  /** The one record that the domain has. */
  readonly spfText?: string
  readonly oldHosts: readonly { readonly host: string; readonly ip: string; readonly result: SpfResult }[]
  readonly mailFrom?: MailFromFacts
  /** The records at _dmarc; undefined when DNS did not say. */
  readonly dmarc: readonly string[] | undefined
  /** The selectors that have a record. */
  readonly keys: readonly { readonly name: string; readonly texts: readonly string[] }[]
  /** One of these at least must have a record. */
  readonly selectors: readonly string[]
  readonly receivers: readonly ReceiverFacts[]
  /** Questions that nobody answered, as `TXT example.jp`. */
  readonly unanswered: readonly string[]
}

export interface MailFromFacts {
  readonly domain: string
  /** Names of its mail exchangers; undefined when DNS did not say. */
  readonly mx: readonly string[] | undefined
  readonly spf: SpfReport
}

export interface ReceiverFacts {
  readonly domain: string
  readonly mx: readonly string[] | undefined
  /** Of the first exchanger that answered; 'unreachable' says nothing of the receiver: port 25 is closed in many networks. */
  readonly starttls: StarttlsAnswer
}

export type StarttlsAnswer = 'offered' | 'notOffered' | 'unreachable' | 'notAsked'

/** Asks one host on port 25 whether it offers STARTTLS. Never rejects. */
export type AskStarttls = (host: string) => Promise<StarttlsAnswer>

/** A pool has a dozen hosts; what is over this is told by its first. */
const OLD_HOSTS_MAX = 64
/** Ten receiving domains carry most of any consumer mail; each costs a connection. */
const RECEIVERS_MAX = 50
/** Where the first two do not answer, the network is closed rather than they. */
const EXCHANGERS_TRIED_MAX = 2
/** The places of the circle: by alias they are used in turn. */
const ALIASES = 3
/** By TXT no number is used twice: these are nine years of yearly keys, and each costs one question. */
const NUMBERS_TRIED = 12

/** Which selectors there are, by the record of a gateway. */
export interface KnownKeys {
  /** All that are not revoked. */
  readonly living: readonly string[]
  /** The one that SES signs with. */
  readonly current?: string
}

export interface DnsLook {
  readonly askStarttls?: AskStarttls
  /** Without it the selectors are those that the plan would give. */
  readonly knownKeys?: KnownKeys
}

export async function lookAtDns(plan: Plan, ask: Ask, { askStarttls, knownKeys }: DnsLook = {}): Promise<DnsFacts> {
  const unanswered = new Set<string>()
  const asked = remembering(ask, unanswered)
  const { domain } = plan
  const texts = spfTexts(await asked({ name: domain, type: 'TXT' }))
  const selectors = knownKeys?.living ?? selectorsOf(plan)
  const mailFrom = plan.identity.mailFromDomain ?? plan.dkim?.mailFromDomain
  return {
    spf: await spfReport(domain, asked),
    ...(texts?.length === 1 ? { spfText: texts[0]! } : {}),
    oldHosts: await oldHosts(plan, asked),
    ...(mailFrom === undefined ? {} : { mailFrom: await mailFromFacts(mailFrom.toLowerCase(), asked) }),
    dmarc: textsOf(await asked({ name: `_dmarc.${domain}`, type: 'TXT' })),
    keys: await keysOf(domain, selectors, asked),
    selectors: knownKeys?.current === undefined ? selectors : [knownKeys.current],
    receivers: await receiversOf(plan, asked, askStarttls),
    unanswered: [...unanswered],
  }
}

/** As core/dkim/circle numbers them. */
function selectorsOf({ dkim }: Plan): readonly string[] {
  if (dkim === undefined) return []
  const length = dkim.publish === 'cname' ? ALIASES : NUMBERS_TRIED
  return Array.from({ length }, (_, i) => `${dkim.selectorPrefix}${i + 1}`)
}

/** Asks each question once, and keeps what nobody answered. */
function remembering(ask: Ask, unanswered: Set<string>): Ask {
  const known = new Map<string, Promise<DnsAnswer>>()
  return async (question) => {
    const key = `${question.type} ${question.name}`
    const answer = known.get(key) ?? ask(question)
    known.set(key, answer)
    if ((await answer).kind === 'fault') unanswered.add(key)
    return answer
  }
}

async function oldHosts({ domain, legacy }: Plan, ask: Ask): Promise<DnsFacts['oldHosts']> {
  const found = []
  for (const { host } of legacy.hosts.slice(0, OLD_HOSTS_MAX)) {
    for (const ip of (await addressesOf(host, ask)).filter(isPublic)) {
      found.push({ host, ip, result: await spfCheck({ ip, domain }, ask) })
    }
  }
  return found
}

/** RFC 1918, RFC 4193, and this machine: no receiver sees them, so a host that is reached by one sends by another. */
const INSIDE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '127.0.0.0/8', '::1/128', 'fc00::/7'].map((text) => {
  const [first = '', bits] = text.split('/')
  return { network: ipOf(first)!, bits: Number(bits) }
})

function isPublic(text: string): boolean {
  const ip = ipOf(text)
  return ip === undefined || !INSIDE.some(({ network, bits }) => isInNetwork(ip, network, bits))
}

async function addressesOf(host: string, ask: Ask): Promise<readonly string[]> {
  if (/^[\d.]+$|:/.test(host)) return [host]
  const answers = [await ask({ name: host, type: 'A' }), await ask({ name: host, type: 'AAAA' })]
  return answers.flatMap((answer) =>
    answer.kind === 'records' ? answer.records.flatMap((record) => ('address' in record ? [record.address] : [])) : [],
  )
}

async function mailFromFacts(domain: string, ask: Ask): Promise<MailFromFacts> {
  return { domain, mx: await exchangersOf({ name: domain, type: 'MX' }, ask), spf: await spfReport(domain, ask) }
}

/** By preference. */
async function exchangersOf(question: DnsQuestion, ask: Ask): Promise<readonly string[] | undefined> {
  const answer = await ask(question)
  if (answer.kind === 'fault') return undefined
  if (answer.kind !== 'records') return []
  return answer.records
    .flatMap((record) => (record.type === 'MX' ? [record] : []))
    .toSorted((a, b) => a.preference - b.preference)
    .map(({ exchange }) => exchange.toLowerCase())
}

function textsOf(answer: DnsAnswer): readonly string[] | undefined {
  if (answer.kind === 'fault') return undefined
  if (answer.kind !== 'records') return []
  return answer.records.flatMap((record) => (record.type === 'TXT' ? [record.strings.join('')] : []))
}

async function keysOf(domain: string, selectors: readonly string[], ask: Ask): Promise<DnsFacts['keys']> {
  const keys = []
  for (const selector of selectors) {
    const name = `${selector}._domainkey.${domain}`
    const texts = textsOf(await ask({ name, type: 'TXT' }))
    if (texts !== undefined && texts.length > 0) keys.push({ name, texts })
  }
  return keys
}

async function receiversOf({ volume }: Plan, ask: Ask, askStarttls?: AskStarttls): Promise<DnsFacts['receivers']> {
  const facts: ReceiverFacts[] = []
  for (const domain of (volume.receivers ?? []).slice(0, RECEIVERS_MAX)) {
    const mx = await exchangersOf({ name: domain, type: 'MX' }, ask)
    facts.push({ domain, mx, starttls: await starttlsOf(mx ?? [], askStarttls) })
  }
  return facts
}

async function starttlsOf(hosts: readonly string[], ask?: AskStarttls): Promise<StarttlsAnswer> {
  let answer: StarttlsAnswer = ask === undefined ? 'notAsked' : 'unreachable'
  for (const host of hosts.filter((one) => one !== '' && one !== '.').slice(0, EXCHANGERS_TRIED_MAX)) {
    if (ask === undefined) return answer
    answer = await ask(host)
    if (answer !== 'unreachable') return answer
  }
  return answer
}

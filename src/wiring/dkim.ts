// The life of the DKIM keys, put together: key store, DNS, SES, the ways to people, and the loop that runs the reconciler.
import { getServers } from 'node:dns'
import { openDns } from '../adapters/dns/dns.ts'
import { askTruth } from '../adapters/dns/follow.ts'
import { fileDkimStore } from '../adapters/local/dkim-store.ts'
import type { ControlPlane } from '../adapters/ses/control-plane.ts'
import { sesSigning } from '../adapters/ses/signing.ts'
import type { Dns, DnsAnswer, DnsQuestion, DnsServer, Zone } from '../core/base/dns.ts'
import type { Notifier } from '../core/base/notice.ts'
import { circleOf, endsAt, provenNext } from '../core/dkim/circle.ts'
import type { DkimOperations } from '../core/dkim/operations.ts'
import { dkimDesk } from '../core/dkim/operations.ts'
import type { Hands } from '../core/dkim/hands.ts'
import type { DkimPolicy } from '../core/dkim/policy.ts'
import type { DkimStore, SigningTraffic } from '../core/dkim/ports.ts'
import { dkimLoop, reconciler, type TickReport } from '../core/dkim/tick.ts'
import type { DkimPlan } from '../core/plan/keys-plan.ts'
import type { Plan } from '../core/plan/plan.ts'
import type { Basics } from './basics.ts'
import { keyStoreOf } from './key-store.ts'
import { operatorNotifiers, teamNotifiers } from './notifiers.ts'
import { serverOf } from './plan-schema-keys.ts'
import type { Environment } from './ses-place.ts'

export interface KeyPlace {
  readonly plan: Plan
  readonly planFile: string
  readonly dataFolder: string
  readonly environment: Environment
  readonly basics: Basics
}

export interface KeyLifeOptions extends KeyPlace {
  readonly dkim: DkimPlan
  readonly dns: Dns
  readonly store: DkimStore
  readonly controlPlane: ControlPlane
  readonly traffic: SigningTraffic
  readonly ownZone?: Zone
  readonly misaligned: () => Promise<string | undefined>
}

export interface KeyLife {
  readonly operations: DkimOperations
  /** What the last look saw; undefined before the first. */
  readonly last: () => TickReport | undefined
  /** The key that SES signs with, when its life ends, and whether another can follow it. */
  readonly signing: () =>
    | { readonly selector: string; readonly endsAt: number; readonly nextProven: boolean }
    | undefined
  readonly stop: () => Promise<void>
}

/** Starts the loop. Rejects when the keys cannot be opened: better no start than a key made in place of one that is there. */
export async function keyLife(options: KeyLifeOptions): Promise<KeyLife> {
  const { plan, basics, controlPlane, store, traffic, dns, ownZone } = options
  const { clock, log } = basics
  const policy = dkimPolicy(plan, options.dkim)
  const keyStore = await keyStoreOf(options, options.dkim, {
    now: () => clock.now(),
    expected: async () => (await store.load())?.keys.map(({ selector }) => selector) ?? [],
    onTrouble: (why) => log.alarm('dkimKeyStore', { why }),
  })
  const hands: Hands = {
    keyStore,
    store,
    traffic,
    signing: sesSigning({
      controlPlane,
      privateKey: (selector) => keyStore.privateKey(selector),
      mailFromFailure: options.dkim.mailFromFailure,
      ...(plan.ses.configurationSet === undefined ? {} : { configurationSet: plan.ses.configurationSet }),
    }),
    truthOf: (question) => askTruth(dns, question),
    zoneOf: async (name) => {
      const zone = await dns.zoneOf(name)
      if (zone.kind === 'fault') return undefined
      return { apex: zone.apex, servers: [...new Set(zone.servers.map((server) => server.name ?? server.address))] }
    },
    ...(ownZone === undefined ? {} : { ownZone }),
    team: teamNotifiers(plan, options.dataFolder, options.environment),
    operators: operatorNotifiers(plan, options.environment).map(withoutKeyEnds),
    now: () => clock.now(),
  }
  const keys = reconciler({ hands, policy, log })
  const loop = dkimLoop({ reconciler: keys, clock, log })
  void loop.run()
  return {
    operations: dkimDesk({
      reconciler: keys,
      policy,
      hands,
      misaligned: options.misaligned,
      ask: askResolvers(dns),
      wake: () => loop.wake(),
    }),
    last: () => keys.last(),
    signing: () => signingKey(keys.last(), policy),
    stop: async () => {
      await loop.stop()
      keyStore.stop()
    },
  }
}

/** That a key ends soon is told by the watch, with its place in the runbook: once is enough (§8.2 DKIMExpiry). */
function withoutKeyEnds(notifier: Notifier): Notifier {
  const { channel } = notifier
  return {
    channel,
    send: (notice) =>
      notice.id.includes('-keyEndsSoon-') ? Promise.resolve({ kind: 'sent', channel }) : notifier.send(notice),
  }
}

function signingKey(last: TickReport | undefined, policy: DkimPolicy): ReturnType<KeyLife['signing']> {
  if (last === undefined) return undefined
  const { record } = last.observation
  const { current } = circleOf(record)
  const ends = current === undefined ? undefined : endsAt(current, policy)
  if (current === undefined || ends === undefined) return undefined
  return { selector: current.selector, endsAt: ends, nextProven: provenNext(record) !== undefined }
}

/** Opened before the routes, because what it says decides whether the SES route begins held. */
export function dkimStoreIn({ dataFolder, basics }: KeyPlace): Promise<DkimStore> {
  return fileDkimStore(dataFolder, (trouble) => basics.log.alarm('dkimFile', { ...trouble }))
}

export function planDns({ domain, dkim }: Plan, { clock }: Pick<Basics, 'clock'>, ownServer?: DnsServer): Dns {
  const resolvers = dkim === undefined || dkim.resolvers.length === 0 ? getServers() : dkim.resolvers
  const known = servers(dkim?.nameServers ?? [])
  const zone = dkim?.zone
  return openDns({
    resolvers: servers(resolvers),
    clock,
    fixedZones: [
      ...(known.length === 0 ? [] : [{ apex: domain, servers: known }]),
      // Our own server is asked where it is, before the delegation to it is there.
      ...(zone === undefined || ownServer === undefined ? [] : [{ apex: zone.apex, servers: [ownServer] }]),
    ],
  })
}

/** By the first resolver that answers: receivers ask resolvers too. */
export function askResolvers(dns: Dns): (question: DnsQuestion) => Promise<DnsAnswer> {
  return async (question) => {
    let answer: DnsAnswer = { kind: 'fault', fault: 'unreachable', message: 'there is no resolver' }
    for (const resolver of dns.resolvers) {
      answer = await dns.ask(question, resolver, 'recursive')
      if (answer.kind !== 'fault') return answer
    }
    return answer
  }
}

function servers(texts: readonly string[]): readonly DnsServer[] {
  return texts.flatMap((text) => serverOf(text) ?? [])
}

function dkimPolicy({ domain, region, timeZone }: Plan, dkim: DkimPlan): DkimPolicy {
  const { mailFromDomain, dmarcReports, zone } = dkim
  return {
    domain,
    region,
    timeZone,
    publishing: dkim.publish,
    selectorPrefix: dkim.selectorPrefix,
    ...(zone === undefined ? {} : { ownZone: zone.apex }),
    ttlSeconds: dkim.ttlSeconds,
    keyLifeMonths: dkim.keyLifeMonths,
    warnDays: dkim.warnDays,
    retireDays: dkim.retireDays,
    dnsTeamDays: dkim.dnsTeam.days,
    dnsTeam: dkim.dnsTeam.name,
    contact: dkim.contact,
    languages: dkim.dnsTeam.languages,
    ...(mailFromDomain === undefined ? {} : { mailFromDomain }),
    legacySpf: dkim.legacySpf,
    ...(dmarcReports === undefined ? {} : { dmarcReports }),
    dmarcStepDays: dkim.dmarcStepDays,
    unsignedGap: dkim.unsignedGap,
  }
}

// `watari doctor` looks at an installation; core judges. It changes nothing, sends no mail, and no secret leaves the adapter
// that read it.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { systemClock } from '../adapters/node/clock.ts'
import { folderFacts, logFacts } from '../adapters/node/folder-trial.ts'
import { machineFacts } from '../adapters/node/machine.ts'
import { portFacts, reachCode, type PortPlace } from '../adapters/node/port-trial.ts'
import { certificateFacts, splitKeyFacts, usersFacts } from '../adapters/node/secret-files.ts'
import { sesAccount } from '../adapters/ses/account.ts'
import { sesControlPlane } from '../adapters/ses/control-plane.ts'
import { hostOf } from '../adapters/ses/client.ts'
import { askStarttls } from '../adapters/smtp/starttls.ts'
import type { DoctorFacts, NetworkFacts, SecretFacts, SesReach } from '../core/plan/doctor/facts.ts'
import { variableNamesOf } from '../core/plan/doctor/variables.ts'
import type { Plan } from '../core/plan/plan.ts'
import { planDns } from './dkim.ts'
import { sesPlace, type Environment } from './ses-place.ts'
import { besidePlan } from './split-key.ts'

const HTTPS_PORT = 443
const HTTP_PORT = 80
/** A pool has a dozen hosts. */
const HOSTS_ASKED_MAX = 64
/** A look must not be a burst of connections for a host. */
const HOSTS_AT_ONCE = 4

export interface DoctorPlace {
  /** Undefined when it cannot be read; then only the machine is looked at. */
  readonly plan: Plan | undefined
  readonly planFile: string
  readonly dataFolder: string
  readonly logFile: string | undefined
  readonly environment: Environment
  readonly isRunning: boolean
}

export type InstallationFacts = Pick<DoctorFacts, 'data' | 'machine' | 'log' | 'secrets' | 'network'> & {
  /** Of the running gateway, where its lock could be read. */
  readonly pid: number | undefined
}

/** Takes half a minute at most: what does not answer is a fact. Never rejects for what it finds. */
export async function installationFacts(place: DoctorPlace): Promise<InstallationFacts> {
  const { plan, dataFolder } = place
  const pid = place.isRunning ? await gatewayPid(dataFolder) : undefined
  const machine = machineFacts(pid ?? process.pid)
  const log = logFacts(place.logFile, pid)
  const around = plan === undefined ? undefined : { ...place, plan }
  // The disk's trial comes alone, so that nothing of ours stands in its way.
  const data = await folderFacts(dataFolder)
  const network = around === undefined ? undefined : networkFacts(around)
  const secrets = around === undefined ? undefined : secretFacts(around)
  return {
    pid,
    data,
    machine: await machine,
    log: await log,
    ...(secrets === undefined ? {} : { secrets: await secrets }),
    ...(network === undefined ? {} : { network: await network }),
  }
}

/** The queue's lock names its owner first. */
async function gatewayPid(dataFolder: string): Promise<number | undefined> {
  const lock = await readFile(join(dataFolder, 'queue', 'lock'), 'utf8').catch(() => '')
  const pid = Number.parseInt(lock, 10)
  return Number.isSafeInteger(pid) && pid > 0 ? pid : undefined
}

type Around = DoctorPlace & { readonly plan: Plan }

async function secretFacts({ plan, planFile, dataFolder, environment }: Around): Promise<SecretFacts> {
  const { tlsKeyFile, tlsCertFile, hostname, usersFile } = plan.gateway
  const { key, keyFile } = plan.split
  const isNamed = tlsKeyFile !== undefined && tlsCertFile !== undefined
  return {
    certificate: await certificateFacts({
      keyFile: isNamed ? besidePlan(planFile, tlsKeyFile) : join(dataFolder, 'tls-key.pem'),
      certificateFile: isNamed ? besidePlan(planFile, tlsCertFile) : join(dataFolder, 'tls-certificate.pem'),
      hostname,
      selfMade: !isNamed,
    }),
    splitKey:
      key === undefined
        ? await splitKeyFacts(keyFile === undefined ? join(dataFolder, 'split.key') : besidePlan(planFile, keyFile))
        : { where: 'split.key', state: 'inPlan' },
    users: await usersFacts(join(dataFolder, usersFile)),
    variables: new Set(variableNamesOf(plan).filter((name) => (environment[name] ?? '') !== '')),
  }
}

async function networkFacts({ plan, environment }: Around): Promise<NetworkFacts> {
  const hosts = plan.legacy.hosts.slice(0, HOSTS_ASKED_MAX)
  const [ports, resolvers, legacy, ses] = await Promise.all([
    Promise.all(portsOf(plan).map(portFacts)),
    resolverFacts(plan),
    inTurns(hosts, HOSTS_AT_ONCE, async ({ host, port }) => ({
      host: `${host}:${port}`,
      answer: await askStarttls({ host, port, helo: plan.gateway.hostname }),
    })),
    sesReach(plan, environment),
  ])
  return { ports, resolvers, legacy, ses }
}

/** What the gateway opens; a port of 0 is any. */
function portsOf({ gateway, status, feedback, dkim }: Plan): readonly PortPlace[] {
  const zone = dkim?.publish === 'cname' && dkim.zone?.hostedZone === undefined ? dkim.zone : undefined
  return [
    { key: 'gateway.port', ...gateway },
    { key: 'status.port', ...status },
    ...(feedback === undefined ? [] : [{ key: 'feedback.port', ...feedback }]),
    ...(zone === undefined ? [] : [{ key: 'dkim.zone.port', ...zone }]),
  ].filter(({ port }) => port !== 0)
}

async function resolverFacts(plan: Plan): Promise<NetworkFacts['resolvers']> {
  const dns = planDns(plan, { clock: systemClock({ keepAlive: true }) })
  return Promise.all(
    dns.resolvers.map(async (resolver) => {
      const from = performance.now()
      const answer = await dns.ask({ name: plan.domain, type: 'MX' }, resolver, 'recursive')
      const code = answer.kind === 'fault' ? answer.fault : undefined
      return { server: `${resolver.address}:${resolver.port}`, code, tookMs: performance.now() - from }
    }),
  )
}

async function sesReach(plan: Plan, environment: Environment): Promise<SesReach> {
  const { host, port, tls } = sesAddress(plan)
  const code = await reachCode({ host, port, tls })
  return { address: `${host}:${port}`, code, account: await accountSeen(plan, environment, code) }
}

/** On the SMTP wire STARTTLS comes later, so a connection is all that is tried. */
function sesAddress({ region, ses }: Plan): { readonly host: string; readonly port: number; readonly tls: boolean } {
  if (ses.wire === 'smtp') return { host: ses.smtpHost, port: ses.smtpPort, tls: ses.smtpPort === 465 }
  if (ses.apiEndpoint === undefined) return { host: hostOf({ region }), port: HTTPS_PORT, tls: true }
  const url = new URL(ses.apiEndpoint)
  const tls = url.protocol === 'https:'
  return { host: url.hostname, port: Number(url.port) || (tls ? HTTPS_PORT : HTTP_PORT), tls }
}

/** Only with credentials in the environment: a role is asked of a network address, which takes long where there is none. */
async function accountSeen(
  plan: Plan,
  environment: Environment,
  code: string | undefined,
): Promise<SesReach['account']> {
  const place = sesPlace(plan, environment)
  if (place.credentials === undefined || code !== undefined) return 'notAsked'
  const controlPlane = sesControlPlane(place, systemClock({ keepAlive: true }))
  try {
    const { sendingEnabled, productionAccess, maxPerSecond } = await sesAccount(controlPlane).facts()
    return { sendingEnabled, productionAccess, maxPerSecond }
  } catch (error) {
    // The name of the error alone: AWS puts names of people and accounts into its texts.
    return { failed: error instanceof Error ? error.name : 'failed' }
  } finally {
    await controlPlane.stop()
  }
}

async function inTurns<T, R>(items: readonly T[], atOnce: number, act: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = []
  for (let i = 0; i < items.length; i += atOnce) {
    results.push(...(await Promise.all(items.slice(i, i + atOnce).map(act))))
  }
  return results
}

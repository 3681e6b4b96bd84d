// The customer's zone on two real name servers, a real resolver, the stand-in for SES that asks that resolver, and a gateway
// that keeps the keys: everything but the weeks. The DNS team is whoever calls `enter`.
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemRandom } from '../../src/adapters/node/random.ts'
import { prometheusMeter } from '../../src/adapters/node/meter.ts'
import { startStandin, type Standin } from '../../src/standin/standin.ts'
import { readPlan } from '../../src/wiring/config.ts'
import { startGateway, type StartedGateway } from '../../src/wiring/gateway.ts'
import type { DkimStatus } from '../../src/core/dkim/status.ts'
import type { TickAnswer } from '../../src/core/dkim/operations.ts'
import { askGateway } from './control.ts'
import { recordedLog, type RecordedLog } from './fakes.ts'
import { freePort } from './loopback-relay.ts'
import { movingClock, type MovingClock } from './moving-clock.ts'
import { startNameServer, type NameServer } from './name-server.ts'
import { watari } from './watari.ts'

export const DOMAIN = 'goo.example'
const OWN_ZONE = 'keys.example.net'
/** The two name servers of the customer, and ours. */
const NS1 = '127.0.0.1'
const NS2 = '127.0.0.2'
const OURS = '127.0.0.3'

export interface KeyWorld {
  readonly standin: Standin
  readonly gateway: StartedGateway
  readonly clock: MovingClock
  readonly log: RecordedLog
  readonly dataFolder: string
  /** Everything that any command has said. */
  readonly said: string[]
  /** What `watari dkim status --json` says. */
  status(): Promise<DkimStatus>
  command(...args: string[]): Promise<string>
  /** What the zone of the first name server has beside its apex. */
  zoneLines(): string
  /** The lines of the newest request to the DNS team. */
  requested(): string
  /** The DNS team enters lines into the zone of the servers named. */
  enter(lines: string, servers?: readonly ('ns1' | 'ns2')[]): Promise<void>
  /** Moves every clock on, and looks. */
  pass(ms: number): Promise<DkimStatus>
  stop(): Promise<void>
}

export interface KeyWorldOptions {
  readonly publish: 'txt' | 'cname'
  readonly plan?: string
  readonly settings?: Parameters<typeof startStandin>[0] extends infer O
    ? O extends { settings?: infer S }
      ? S
      : never
    : never
  /** What there was before Watari came; answers the lines of the zone that belong to it. */
  readonly before?: (standin: Standin) => Promise<string>
}

const zoneText = (serial: number, lines: string) =>
  [
    '$TTL 60',
    `@ IN SOA ns1.${DOMAIN}. dns.${DOMAIN}. ${serial} 3600 600 86400 1`,
    `@ IN NS ns1.${DOMAIN}.`,
    `@ IN NS ns2.${DOMAIN}.`,
    `ns1 IN A ${NS1}`,
    `ns2 IN A ${NS2}`,
    `@ IN TXT "v=spf1 ip4:192.0.2.0/24 ~all"`,
    lines,
    '',
  ].join('\n')

export async function keyWorld(options: KeyWorldOptions): Promise<KeyWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'watari-key-world-'))
  const dataFolder = join(folder, 'data')
  const port = await freePort([NS1, NS2, OURS])
  const at = (address: string) => ({ address, port })
  const resolver = await startNameServer({ resolves: { [DOMAIN]: [at(NS1), at(NS2)], [OWN_ZONE]: [at(OURS)] } })
  const clock = movingClock()
  const standin = await startStandin({
    dnsServer: `127.0.0.1:${resolver.port}`,
    settings: { controlCallsPerSecond: 0, deliveryMs: 0, complaintMs: 0, ...options.settings },
  })
  const beforeLines = (await options.before?.(standin)) ?? ''
  const zones = { [DOMAIN]: zoneText(1, beforeLines) }
  const ns1 = await startNameServer({ zones, addresses: [NS1], port })
  const ns2 = await startNameServer({ zones, addresses: [NS2], port })
  const planFile = join(folder, 'plan.yaml')
  writeFileSync(planFile, planText(options, { standin, port, resolver }))
  const reading = readPlan(planFile)
  if (reading.kind === 'faulty') throw new Error(reading.faults.join('\n'))
  const log = recordedLog()
  const gateway = await startGateway({
    plan: reading.plan,
    planFile,
    dataFolder,
    environment: {
      AWS_ACCESS_KEY_ID: standin.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: standin.credentials.secretAccessKey,
    },
    basics: { clock, random: systemRandom(), log, meter: prometheusMeter({ processMetrics: false }) },
  })
  const said: string[] = []
  const command = async (...args: string[]): Promise<string> => {
    const { out, error } = await watari(...args, '--data', dataFolder)
    said.push(out, error)
    return error === '' ? out : error
  }
  const status = () => askGateway<DkimStatus>(dataFolder, 'GET', '/dkim/status')
  let serial = 1
  const lines = new Map<NameServer, string>([ns1, ns2].map((server) => [server, beforeLines]))
  return {
    standin,
    gateway,
    clock,
    log,
    dataFolder,
    said,
    status,
    command,
    zoneLines: () => lines.get(ns1) ?? '',
    requested: () => newestRequest(dataFolder),
    async enter(text, servers = ['ns1', 'ns2']) {
      serial += 1
      for (const server of [...(servers.includes('ns1') ? [ns1] : []), ...(servers.includes('ns2') ? [ns2] : [])]) {
        const all = withLines(lines.get(server) ?? '', text)
        lines.set(server, all)
        await server.setZone(DOMAIN, zoneText(serial, all))
      }
    },
    async pass(ms) {
      clock.advance(ms)
      await standin.knobs.account.clock.advance(ms)
      await resolver.flush()
      return (await askGateway<TickAnswer>(dataFolder, 'POST', '/dkim/tick', { by: 'test' })).status
    },
    async stop() {
      await gateway.stop()
      await standin.stop()
      await Promise.all([ns1.stop(), ns2.stop(), resolver.stop()])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A new line of a name and type takes the place of the old one, as a person would do it. */
function withLines(before: string, added: string): string {
  const keyOf = (line: string) => /^(\S+) \d+ IN (\S+)/.exec(line)?.slice(1).join(' ')
  const fresh = added.split('\n').filter((line) => keyOf(line) !== undefined)
  const keys = new Set(fresh.map(keyOf))
  const names = new Set(fresh.map((line) => line.split(' ')[0]))
  const isReplaced = (line: string) =>
    keys.has(keyOf(line)) || (/ IN CNAME /.test(line) && names.has(line.split(' ')[0]))
  return [...before.split('\n').filter((line) => line !== '' && !isReplaced(line)), ...fresh].join('\n')
}

function newestRequest(dataFolder: string): string {
  const folder = join(dataFolder, 'dns-requests')
  const [newest] = readdirSync(folder)
    .map((name) => ({
      name,
      text: readFileSync(join(folder, name, 'records.zone'), 'utf8'),
      at: mtime(join(folder, name)),
    }))
    .sort((a, b) => b.at - a.at)
  return newest!.text
}

function mtime(path: string): number {
  return Number(statSync(join(path, 'records.zone'), { bigint: true }).mtimeNs / 1_000n)
}

interface PlanParts {
  readonly standin: Standin
  readonly port: number
  readonly resolver: NameServer
}

function planText({ publish, plan = '' }: KeyWorldOptions, { standin, port, resolver }: PlanParts): string {
  return `domain: ${DOMAIN}
gateway: { port: 0, clients: ['127.0.0.1'], senderDomains: [${DOMAIN}] }
status: { port: 0 }
legacy: { hosts: [{ host: 127.0.0.1, port: ${standin.legacyPort} }], tls: never }
ses: { apiEndpoint: '${standin.apiUrl}', accountSeconds: 5, ratePerSecond: 250 }
dkim:
  publish: ${publish}
  ttlSeconds: 60
  mailFromDomain: bounce.${DOMAIN}
  resolvers: ['127.0.0.1:${resolver.port}']
  nameServers: ['${NS1}:${port}', '${NS2}:${port}']
  zone: { apex: ${OWN_ZONE}, nameServers: [ns.example.net], host: ${OURS}, port: ${port} }
  dnsTeam: { name: DNS team, languages: [en] }
  contact: { name: mail team, mail: mail@${DOMAIN} }
${plan}`
}

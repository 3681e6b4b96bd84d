// The old hosts' logs as the plan names them, followed from the start of a gateway to its end.
import { readFileSync } from 'node:fs'
import { rename, writeFile } from 'node:fs/promises'
import { networkInterfaces } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { z } from 'zod'
import { followLogs, type FollowedLogs } from '../adapters/postfix/follow.ts'
import { MINUTE_MS } from '../core/base/clock.ts'
import type { FigureSink } from '../core/base/figures.ts'
import { ipOf, isInNetwork } from '../core/base/ip-network.ts'
import type { LegacyLogsPlan } from '../core/plan/legacy-logs-plan.ts'
import type { Plan } from '../core/plan/plan.ts'
import { describeError } from '../core/watch/describe-error.ts'
import type { Basics } from './basics.ts'

export type { FollowedLogs } from '../adapters/postfix/follow.ts'

export interface LegacyLogsOptions {
  readonly plan: Plan
  readonly planFile: string
  readonly dataFolder: string
  readonly basics: Basics
  readonly figures: FigureSink
}

const FILE = 'legacy-logs.json'
const positions = z.record(
  z.string(),
  z.object({ device: z.number(), inode: z.number(), offset: z.number(), beginning: z.string() }),
)

/** Undefined when the plan follows nothing. Rejects when the port for syslog is taken. */
export async function openLegacyLogs(options: LegacyLogsOptions): Promise<FollowedLogs | undefined> {
  const { plan, planFile, dataFolder, basics, figures } = options
  const { legacyLogs } = plan
  if (legacyLogs === undefined) return undefined
  const { clock, log } = basics
  const file = join(dataFolder, FILE)
  return followLogs({
    files: legacyLogs.files.map((path) => resolve(dirname(planFile), path)),
    zone: legacyLogs.zone ?? plan.timeZone,
    silentMs: legacyLogs.silentMinutes * MINUTE_MS,
    isGateway: gatewayTest(legacyLogs),
    ...syslogOf(legacyLogs),
    figures,
    clock,
    log,
    positions: positionsIn(file),
    async keep(kept) {
      try {
        await writeFile(`${file}.new`, JSON.stringify(kept), { mode: 0o600 })
        await rename(`${file}.new`, file)
      } catch (error) {
        log.warn('legacyLogPositionNotKept', describeError(error))
      }
    },
  })
}

/** A file that is lost or damaged costs the lines that came while nobody looked. */
function positionsIn(file: string): z.output<typeof positions> {
  try {
    return positions.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    return {}
  }
}

function syslogOf({ syslog }: LegacyLogsPlan) {
  if (syslog === undefined) return {}
  const { host, port, from } = syslog
  return { syslog: { host, port, allows: within(from.length === 0 ? ['127.0.0.0/8', '::1'] : from) } }
}

/** A gateway on this machine gives mail from one of its own addresses. */
function gatewayTest({ gateways }: LegacyLogsPlan): (address: string) => boolean {
  const own = new Set(Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map(({ address }) => address)))
  const listed = within(gateways)
  return (address) => own.has(address) || listed(address)
}

/** `networks` are of the plan, so each is an address or a network. */
function within(networks: readonly string[]): (address: string) => boolean {
  const known = networks.flatMap((text) => {
    const [address = '', length] = text.split('/')
    const network = ipOf(address)
    return network === undefined ? [] : [{ network, bits: Number(length ?? (network.version === 4 ? 32 : 128)) }]
  })
  return (text) => {
    const ip = ipOf(text)
    return ip !== undefined && known.some(({ network, bits }) => isInNetwork(ip, network, bits))
  }
}

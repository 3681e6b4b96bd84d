// The zone of our own that CNAMEs point into: in Route 53, or in a file that our small server serves.
import { join } from 'node:path'
import { route53Zone } from '../adapters/aws/zone.ts'
import { openZoneFile } from '../adapters/dns/zone-file.ts'
import { startZoneServer } from '../adapters/dns/zone-server.ts'
import type { DnsServer, Zone } from '../core/base/dns.ts'
import type { OwnZonePlan } from '../core/plan/keys-plan.ts'
import type { Basics } from './basics.ts'

export interface OwnZone {
  readonly zone: Zone
  /** Where it is served from here; Route 53 has servers of its own. */
  readonly server?: DnsServer
  readonly stop: () => Promise<void>
}

export interface OwnZoneOptions {
  readonly plan: OwnZonePlan
  readonly dataFolder: string
  /** The sending domain: the mailbox of its SOA is there. */
  readonly domain: string
  readonly basics: Basics
  /** Who we are in AWS; without it the SDK looks where it always does. */
  readonly credentials?: NonNullable<Parameters<typeof route53Zone>[0]['credentials']>
}

/** Rejects when the port cannot be had or the zone's file cannot be read: nothing may be asked for that nobody serves. */
export async function ownZone(options: OwnZoneOptions): Promise<OwnZone> {
  const { plan, credentials } = options
  if (plan.hostedZone === undefined) return servedZone(options)
  const known = credentials === undefined ? {} : { credentials }
  const zone = route53Zone({ apex: plan.apex, hostedZoneId: plan.hostedZone, ...known })
  return { zone, stop: async () => zone.stop() }
}

async function servedZone({ plan, dataFolder, domain, basics }: OwnZoneOptions): Promise<OwnZone> {
  const { clock, log } = basics
  const zone = await openZoneFile({
    path: join(dataFolder, `${plan.apex}.zone`),
    apex: plan.apex,
    // A name server that lies in the zone itself needs its address there, and is this machine.
    nameServers: plan.nameServers.map((name) => ({ name, addresses: isInside(name, plan.apex) ? [plan.host] : [] })),
    // RFC 2142 7.
    contact: `hostmaster@${domain}`,
    clock,
    onTrouble: (message) => log.alarm('zoneFile', { why: message }),
  })
  const server = await startZoneServer({ zone, addresses: [plan.host], port: plan.port, clock })
  log.info('zoneServer', { zone: plan.apex, address: `${plan.host}:${server.port}` })
  return { zone, server: { address: plan.host, port: server.port }, stop: () => server.stop() }
}

function isInside(name: string, apex: string): boolean {
  return name.toLowerCase().endsWith(`.${apex.toLowerCase()}`)
}

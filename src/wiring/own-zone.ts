// The zone of our own that CNAMEs point into, and the small server that serves it: only where the plan has one.
import { join } from 'node:path'
import { openZoneFile } from '../adapters/dns/zone-file.ts'
import { startZoneServer } from '../adapters/dns/zone-server.ts'
import type { DnsServer, Zone } from '../core/base/dns.ts'
import type { OwnZonePlan } from '../core/plan/keys-plan.ts'
import type { Basics } from './basics.ts'

export interface OwnZone {
  readonly zone: Zone
  readonly server: DnsServer
  readonly stop: () => Promise<void>
}

export interface OwnZoneOptions {
  readonly plan: OwnZonePlan
  readonly dataFolder: string
  /** The sending domain: the mailbox of its SOA is there. */
  readonly domain: string
  readonly basics: Basics
}

/** Rejects when the port cannot be had or the zone's file cannot be read: nothing may be asked for that nobody serves. */
export async function ownZone({ plan, dataFolder, domain, basics }: OwnZoneOptions): Promise<OwnZone> {
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

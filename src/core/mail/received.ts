// The trace header that the gateway adds to every mail, on both routes (RFC 5321 4.4). It is the only change on legacy.
import { rfcDate } from '../base/rfc-date.ts'
import type { Client } from './ports.ts'

/** A host name is at most this long (RFC 5321 4.5.3.1.2); what a client says beyond it is not repeated. */
const HELO_MAX = 255

export interface TraceFacts {
  readonly client: Client
  readonly hostname: string
  readonly id: string
  readonly nowMs: number
}

export function receivedHeader({ client, hostname, id, nowMs }: TraceFacts): string {
  const helo = client.helo.slice(0, HELO_MAX).replaceAll(/[^A-Za-z0-9.:[\]_-]/g, '?')
  const address = client.address.includes(':') ? `IPv6:${client.address}` : client.address
  // RFC 3848: the S is for TLS, the A for authentication.
  const protocol = `ESMTP${client.tls ? 'S' : ''}${client.user === undefined ? '' : 'A'}`
  return `Received: from ${helo || 'unknown'} ([${address}])\r\n\tby ${hostname} (Watari) with ${protocol} id ${id};\r\n\t${rfcDate(nowMs)}\r\n`
}

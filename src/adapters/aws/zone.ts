// A zone of our own in Route 53: the sibling of the zone file. Its rules: a record set is replaced whole (UPSERT), what is not
// there is removed without complaint, and the answer is what Route 53 will answer with. Route 53 has its own servers, so
// nothing listens here (https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html).
import {
  ChangeResourceRecordSetsCommand,
  ListResourceRecordSetsCommand,
  Route53Client,
  type ResourceRecordSet,
  type Route53ClientConfig,
} from '@aws-sdk/client-route-53'
import { canonicalName } from '../../core/base/dns-name.ts'
import type { DnsQuestion, DnsRecord, Zone } from '../../core/base/dns.ts'
import { stringsOf } from '../../core/base/txt-strings.ts'
import { checkedName, checkedText } from '../../core/base/zone-rules.ts'

export interface Route53ZoneOptions {
  readonly apex: string
  /** 'Z0123456789ABCDEFGHIJ', without a path before it. */
  readonly hostedZoneId: string
  readonly credentials?: NonNullable<Route53ClientConfig['credentials']>
  /** Another address, for an emulator. */
  readonly endpoint?: string
}

export interface Route53Zone extends Zone {
  stop(): void
}

/** Route 53 is one service for the world, and its client wants this Region. */
const REGION = 'us-east-1'
/** Route 53 takes five changes a second for an account; a throttled one is made again by the SDK. */
const ATTEMPTS = 5

export function route53Zone({ apex: given, hostedZoneId, credentials, endpoint }: Route53ZoneOptions): Route53Zone {
  const apex = canonicalName(given)
  const client = new Route53Client({
    region: REGION,
    maxAttempts: ATTEMPTS,
    ...(credentials === undefined ? {} : { credentials }),
    ...(endpoint === undefined ? {} : { endpoint }),
    defaultUserAgentProvider: () => Promise.resolve([['watari']]),
  })
  const sets = async ({ name, type }: DnsQuestion): Promise<readonly ResourceRecordSet[]> => {
    const answer = await client.send(
      new ListResourceRecordSetsCommand({
        HostedZoneId: hostedZoneId,
        StartRecordName: name,
        StartRecordType: type,
        MaxItems: 1,
      }),
    )
    // The list begins at the name or behind it.
    return (answer.ResourceRecordSets ?? []).filter((set) => nameOf(set) === name && set.Type === type)
  }
  const change = (Action: 'UPSERT' | 'DELETE', set: ResourceRecordSet) =>
    client.send(
      new ChangeResourceRecordSetsCommand({
        HostedZoneId: hostedZoneId,
        ChangeBatch: { Changes: [{ Action, ResourceRecordSet: set }] },
      }),
    )
  // One change after another, as they were asked for: Route 53 does not promise an order for two at once.
  let last: Promise<unknown> = Promise.resolve()
  const inTurn = (act: () => Promise<void>): Promise<void> => {
    const turn = last.then(act)
    last = turn.catch(() => undefined)
    return turn
  }
  return {
    apex,
    read: async ({ name, type }) =>
      (await sets({ name: canonicalName(name), type })).flatMap((set) => recordsOf(set, canonicalName(name))),
    async put(record) {
      const name = checkedText(record, apex)
      const set = textSet(name, record.text, record.ttlSeconds)
      await inTurn(async () => void (await change('UPSERT', set)))
    },
    async remove(asked) {
      const name = checkedName(asked, apex)
      // A deletion must name the values exactly as they are.
      await inTurn(async () => {
        for (const set of await sets({ name, type: 'TXT' })) await change('DELETE', set)
      })
    },
    stop: () => client.destroy(),
  }
}

function textSet(name: string, text: string, ttlSeconds: number): ResourceRecordSet {
  const Value = stringsOf(text)
    .map((string) => `"${string.replaceAll(/[^ !#-[\]-~]/g, octal)}"`)
    .join(' ')
  return { Name: `${name}.`, Type: 'TXT', TTL: ttlSeconds, ResourceRecords: [{ Value }] }
}

/** Quotation mark, backslash and everything beyond printable ASCII as \ooo (Route 53 guide, "DNS record types", TXT). */
function octal(character: string): string {
  return `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`
}

function nameOf({ Name = '' }: ResourceRecordSet): string {
  return canonicalName(unescaped(Name))
}

function recordsOf({ Type, TTL = 0, ResourceRecords = [] }: ResourceRecordSet, name: string): readonly DnsRecord[] {
  return ResourceRecords.flatMap(({ Value = '' }): readonly DnsRecord[] => {
    switch (Type) {
      case 'TXT':
        return [{ name, type: 'TXT', ttlSeconds: TTL, strings: stringsIn(Value) }]
      case 'NS':
      case 'CNAME':
        return [{ name, type: Type, ttlSeconds: TTL, target: canonicalName(Value) }]
      case 'SOA': {
        const [primary = '', , serial, , , , minimum] = Value.split(/\s+/)
        return [
          {
            name,
            type: 'SOA',
            ttlSeconds: TTL,
            primary: canonicalName(primary),
            serial: Number(serial),
            minimumSeconds: Number(minimum),
          },
        ]
      }
      default:
        return []
    }
  })
}

function stringsIn(value: string): readonly string[] {
  return [...value.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, text]) => unescaped(text!))
}

function unescaped(text: string): string {
  return text.replaceAll(/\\([0-7]{3})|\\(.)/g, (_, digits: string | undefined, plain: string | undefined) =>
    digits === undefined ? plain! : String.fromCharCode(Number.parseInt(digits, 8)),
  )
}

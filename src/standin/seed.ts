// What `npm start` finds ready: a verified domain that signs with its own key, its MAIL FROM domain, and a configuration set
// with an event destination. Everything goes through the same calls and checks that a person would use.
import { makeDkimKey } from './dkim-keys.ts'
import { createDestination, createSet } from './configuration-sets.ts'
import { createIdentity, identityNamed, putMailFrom, type IdentityParts } from './identities.ts'
import type { KnobParts } from './knobs.ts'

export interface Seed {
  readonly domain: string
  readonly selector: string
  /** PKCS#1 or PKCS#8, base64 of one line; made when not given. */
  readonly privateKey?: string
  /** A subdomain; its MX and SPF go into the small DNS. */
  readonly mailFromDomain?: string
  readonly configurationSet?: string
  /** Where the set's events go, and in which envelope; without a URL a knob says where. */
  readonly events?: { readonly kind: 'sns' | 'eventBridge'; readonly url?: string }
}

const ALL_TYPES = ['SEND', 'REJECT', 'BOUNCE', 'COMPLAINT', 'DELIVERY', 'RENDERING_FAILURE', 'DELIVERY_DELAY']

export async function plantSeed(parts: IdentityParts, { dns, publisher }: KnobParts, seed: Seed): Promise<void> {
  const { domain, selector, mailFromDomain, configurationSet } = seed
  const { account, verification } = parts
  const made = seed.privateKey === undefined ? await makeDkimKey(selector, 2_048) : undefined
  const privateKey = made?.privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64') ?? seed.privateKey
  if (configurationSet !== undefined) {
    createSet(account, { ConfigurationSetName: configurationSet })
    if (seed.events) createEvents(parts, configurationSet, seed.events, publisher)
  }
  await createIdentity(parts, {
    EmailIdentity: domain,
    DkimSigningAttributes: { DomainSigningSelector: selector, DomainSigningPrivateKey: privateKey },
  })
  const identity = identityNamed(account, domain)
  dns.zones.addZone(domain)
  dns.zones.add({
    name: `${selector}._domainkey.${domain}`,
    type: 'TXT',
    value: `v=DKIM1; k=rsa; p=${identity.dkim.key!.publicKey}`,
  })
  if (mailFromDomain !== undefined) {
    const exchanger = `10 feedback-smtp.${account.region}.amazonses.com`
    dns.zones.add({ name: mailFromDomain, type: 'MX', value: exchanger })
    dns.zones.add({ name: mailFromDomain, type: 'TXT', value: 'v=spf1 include:amazonses.com ~all' })
    putMailFrom(parts, domain, { MailFromDomain: mailFromDomain })
  }
  await verification.checkNow(identity)
}

function createEvents(
  { account }: IdentityParts,
  set: string,
  { kind, url }: NonNullable<Seed['events']>,
  publisher: KnobParts['publisher'],
): void {
  const topicArn = topicArnOf(account, set)
  const busArn = `arn:aws:events:${account.region}:${account.id}:event-bus/default`
  const target =
    kind === 'sns' ? { SnsDestination: { TopicArn: topicArn } } : { EventBridgeDestination: { EventBusArn: busArn } }
  const destination = { Enabled: true, MatchingEventTypes: ALL_TYPES, ...target }
  createDestination(account, set, { EventDestinationName: 'events', EventDestination: destination })
  publisher.route(kind === 'sns' ? topicArn : busArn, url)
}

export function topicArnOf({ region, id }: IdentityParts['account'], configurationSet: string): string {
  return `arn:aws:sns:${region}:${id}:${configurationSet}-events`
}

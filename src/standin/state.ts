// What one account knows in one region. Plain records in maps; the files that change them are named after what they do.
import type { KeyObject } from 'node:crypto'
import { domainOf } from './addresses.ts'
import type { StandinClock } from './clock.ts'
import type { Credentials } from './credentials.ts'
import type { Reputation } from './enforcement.ts'
import type { RollingDay, TokenBucket } from './quota.ts'
import type { Settings } from './settings.ts'
import type { SuppressionList, SuppressionReason } from './suppression.ts'

/**
 * PENDING: asked for, not seen in DNS yet. SUCCESS: seen; looked at again from time to time. TEMPORARY_FAILURE: was seen
 * before and is gone, or DNS does not answer. FAILED: not seen for 72 hours; SES stops looking. NOT_STARTED: nobody asked.
 */
export type CheckStatus = 'PENDING' | 'SUCCESS' | 'FAILED' | 'TEMPORARY_FAILURE' | 'NOT_STARTED'

export type VerificationError =
  | 'SERVICE_ERROR'
  | 'DNS_SERVER_ERROR'
  | 'HOST_NOT_FOUND'
  | 'TYPE_NOT_FOUND'
  | 'INVALID_VALUE'

export type KeyLength = 'RSA_1024_BIT' | 'RSA_2048_BIT'

export interface DkimKey {
  /** First label of the record's name. */
  readonly selector: string
  readonly privateKey: KeyObject
  /** Base64 SubjectPublicKeyInfo, as `p=` holds it. */
  readonly publicKey: string
}

export interface DkimState {
  origin: 'AWS_SES' | 'EXTERNAL'
  signingEnabled: boolean
  status: CheckStatus
  /** Easy DKIM: three names. BYODKIM: the selector, as the API reference has it. */
  tokens: readonly string[]
  key?: DkimKey
  /** The key before this one, while this one waits; used only with the setting `dkimGap: 'oldKey'`. */
  replacedKey?: DkimKey
  nextKeyLength: KeyLength
  keyMadeAt?: number
  /** When looking began; 72 hours count from here. */
  since: number
}

export interface MailFromState {
  readonly domain: string
  readonly onMxFailure: 'USE_DEFAULT_VALUE' | 'REJECT_MESSAGE'
  status: Exclude<CheckStatus, 'NOT_STARTED'>
  since: number
}

export interface SoaRecord {
  readonly primaryNameServer: string
  readonly adminEmail: string
  readonly serialNumber: number
}

export interface Identity {
  /** As it was given; domains in lower case. */
  readonly name: string
  readonly kind: 'DOMAIN' | 'EMAIL_ADDRESS'
  /** Once verified, a change of DKIM does not take the right to send away. */
  verified: boolean
  readonly dkim: DkimState
  mailFrom?: MailFromState
  lastCheckedAt?: number
  lastSuccessAt?: number
  errorType?: VerificationError
  soa?: SoaRecord
  feedbackForwarding: boolean
  configurationSetName?: string
  tags: readonly Tag[]
}

export interface Tag {
  readonly Key: string
  readonly Value: string
}

export const EVENT_TYPES = [
  'SEND',
  'REJECT',
  'BOUNCE',
  'COMPLAINT',
  'DELIVERY',
  'OPEN',
  'CLICK',
  'RENDERING_FAILURE',
  'DELIVERY_DELAY',
  'SUBSCRIPTION',
] as const
export type EventType = (typeof EVENT_TYPES)[number]

/** Held in the words of the API, because it is given back as it came. */
export interface EventDestination {
  readonly Name: string
  readonly Enabled: boolean
  readonly MatchingEventTypes: readonly EventType[]
  readonly SnsDestination?: { readonly TopicArn: string } | undefined
  readonly EventBridgeDestination?: { readonly EventBusArn: string } | undefined
  readonly CloudWatchDestination?: unknown
  readonly KinesisFirehoseDestination?: unknown
  readonly PinpointDestination?: unknown
}

export interface ConfigurationSet {
  readonly name: string
  sendingEnabled: boolean
  reputationMetricsEnabled: boolean
  lastFreshStartAt?: number
  deliveryOptions: Readonly<Record<string, unknown>>
  trackingOptions?: Readonly<Record<string, unknown>>
  /** Undefined: the account's reasons count. An empty list: nothing is suppressed. */
  suppressedReasons?: readonly SuppressionReason[]
  readonly eventDestinations: Map<string, EventDestination>
  tags: readonly Tag[]
}

export interface AccountDetails {
  readonly [field: string]: unknown
  readonly ReviewDetails: { readonly Status: 'PENDING' | 'FAILED' | 'GRANTED' | 'DENIED'; readonly CaseId: string }
}

export interface Account {
  readonly id: string
  readonly region: string
  readonly settings: Settings
  readonly clock: StandinClock
  readonly credentials: Credentials
  readonly identities: Map<string, Identity>
  readonly configurationSets: Map<string, ConfigurationSet>
  readonly suppression: SuppressionList
  suppressedReasons: readonly SuppressionReason[]
  sendingEnabled: boolean
  suspended: boolean
  details?: AccountDetails
  readonly reputation: Reputation
  readonly rate: TokenBucket
  readonly day: RollingDay
  readonly controlCalls: TokenBucket
}

/** Domain identities compare without case, address identities with it (AWS guide, "creating-identities"). */
export function identityKey(name: string): string {
  if (!name.includes('@')) return name.toLowerCase()
  return name.slice(0, name.lastIndexOf('@') + 1) + domainOf(name)
}

/** The identities that speak for an address, the most specific first: the address, its domain, the domains above it. */
export function identitiesFor(account: Account, address: string): Identity[] {
  const labels = domainOf(address).split('.')
  const names = [identityKey(address), ...labels.map((_, index) => labels.slice(index).join('.'))]
  return names.flatMap((name) => account.identities.get(name) ?? [])
}

/** The verified identity that lets this address send, if any. */
export function verifiedIdentityFor(account: Account, address: string): Identity | undefined {
  return identitiesFor(account, address).find((identity) => identity.verified)
}

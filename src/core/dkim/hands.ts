// Everything a step may touch, and what came of touching it.
import type { Zone } from '../base/dns.ts'
import type { Notifier } from '../base/notice.ts'
import type { Eyes } from './observation.ts'
import type { DkimStore, KeyStore, Signing, SigningTraffic } from './ports.ts'
import type { KeyRecord } from './record.ts'
import type { Alert } from './step.ts'

export interface Hands extends Eyes {
  readonly keyStore: KeyStore
  readonly signing: Signing
  readonly traffic: SigningTraffic
  readonly store: DkimStore
  readonly ownZone?: Zone
  /** The ways to the DNS team. */
  readonly team: readonly Notifier[]
  /** The ways to the operators. */
  readonly operators: readonly Notifier[]
  readonly now: () => number
}

export type Acted =
  | { readonly kind: 'done'; readonly record: KeyRecord }
  /** It could not be done now; the record may have changed all the same. */
  | { readonly kind: 'later'; readonly record: KeyRecord; readonly message: string; readonly alert?: Alert }

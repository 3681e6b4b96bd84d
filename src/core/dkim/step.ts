// The steps of the reconciler. Each may be taken twice with the same end: it writes its intention before what it cannot take
// back, and what it did before it goes on.
import type { RequestKind } from './request.ts'

export type Step =
  /** Makes a key and stores it; nobody is told. */
  | { readonly kind: 'makeKey'; readonly selector: string }
  /** Takes up a key that lies in the store and is not written down: imported, or made just before a crash. */
  | { readonly kind: 'adoptKey'; readonly selector: string; readonly madeAt: number }
  /** Gives up a key that never signed and is not in the store any more. */
  | { readonly kind: 'dropKey'; readonly selector: string }
  /** Writes a key, or its revocation, into the zone of our own. */
  | { readonly kind: 'writeZone'; readonly selector: string; readonly value: string }
  /** Asks the DNS team, on every channel that the plan names. */
  | { readonly kind: 'askDnsTeam'; readonly request: RequestKind; readonly records: readonly string[] }
  /** What was asked for is there. */
  | { readonly kind: 'closeRequest' }
  /** The record is right everywhere; from now on its TTL runs. */
  | { readonly kind: 'noteSeen'; readonly selector: string; readonly cacheSeconds: number }
  /** A record that was seen is gone or wrong again, before it was used. */
  | { readonly kind: 'noteLost'; readonly selector: string }
  | { readonly kind: 'noteProven'; readonly selector: string }
  /** Writes down that SES is about to get another key. */
  | { readonly kind: 'beginSwitch'; readonly selector: string }
  /** Holds the traffic and gives SES the key. */
  | { readonly kind: 'giveKey'; readonly selector: string }
  /** SES said SUCCESS once more. */
  | { readonly kind: 'noteSuccess'; readonly selector: string; readonly successes: number }
  /** SES signs with the key: the roles change and the traffic goes on. */
  | { readonly kind: 'finishSwitch'; readonly selector: string }
  | { readonly kind: 'enableSigning' }
  /** The traffic goes by legacy, because SES takes too long or would send unsigned. */
  | { readonly kind: 'stepBack' }
  /** SES does not follow the alias: TXT from now on. */
  | { readonly kind: 'fallBackToTxt'; readonly selector: string }
  | { readonly kind: 'useMailFrom'; readonly mailFromDomain: string }
  /** The record says that the key is revoked: its private half is destroyed. */
  | { readonly kind: 'endKey'; readonly selector: string }
  /** The run of the 1st, with what it found. */
  | { readonly kind: 'noteMonthly' }

/** Who or what is waited for. */
export type WaitsFor = 'dnsTeam' | 'dns' | 'ses' | 'operator' | 'time'

/** What one check found. Without a step it is something to wait for, or to know. */
export interface Verdict {
  /** Named as the fault it finds. */
  readonly check: string
  /** A sentence for people. */
  readonly message: string
  readonly step?: Step
  readonly waitsFor?: WaitsFor
  /** When to look again for this one; without it the usual time. */
  readonly lookAt?: number
  /** What a person must be told of, for as long as the check says so. */
  readonly alerts?: readonly Alert[]
}

export interface Alert {
  /** The same while the same thing lasts. */
  readonly id: string
  readonly level: 'critical' | 'warning' | 'info'
  /** What it is. */
  readonly message: string
  /** What to do. */
  readonly todo: string
}

// What the life of a key needs from the world. No port hands a private key to core: a key is named by its selector, and the
// adapters pass the private half among themselves.
import type { IdentityFacts } from '../base/identity.ts'
import type { KeyRecord, HistoryEntry } from './record.ts'

/** The public half of a key that lies in the key store. */
export interface StoredKey {
  /** One DNS label (RFC 6376 3.1), as SES takes it: letters, digits, inner hyphens, 1 to 63 characters. */
  readonly selector: string
  /** SubjectPublicKeyInfo, base64 in one line: what stands behind `p=` (RFC 6376 3.6.1). */
  readonly publicKey: string
  readonly bits: number
  readonly madeAt: number
}

/** Private keys, encrypted at rest. The local one is a folder; Secrets Manager is its sibling. */
export interface KeyStore {
  keys(): Promise<readonly StoredKey[]>
  /** Makes an RSA key of 2048 bits and stores it before it resolves. A selector that has a key keeps it: the same is answered. */
  make(selector: string): Promise<StoredKey>
  /** Ends the private half for good. A selector without a key is no fault. */
  destroy(selector: string): Promise<void>
}

/** What SES answered to a change. */
export type SigningAnswer =
  | { readonly kind: 'done' }
  /** Nothing is known to have changed; the same call may be made again. */
  | { readonly kind: 'again'; readonly reason: string; readonly message: string }
  /** A person must mend something first. */
  | { readonly kind: 'refused'; readonly reason: string; readonly message: string }

/** SES as the signer. Every call may be repeated with the same effect. Nothing here rejects. */
export interface Signing {
  /** 'missing' when SES has no such identity, 'unknown' when it could not be asked. */
  facts(domain: string): Promise<IdentityFacts | 'missing' | 'unknown'>
  /** Gives SES the key with this selector (PutEmailIdentityDkimSigningAttributes); creates the identity where there is none. */
  useKey(domain: string, selector: string): Promise<SigningAnswer>
  /** PutEmailIdentityDkimAttributes SigningEnabled=true. */
  enableSigning(domain: string): Promise<SigningAnswer>
  /** PutEmailIdentityMailFromAttributes; asking again starts a check anew that has FAILED. */
  useMailFrom(domain: string, mailFromDomain: string): Promise<SigningAnswer>
}

/** Where the life of the keys is written down. One process writes. */
export interface DkimStore {
  /** The record of the domain; undefined when nothing was ever done. Rejects when it cannot be read: never a guess. */
  load(): Promise<KeyRecord | undefined>
  /** Resolves when both are on disk: the entry first, because a step without its reason is worse than the other way round. */
  save(record: KeyRecord, entry: HistoryEntry): Promise<void>
  /** The last `limit` entries, oldest first. */
  history(limit: number): Promise<readonly HistoryEntry[]>
}

/** The traffic that SES signs. Held means: parts wait in the queue, none is lost or refused. */
export interface SigningTraffic {
  /** How many percent go to SES now. */
  stagePercent(): Promise<number>
  /** Begins no new delivery to SES, and resolves when those under way have ended. May be called again. */
  hold(reason: string): Promise<void>
  release(): void
  /** Sends everything by legacy from now on; the answer says why not. */
  stepBack(reason: string): Promise<SigningAnswer>
}

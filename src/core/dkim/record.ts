// What is written down about the keys of one domain, and the history of why. Times are kept because they cannot be seen
// again; what can be seen (keys in the store, records in DNS, the status in SES) is looked at anew each time.
//
// The life of a key, state by state:
//
//   made       the private half is in the key store; nobody else knows of it.
//   asked      the DNS team was asked for its record (or its record was written into the zone of our own).
//   published  every authoritative server and the resolvers showed it, at `seenAt`.
//   proven     it has been seen for at least its TTL, so no cache says otherwise: this is the `next` key.
//   current    SES signs with it, since `activatedAt`.
//   retiring   SES signs with another since `retiredAt`; mail under way may still carry its signature.
//   revoked    its record says `p=` (RFC 6376 3.6.1), since `revokedAt`; the private half is destroyed, the selector is free.

export type KeyState = 'made' | 'asked' | 'published' | 'proven' | 'current' | 'retiring' | 'revoked'

/** The times of one key; what has not happened is absent. */
export interface KeyLife {
  readonly selector: string
  readonly madeAt: number
  readonly askedAt?: number
  /** First seen right on every authoritative server and on the resolvers, and never wrong since. */
  readonly seenAt?: number
  /** How long caches may remember that there was nothing, as it was when its record was asked for. */
  readonly absentSeconds?: number
  /** When no cache may say otherwise any more, known when it was seen. */
  readonly provenFrom?: number
  readonly provenAt?: number
  readonly activatedAt?: number
  readonly retiredAt?: number
  /** When the DNS team was asked to revoke it, or the zone was written. */
  readonly revocationAskedAt?: number
  readonly revokedAt?: number
  readonly destroyedAt?: number
}

/** A switch to another key, written down before SES is told, because between the two nobody knows what SES signs. */
export interface KeySwitch {
  readonly selector: string
  /** The key that signed before; absent at the first. */
  readonly from?: string
  readonly startedAt: number
  /** SES has the key. Before that its status speaks of the key before. */
  readonly givenAt?: number
  /** Looks in a row at which SES said SUCCESS: one may be an old answer. */
  readonly successes: number
}

/** What the DNS team was asked, and how often it was reminded. */
export interface OpenRequest {
  /** The digest of what was asked: the same request keeps its id, and a mail said twice is seen to be one. */
  readonly id: string
  readonly askedAt: number
  readonly dueAt: number
  /** Which records, by `recordKey`. */
  readonly records: readonly string[]
  readonly remindedAt: readonly number[]
  /** The last letter about it, of any kind. */
  readonly saidAt: number
  /** The channels that have taken it. */
  readonly taken: readonly string[]
  /** When the last of them had. Until then it is sent again to the others. */
  readonly sentAt?: number
  /** Faults the team was told of, so that each is told once. */
  readonly corrected: readonly string[]
}

/** Something a person was told of, and has not been told is over. */
export interface OpenAlert {
  readonly id: string
  readonly message: string
  readonly raisedAt: number
  readonly saidAt: number
}

export interface KeyRecord {
  readonly domain: string
  /** The number of the newest selector, so that a selector is never used twice (TXT), or how often the circle went round. */
  readonly lastNumber: number
  readonly keys: readonly KeyLife[]
  readonly switching?: KeySwitch
  readonly request?: OpenRequest
  readonly alerts: readonly OpenAlert[]
  /** SES does not follow the CNAME, as was proven by its own status; from then on TXT is asked for. */
  readonly cnameRefusedAt?: number
  /** The last run of the 1st of a month. */
  readonly monthlyAt?: number
}

/** One step, and why it was taken. */
export interface HistoryEntry {
  readonly at: number
  /** A stable word: 'makeKey', 'askDnsTeam', 'switchKey' … */
  readonly step: string
  readonly selector?: string
  /** The reason word of the check that asked for the step. */
  readonly reason: string
  /** A sentence for people. */
  readonly message: string
  /** 'watari', or the person who ordered it. */
  readonly by: string
}

export function emptyRecord(domain: string): KeyRecord {
  return { domain, lastNumber: 0, keys: [], alerts: [] }
}

export function stateOf(life: KeyLife): KeyState {
  if (life.revokedAt !== undefined) return 'revoked'
  if (life.retiredAt !== undefined) return 'retiring'
  if (life.activatedAt !== undefined) return 'current'
  if (life.provenAt !== undefined) return 'proven'
  if (life.seenAt !== undefined) return 'published'
  return life.askedAt === undefined ? 'made' : 'asked'
}

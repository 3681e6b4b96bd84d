// DNS answers as values, and the port that asks. Each answer keeps what the protocol said, because "no such name", "no such
// record" and "the server is ill" mean different things to whoever waits for a record. Nothing here guesses.

export type DnsType = 'A' | 'AAAA' | 'CNAME' | 'MX' | 'NS' | 'SOA' | 'TXT'

/** A name and a type. Names are lower case, without the final dot. */
export interface DnsQuestion {
  readonly name: string
  readonly type: DnsType
}

/** One resource record (RFC 1035 3.2). */
export type DnsRecord = { readonly name: string; readonly ttlSeconds: number } & (
  | { readonly type: 'A' | 'AAAA'; readonly address: string }
  | { readonly type: 'CNAME' | 'NS'; readonly target: string }
  | { readonly type: 'MX'; readonly preference: number; readonly exchange: string }
  | { readonly type: 'SOA'; readonly primary: string; readonly serial: number; readonly minimumSeconds: number }
  /** The character-strings as they came, one character an octet: readers join them without a separator (RFC 6376 3.6.2.2). */
  | { readonly type: 'TXT'; readonly strings: readonly string[] }
)

/** Why a server gave no usable answer. All but `aliasLoop` say nothing of the record that was asked for. */
export type DnsFault =
  | 'SERVFAIL'
  | 'REFUSED'
  | 'FORMERR'
  | 'NOTIMP'
  | 'timeout'
  | 'unreachable'
  /** The answer could not be read, or did not answer this question. */
  | 'garbled'
  /** The server does not serve this zone, though it is said to (a lame delegation), or refers elsewhere. */
  | 'notAuthoritative'
  /** The record is wrong, not the server: aliases lead in a circle, or through more of them than anybody follows. */
  | 'aliasLoop'

/** What one server said to one question. */
export type DnsAnswer =
  | {
      readonly kind: 'records'
      /** The AA bit (RFC 1035 4.1.1). */
      readonly authoritative: boolean
      /**
       * The answer section whole: aliases first, as they were followed, then the records of the type asked for. Aliases
       * alone mean that the last one leads out of what this server serves (`askTruth` goes on from there).
       */
      readonly records: readonly DnsRecord[]
    }
  | {
      /** NXDOMAIN, or NODATA: the name is there, but not with this type (RFC 2308 2). */
      readonly kind: 'noSuchName' | 'noSuchRecord'
      readonly authoritative: boolean
      /** The aliases that led to the name that is missing. */
      readonly records: readonly DnsRecord[]
      /** How long caches may remember that nothing is there: the lower of the SOA's TTL and its minimum (RFC 2308 5). */
      readonly negativeTtlSeconds?: number
      /** The apex of the zone that says so: the owner of the SOA that came with the answer. */
      readonly zone?: string
    }
  | { readonly kind: 'fault'; readonly fault: DnsFault; readonly message: string }

export interface DnsServer {
  /** An IP address. */
  readonly address: string
  readonly port: number
  /** Its name, where it is known by one. */
  readonly name?: string
}

/** The servers that answer for a name, by the delegation above it. */
export type DnsZone =
  | {
      readonly kind: 'zone'
      /** The apex of the zone the name lies in. */
      readonly apex: string
      /** Every address of every name server. */
      readonly servers: readonly DnsServer[]
      /** Name servers without an address that could be found. */
      readonly unreachable: readonly string[]
    }
  | { readonly kind: 'fault'; readonly fault: DnsFault | 'noSuchName'; readonly message: string }

/** Asking DNS. Every wait and every answer has a limit; nothing rejects but a broken assumption. */
export interface Dns {
  /** The recursive resolvers of the plan. */
  readonly resolvers: readonly DnsServer[]
  /** One question to one server, by UDP, and by TCP when the answer was cut short. RD is set only for `recursive`. */
  ask(question: DnsQuestion, server: DnsServer, how: 'authoritative' | 'recursive'): Promise<DnsAnswer>
  /** Which zone a name lies in, and who serves it, asked of the resolvers. */
  zoneOf(name: string): Promise<DnsZone>
}

/** What one authoritative server says in the end, its aliases followed into other zones. */
export interface DnsView {
  /** Who gave the last part of the answer. */
  readonly server: DnsServer
  /** The apex of the zone that this server was asked as a server of. */
  readonly zone: string
  /**
   * All aliases from the name asked for on, whoever gave them, and what the last name has. A fault when an alias leads
   * to a zone that nobody serves; never records that are aliases alone.
   */
  readonly answer: DnsAnswer
  /** The servers of the asked name's zone whose aliases led here; empty when the zone's own server answered itself. */
  readonly via: readonly DnsServer[]
}

/**
 * Everything that is known of one name and type. Each server of the name's zone is in `views`, as `server` or in `via`,
 * so that a record is published everywhere exactly when there are views and each of them shows it.
 */
export interface DnsTruth {
  readonly views: readonly DnsView[]
  /** What caches say: they may lag behind `views` by a TTL. */
  readonly recursive: readonly { readonly server: DnsServer; readonly answer: DnsAnswer }[]
  /** Name servers of the name's zone without an address: they answer nobody, and so hold nothing up. */
  readonly unreachable: readonly string[]
  /** Why there are no views: the zone or its servers could not be found. */
  readonly fault?: { readonly fault: DnsFault | 'noSuchName'; readonly message: string }
}

/** A text record as a zone keeps it. */
export interface ZoneText {
  readonly name: string
  /** One octet a character (Latin-1), joined; the zone splits it into strings of at most 255 octets. */
  readonly text: string
  readonly ttlSeconds: number
}

/**
 * A zone of our own, where text records are written without asking anybody: the target of aliases that a DNS team sets
 * once. Names outside the zone, at its apex, or that are no host or service names reject, as do texts over
 * `ZONE_TEXT_OCTETS_MAX`; what has resolved is kept over a crash. One writer at a time.
 */
export interface Zone {
  readonly apex: string
  /** The records of one name and type, as the zone will answer with them; empty when there are none. */
  read(question: DnsQuestion): Promise<readonly DnsRecord[]>
  /** Makes this the only TXT record of its name. The same again changes nothing, not even the serial. */
  put(record: ZoneText): Promise<void>
  /** Removes the TXT record of a name; nothing when there is none. */
  remove(name: string): Promise<void>
}

/** Route 53 takes no longer TXT value than this; a 4,096-bit DKIM key needs about 750. */
export const ZONE_TEXT_OCTETS_MAX = 4_000

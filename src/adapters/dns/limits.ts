// Every wait and count of asking DNS, with its reason. Tests shorten the waits by a clock of their own, not by these.
import { SECOND_MS } from '../../core/base/clock.ts'

/** A datagram is lost now and then; three in a row mean that nobody answers. dig tries as often. */
export const UDP_TRIES = 3
/** Round trips are below half a second anywhere; a resolver that has to ask others itself takes longer. */
export const UDP_WAIT_MS = 2 * SECOND_MS
/** Connecting, sending and reading the whole answer by TCP. */
export const TCP_WAIT_MS = 5 * SECOND_MS
/** What we say we take by UDP: no path cuts such a datagram into fragments (DNS flag day 2020, RFC 9715 3.2). */
export const EDNS_OCTETS = 1_232
/** More datagrams that are no answer than this, to one question, are an attack or a broken box. */
export const STRAY_DATAGRAMS_MAX = 64
/** Nobody follows more aliases (BIND stops at 16, Unbound at 11); what we ask for has one, or two. */
export const ALIASES_MAX = 8
/** Labels walked up in search of the apex. A DKIM name has about seven. */
export const ZONE_STEPS_MAX = 24
/** The root has 13 name servers; nobody needs more. */
export const NAME_SERVERS_MAX = 16
/** Addresses of one name server: two of each family are many. */
export const ADDRESSES_MAX = 4
/** A delegation changes by the week; one run of the reconciler asks for the same zone many times. */
export const ZONE_CACHE_MS = 60 * SECOND_MS
/** Zones and names remembered; a plan has a handful. */
export const ZONE_CACHE_MAX = 256
/** Questions to authoritative servers for one name: 16 servers through a chain of aliases, and no avalanche. */
export const TRUTH_QUESTIONS_MAX = 128
/** Questions on their way at once: enough that one silent server does not hold up the others. */
export const CONCURRENT_MAX = 16

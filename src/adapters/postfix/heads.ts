// What stands between the stamp and the text of a line: host, instance, program. Each kind of head is understood once, then
// known by its octets.
import { CLOSE_BRACKET, COLON, OPEN_BRACKET, SPACE, standsAt, ZERO } from './octets.ts'

/** Who writes a line, as far as its text has a grammar of its own. */
export type Program = 'qmgr' | 'smtpd' | 'cleanup' | 'pickup' | 'postsuper' | 'delivery' | 'quiet' | 'foreign'

/** The queue of one Postfix instance: the seeds keep the same id on two of them apart. */
export interface QueueSpace {
  readonly host: string
  readonly instance: string
  readonly seedLow: number
  readonly seedHigh: number
  /** True when a queue manager of this instance was heard. */
  managed: boolean
  /** Where the mails of this program's name really are: a transport may have a syslog_name of its own. */
  alias: QueueSpace | undefined
}

export interface Head {
  readonly program: Program
  /** The last part of the program's path: 'smtp'. */
  readonly daemon: string
  readonly space: QueueSpace
  /** Position in the list of hosts. */
  readonly host: number
}

const PROGRAMS: Readonly<Record<string, Program>> = {
  qmgr: 'qmgr',
  nqmgr: 'qmgr',
  oqmgr: 'qmgr',
  smtpd: 'smtpd',
  postscreen: 'smtpd',
  cleanup: 'cleanup',
  pickup: 'pickup',
  postsuper: 'postsuper',
  ...Object.fromEntries(
    'smtp lmtp local virtual pipe error retry discard relay spawn'
      .split(' ')
      .map((name) => [name, 'delivery' as const]),
  ),
  ...Object.fromEntries(
    'anvil bounce defer dnsblog flush master postalias postconf postdrop postfix postfix-script postlog postlogd postmap postqueue proxymap proxywrite qmqpd scache sendmail showq tlsmgr tlsproxy trace trivial-rewrite verify'
      .split(' ')
      .map((name) => [name, 'quiet' as const]),
  ),
}

/** Hosts times programs; more are no heads but noise, and their lines are foreign. */
const HEADS_MAX = 16_384
const SLOTS = 65_536
const HEAD_OCTETS_MAX = 512
/** Guesses; a power of two. */
const RECENT = 256
/** Behind the host: ` postfix/` and then the daemon's name, by which programs differ. */
const GUESSED_AT = ' postfix/'.length
const FNV_OFFSET = 0x811c9dc5 | 0
const FNV_PRIME = 0x01000193

interface Known {
  readonly octets: Uint8Array
  readonly head: Head
}

export class Heads {
  /** Of the last line that was read. */
  head: Head | undefined
  pid = 0
  readonly hosts: string[] = []
  /** Hosts on which a Postfix was heard. */
  readonly postfixHosts: string[] = []
  readonly spaces: QueueSpace[] = []
  readonly #slots: (Known | undefined)[] = Array.from({ length: SLOTS }, () => undefined)
  readonly #recent: (Known | undefined)[] = Array.from({ length: RECENT }, () => undefined)
  #known = 0
  /** Octets of the last head's host. */
  #hostLength = 0

  /** Where the text begins, from behind the stamp on; -1 when this is no head. */
  read(octets: Uint8Array, start: number, end: number): number {
    // Most lines come from a few programs of the same host as the line before, so a guess is looked at first.
    const word = start + this.#hostLength + GUESSED_AT
    const place = ((octets[word]! << 2) ^ octets[word + 1]! ^ (octets[word + 4]! << 1)) & (RECENT - 1)
    const guess = this.#recent[place]
    if (guess !== undefined) {
      const behind = start + guess.octets.length
      if (octets[behind] === OPEN_BRACKET && behind < end && standsAt(octets, start, guess.octets)) {
        this.head = guess.head
        return this.#pid(octets, behind + 1)
      }
    }
    const known = this.#search(octets, start, end)
    if (known === undefined) return -1
    this.head = known.head
    const behind = start + known.octets.length
    if (octets[behind] === COLON) return behind + 2
    this.#hostLength = known.head.space.host.length
    this.#recent[place] = known
    return this.#pid(octets, behind + 1)
  }

  #search(octets: Uint8Array, start: number, end: number): Known | undefined {
    let hash = FNV_OFFSET
    let at = start
    const last = Math.min(end, start + HEAD_OCTETS_MAX)
    let octet = 0
    let spaces = 0
    for (; at < last; at += 1) {
      octet = octets[at]!
      if (octet === OPEN_BRACKET || (octet === COLON && octets[at + 1] === SPACE)) break
      // Host and program are the only two words.
      if (octet === SPACE && (spaces += 1) > 1) return undefined
      hash = Math.imul(hash ^ octet, FNV_PRIME)
    }
    return at >= last || spaces !== 1 ? undefined : this.#find(octets, start, at, hash)
  }

  #pid(octets: Uint8Array, at: number): number {
    let pid = 0
    let i = at
    for (;;) {
      const digit = octets[i]! - ZERO
      if (!(digit >= 0 && digit <= 9)) break
      pid = pid * 10 + digit
      i += 1
    }
    if (octets[i] !== CLOSE_BRACKET || octets[i + 1] !== COLON || octets[i + 2] !== SPACE) return -1
    this.pid = pid
    return i + 3
  }

  #find(octets: Uint8Array, start: number, end: number, hash: number): Known | undefined {
    let slot = (hash ^ (hash >>> 16)) & (SLOTS - 1)
    for (;;) {
      const known = this.#slots[slot]
      if (known === undefined) break
      if (known.octets.length === end - start && standsAt(octets, start, known.octets)) return known
      slot = (slot + 1) & (SLOTS - 1)
    }
    if (this.#known >= HEADS_MAX) return undefined
    const own = new Uint8Array(octets.subarray(start, end))
    const known = { octets: own, head: this.#headOf(Buffer.from(own).toString('latin1')) }
    this.#slots[slot] = known
    this.#known += 1
    return known
  }

  #headOf(text: string): Head {
    const [host = '', path = ''] = text.split(' ')
    const parts = path.split('/')
    const daemon = parts.at(-1) ?? ''
    const instance = parts[0] ?? ''
    const program = PROGRAMS[daemon]
    const isPostfix = (parts.length > 1 && program !== undefined) || instance.startsWith('postfix')
    if (isPostfix && !this.postfixHosts.includes(host)) this.postfixHosts.push(host)
    return {
      program: isPostfix ? (program ?? 'delivery') : 'foreign',
      daemon,
      space: this.#space(host, instance),
      host: this.#host(host),
    }
  }

  #host(name: string): number {
    const known = this.hosts.indexOf(name)
    return known >= 0 ? known : this.hosts.push(name) - 1
  }

  #space(host: string, instance: string): QueueSpace {
    const known = this.spaces.find((space) => space.host === host && space.instance === instance)
    if (known !== undefined) return known
    let low = FNV_OFFSET
    let high = 0x9e3779b9 | 0
    for (const octet of Buffer.from(`${host} ${instance}`, 'latin1')) {
      low = Math.imul(low ^ octet, FNV_PRIME)
      high = Math.imul(high ^ octet, 0x85ebca6b | 0) ^ (high >>> 13)
    }
    const space: QueueSpace = { host, instance, seedLow: low, seedHigh: high, managed: false, alias: undefined }
    this.spaces.push(space)
    return space
  }
}

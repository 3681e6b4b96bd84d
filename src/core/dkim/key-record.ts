// Reads a DKIM key record (RFC 6376 3.6.1) as a server gave it, against the key that should be there. Its rule: a fault has
// a name that says how it came about, because the person who mends it is in another company.
import type { DnsAnswer, DnsFault, DnsRecord } from '../base/dns.ts'

export type KeyRecordFault =
  /** Several TXT records: with more than one the result is undefined (RFC 6376 3.6.2.2). */
  | 'twoRecords'
  /** The strings of one value were entered as records of their own. */
  | 'splitOverRecords'
  /** The value ends too early: most often after the 255 octets that one string may have. */
  | 'cut'
  /** A whole key, but another one. */
  | 'otherKey'
  /** The text is the name an alias should point to: TXT was entered in place of CNAME. */
  | 'shouldBeCname'
  /** A tag is there twice (RFC 6376 3.2 forbids it). */
  | 'tagTwice'
  /** Quotation marks of the zone file became a part of the value. */
  | 'quotesInside'
  /** `\;` of a zone file became a part of the value. */
  | 'backslashInside'
  /** v=, k=, h= or s= say that this key is not for us: another algorithm, hash or service. */
  | 'wrongTag'
  /** Text, but no key record. */
  | 'notAKey'
  /** Right, but behind an alias, and SES was seen not to follow it. */
  | 'aliasNotFollowed'

export type KeyRecordNote =
  /** White space inside p= is ignored by verifiers (RFC 6376 3.6.1), but not by everybody's tools. */
  | 'whiteSpace'
  /** t=y: verifiers may treat mail as if it were not signed. */
  | 'testMode'
  /** Reached by an alias. */
  | 'alias'

export type KeyRecordState =
  | { readonly kind: 'right'; readonly ttlSeconds: number; readonly notes: readonly KeyRecordNote[] }
  /** `alias`: the name is an alias, and what it points to is missing. */
  | { readonly kind: 'absent'; readonly negativeTtlSeconds?: number; readonly alias?: string }
  | { readonly kind: 'revoked'; readonly ttlSeconds: number }
  | { readonly kind: 'wrong'; readonly fault: KeyRecordFault; readonly ttlSeconds: number; readonly found: string }
  | { readonly kind: 'unknown'; readonly fault: DnsFault; readonly message: string }

/** What a server's answer says of the key that should be there. `publicKey` is base64 without white space. */
export function readKeyRecord(answer: DnsAnswer, publicKey: string): KeyRecordState {
  if (answer.kind === 'fault') return { kind: 'unknown', fault: answer.fault, message: answer.message }
  const alias = lastAlias(answer.records)
  if (answer.kind !== 'records') {
    return {
      kind: 'absent',
      ...(answer.negativeTtlSeconds === undefined ? {} : { negativeTtlSeconds: answer.negativeTtlSeconds }),
      ...(alias === undefined ? {} : { alias }),
    }
  }
  const texts = answer.records.filter((record) => record.type === 'TXT')
  if (texts.length === 0) return { kind: 'absent', ...(alias === undefined ? {} : { alias }) }
  const ttlSeconds = Math.max(...answer.records.map((record) => record.ttlSeconds))
  return judged(
    texts.map(({ strings }) => strings.join('')),
    { publicKey, ttlSeconds, isAlias: alias !== undefined },
  )
}

interface Expected {
  readonly publicKey: string
  readonly ttlSeconds: number
  readonly isAlias: boolean
}

function judged(values: readonly string[], expected: Expected): KeyRecordState {
  const { publicKey, ttlSeconds, isAlias } = expected
  const [value] = values
  if (values.length > 1 || value === undefined) {
    const halves = values.some((first) =>
      values.some((second) => first !== second && isRight(first + second, publicKey)),
    )
    return wrong(halves ? 'splitOverRecords' : 'twoRecords', expected, `TXT × ${values.length}`)
  }
  const tags = tagsOf(value)
  if (typeof tags === 'string') return wrong(tags, expected, shortened(value))
  const p = tags.get('p') ?? ''
  const found = p.replaceAll(/\s/g, '')
  if (found === '') return { kind: 'revoked', ttlSeconds }
  const tagFault = foreignTag(tags)
  if (tagFault !== undefined) return wrong('wrongTag', expected, tagFault)
  if (found !== publicKey) {
    return wrong(publicKey.startsWith(found) ? 'cut' : 'otherKey', expected, `p=${shortened(found)} (${found.length})`)
  }
  const notes: KeyRecordNote[] = []
  if (isAlias) notes.push('alias')
  if (p !== found) notes.push('whiteSpace')
  if ((tags.get('t') ?? '').split(':').some((flag) => flag.trim() === 'y')) notes.push('testMode')
  return { kind: 'right', ttlSeconds, notes }
}

const isRight = (value: string, publicKey: string): boolean => {
  const tags = tagsOf(value)
  return typeof tags !== 'string' && tags.get('p')?.replaceAll(/\s/g, '') === publicKey
}

/** Longer than any key SES takes; what is longer is not read tag by tag. */
const TAGS_MAX = 32

/** The tag list (RFC 6376 3.2), or why the text is none. */
function tagsOf(value: string): ReadonlyMap<string, string> | KeyRecordFault {
  if (value.includes('"')) return 'quotesInside'
  if (value.includes('\\')) return 'backslashInside'
  const tags = new Map<string, string>()
  const parts = value.split(';', TAGS_MAX)
  for (const part of parts) {
    const equals = part.indexOf('=')
    const name = part.slice(0, Math.max(0, equals)).trim()
    if (name === '') continue
    if (tags.has(name)) return 'tagTwice'
    tags.set(name, part.slice(equals + 1).trim())
  }
  if (tags.has('p')) return tags
  return looksLikeAName(value) ? 'shouldBeCname' : 'notAKey'
}

const looksLikeAName = (value: string) => /^(?:[\w-]{1,63}\.)+[a-z][\w-]{0,62}\.?$/i.test(value.trim())

/** RFC 6376 3.6.1: which tag makes the record one for somebody else; SES signs with rsa-sha256 for mail. */
function foreignTag(tags: ReadonlyMap<string, string>): string | undefined {
  const version = tags.get('v')
  if (version !== undefined && (version !== 'DKIM1' || [...tags.keys()][0] !== 'v')) return `v=${shortened(version)}`
  const algorithm = tags.get('k') ?? 'rsa'
  if (algorithm !== 'rsa') return `k=${shortened(algorithm)}`
  const hashes = tags.get('h')
  if (hashes !== undefined && !inList(hashes, 'sha256')) return `h=${shortened(hashes)}`
  const services = tags.get('s')
  if (services !== undefined && !inList(services, '*') && !inList(services, 'email')) return `s=${shortened(services)}`
  return undefined
}

const inList = (list: string, word: string) => list.split(':').some((item) => item.trim() === word)

function lastAlias(records: readonly DnsRecord[]): string | undefined {
  return records.flatMap((record) => (record.type === 'CNAME' ? [record.target] : [])).at(-1)
}

/** What a person needs to recognize a text; a record may hold thousands of characters. */
const SHOWN_MAX = 40

function shortened(text: string): string {
  const shown = text.replaceAll(/[^\x20-\x7e]/g, '?')
  return shown.length > SHOWN_MAX ? `${shown.slice(0, SHOWN_MAX)}…` : shown
}

function wrong(fault: KeyRecordFault, { ttlSeconds }: Expected, found: string): KeyRecordState {
  return { kind: 'wrong', fault, ttlSeconds, found }
}

/** The value of a key record. `v=` and `k=` are optional, but some tools ask for them. */
export function keyRecordValue(publicKey: string): string {
  return `v=DKIM1; k=rsa; p=${publicKey}`
}

/** The value of a revoked key (RFC 6376 3.6.1: an empty p= means revoked). */
export const REVOKED_VALUE = 'v=DKIM1; k=rsa; p='

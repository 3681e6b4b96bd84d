// What may be put into a zone of ours. A wrong name or value is refused with a sentence before anything is written.
import { ZONE_TEXT_OCTETS_MAX, type ZoneText } from './dns.ts'
import { canonicalName, isWithin } from './dns-name.ts'

/** RFC 2181 8 */
const TTL_MAX = 0x7fff_ffff
const NAME_CHARACTERS_MAX = 253
/** Letters, digits, hyphens and underscores: what a host or a service can be called (RFC 1123 2.1, RFC 8552). */
const LABEL = /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/

/** The name as the zone keeps it; throws when it cannot be one of its text records. */
export function checkedName(asked: string, apex: string): string {
  const name = canonicalName(asked)
  const why = `cannot be a text record of the zone ${apex}`
  if (name === apex || !isWithin(name, apex)) throw new Error(`${JSON.stringify(asked)} ${why}: it is not below it`)
  if (name.length > NAME_CHARACTERS_MAX || !name.split('.').every((label) => LABEL.test(label))) {
    throw new Error(`${JSON.stringify(asked)} ${why}: a label has 1 to 63 letters, digits, hyphens or underscores`)
  }
  return name
}

/** The same for a whole record. */
export function checkedText({ name, text, ttlSeconds }: ZoneText, apex: string): string {
  const canonical = checkedName(name, apex)
  // eslint-disable-next-line no-control-regex -- every octet is allowed, and only octets are.
  if (text.length > ZONE_TEXT_OCTETS_MAX || !/^[\u0000-\u00ff]*$/.test(text)) {
    throw new Error(`the text of ${canonical} must be at most ${ZONE_TEXT_OCTETS_MAX} octets, one a character`)
  }
  if (!Number.isInteger(ttlSeconds) || ttlSeconds < 0 || ttlSeconds > TTL_MAX) {
    throw new Error(`the TTL of ${canonical} must be whole seconds from 0 to ${TTL_MAX}, not ${ttlSeconds}`)
  }
  return canonical
}

// The character-strings of a TXT record: readers join them with nothing between (RFC 6376 3.6.2.2, RFC 7208 3.3).

/** RFC 1035 3.3: one has at most 255 octets. */
const STRING_OCTETS_MAX = 255

/** The strings of a text whose characters are octets; at least one, which may be empty. */
export function stringsOf(text: string): readonly string[] {
  const strings: string[] = []
  for (let at = 0; at < text.length; at += STRING_OCTETS_MAX) strings.push(text.slice(at, at + STRING_OCTETS_MAX))
  return strings.length === 0 ? [''] : strings
}

// A TXT value as a zone file writes it (RFC 1035 5.1): strings of at most 255 octets, quoted, on one line with one space between.
// Verifiers join them with nothing between (RFC 6376 3.6.2.2), and people who enter them must not add any.

/** RFC 1035 3.3: a character-string has at most 255 octets. */
const STRING_OCTETS_MAX = 255

/** The strings of a value. Key records, SPF and DMARC are ASCII, so a character is an octet. */
export function stringsOf(value: string): readonly string[] {
  const strings: string[] = []
  for (let at = 0; at < value.length; at += STRING_OCTETS_MAX) strings.push(value.slice(at, at + STRING_OCTETS_MAX))
  return strings.length === 0 ? [''] : strings
}

/** `"first" "second"` */
export function quotedStrings(value: string): string {
  return stringsOf(value)
    .map((text) => `"${text.replaceAll(/["\\]/g, (character) => `\\${character}`)}"`)
    .join(' ')
}

// A TXT value as a zone file writes it (RFC 1035 5.1): strings of at most 255 octets, quoted, on one line with one space between.
// Verifiers join them with nothing between (RFC 6376 3.6.2.2), and people who enter them must not add any.
import { stringsOf } from '../base/txt-strings.ts'

/** `"first" "second"` */
export function quotedStrings(value: string): string {
  return stringsOf(value)
    .map((text) => `"${text.replaceAll(/["\\]/g, (character) => `\\${character}`)}"`)
    .join(' ')
}

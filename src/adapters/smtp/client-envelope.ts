// The commands of one transaction, byte for byte as queued (M4, M5), and the check that no field of an envelope can
// become a command of its own.
import type { Content } from '../../core/mail/mail.ts'
import type { Capabilities } from './client-capabilities.ts'

/** RFC 5321 4.5.3.1.1 and 4.5.3.1.2: 64 octets, an @, 255 octets. */
const ADDRESS_OCTETS_MAX = 64 + 1 + 255

// Printable ASCII without space and brackets, or inside a quoted string anything printable (RFC 5321 4.1.2). The dots
// may lie as they will (M9). Outside of quotes a `>` would end the path, and what follows it would be a parameter.
const WRITABLE = /^(?:[!#-;=?-~]|"(?:[ !#-[\]-~]|\\[ -~])*")*$/

/** True when an address can stand between the brackets of MAIL FROM or RCPT TO and stays one address there. */
export function isWritableAddress(address: string): boolean {
  return address.length <= ADDRESS_OCTETS_MAX && WRITABLE.test(address)
}

/** True when the final dot behind this content is a line of its own: anything else would never be answered. */
export function endsInLineEnd({ chunks }: Content): boolean {
  let last = LF
  // Backwards, because chunks may be empty and a line end may be cut in two.
  for (let at = chunks.length - 1; at >= 0; at -= 1) {
    const chunk = chunks[at]!
    for (let i = chunk.length - 1; i >= 0; i -= 1) {
      if (chunk[i] !== last) return false
      if (last === CR) return true
      last = CR
    }
  }
  return last === LF
}

const CR = 13
const LF = 10

export function mailCommand(sender: string, content: Content, capabilities: Capabilities): string {
  const size = capabilities.size ? ` SIZE=${content.size}` : ''
  const body = content.eightBit && capabilities.eightBitMime ? ' BODY=8BITMIME' : ''
  return `MAIL FROM:<${sender}>${size}${body}\r\n`
}

export function rcptCommand(recipient: string): string {
  return `RCPT TO:<${recipient}>\r\n`
}

export const DATA_COMMAND = 'DATA\r\n'
export const RESET_COMMAND = 'RSET\r\n'
export const QUIT_COMMAND = 'QUIT\r\n'
/** RFC 5321 4.1.1.4; the content before it ends in CRLF. */
export const FINAL_DOT = '.\r\n'

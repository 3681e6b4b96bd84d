// Everything the gateway says to an SMTP client, and the only place that knows the codes it says it with.
// Its rule: a transient reason gets a 4xx, a permanent one a 5xx, each with its enhanced code (RFC 2034, RFC 3463).
import type { Refusal } from '../../core/mail/refusal.ts'

/** A reply line may hold 512 octets (RFC 5321 4.5.3.1.5); the rest is code, enhanced code and CRLF. */
const TEXT_MAX = 480

export const OK = '250 2.0.0 Ok\r\n'
export const SENDER_OK = '250 2.1.0 Ok\r\n'
export const RECIPIENT_OK = '250 2.1.5 Ok\r\n'
export const SEND_CONTENT = '354 End data with <CR><LF>.<CR><LF>\r\n'
export const BYE = '221 2.0.0 Bye\r\n'
export const HELP = '214 2.0.0 See RFC 5321\r\n'
// RFC 5321 3.5.3: who must not be told whether a mailbox exists gets 252.
export const CANNOT_VERIFY = '252 2.0.0 Cannot verify, send the mail and see\r\n'
export const START_TLS = '220 2.0.0 Ready to start TLS\r\n'
export const LOGGED_IN = '235 2.7.0 Authentication successful\r\n'
// RFC 4954 4: a challenge is base64. AUTH LOGIN has no RFC; these two words are what all clients wait for.
export const CHALLENGE_EMPTY = '334 \r\n'
export const CHALLENGE_USER = '334 VXNlcm5hbWU6\r\n'
export const CHALLENGE_PASSWORD = '334 UGFzc3dvcmQ6\r\n'

export const LINE_TOO_LONG = '500 5.5.2 Line too long\r\n'
export const BARE_LINE_ENDING = '500 5.5.2 A command line ends in CRLF and holds no other CR or LF\r\n'
export const CONTROL_CHARACTER = '500 5.5.2 A command line holds no control characters\r\n'
export const UNKNOWN_COMMAND = '500 5.5.2 Command not recognized\r\n'
export const NOT_OFFERED = '502 5.5.1 Command not implemented\r\n'
export const BAD_SYNTAX = '501 5.5.4 Syntax error in parameters\r\n'
export const BAD_PATH = '501 5.5.4 Address expected in angle brackets\r\n'
export const SOURCE_ROUTE = '553 5.1.3 Source routes are not supported\r\n'
// RFC 5321 4.1.1.11
export const UNKNOWN_PARAMETER = '555 5.5.4 Parameter not recognized or not implemented\r\n'
export const HELLO_FIRST = '503 5.5.1 Send EHLO first\r\n'
export const MAIL_FIRST = '503 5.5.1 Send MAIL first\r\n'
export const MAIL_WAS_REFUSED = '503 5.5.1 MAIL was refused\r\n'
export const MAIL_ALREADY = '503 5.5.1 Sender already given\r\n'
export const RECIPIENT_FIRST = '554 5.5.1 No valid recipients\r\n'
export const TLS_ALREADY = '503 5.5.1 TLS is active already\r\n'
// RFC 4954 4: after a successful AUTH, and inside a transaction.
export const LOGIN_NOT_NOW = '503 5.5.1 AUTH is not permitted now\r\n'
export const UNKNOWN_MECHANISM = '504 5.5.4 Authentication mechanism not supported\r\n'
export const LOGIN_NEEDS_TLS = '538 5.7.11 Encryption required for authentication\r\n'
export const LOGIN_MALFORMED = '501 5.5.2 Cannot decode the response\r\n'
export const LOGIN_CANCELLED = '501 5.7.0 Authentication cancelled\r\n'
export const LOGIN_FAILED = '535 5.7.8 Authentication credentials invalid\r\n'
export const LOGIN_UNAVAILABLE = '454 4.7.0 Temporary authentication failure\r\n'

export const TOO_MANY_SESSIONS = '421 4.3.2 Too many sessions, try again later\r\n'
export const TOO_MANY_ERRORS = '421 4.7.0 Too many errors, closing\r\n'
export const TOO_MANY_COMMANDS = '421 4.7.0 Too many commands without a mail, closing\r\n'
export const TOO_MANY_LOGINS = '421 4.7.0 Too many failed logins, try again later\r\n'
export const NOT_SMTP = '421 4.7.0 This is an SMTP server, closing\r\n'
export const TLS_FROM_THE_START = '421 4.7.0 This port speaks TLS from the first octet\r\n'
export const BAD_PROXY_HEADER = '421 4.7.0 A PROXY header was expected\r\n'
export const TIMED_OUT = '421 4.4.2 Timeout, closing\r\n'
export const TOO_SLOW = '421 4.4.2 The content comes too slowly, closing\r\n'
export const STOPPING = '421 4.3.2 Shutting down, try again later\r\n'
export const BROKEN = '421 4.3.0 Internal error, closing\r\n'

/** Replies to what no correct client sends: they count towards the limit of errors. */
const PROTOCOL_ERRORS: ReadonlySet<string> = new Set([
  LINE_TOO_LONG,
  BARE_LINE_ENDING,
  CONTROL_CHARACTER,
  UNKNOWN_COMMAND,
  NOT_OFFERED,
  BAD_SYNTAX,
  BAD_PATH,
  SOURCE_ROUTE,
  UNKNOWN_PARAMETER,
  HELLO_FIRST,
  MAIL_FIRST,
  MAIL_ALREADY,
  TLS_ALREADY,
  LOGIN_NOT_NOW,
  UNKNOWN_MECHANISM,
  LOGIN_NEEDS_TLS,
  LOGIN_MALFORMED,
  LOGIN_CANCELLED,
  LOGIN_FAILED,
])

export function isProtocolError(reply: string): boolean {
  return PROTOCOL_ERRORS.has(reply)
}

export function greeting(hostname: string): string {
  return `220 ${hostname} ESMTP Watari\r\n`
}

export function heloReply(hostname: string): string {
  return `250 ${hostname}\r\n`
}

/** The answer to EHLO: one line a keyword (RFC 5321 4.1.1.1). */
export function ehloReply(hostname: string, keywords: readonly string[]): string {
  const lines = [hostname, ...keywords]
  return lines.map((line, i) => `250${i === lines.length - 1 ? ' ' : '-'}${line}\r\n`).join('')
}

/** The promise: said after the queue's put has resolved, and nowhere else. */
export function queued(id: string): string {
  return `250 2.0.0 Ok: queued as ${id}\r\n`
}

export function refusalReply(refusal: Refusal): string {
  return `${REFUSALS[refusal.reason]} ${oneLine(refusal.message)}\r\n`
}

const FOUR = 52

/** 4xx or 5xx (RFC 5321 4.2.1). */
export function isNegative(reply: string): boolean {
  return reply.charCodeAt(0) >= FOUR
}

/** RFC 5321 3.8: after a 421 the connection is closed. */
export function closesSession(reply: string): boolean {
  return reply.startsWith('421')
}

const REFUSALS: Readonly<Record<Refusal['reason'], string>> = {
  queueFull: '452 4.3.1',
  storageFailed: '451 4.3.0',
  tooManyRecipients: '452 4.5.3',
  tooManySessions: '421 4.3.2',
  stopping: '421 4.3.2',
  authenticationRequired: '530 5.7.0',
  clientNotAllowed: '550 5.7.1',
  senderNotAllowed: '550 5.7.1',
  senderSyntax: '553 5.1.7',
  recipientSyntax: '553 5.1.3',
  recipientDotAddress: '553 5.1.3',
  // RFC 6531 3.5
  nonAsciiLocalPart: '553 5.6.7',
  tooBig: '552 5.3.4',
  bareLineEnding: '554 5.6.0',
  headerMalformed: '554 5.6.0',
  headerAmbiguous: '554 5.6.0',
  loop: '554 5.4.6',
}

/** Core's messages are one line of ASCII; if one ever is not, it must not become a second reply. */
function oneLine(text: string): string {
  return text.slice(0, TEXT_MAX).replaceAll(/[^\x20-\x7e]/g, '?')
}

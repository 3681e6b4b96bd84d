// Lines of Postfix that are understood and say nothing that is counted here: connections, warnings, the course of a dialogue.
// What is not on this list is unknown, and is shown to a person.
import { octetsOf, standsAt } from './octets.ts'

const WITHOUT_ID = [
  'connect ',
  'disconnect ',
  'lost connection ',
  'timeout ',
  'too many errors ',
  'improper command ',
  'non-SMTP command',
  'statistics:',
  'SSL_accept error',
  'SSL_connect error',
  'certificate verification failed',
  'certificate peer name verification failed',
  'Trusted TLS',
  'Untrusted TLS',
  'Anonymous TLS',
  'Verified TLS',
  'setting up TLS connection',
  'Server certificate',
  'initializing the ',
  'proxy-',
  'CONNECT ',
  'DISCONNECT ',
  'PASS ',
  'PREGREET ',
  'HANGUP ',
  'DNSBL ',
  'ALLOWLISTED ',
  'WHITELISTED ',
  'DENYLISTED ',
  'BLACKLISTED ',
  'BARE NEWLINE ',
  'COMMAND ',
  'NON-SMTP ',
  'cache ',
  'address ',
  'entering ',
  'using backwards-compatible',
  'the Postfix mail system',
  'hostname ',
  'mapping ',
  'save ',
  'unknown ',
  'Host offered STARTTLS',
  'discarding EHLO keywords',
].map(octetsOf)

const BEHIND_ID = [
  'host ',
  'lost connection ',
  'conversation with ',
  'enabling PIX ',
  'disabling ',
  'Cannot start TLS',
  'TLS is required',
  'removed',
  'skipped, still being delivered',
  'message-id=',
  'resent-message-id=',
  'client=',
  'filter:',
  'redirect:',
  'replace:',
  'prepend:',
  'strip:',
  'info:',
  'warn:',
  'passing ',
  'sender delivery status',
  'sender non-delivery',
  'sender delay notification',
  'postmaster non-delivery',
  'from=<',
  'uid=',
  'Trusted TLS',
  'Untrusted TLS',
  'Anonymous TLS',
  'Verified TLS',
  'breaking line ',
  'SASL ',
  'SMTPUTF8 ',
  'Greylisted',
  'copied to',
  'replacing ',
  'requeued',
  'released',
  'placed on hold',
  'deleted',
].map(octetsOf)

const COMPLAINTS = ['warning:', 'error:', 'fatal:', 'panic:'].map(octetsOf)

function begins(words: readonly Uint8Array[], octets: Uint8Array, at: number): boolean {
  for (const word of words) if (standsAt(octets, at, word)) return true
  return false
}

/** A warning, or worse, of Postfix about itself or its peers. */
export function isComplaint(octets: Uint8Array, at: number): boolean {
  return begins(COMPLAINTS, octets, at)
}

export function isQuiet(octets: Uint8Array, at: number, hasId: boolean): boolean {
  return begins(hasId ? BEHIND_ID : WITHOUT_ID, octets, at)
}

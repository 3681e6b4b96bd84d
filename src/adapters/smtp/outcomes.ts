// What the replies of a plain SMTP next hop (the legacy pool) mean: the only file that knows its codes and texts.
// Its rule: an unknown answer is deferred; only a clear refusal of this mail or this recipient is a bounce, and what a
// host says about itself never is one.
import type { Outcome, Reading, Reply, ReplyStage, RouteSignal } from '../../core/mail/outcome.ts'

const HEALTHY: RouteSignal = { kind: 'healthy' }
const BEFORE_MAIL: ReadonlySet<ReplyStage> = new Set(['connect', 'hello', 'auth'])

/** Codes by which a host says that it did not understand us or is no mail host: its fault or ours, not the mail's. */
const NOT_ABOUT_THE_MAIL: ReadonlySet<number> = new Set([
  500, // RFC 5321 4.2.2: command unrecognized
  502, // command not implemented
  503, // bad sequence of commands
  504, // parameter not implemented; but see ADDRESS_REFUSED
  555, // MAIL or RCPT parameters not recognized: we send only what was offered
])

/** Postfix refuses an address without a domain by 504 (non_fqdn_reject_code), which is about that address. */
const ADDRESS_REFUSED = /address rejected/i
// Postfix and others say so to a client that is not in mynetworks: every mail would be refused alike, so the host's
// configuration is at fault, and a bounce would hit every recipient of the sender.
const CLIENT_NOT_ALLOWED =
  /rela(?:y|ying) (?:access )?(?:denied|not permitted)|client host rejected|access denied for client/i

/** Reads one reply of a plain SMTP host. */
export function plainSmtpReading(reply: Reply, stage: ReplyStage): Reading {
  if (BEFORE_MAIL.has(stage)) return readBeforeMail(reply, stage)
  if (isClosing(reply.code)) return hostTrouble('hostClosing', reply, stage === 'content')
  if (isHostRefusal(reply)) return misconfigured('clientNotAllowed', reply)
  if (reply.code >= 530 && reply.code <= 539) return misconfigured('authenticationRequired', reply)
  switch (Math.trunc(reply.code / 100)) {
    case 2:
      return stage === 'content' ? delivered(reply) : deferred('unexpectedReply', reply)
    case 4:
      return readTransient(reply, stage)
    case 5:
      return readPermanent(reply)
    default:
      return deferred('unexpectedReply', reply)
  }
}

/** RFC 5321 3.8: a host may say 421 to any command, and then closes. */
export function isClosing(code: number): boolean {
  return code === 421
}

/** How a host tells, at the first command of a reused connection, that it gave the connection up: 421, or SES's 451 4.4.2. */
export function isStaleConnection(code: number): boolean {
  return code === 421 || code === 451
}

/** The host closes, or what it says is no answer that SMTP knows to a command of ours. */
export function endsSession(code: number): boolean {
  return isClosing(code) || code < 200 || (code >= 300 && code <= 399) || code > 599
}

function readBeforeMail(reply: Reply, stage: ReplyStage): Reading {
  // 535 is a refused password, 530 and 534 and 538 ask for another way to log in (RFC 4954 6).
  const refused = stage === 'auth' && reply.code >= 500 && reply.code <= 599
  if (refused) return misconfigured('credentials', reply)
  if (isHostRefusal(reply)) return misconfigured('clientNotAllowed', reply)
  return hostTrouble(reply.code >= 500 ? 'hostRefuses' : 'hostUnavailable', reply, false)
}

function isHostRefusal(reply: Reply): boolean {
  // Addresses are left out: they are a client's words, and must not stop the route.
  return reply.code >= 400 && CLIENT_NOT_ALLOWED.test(reply.text.replaceAll(/<[^>]*>/g, ''))
}

function readTransient(reply: Reply, stage: ReplyStage): Reading {
  // RFC 3463 3.4: X.3 is the state of the mail system itself (disk full, going down), and at MAIL it is no mail's fault.
  if (stage === 'sender' && reply.enhanced?.startsWith('4.3.')) return hostTrouble('hostInTrouble', reply, false)
  return deferred('deferredByHost', reply)
}

function readPermanent(reply: Reply): Reading {
  const aboutTheMail = !NOT_ABOUT_THE_MAIL.has(reply.code) || (reply.code === 504 && ADDRESS_REFUSED.test(reply.text))
  if (!aboutTheMail) return deferred('unexpectedReply', reply)
  // RFC 7504: a host that takes no mail at all.
  if (reply.code === 521 || reply.code === 556) return hostTrouble('hostRefuses', reply, true)
  return { outcome: { kind: 'rejected', reason: 'rejectedByHost', reply }, signal: HEALTHY, counts: true }
}

function delivered(reply: Reply): Reading {
  // Postfix: `250 2.0.0 Ok: queued as 4XyZ`; the id is how an operator finds the mail in its log.
  const remoteId = /\bqueued as ([\w-]+)/i.exec(reply.text)?.[1]
  const outcome: Outcome = { kind: 'delivered', reply, ...(remoteId !== undefined && { remoteId }) }
  return { outcome, signal: HEALTHY, counts: true }
}

function deferred(reason: string, reply: Reply): Reading {
  return { outcome: { kind: 'deferred', reason, reply }, signal: HEALTHY, counts: true }
}

function hostTrouble(reason: string, reply: Reply, counts: boolean): Reading {
  return { outcome: { kind: 'deferred', reason, reply }, signal: { kind: 'unreachable', reason }, counts }
}

function misconfigured(reason: string, reply: Reply): Reading {
  return {
    outcome: { kind: 'deferred', reason, reply },
    signal: { kind: 'misconfigured', reason, reply },
    counts: false,
  }
}

// The two state machines that DNS drives: DKIM (which also verifies a domain) and the custom MAIL FROM domain.
// PENDING -> SUCCESS when DNS shows it; -> FAILED when it did not for 72 hours; SUCCESS -> TEMPORARY_FAILURE when it is gone
// or DNS does not answer, and from there back, or to FAILED after 72 hours. FAILED is final until someone asks again.
import type { DnsChecks, DnsVerdict } from './dns-checks.ts'
import type { Account, Identity } from './state.ts'

/** AWS looks for the records for up to 72 hours (API reference, DkimAttributes). */
const WINDOW_MS = 72 * 3_600_000
/** Looks come close together at first, as a person waits, and then once an hour. AWS does not publish its rhythm. */
const FIRST_PAUSE_MS = 1_000
const PAUSE_GROWTH = 1.5
const PAUSE_MAX_MS = 3_600_000

export interface Verification {
  /** Looks after `verifyAfterMs` and goes on looking; called whenever something was asked for anew. */
  start(identity: Identity): void
  /** Looks now; resolves when the statuses are what DNS says. */
  checkNow(identity: Identity): Promise<void>
}

export function createVerification(account: Account, dns: DnsChecks): Verification {
  /** Cancels the look that waits, by identity. */
  const waiting = new Map<Identity, () => void>()
  const isKnown = (identity: Identity): boolean => [...account.identities.values()].includes(identity)

  const schedule = (identity: Identity, afterMs: number, pauseMs: number): void => {
    waiting.get(identity)?.()
    const look = async (): Promise<void> => {
      await check(account, dns, identity)
      if (!isKnown(identity)) waiting.delete(identity)
      else if (isLooking(identity)) schedule(identity, pauseMs, Math.min(pauseMs * PAUSE_GROWTH, PAUSE_MAX_MS))
      else schedule(identity, account.settings.recheckMs, FIRST_PAUSE_MS)
    }
    waiting.set(identity, account.clock.at(account.clock.now() + afterMs, look))
  }
  return {
    start: (identity) => schedule(identity, account.settings.verifyAfterMs, FIRST_PAUSE_MS),
    async checkNow(identity) {
      await check(account, dns, identity)
      if (isLooking(identity)) schedule(identity, FIRST_PAUSE_MS, FIRST_PAUSE_MS * PAUSE_GROWTH)
    },
  }
}

const unsettled = new Set(['PENDING', 'TEMPORARY_FAILURE'])
const isLooking = ({ dkim, mailFrom }: Identity): boolean =>
  unsettled.has(dkim.status) || unsettled.has(mailFrom?.status ?? '')

async function check(account: Account, dns: DnsChecks, identity: Identity): Promise<void> {
  await Promise.all([checkDkim(account, dns, identity), checkMailFrom(account, dns, identity)])
}

async function checkDkim(account: Account, dns: DnsChecks, identity: Identity): Promise<void> {
  const { dkim } = identity
  if (identity.kind !== 'DOMAIN' || dkim.status === 'FAILED' || dkim.status === 'NOT_STARTED') return
  const asked = dkim.key
  const verdict =
    dkim.origin === 'EXTERNAL' && asked
      ? await dns.byodkim(`${asked.selector}._domainkey.${identity.name}`, asked.publicKey)
      : await dns.easyDkim(identity.name, dkim.tokens, DKIM_ZONE)
  // A new key that came while DNS was asked waits for its own look.
  if (dkim.key !== asked) return
  const now = account.clock.now()
  identity.lastCheckedAt = now
  const soa = await dns.soa(identity.name)
  if (soa) identity.soa = soa
  move(dkim, verdict, now)
  if (verdict.kind === 'ok') {
    identity.lastSuccessAt = now
    identity.verified = true
    delete dkim.replacedKey
    delete identity.errorType
  } else {
    identity.errorType = verdict.error
  }
}

async function checkMailFrom(account: Account, dns: DnsChecks, identity: Identity): Promise<void> {
  const { mailFrom } = identity
  if (mailFrom === undefined || mailFrom.status === 'FAILED') return
  const verdict = await dns.mailFrom(mailFrom.domain, `feedback-smtp.${account.region}.amazonses.com`)
  move(mailFrom, verdict, account.clock.now())
}

/** One look's result: see the head of the file. */
function move(state: { status: string; since: number }, verdict: DnsVerdict, now: number): void {
  if (verdict.kind === 'ok') {
    state.status = 'SUCCESS'
    return
  }
  if (state.status === 'SUCCESS') {
    state.status = 'TEMPORARY_FAILURE'
    state.since = now
  } else if (now - state.since >= WINDOW_MS) {
    state.status = 'FAILED'
  } else if (verdict.kind === 'unknown') {
    state.status = 'TEMPORARY_FAILURE'
  }
}

/** Where Easy DKIM's names point (AWS guide, "send-email-authentication-dkim-easy"). */
export const DKIM_ZONE = 'dkim.amazonses.com'

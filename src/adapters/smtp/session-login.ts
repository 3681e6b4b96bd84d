// AUTH in one session (RFC 4954): when it is allowed, how often it may fail, and what is said.
// Its rule: what the client says here goes to the credentials and nowhere else; a log line has the mechanism and no more.
import { never } from '../../core/base/assert.ts'
import type { Log } from '../../core/base/log.ts'
import { maskIp } from '../../core/mail/mask.ts'
import * as replies from './replies.ts'
import type { SessionLimits } from './session-limits.ts'
import type { LoginLimiter } from './session-login-limiter.ts'
import {
  beginLogin,
  continueLogin,
  type Credentials,
  type LoginExpectation,
  type LoginStep,
  type Mechanism,
} from './session-login-steps.ts'

export interface LoginRules {
  /** Without them AUTH is not offered. */
  readonly credentials?: Credentials
  readonly limits: SessionLimits
  readonly logins: LoginLimiter
  readonly log: Log
}

/** `say`: the dialogue is over. `ask`: the next line belongs to it. `check`: the reply comes later. */
export type LoginAnswer =
  | { readonly kind: 'say'; readonly reply: string }
  | { readonly kind: 'ask'; readonly reply: string }
  | { readonly kind: 'check'; readonly reply: Promise<string> }

const AUTH = /^AUTH +(\S+)(?: +(\S+))? *$/i
const CHALLENGES: Readonly<Record<LoginExpectation['kind'], string>> = {
  response: replies.CHALLENGE_EMPTY,
  user: replies.CHALLENGE_USER,
  password: replies.CHALLENGE_PASSWORD,
}

export class SessionLogin {
  /** Who has logged in. */
  user: string | undefined
  readonly #rules: LoginRules
  readonly #peer: { readonly id: string; readonly address: string }
  #mechanism: Mechanism = 'PLAIN'
  #expects: LoginExpectation = { kind: 'response' }
  #failures = 0

  constructor(rules: LoginRules, peer: { readonly id: string; readonly address: string }) {
    this.#rules = rules
    this.#peer = peer
  }

  /** The AUTH command. `now` says whether the session's state permits it. */
  begin(line: string, now: { readonly secure: boolean; readonly inTransaction: boolean }): LoginAnswer {
    const { credentials, logins } = this.#rules
    if (credentials === undefined) return say(replies.NOT_OFFERED)
    if (!now.secure) return say(replies.LOGIN_NEEDS_TLS)
    if (this.user !== undefined || now.inTransaction) return say(replies.LOGIN_NOT_NOW)
    const [, mechanism = '', initial] = AUTH.exec(line) ?? []
    if (mechanism === '') return say(replies.BAD_SYNTAX)
    const name = mechanism.toUpperCase()
    if (name !== 'PLAIN' && name !== 'LOGIN') return say(replies.UNKNOWN_MECHANISM)
    if (!logins.mayTry(this.#peer.address)) return say(replies.TOO_MANY_LOGINS)
    this.#mechanism = name
    return this.#take(beginLogin(name, initial))
  }

  /** A line of the dialogue. */
  next(line: string): LoginAnswer {
    return this.#take(continueLogin(this.#expects, line))
  }

  #take(step: LoginStep): LoginAnswer {
    switch (step.kind) {
      case 'ask':
        this.#expects = step.expects
        return { kind: 'ask', reply: CHALLENGES[step.expects.kind] }
      case 'check':
        this.#expects = { kind: 'response' }
        return { kind: 'check', reply: this.#check(step.user, step.password) }
      case 'malformed':
        return say(replies.LOGIN_MALFORMED)
      case 'cancelled':
        return say(replies.LOGIN_CANCELLED)
      default:
        return never(step)
    }
  }

  async #check(user: string, password: string): Promise<string> {
    let isRight: boolean
    try {
      isRight = await this.#rules.credentials!.verify(user, password)
    } catch {
      // Why is the credentials' own to tell; their error could hold what was asked.
      this.#rules.log.warn('loginUnavailable', { session: this.#peer.id, mechanism: this.#mechanism })
      return replies.LOGIN_UNAVAILABLE
    }
    if (isRight) {
      this.user = user
      return replies.LOGGED_IN
    }
    this.#failures += 1
    this.#rules.logins.failed(this.#peer.address)
    const { id, address } = this.#peer
    this.#rules.log.warn('loginFailed', { session: id, mechanism: this.#mechanism, client: maskIp(address) })
    return this.#failures >= this.#rules.limits.failedLogins ? replies.TOO_MANY_LOGINS : replies.LOGIN_FAILED
  }
}

function say(reply: string): LoginAnswer {
  return { kind: 'say', reply }
}

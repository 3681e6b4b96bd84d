// The dialogue of AUTH PLAIN (RFC 4616) and AUTH LOGIN, as steps. Pure; what passes through here is never logged.
import { Buffer } from 'node:buffer'

/** Who may send with AUTH. A rejection means that it cannot be said now. */
export interface Credentials {
  verify(user: string, password: string): Promise<boolean>
}

export type Mechanism = 'PLAIN' | 'LOGIN'

/** What the next line of the client will be. */
export type LoginExpectation =
  | { readonly kind: 'response' }
  | { readonly kind: 'user' }
  | { readonly kind: 'password'; readonly user: string }

export type LoginStep =
  | { readonly kind: 'ask'; readonly expects: LoginExpectation }
  | { readonly kind: 'check'; readonly user: string; readonly password: string }
  | { readonly kind: 'malformed' }
  | { readonly kind: 'cancelled' }

const MALFORMED: LoginStep = { kind: 'malformed' }

/** `initial` is the second word of the AUTH command, if there is one; '=' stands for an empty one (RFC 4954 4). */
export function beginLogin(mechanism: Mechanism, initial: string | undefined): LoginStep {
  const expects: LoginExpectation = mechanism === 'PLAIN' ? { kind: 'response' } : { kind: 'user' }
  if (initial === undefined) return { kind: 'ask', expects }
  return continueLogin(expects, initial === '=' ? '' : initial)
}

export function continueLogin(expects: LoginExpectation, line: string): LoginStep {
  if (line === '*') return { kind: 'cancelled' }
  const text = decoded(line)
  if (text === undefined) return MALFORMED
  if (expects.kind === 'response') return plainResponse(text)
  if (text.includes('\0') || text === '') return MALFORMED
  if (expects.kind === 'user') return { kind: 'ask', expects: { kind: 'password', user: text } }
  return { kind: 'check', user: expects.user, password: text }
}

/** RFC 4616 2: authorization identity NUL authentication identity NUL password. */
function plainResponse(text: string): LoginStep {
  const [identity, user, password, more] = text.split('\0')
  if (user === undefined || password === undefined || more !== undefined || user === '') return MALFORMED
  // Acting for somebody else is not offered: the pair can only be wrong.
  if (identity !== '' && identity !== user) return { kind: 'check', user: '', password: '' }
  return { kind: 'check', user, password }
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

function decoded(line: string): string | undefined {
  if (!BASE64.test(line)) return undefined
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(line, 'base64'))
  } catch {
    return undefined
  }
}

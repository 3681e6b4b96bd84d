// What a failed change of an identity means. Its rule: unknown means again, because a change may be asked for twice.
import { faultNamed, type ApiError } from './outcomes.ts'

/** The same call again, or a person first. */
export type ChangeReading = { readonly kind: 'again' | 'refused'; readonly reason: string }

/** Names of errors of changes (the Puts and CreateEmailIdentity of SESv2) beside those that every call has. */
const REFUSALS: ReadonlyMap<string, string> = new Map([
  ['BadRequestException', 'valueRefused'],
  ['LimitExceededException', 'limitReached'],
  ['NotFoundException', 'identityMissing'],
])

export function readChange(error: Pick<ApiError, 'name' | 'message'>): ChangeReading {
  const refusal = REFUSALS.get(error.name)
  if (refusal !== undefined) return { kind: 'refused', reason: refusal }
  const fault = faultNamed(error)
  switch (fault) {
    case 'accessDenied':
    case 'credentialsRefused':
      return { kind: 'refused', reason: fault }
    case 'rate':
    case 'dailyQuota':
      return { kind: 'again', reason: 'throttled' }
    default:
      return { kind: 'again', reason: fault ?? 'unknownAnswer' }
  }
}

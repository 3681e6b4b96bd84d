// What a failed API call means when there is no answer of SES to read, or none that can be read.
// Its rule: not sent means deferred, sent and no answer means unclear, and only SES itself can say no.
import { SESv2ServiceException } from '@aws-sdk/client-sesv2'
import type { Reading } from '../../core/mail/outcome.ts'
import { type CallProgress, WireFailure } from './http-handler.ts'
import { type ApiError, type ApiReading, type SesReadings, UNNAMED } from './outcomes.ts'

export type CallReading = Reading & Partial<Pick<ApiReading, 'addressRefused' | 'reply'>>

/** Reads the error that ended a call, with what is known of how far the call had come. */
export function readCallFailure(
  error: unknown,
  progress: CallProgress,
  { readings, host }: { readonly readings: SesReadings; readonly host: string },
): CallReading {
  const { status } = progress
  if (status === undefined) return progress.sent ? unclear('noAnswer') : notSent(error, readings, host)
  // A 2xx that cannot be read: SES probably took the mail, but the id is lost.
  if (status < 300) return unclear('answerUnreadable')
  const named = error instanceof SESv2ServiceException && error.name !== UNNAMED
  // A balancer or proxy says 502 or 504 when the server behind it took too long or went away: it may have the mail.
  // SES's own errors have names, and an error that SES itself sends gives no message id, so it took nothing.
  if (status >= 500 && !named) return unclear('serverErrorWithoutName')
  return readings.api(apiErrorOf(error, status), host)
}

function apiErrorOf(error: unknown, status: number): ApiError {
  if (!(error instanceof SESv2ServiceException)) return { name: UNNAMED, message: '', status, requestId: 'none' }
  return { name: error.name, message: error.message, status, requestId: error.$metadata.requestId ?? 'none' }
}

function notSent(error: unknown, readings: SesReadings, host: string): CallReading {
  if (error instanceof WireFailure) {
    return {
      outcome: { kind: 'deferred', reason: 'unreachable' },
      signal: { kind: 'unreachable', reason: error.code },
      counts: false,
    }
  }
  // The SDK itself gave up before it sent anything: no credentials, or a fault in what it was given.
  const name = error instanceof Error ? error.name : UNNAMED
  const reading = readings.api({ name, message: '', status: 0, requestId: 'none' }, host)
  return reading.signal.kind === 'misconfigured' ? reading : callFailed()
}

function callFailed(): CallReading {
  return {
    outcome: { kind: 'deferred', reason: 'callFailed' },
    signal: { kind: 'unreachable', reason: 'callFailed' },
    counts: true,
  }
}

function unclear(reason: string): CallReading {
  return { outcome: { kind: 'unclear', reason }, signal: { kind: 'unreachable', reason }, counts: true }
}

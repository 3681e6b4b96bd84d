// Reads lines of a Postfix log as the baseline does, and keeps everything that is told.
import { PostfixLog } from '../../src/adapters/postfix/reader.ts'
import type { LegacyMail, LegacyOutcome } from '../../src/core/base/legacy-outcome.ts'

export interface ToldOutcome extends Omit<LegacyOutcome, 'recipient' | 'domain'> {
  readonly recipient: string
  readonly domain: string
}

export interface ReadLog {
  readonly mails: readonly LegacyMail[]
  readonly outcomes: readonly ToldOutcome[]
  readonly log: PostfixLog
}

export interface LogOptions {
  readonly zone?: string
  readonly baseYear?: number
  /** The date of the file. */
  readonly writtenAt?: string
}

/** Each array of lines is a file of the same log. */
export function readPostfixLog(files: readonly (readonly string[])[], options: LogOptions = {}): ReadLog {
  const mails: LegacyMail[] = []
  const outcomes: ToldOutcome[] = []
  const { zone = 'Asia/Tokyo', baseYear, writtenAt = '2026-11-25T12:00:00+09:00' } = options
  const log = new PostfixLog(
    (names) => ({
      mail: (mail) => void mails.push({ ...mail }),
      mailAgain: (again) =>
        void mails.splice(
          mails.findIndex((mail) => mail.atMs === again.atMs),
          1,
        ),
      outcome: (outcome) =>
        void outcomes.push({ ...outcome, recipient: outcome.recipient(), domain: names.text(outcome.domain) }),
    }),
    { zone, ...(baseYear === undefined ? {} : { baseYear }) },
  )
  log.clock.startLog()
  for (const lines of files) {
    log.clock.startFile(Date.parse(writtenAt))
    for (const line of lines) {
      const octets = Buffer.from(line)
      log.line(octets, 0, octets.length)
    }
  }
  log.finish()
  return { mails, outcomes, log }
}

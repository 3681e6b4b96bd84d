// The one outcome that a reader hands over again and again, and copies of it for those who must wait.
import type { LegacyMail, LegacyOutcome, LegacyStatus } from '../../core/base/legacy-outcome.ts'
import type { LegacyReason, LegacyStage } from '../../core/base/legacy-reason.ts'

export class CurrentOutcome implements LegacyOutcome {
  atMs = 0
  status: LegacyStatus = 'delivered'
  count = 1
  domain = 0
  sender = -1
  octets = -1
  delayMs = 0
  reason: LegacyReason = 'none'
  stage: LegacyStage = 'none'
  mailbox: LegacyOutcome['mailbox'] = 'unknown'
  dsn = 0
  tls: LegacyOutcome['tls'] = 'unknown'
  dotted = false
  hashLow = 0
  hashHigh = 0
  recipient: () => string = noRecipient

  copy(): LegacyOutcome {
    const address = this.recipient()
    return Object.assign(new CurrentOutcome(), this, { recipient: () => address })
  }
}

/** Of outcomes whose line names nobody. */
export function noRecipient(): string {
  return ''
}

export class CurrentMail implements LegacyMail {
  atMs = 0
  sender = 0
  octets = 0
  recipients = 0
}

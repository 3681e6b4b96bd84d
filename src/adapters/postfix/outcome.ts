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
  viaGateway = false
  dotted = false
  hashLow = 0
  hashHigh = 0
  recipient: () => string = noRecipient

  /** As new, for a line that names nobody. */
  reset(): void {
    this.count = 1
    this.domain = 0
    this.delayMs = 0
    this.reason = 'none'
    this.stage = 'none'
    this.mailbox = 'unknown'
    this.dsn = 0
    this.tls = 'unknown'
    this.dotted = false
    this.hashLow = 0
    this.hashHigh = 0
    this.recipient = noRecipient
  }

  copy(): LegacyOutcome {
    const address = this.recipient()
    return Object.assign(new CurrentOutcome(), this, { recipient: () => address })
  }
}

/** Of outcomes whose line names nobody. */
function noRecipient(): string {
  return ''
}

export class CurrentMail implements LegacyMail {
  atMs = 0
  sender = 0
  octets = 0
  recipients = 0
}

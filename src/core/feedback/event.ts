// What SES tells us afterwards, as values: one event of one message, for the recipients it names (F1).
// Adapters translate the JSON of SES; here every field that SES may leave out is optional, and unknown words stay words.

/** The message an event is about. Matching uses `sesMessageId`; a header alone never proves anything. */
export interface FeedbackMail {
  readonly sesMessageId: string
  /** When SES took the message. */
  readonly sentAt?: number
  /** The envelope sender as it was given to SES, '' for none known. The address that bounces go back to. */
  readonly sender: string
  /** All recipients of the message, as SES was given them. */
  readonly destinations: readonly string[]
  /** Our own ids, from the message tags; undefined for mail that did not come through Watari. */
  readonly mailId?: string
  readonly part?: number
  /** The Message-ID field that the client wrote; SES replaces it on the wire. */
  readonly messageIdField?: string
}

export interface EventRecipient {
  /** As SES spells it. */
  readonly address: string
  /** 'failed', 'delayed' (RFC 3464 2.3.3). */
  readonly action?: string
  /** RFC 3463 status, '5.1.1'. */
  readonly status?: string
  /** 'smtp; 550 5.1.1 user unknown' (RFC 3464 2.3.6). */
  readonly diagnosticCode?: string
}

interface EventBase {
  /** When it happened, by SES's clock. */
  readonly at: number
  readonly mail: FeedbackMail
  /** `ses:…` auto tags are left out. */
  readonly configurationSet?: string
}

export type FeedbackEvent = EventBase &
  (
    | { readonly kind: 'send' }
    | {
        readonly kind: 'delivery'
        readonly recipients: readonly EventRecipient[]
        readonly smtpResponse?: string
        readonly reportingMta?: string
        readonly processingMs?: number
      }
    | {
        readonly kind: 'bounce'
        /** 'Permanent', 'Transient', 'Undetermined', or a word of tomorrow. */
        readonly bounceType: string
        readonly bounceSubType: string
        readonly recipients: readonly EventRecipient[]
        readonly feedbackId?: string
        readonly reportingMta?: string
      }
    | {
        readonly kind: 'complaint'
        /** 'OnAccountSuppressionList', 'OnTenantSuppressionList', or undefined for a real complaint. */
        readonly subType?: string
        /** 'abuse', 'not-spam', … (RFC 5965 3.1 and 7.3). */
        readonly feedbackType?: string
        readonly recipients: readonly EventRecipient[]
        readonly feedbackId?: string
        readonly userAgent?: string
        readonly arrivalAt?: number
      }
    | { readonly kind: 'reject'; readonly reason: string }
    | { readonly kind: 'renderingFailure'; readonly templateName?: string; readonly message?: string }
    | {
        readonly kind: 'deliveryDelay'
        readonly delayType: string
        readonly recipients: readonly EventRecipient[]
        readonly expiresAt?: number
        readonly reportingMta?: string
      }
    /** Open, Click, Subscription and types of tomorrow: counted, nothing else. */
    | { readonly kind: 'other'; readonly eventType: string }
  )

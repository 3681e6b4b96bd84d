// What a log holds, counted line by line as Postfix wrote it, so that the sums can be compared with those of other readers;
// and the lines that nobody understood, with masked samples.
import { maskText } from '../../core/mail/mask.ts'

/** Samples that are kept; a person looks at them, and alike ones tell nothing new. */
const SAMPLES_MAX = 20
const SAMPLE_CHARACTERS = 240

export class LineCounts {
  lines = 0
  /** Lines of other programs (sshd, opendkim …). */
  foreign = 0
  unknown = 0
  warnings = 0
  /** Mails taken: smtpd's client= and pickup's uid= lines. */
  received = 0
  /** status=sent, handed to a content filter or forwarded ones left out. */
  sent = 0
  handedOver = 0
  forwarded = 0
  deferrals = 0
  /** Mails with a deferral. */
  deferredMails = 0
  bounced = 0
  expired = 0
  /** A status that says nothing of a delivery, as in address verification. */
  otherStatus = 0
  rejected = 0
  rejectWarnings = 0
  held = 0
  discarded = 0
  octetsSent = 0
  /** Ids that were a new mail although the old one had not been removed: the log has a hole. */
  reusedIds = 0
  cutLines = 0
  readonly samples: string[] = []
  readonly #shapes = new Set<string>()

  /** Counts a line that was not understood; every kind of it is shown once. */
  notUnderstood(octets: Buffer, start: number, end: number): void {
    this.unknown += 1
    if (this.samples.length >= SAMPLES_MAX) return
    const text = maskText(octets.toString('latin1', start, Math.min(end, start + SAMPLE_CHARACTERS)))
    const shape = text.replaceAll(/\S*[@\d]\S*|[^A-Za-z]+/g, ' ').slice(0, SAMPLE_CHARACTERS / 3)
    if (this.#shapes.has(shape)) return
    this.#shapes.add(shape)
    this.samples.push(text)
  }
}

// What both wires do with a part before it goes to SES: make its copy, and keep back what SES must never be offered.
// Routing decided on these faults already; here they are met only when a person moved a mail by hand.
import { scanHeader } from '../../core/mail/header.ts'
import type { ClaimedPart, Content } from '../../core/mail/mail.ts'
import type { Outcome } from '../../core/mail/outcome.ts'
import { sesCopy, type SesWire } from '../../core/mail/ses-copy.ts'
import type { Meter } from '../../core/watch/metrics.ts'

type Prepared =
  | {
      /** In wire form. */
      readonly content: Content
      /** To be called when SES took it: what was left out is counted once a delivery, not once an attempt. */
      readonly delivered: () => void
    }
  | { readonly outcome: Outcome }

export type PrepareForSes = (part: ClaimedPart) => Prepared

export interface PreparationOptions {
  readonly wire: SesWire
  readonly configurationSet?: string
  readonly meter: Meter
}

export function sesPreparation({ wire, configurationSet, meter }: PreparationOptions): PrepareForSes {
  return (part) => {
    const header = scanHeader(part.content)
    if (header.fault !== undefined) return { outcome: { kind: 'notForThisRoute', reason: 'headerMalformed' } }
    if (part.sender === '') return { outcome: { kind: 'notForThisRoute', reason: 'nullSender' } }
    const { mailId } = part
    const options = { wire, mailId, part: part.part, ...(configurationSet !== undefined && { configurationSet }) }
    const { content, repairs } = sesCopy(part.content, options, header)
    return {
      content,
      delivered: () => {
        for (const repair of repairs) meter.count('watari_headers_repaired_total', { repair })
      },
    }
  }
}

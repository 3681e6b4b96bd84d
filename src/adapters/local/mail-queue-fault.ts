// What the format of the queue cannot hold. A caller that asks for it is told so alone; the group it would have been in goes on.
import type { NewMail, PartPlan } from '../../core/mail/mail.ts'

/** Numbers and lengths are stored in 16 bits; RFC 5321 4.5.3.1 asks for far less. */
const STORED_MAX = 0xffff
/** Part numbers count on as a mail is divided; a mail that was divided this often is one in a circle. */
const PARTS_MAX = 10_000

/** What is wrong with a new mail, or undefined. */
export function faultInMail(mail: NewMail): string | undefined {
  if (mail.parts.length === 0) return 'a mail without parts'
  if (mail.parts.length > PARTS_MAX) return 'a mail with too many parts'
  if (mail.sender.length > STORED_MAX || mail.stream.length > STORED_MAX) return 'a sender or stream that is too long'
  if (!(mail.acceptedAt >= 0)) return 'a mail without a time of acceptance'
  let wireSize = 0
  for (const chunk of mail.content.chunks) wireSize += chunk.length
  if (wireSize !== mail.content.wireSize) return 'a content whose chunks are not as long as it says'
  return faultInPlans(mail.parts)
}

export function faultInPlans(plans: readonly PartPlan[], lastPart = 0): string | undefined {
  if (lastPart + plans.length > STORED_MAX) return 'a mail that was divided too often'
  for (const { recipients, attempts, dueAt } of plans) {
    if (recipients.length === 0 || recipients.length > STORED_MAX) return 'a part without recipients, or with too many'
    for (const recipient of recipients) if (recipient.length > STORED_MAX) return 'a recipient that is too long'
    if (!(attempts >= 0 && attempts <= STORED_MAX)) return 'a number of attempts that cannot be'
    if (Number.isNaN(dueAt)) return 'a time that is not a number'
  }
  return undefined
}

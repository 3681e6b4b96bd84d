// What accept wants to know of a mail's content, read from its header once.
import type { Inspection } from './accept.ts'
import { senderStream } from './accept.ts'
import { fieldsNamed, fieldText, scanHeader } from './header.ts'
import type { Content } from './mail.ts'
import { refuse } from './refusal.ts'
import { sesFault, type SesPolicy } from './ses-fitness.ts'

export interface InspectPolicy {
  readonly ses: SesPolicy
  /** The header whose value names the sending stream, lower case; absent: the envelope sender's domain does. */
  readonly streamHeader?: string
}

/** A stream is a label on figures and shares; a longer value is no label. */
const STREAM_MAX = 64

export function inspector(policy: InspectPolicy): (sender: string, content: Content) => Inspection {
  return (sender, content) => {
    const header = scanHeader(content)
    const ambiguous = fieldsNamed(header, 'content-type').length > 1
    return {
      received: header.received,
      refusal: ambiguous
        ? refuse(
            'headerAmbiguous',
            'two Content-Type headers: what the reader sees would depend on the reader; send one',
          )
        : undefined,
      stream: streamOf(policy, sender, () => {
        const field = policy.streamHeader === undefined ? undefined : fieldsNamed(header, policy.streamHeader)[0]
        return field && fieldText(header, field)
      }),
      keptOffSes: () => sesFault({ sender, header, content }, policy.ses)?.reason,
    }
  }
}

function streamOf(policy: InspectPolicy, sender: string, headerValue: () => string | undefined): string {
  const value = policy.streamHeader === undefined ? undefined : headerValue()
  return value !== undefined && /^[A-Za-z0-9._-]+$/.test(value) ? value.slice(0, STREAM_MAX) : senderStream(sender)
}

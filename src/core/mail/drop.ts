// A drop address: one recipient of the gateway itself, for machines that report to us by mail. What comes to it goes nowhere
// but into its place. It opens no relay: the same clients may send, and a foreign sender may reach this address alone.
import type { Log } from '../base/log.ts'
import { canonical, domainFits, parseMailbox } from './address.ts'
import type { Content } from './mail.ts'
import type { Envelope, Intake } from './ports.ts'
import { refuse, type Refusal } from './refusal.ts'

export interface DropOptions {
  /** Compared without case and quotes. */
  readonly address: string
  /** Domains of senders that may send on to others too: gateway.senderDomains. */
  readonly senderDomains: readonly string[]
  /** Resolves when the mail is on disk. */
  readonly keep: (id: string, content: Content) => Promise<void>
  readonly now: () => number
  readonly nextId: (nowMs: number) => string
  readonly log: Log
}

export function withDrop(intake: Intake, options: DropOptions): Intake {
  const wanted = spelling(options.address)
  const isDrop = (recipient: string) => spelling(recipient) === wanted
  const isForeign = (sender: string) => {
    const mailbox = parseMailbox(sender, () => '')
    return typeof mailbox !== 'string' && !domainFits(mailbox.domain, options.senderDomains)
  }
  return {
    // Reporters send from addresses of their own: whether they may is known when they say to whom. Everything else that is
    // asked of a sender is asked of the null reverse-path as well.
    sender: (client, sender, size) => intake.sender(client, isForeign(sender) ? '' : sender, size),
    recipient(client, recipient, sender) {
      if (isDrop(recipient)) return { kind: 'accepted', recipient }
      const refused = isForeign(sender) ? intake.sender(client, sender, undefined) : undefined
      return refused ?? intake.recipient(client, recipient, sender)
    },
    async accept(client, envelope, content) {
      const others = envelope.recipients.filter((recipient) => !isDrop(recipient))
      if (others.length < envelope.recipients.length) {
        const dropped = await drop(options, envelope, content)
        if (dropped.kind === 'refused' || others.length === 0) return dropped
      }
      return intake.accept(client, { ...envelope, recipients: others }, content)
    },
  }
}

type Dropped = Refusal | { readonly kind: 'accepted'; readonly id: string }

async function drop({ keep, now, nextId, log }: DropOptions, { sender }: Envelope, content: Content): Promise<Dropped> {
  const id = nextId(now())
  try {
    await keep(id, content)
  } catch {
    log.alarm('storageFailed', { mail: id })
    return refuse('storageFailed', 'the mail could not be stored, try again later')
  }
  log.info('dropped', { mail: id, size: content.size, nullSender: sender === '' })
  return { kind: 'accepted', id }
}

function spelling(address: string): string {
  const mailbox = parseMailbox(address, () => '')
  return typeof mailbox === 'string' ? address.toLowerCase() : canonical(mailbox)
}

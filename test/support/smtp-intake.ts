// An Intake that takes what it is told to take and remembers it, for tests of the SMTP listener without a core.
import type { Content } from '../../src/core/mail/mail.ts'
import type { Client, Envelope, Intake } from '../../src/core/mail/ports.ts'
import type { Refusal } from '../../src/core/mail/refusal.ts'

export interface TakenMail {
  readonly client: Client
  readonly sender: string
  readonly recipients: readonly string[]
  readonly content: Content
  /** The content in wire form, as Latin-1 text. */
  readonly wire: string
}

export interface RecordingIntake extends Intake {
  readonly mails: TakenMail[]
  /** What was asked, in order. */
  readonly asked: string[]
  /** Lets accepts that were held back go on. */
  release(): void
}

export interface IntakeScript {
  readonly sender?: (sender: string, declaredSize: number | undefined) => Refusal | undefined
  readonly recipient?: (recipient: string) => Refusal | undefined
  readonly accept?: (content: Content) => Refusal | undefined
  /** Holds every accept back until `release`. */
  readonly held?: boolean
}

export function recordingIntake(script: IntakeScript = {}): RecordingIntake {
  const mails: TakenMail[] = []
  const asked: string[] = []
  let waiting: (() => void)[] = []
  return {
    mails,
    asked,
    release: () => {
      const released = waiting
      waiting = []
      for (const go of released) go()
    },
    sender: (_client, sender, declaredSize) => {
      asked.push(`sender ${sender}`)
      return script.sender?.(sender, declaredSize)
    },
    recipient: (_client, recipient) => {
      asked.push(`recipient ${recipient}`)
      return script.recipient?.(recipient) ?? { kind: 'accepted', recipient }
    },
    accept: async (client: Client, envelope: Envelope, content: Content) => {
      asked.push('accept')
      if (script.held === true) await new Promise<void>((resolve) => waiting.push(resolve))
      const refusal = script.accept?.(content)
      if (refusal !== undefined) return refusal
      const { sender, recipients } = envelope
      mails.push({ client, sender, recipients, content, wire: wireText(content) })
      return { kind: 'accepted', id: `M${mails.length}` }
    },
  }
}

export function wireText(content: Content): string {
  return Buffer.concat(content.chunks).toString('latin1')
}

/** The message behind the wire form: dot-stuffing taken off (RFC 5321 4.5.2), written apart from the code under test. */
export function unstuffed(wire: string): string {
  return wire
    .split('\r\n')
    .map((line) => (line.startsWith('.') ? line.slice(1) : line))
    .join('\r\n')
}

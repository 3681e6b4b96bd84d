// Mails for the queue's tests: builders with defaults, so that a test shows only what matters to it.
import type { Content, NewMail, PartPlan } from '../../src/core/mail/mail.ts'
import { encodeMailId } from '../../src/core/mail/mail-id.ts'

/** 2026-11-25T00:00:00Z. */
export const START_AT = 1_795_564_800_000

export function aContent(text = 'Subject: hello\r\n\r\nhello\r\n', chunkBytes = Infinity): Content {
  const bytes = new TextEncoder().encode(text)
  const chunks: Uint8Array[] = []
  for (let at = 0; at < bytes.length; at += chunkBytes) chunks.push(bytes.slice(at, at + chunkBytes))
  return { chunks, wireSize: bytes.length, size: bytes.length, dotStuffed: false, eightBit: false, longestLine: 14 }
}

export function aPlan(over: Partial<PartPlan> = {}): PartPlan {
  return {
    route: 'ses',
    recipients: ['hanako@example.jp'],
    state: 'waiting',
    dueAt: START_AT,
    attempts: 0,
    reason: 'fresh',
    ...over,
  }
}

/** The id of the n-th mail of a test; ids grow with n. */
export function idOf(n: number): string {
  return encodeMailId({ high: 0x1000_0000, low: n })
}

export function aMail(n: number, over: Partial<NewMail> = {}): NewMail {
  return {
    id: idOf(n),
    acceptedAt: START_AT + n,
    sender: `bounce+${n}@mail.example.jp`,
    stream: 'mail.example.jp',
    content: aContent(`Subject: mail ${n}\r\n\r\nbody of ${n}\r\n`),
    parts: [aPlan({ dueAt: START_AT + n })],
    ...over,
  }
}

export function textOf(content: Content | undefined): string | undefined {
  return content === undefined ? undefined : Buffer.concat(content.chunks).toString('utf8')
}

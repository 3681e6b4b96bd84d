import { describe, expect, test } from 'vitest'
import { aContent, recordedLog } from '../../../test/support/fakes.ts'
import { withDrop } from './drop.ts'
import { mailIds } from './mail-id.ts'
import type { Client, Envelope, Intake } from './ports.ts'
import { refuse } from './refusal.ts'

const CLIENT: Client = { address: '192.0.2.1', helo: 'mx', tls: false, allowed: true }
const DROP = 'dmarc-reports@goo.example.jp'

function world(full = false) {
  const accepted: Envelope[] = []
  const kept: string[] = []
  const inner: Intake = {
    sender: (client, sender) => {
      if (!client.allowed) return refuse('authenticationRequired', 'no')
      return sender === '' || sender.endsWith('@goo.example.jp') ? undefined : refuse('senderNotAllowed', 'no')
    },
    recipient: (_client, recipient) => ({ kind: 'accepted', recipient }),
    accept: async (_client, envelope) => {
      accepted.push(envelope)
      return { kind: 'accepted', id: 'INNER' }
    },
  }
  const log = recordedLog()
  const intake = withDrop(inner, {
    address: DROP,
    senderDomains: ['goo.example.jp'],
    keep: async (id) => {
      if (full) throw new Error('no space left on device')
      kept.push(id)
    },
    now: () => Date.UTC(2026, 10, 25),
    nextId: mailIds({ gateway: 1 }),
    log,
  })
  return { intake, accepted, kept, log }
}

const to = (recipients: readonly string[], sender = 'r@google.com'): Envelope => ({ sender, recipients })

describe('a foreign sender', () => {
  test('may reach the drop address, in any spelling', () => {
    const { intake } = world()
    expect(intake.sender(CLIENT, 'noreply-dmarc-support@google.com', 1_000)).toBeUndefined()
    expect(intake.recipient(CLIENT, 'DMARC-Reports@GOO.example.jp', 'r@google.com')).toMatchObject({ kind: 'accepted' })
  })

  test('may reach nobody else', () => {
    const { intake } = world()
    for (const recipient of ['u@example.net', 'u@goo.example.jp', 'x-dmarc-reports@goo.example.jp']) {
      expect(intake.recipient(CLIENT, recipient, 'r@google.com')).toMatchObject({ reason: 'senderNotAllowed' })
    }
  })

  test('from a client that may not send may not even begin', () => {
    const { intake } = world()
    expect(intake.sender({ ...CLIENT, allowed: false }, 'r@google.com', 1_000)).toMatchObject({
      reason: 'authenticationRequired',
    })
  })
})

test('a mail to the drop address alone is kept and goes nowhere', async () => {
  const { intake, accepted, kept } = world()
  const answer = await intake.accept(CLIENT, to([DROP]), aContent())
  expect(answer).toEqual({ kind: 'accepted', id: kept[0] })
  expect(accepted).toEqual([])
})

test('a sender of ours may write to it and to others in one mail', async () => {
  const { intake, accepted, kept } = world()
  const envelope = to([DROP, 'u@example.net'], 'news@goo.example.jp')
  expect(await intake.accept(CLIENT, envelope, aContent())).toEqual({ kind: 'accepted', id: 'INNER' })
  expect(kept).toHaveLength(1)
  expect(accepted).toEqual([{ sender: 'news@goo.example.jp', recipients: ['u@example.net'] }])
})

test('mail to others is not touched', async () => {
  const { intake, accepted, kept } = world()
  const envelope = to(['u@example.net'], 'news@goo.example.jp')
  await intake.accept(CLIENT, envelope, aContent())
  expect([kept, accepted]).toEqual([[], [envelope]])
})

test('a full disk is answered "later" and told', async () => {
  const { intake, accepted, log } = world(true)
  expect(await intake.accept(CLIENT, to([DROP, 'u@example.net']), aContent())).toMatchObject({
    reason: 'storageFailed',
  })
  expect(accepted).toEqual([])
  expect(log.lines.map(({ level, event }) => `${level} ${event}`)).toEqual(['alarm storageFailed'])
})

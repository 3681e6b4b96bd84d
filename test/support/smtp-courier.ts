// A courier over SMTP with defaults for tests, and parts for it to carry.
import { plainSmtpReading } from '../../src/adapters/smtp/outcomes.ts'
import { smtpCourier } from '../../src/adapters/smtp/courier.ts'
import type { SmtpCourierOptions } from '../../src/adapters/smtp/courier-options.ts'
import type { ClaimedPart } from '../../src/core/mail/mail.ts'
import type { Delivery } from '../../src/core/mail/outcome.ts'
import { aContent, fakeClock, recordedLog, turns, type FakeClock, type RecordedLog } from './fakes.ts'
import type { ScriptedServer } from './scripted-server.ts'

export interface CourierUnderTest {
  readonly courier: ReturnType<typeof smtpCourier>
  readonly clock: FakeClock
  readonly log: RecordedLog
  deliver(overrides?: Partial<ClaimedPart>): Promise<Delivery>
  stop(): Promise<void>
}

/** No chance in it: jitter is in the middle of its range, so the first pause of a host is one second. */
export function aCourier(
  servers: readonly Pick<ScriptedServer, 'address'>[],
  overrides: Partial<SmtpCourierOptions> = {},
): CourierUnderTest {
  const clock = fakeClock()
  const log = recordedLog()
  const courier = smtpCourier({
    hosts: servers.map(({ address }) => address),
    tls: 'never',
    helo: 'gateway.example',
    readReply: plainSmtpReading,
    clock,
    random: { next: () => 0.5 },
    log,
    ...overrides,
  })
  return {
    courier,
    clock,
    log,
    deliver: (part) => courier.deliver(aPart(part)),
    async stop() {
      const stopped = courier.stop()
      // Whatever still waits for a silent peer is cut when the courier's time to stop is over.
      await turns()
      await clock.advance(60_000)
      await stopped
    },
  }
}

let made = 0

export function aPart(overrides: Partial<ClaimedPart> = {}): ClaimedPart {
  const content = overrides.content ?? aContent()
  made += 1
  return {
    mailId: `07QZ${String(made).padStart(9, '0')}`,
    part: 1,
    route: 'legacy',
    state: 'active',
    sender: 'bounce+1@example.com',
    recipients: ['user@example.net'],
    stream: 'example.com',
    acceptedAt: Date.UTC(2026, 10, 25),
    dueAt: 0,
    attempts: 1,
    reason: 'accepted',
    size: content.size,
    content,
    ...overrides,
  }
}

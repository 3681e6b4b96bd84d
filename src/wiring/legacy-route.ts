// The legacy route, put together: the pool of the old hosts, as the plan lists them.
import { plainSmtpReading } from '../adapters/smtp/outcomes.ts'
import { smtpCourier } from '../adapters/smtp/courier.ts'
import type { TlsMode } from '../adapters/smtp/client-login.ts'
import { SECOND_MS } from '../core/base/clock.ts'
import type { LegacyPlan, Plan } from '../core/plan/plan.ts'
import type { Basics } from './basics.ts'

const TLS_MODES: Readonly<Record<LegacyPlan['tls'], TlsMode>> = {
  never: 'never',
  may: 'opportunistic',
  must: 'required',
}

export type LegacyCourier = ReturnType<typeof smtpCourier>

export function legacyRoute({ legacy, gateway }: Plan, { clock, random, log }: Basics): LegacyCourier {
  return smtpCourier({
    hosts: legacy.hosts,
    tls: TLS_MODES[legacy.tls],
    helo: gateway.hostname,
    readReply: plainSmtpReading,
    clock,
    random,
    log,
    limits: {
      connectionsPerHost: legacy.connectionsPerHost,
      mailsPerConnection: legacy.mailsPerConnection,
      contentMs: legacy.replySeconds * SECOND_MS,
      greetingMs: legacy.connectSeconds * SECOND_MS,
    },
  })
}

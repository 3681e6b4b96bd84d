// The listener, put together: who may send, with which certificate, and the limits of the plan.
import { join } from 'node:path'
import { keptCertificate, loadCertificate, type Certificate } from '../adapters/node/certificate.ts'
import { fileCredentials } from '../adapters/node/credentials.ts'
import { clientPolicy } from '../adapters/smtp/client-policy.ts'
import { smtpListener, type SmtpListener } from '../adapters/smtp/listener.ts'
import { SECOND_MS } from '../core/base/clock.ts'
import type { Intake } from '../core/mail/ports.ts'
import type { Plan } from '../core/plan/plan.ts'
import type { Basics } from './basics.ts'
import { besidePlan } from './split-key.ts'

export interface ListenerSurroundings {
  readonly planFile: string
  readonly dataFolder: string
  readonly basics: Basics
}

export async function startListener(
  plan: Plan,
  intake: Intake,
  surroundings: ListenerSurroundings,
): Promise<SmtpListener> {
  const { host, port, hostname, clients, proxies, limits, usersFile } = plan.gateway
  const { clock, log, meter } = surroundings.basics
  const { key, certificate } = await certificateOf(plan, surroundings)
  const file = join(surroundings.dataFolder, usersFile)
  return smtpListener({
    host,
    port,
    hostname,
    intake,
    policy: clientPolicy({ clients, proxies }),
    tls: { key, certificate },
    credentials: fileCredentials({ file, now: () => clock.now(), log }),
    limits: {
      messageOctets: limits.messageOctets,
      recipients: limits.recipients,
      sessions: limits.sessions,
      sessionsPerClient: limits.sessionsPerClient,
      receptionOctets: limits.memoryOctets,
      idleMs: limits.idleSeconds * SECOND_MS,
      stopMs: limits.stopSeconds * SECOND_MS,
    },
    clock,
    log,
    meter,
  })
}

/** The plan's pair, or a self-signed one of this gateway: TLS against eavesdropping needs no authority. */
function certificateOf(
  { gateway }: Plan,
  { planFile, dataFolder, basics }: ListenerSurroundings,
): Promise<Certificate> {
  const { tlsKeyFile, tlsCertFile, hostname } = gateway
  if (tlsKeyFile !== undefined && tlsCertFile !== undefined) {
    return loadCertificate({
      keyFile: besidePlan(planFile, tlsKeyFile),
      certificateFile: besidePlan(planFile, tlsCertFile),
    })
  }
  return keptCertificate({ folder: dataFolder, hostname, nowMs: basics.clock.now() })
}

// The SES route, put together: the wire that the plan chooses, its pace, its quota, and what the account says of both.
import { sesAccount } from '../adapters/ses/account.ts'
import { sesControlPlane, type ControlPlane } from '../adapters/ses/control-plane.ts'
import { sesCourier } from '../adapters/ses/courier.ts'
import { sesIdentity } from '../adapters/ses/identity.ts'
import { sesReadings } from '../adapters/ses/outcomes.ts'
import { sesPreparation } from '../adapters/ses/preparation.ts'
import { smtpCourier } from '../adapters/smtp/courier.ts'
import { accountWatch, LEAST_RATE_PER_SECOND, type AccountWatch } from '../core/mail/account-watch.ts'
import { pacer, rateShare, type Pacer } from '../core/mail/pace.ts'
import type { Courier } from '../core/mail/ports.ts'
import { quotaWatch, type QuotaWatch } from '../core/mail/quota.ts'
import { quotingCourier } from '../core/mail/spelling.ts'
import { SECOND_MS } from '../core/base/clock.ts'
import type { Plan } from '../core/plan/plan.ts'
import type { SesIdentity } from '../core/base/identity.ts'
import type { Basics } from './basics.ts'
import { sesPlace, sesSmtpLogin, type Environment, type SmtpLogin } from './ses-place.ts'

/** Ports where TLS begins with the first octet: https://docs.aws.amazon.com/ses/latest/dg/smtp-connect.html */
const WRAPPER_PORTS: ReadonlySet<number> = new Set([465, 2465])

export interface SesSurroundings {
  readonly environment: Environment
  /** PEM of who signed the certificate of the SMTP endpoint, when it is not one the platform trusts: the stand-in. */
  readonly smtpCa?: string
  /** Called when the account was read. */
  readonly refreshed: () => void
}

export interface SesRoute {
  readonly courier: Courier
  readonly pacer: Pacer
  readonly quota: QuotaWatch
  readonly account: AccountWatch
  /** Everything that is asked of SES beside sending goes one after another through here. */
  readonly controlPlane: ControlPlane
  readonly identity: SesIdentity
  readonly stop: () => Promise<void>
}

export function sesRoute(plan: Plan, basics: Basics, { environment, smtpCa, refreshed }: SesSurroundings): SesRoute {
  const { clock, log } = basics
  const { ses } = plan
  const place = sesPlace(plan, environment)
  const controlPlane = sesControlPlane(place, clock)
  const identity = sesIdentity(controlPlane)
  const pace = pacer(rateShare(ses.ratePerSecond ?? LEAST_RATE_PER_SECOND, ses.gateways))
  const quota = quotaWatch({ gateways: ses.gateways })
  const courier = quotingCourier(
    ses.wire === 'api'
      ? apiCourier(plan, basics, place)
      : smtpWire(plan, basics, { login: sesSmtpLogin(plan, environment), ...(smtpCa === undefined ? {} : { smtpCa }) }),
  )
  const account = accountWatch({
    account: sesAccount(controlPlane),
    pacer: pace,
    quota,
    clock,
    log,
    gateways: ses.gateways,
    ...(ses.ratePerSecond === undefined ? {} : { ratePerSecond: ses.ratePerSecond }),
    ...(ses.dailyQuota === undefined ? {} : { dailyQuota: ses.dailyQuota }),
    everySeconds: ses.accountSeconds,
    refreshed,
  })
  return {
    courier,
    pacer: pace,
    quota,
    account,
    controlPlane,
    identity,
    async stop() {
      account.stop()
      await courier.stop()
      await controlPlane.stop()
    },
  }
}

function apiCourier({ ses }: Plan, { meter }: Basics, place: ReturnType<typeof sesPlace>): Courier {
  const configurationSet = ses.configurationSet === undefined ? {} : { configurationSet: ses.configurationSet }
  return sesCourier({
    ...place,
    ...configurationSet,
    readings: sesReadings({ identities: ses.identities }),
    prepare: sesPreparation({ wire: 'api', meter, ...configurationSet }),
    connections: ses.connections,
    connectTimeoutMs: ses.connectSeconds * SECOND_MS,
    answerTimeoutMs: ses.replySeconds * SECOND_MS,
  })
}

function smtpWire(
  { ses, gateway }: Plan,
  { clock, random, log, meter }: Basics,
  { login, smtpCa }: { readonly login: SmtpLogin; readonly smtpCa?: string },
): Courier {
  const configurationSet = ses.configurationSet === undefined ? {} : { configurationSet: ses.configurationSet }
  return smtpCourier({
    hosts: [{ host: ses.smtpHost, port: ses.smtpPort }],
    tls: WRAPPER_PORTS.has(ses.smtpPort) ? 'wrapper' : 'required',
    ...(smtpCa === undefined ? {} : { trust: { ca: smtpCa } }),
    auth: () => Promise.resolve(login),
    helo: gateway.hostname,
    readReply: sesReadings({ identities: ses.identities }).smtp,
    prepare: sesPreparation({ wire: 'smtp', meter, ...configurationSet }),
    clock,
    random,
    log,
    limits: {
      connectionsPerHost: ses.connections,
      mailsPerConnection: ses.mailsPerConnection,
      contentMs: ses.replySeconds * SECOND_MS,
      greetingMs: ses.connectSeconds * SECOND_MS,
    },
  })
}

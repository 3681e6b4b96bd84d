// The three programs: everything on one machine, the gateway alone, the stand-in alone.
import { openLog, type OpenLog } from '../adapters/node/log.ts'
import { prometheusMeter, type PrometheusMeter } from '../adapters/node/meter.ts'
import { systemClock } from '../adapters/node/clock.ts'
import { systemRandom } from '../adapters/node/random.ts'
import { SNS_PATH } from '../adapters/ses/feedback-door.ts'
import type { SnsWeb } from '../adapters/ses/sns-certificates.ts'
import type { Log } from '../core/base/log.ts'
import type { Plan } from '../core/plan/plan.ts'
import type { Meter } from '../core/watch/metrics.ts'
import type { Standin } from '../standin/standin.ts'
import { LOCAL_ARCHIVE } from './archive-place.ts'
import type { Basics } from './basics.ts'
import { startObservedGateway } from './observed-gateway.ts'
import type { GatewayOptions, Ports, Ready, Running, StandinOptions, UpOptions } from './run.ts'

const LOOPBACK = '127.0.0.1'
/** For a plan without a section `feedback`. */
const FEEDBACK_DEFAULTS = {
  ledgerDays: 7,
  requestsAtOnce: 500,
  returns: 'watari',
  returnsPerMinute: 3_000,
  returnsPerDomainPerMinute: 1_500,
} as const
/** For a plan without a section `dmarc`. */
const DMARC_DEFAULTS = { folder: 'dmarc', days: 90 } as const
/** A record is proven when its TTL has passed: a minute, for whoever plays the DNS team and watches. */
const LOCAL_TTL_SECONDS = 60
/** The selector of the key that the stand-in signs with at first: not one that the life of our keys will ask for. */
const STANDIN_SELECTOR = 'standin'

/** Everything on one machine. The routes lead to the stand-ins whatever the plan says, so that no mail gets out. */
export async function runUp(options: UpOptions): Promise<Running> {
  const standin = await seededStandin(options.plan, options.ports)
  const plan = localPlan(options.plan, options.ports, standin)
  const names = plan.ses.credentials
  const environment = {
    [names.accessKeyIdVariable]: standin.credentials.accessKeyId,
    [names.secretAccessKeyVariable]: standin.credentials.secretAccessKey,
  }
  return running(options, async (basics) => {
    const surroundings = { smtpCa: standin.certificate, snsWeb: standinWeb(standin) }
    const started = startObservedGateway({ ...options, plan, environment, basics, ...surroundings })
    const gateway = await started.catch(async (error: unknown) => {
      await standin.stop()
      throw error
    })
    bringEvents(standin, plan, gateway.ready.feedback)
    return {
      ready: { ...gateway.ready, ...standinReady(standin) },
      stop: async () => {
        await gateway.stop()
        await standin.stop()
      },
    }
  })
}

/** The gateway alone, as the plan says. */
export function runGateway(options: GatewayOptions): Promise<Running> {
  return running(options, (basics) => startObservedGateway({ ...options, environment: process.env, basics }))
}

/** The stand-in alone, with the identity, the configuration set and the quota of the plan. */
export function runStandin(options: StandinOptions): Promise<Running> {
  return running(options, async () => {
    const standin = await seededStandin(options.plan, options.ports)
    return { ready: standinReady(standin), stop: () => standin.stop() }
  })
}

/** Loaded when it is wanted: a gateway in production carries no stand-in in its memory. */
async function seededStandin({ domain, region, ses }: Plan, ports: Ports): Promise<Standin> {
  const { startStandin } = await import('../standin/standin.ts')
  return startStandin({
    region,
    ports: { smtp: ports.sesSmtp, api: ports.sesApi, dns: ports.dns, legacy: ports.legacySmtp },
    settings: ses.ratePerSecond === undefined ? {} : { maxSendRate: ses.ratePerSecond },
    seed: {
      domain,
      selector: STANDIN_SELECTOR,
      mailFromDomain: `bounce.${domain}`,
      ...(ses.configurationSet === undefined ? {} : { configurationSet: ses.configurationSet }),
      events: { kind: 'sns' },
    },
  })
}

function localPlan(plan: Plan, ports: Ports, standin: Standin): Plan {
  return {
    ...plan,
    gateway: { ...plan.gateway, host: LOOPBACK, port: ports.smtp },
    status: { host: LOOPBACK, port: ports.http },
    legacy: { ...plan.legacy, hosts: [{ host: LOOPBACK, port: standin.legacyPort }], tls: 'never' },
    ses: { ...plan.ses, apiEndpoint: standin.apiUrl, smtpHost: LOOPBACK, smtpPort: standin.smtpPort },
    ...localKeys(plan, standin),
    ...localFeedback(plan, ports, standin),
    notify: localNotify(plan.notify),
    archive: localArchive(plan.archive),
    shift: localShift(plan.shift),
    dmarc: plan.dmarc ?? DMARC_DEFAULTS,
  }
}

/** Nothing leaves the machine. */
function localArchive(planned: Plan['archive']): Plan['archive'] {
  const { bucket: _, ...archive } = planned
  return { ...archive, folder: archive.folder ?? LOCAL_ARCHIVE }
}

/** One gateway alone, with its stage in the data folder. */
function localShift(planned: Plan['shift']): Plan['shift'] {
  const { table: _, ...shift } = planned
  return shift
}

/** Nobody is written to: notices lie in the data folder. */
function localNotify({ languages, runbooks, reminderHours }: Plan['notify']): Plan['notify'] {
  return { languages, runbooks, reminderHours }
}

/** Keys live in the stand-in's DNS, and requests in the data folder: nobody is written to. A look is over in minutes. */
function localKeys({ dkim }: Plan, standin: Standin): Pick<Plan, 'dkim'> {
  if (dkim === undefined) return {}
  const { slackVariable: _, ...dnsTeam } = dkim.dnsTeam
  const dns = `${LOOPBACK}:${standin.dnsPort}`
  const team = { ...dnsTeam, mail: [] }
  return {
    dkim: {
      ...dkim,
      keys: 'file',
      publish: 'txt',
      ttlSeconds: LOCAL_TTL_SECONDS,
      resolvers: [dns],
      nameServers: [dns],
      dnsTeam: team,
    },
  }
}

/** Events come from the stand-in's topic, and nobody else. */
function localFeedback({ ses, feedback }: Plan, ports: Ports, standin: Standin): Pick<Plan, 'feedback'> {
  if (ses.configurationSet === undefined) return {}
  const topics = [{ arn: standin.topicArn(ses.configurationSet), rawDelivery: false }]
  const { ledgerDays, requestsAtOnce, returns, returnsPerMinute, returnsPerDomainPerMinute } =
    feedback ?? FEEDBACK_DEFAULTS
  const kept = { ledgerDays, requestsAtOnce, returns, returnsPerMinute, returnsPerDomainPerMinute }
  return { feedback: { ...kept, host: LOOPBACK, port: ports.feedback, topics } }
}

/** The stand-in's topic delivers to the gateway as soon as that listens. */
function bringEvents(standin: Standin, { ses }: Plan, url: string | undefined): void {
  if (ses.configurationSet === undefined || url === undefined) return
  standin.knobs.publisher.route(standin.topicArn(ses.configurationSet), `${url}${SNS_PATH}`)
}

/** The certificate of the stand-in's SNS lies on its own port. It asks nobody to confirm. */
function standinWeb(standin: Standin): SnsWeb {
  return {
    certificate: async (url) => (await fetch(`${standin.apiUrl}${new URL(url).pathname}`)).text(),
    confirm: () => Promise.reject(new Error('the stand-in has no subscriptions')),
  }
}

function standinReady(standin: Standin): Ready {
  return {
    sesApi: standin.apiUrl,
    sesSmtp: `${LOOPBACK}:${standin.smtpPort}`,
    legacySmtp: `${LOOPBACK}:${standin.legacyPort}`,
    dns: `${LOOPBACK}:${standin.dnsPort}`,
  }
}

interface Started {
  readonly ready: Ready
  readonly stop: () => Promise<void>
}

/** Every alarm is counted, whoever raises it. */
function countingAlarms(log: Log, meter: Meter): Log {
  return {
    ...log,
    alarm(event, fields) {
      meter.count('watari_alarms_total', { event })
      log.alarm(event, fields)
    },
  }
}

const noop = (): void => undefined

type Start = (basics: Basics & { readonly meter: PrometheusMeter }) => Promise<Started>

/** Gives a program its basics, and its end an order: the log is closed last, because everything else speaks to it. */
async function running({ log: logOptions }: Pick<GatewayOptions, 'log'>, start: Start): Promise<Running> {
  const opened: OpenLog = openLog(logOptions)
  const meter = prometheusMeter({ processMetrics: true })
  const basics = {
    clock: systemClock({ keepAlive: false }),
    random: systemRandom(),
    log: countingAlarms(opened.log, meter),
    meter,
  }
  const started = await start(basics).catch(async (error: unknown) => {
    await opened.close()
    throw error
  })
  let finish: () => void = noop
  const stopped = new Promise<void>((resolve) => {
    finish = resolve
  })
  let ended: Promise<void> | undefined
  const end = async (): Promise<void> => {
    try {
      await started.stop()
    } finally {
      await opened.close()
      finish()
    }
  }
  return {
    ready: started.ready,
    stop: () => (ended ??= end()),
    stopped,
    reopenLog: opened.reopen,
  }
}

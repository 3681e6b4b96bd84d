// One gateway: the flow of a mail, the listener in front of it, the page for watchers and the operator's socket beside it.
import type { PrometheusMeter } from '../adapters/node/meter.ts'
import { SECOND_MS } from '../core/base/clock.ts'
import type { Plan } from '../core/plan/plan.ts'
import { controlApp } from '../gateway/control.ts'
import { listenOnPort, listenOnSocket } from '../gateway/listen.ts'
import { statusApp } from '../gateway/status.ts'
import type { Basics } from './basics.ts'
import { startListener } from './listener.ts'
import { mailFlow, type MailFlow } from './mail-flow.ts'
import { operationsOf } from './operations.ts'
import { controlSocketIn, type Ready } from './run.ts'
import type { Environment } from './ses-place.ts'

export interface StartOptions {
  readonly plan: Plan
  readonly planFile: string
  readonly dataFolder: string
  readonly environment: Environment
  readonly basics: Basics & { readonly meter: PrometheusMeter }
  /** See SesSurroundings. */
  readonly smtpCa?: string
}

export interface StartedGateway {
  readonly ready: Ready
  /** Takes no more mail, finishes what it began, closes everything. */
  readonly stop: () => Promise<void>
}

export async function startGateway(options: StartOptions): Promise<StartedGateway> {
  const flow = await mailFlow(options)
  try {
    return await open(options, flow)
  } catch (error) {
    // A port that is taken must not leave a queue locked behind it.
    await flow.stop()
    throw error
  }
}

async function open(options: StartOptions, flow: MailFlow): Promise<StartedGateway> {
  const { plan, basics, dataFolder } = options
  const { clock, log, meter } = basics
  const listener = await startListener(plan, flow.intake, options)
  const operations = operationsOf({ plan, flow, basics, startedAt: clock.now(), sessions: () => listener.sessions() })
  const now = () => clock.now()
  const status = await listenOnPort(statusApp({ operations, metrics: meter, now, log }).fetch, plan.status)
  const control = await listenOnSocket(controlApp(operations, log).fetch, controlSocketIn(dataFolder))
  log.info('ready', { smtp: listener.address, status: status.address })
  return {
    ready: { smtp: listener.address, http: `http://${status.address}`, control: control.address },
    async stop() {
      flow.refuseMail()
      await listener.stop()
      // What is still under way then is in doubt after the next start, and tried again in its time: late, not lost.
      const finished = flow.stop().then(() => true)
      const late = clock.sleep(plan.gateway.limits.stopSeconds * SECOND_MS).then(() => false)
      if (!(await Promise.race([finished, late]))) log.warn('stoppedBeforeTheEnd')
      await Promise.all([status.close(), control.close()])
      log.info('stopped')
    },
  }
}

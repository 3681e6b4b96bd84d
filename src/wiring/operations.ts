// What a person may ask of the running gateway, put together from the desks of core.
import { readFileSync } from 'node:fs'
import type { LegacyLogsStatus } from '../core/base/legacy-logs.ts'
import type { FeedbackOperations } from '../core/feedback/operations.ts'
import { mailDesk } from '../core/mail/desk.ts'
import type { GatewayStatus, Operations } from '../core/mail/operations.ts'
import type { PartSummary } from '../core/mail/mail.ts'
import { routeDesk } from '../core/mail/route-desk.ts'
import type { Plan } from '../core/plan/plan.ts'
import { setStage } from '../core/shift/set-stage.ts'
import type { Basics } from './basics.ts'
import type { MailFlow } from './mail-flow.ts'

export interface OperationsOptions {
  readonly plan: Plan
  readonly flow: MailFlow
  readonly basics: Basics
  readonly startedAt: number
  readonly sessions: () => number
  /** Why mail through SES would not be aligned now (S7), or undefined. */
  readonly misaligned: () => Promise<string | undefined>
  readonly feedback?: FeedbackOperations
  readonly legacyLogs?: () => LegacyLogsStatus
}

export function operationsOf(options: OperationsOptions): Operations {
  const { plan, flow, basics, startedAt, sessions, misaligned } = options
  const { clock, log } = basics
  const now = () => clock.now()
  const { queue, store, ses } = flow
  const routes = routeDesk({
    routes: [
      { route: 'legacy', dispatcher: flow.dispatchers.legacy, courier: flow.couriers.legacy },
      {
        route: 'ses',
        dispatcher: flow.dispatchers.ses,
        courier: flow.couriers.ses,
        pacer: ses.pacer,
        quota: quotaOf(flow),
      },
    ],
    now,
    log,
  })
  const stageOptions = { store, now, log, misaligned, changed: flow.stageChanged }
  const constant = { version: packageVersion(), hostname: plan.gateway.hostname, domain: plan.domain, startedAt }
  const status = async (): Promise<GatewayStatus> => {
    const closed = flow.gate()
    return {
      ...constant,
      ready: closed === undefined,
      notReadyBecause: closed === undefined ? [] : [closed.message],
      stage: await store.current(),
      routes: await routes.routes(),
      queue: queue.counts(),
      sessions: sessions(),
      ...(options.feedback === undefined ? {} : { feedback: options.feedback.status() }),
      ...(options.legacyLogs === undefined ? {} : { legacyLogs: options.legacyLogs() }),
    }
  }
  return {
    ...routes,
    ...mailDesk({
      queue,
      now,
      log,
      keptOffSes: (part) => keptOffSes(part, flow),
      sesRefused: misaligned,
      notify: async (part, failures) => flow.notify(part, failures, await queue.contentOf(part.mailId)),
    }),
    status,
    stage: () => store.current(),
    setStage: (order) => setStage(stageOptions, order),
    stageHistory: (limit) => store.history(limit),
  }
}

async function keptOffSes(part: PartSummary, { queue, inspect }: MailFlow): Promise<string | undefined> {
  const content = await queue.contentOf(part.mailId)
  return content === undefined ? 'contentGone' : inspect(part.sender, content).keptOffSes()
}

function quotaOf({ ses }: MailFlow): () => { sentLast24Hours: number; max24Hours: number | undefined } | undefined {
  return () => {
    const facts = ses.account.facts()
    if (facts === undefined) return undefined
    const max24Hours = facts.maxIn24Hours === 'unlimited' ? undefined : facts.maxIn24Hours
    return { sentLast24Hours: facts.sentIn24Hours, max24Hours }
  }
}

export function packageVersion(): string {
  const text: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  return typeof text === 'object' && text !== null && 'version' in text ? String(text.version) : 'unknown'
}

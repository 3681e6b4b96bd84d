// The control channel: what an operator may ask of this gateway, as HTTP over a unix socket in the data folder.
// It asks Operations, which record every change, and decides nothing. Addresses are masked unless the operator asks for
// them, and that is logged here.
import { Hono, type Context, type MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { z } from 'zod'
import type { FigureSource } from '../core/base/figures.ts'
import type { ShiftDesk } from '../core/shift/desk.ts'
import type { Log } from '../core/base/log.ts'
import { maskAddress, maskText } from '../core/mail/mask.ts'
import type { PartSummary } from '../core/mail/mail.ts'
import type { Answer, OperationRefusal, Operations } from '../core/mail/operations.ts'
import type { DkimOperations } from '../core/dkim/operations.ts'
import type { FeedbackOperations } from '../core/feedback/operations.ts'
import type { SuppressionOperations } from '../core/feedback/suppression-desk.ts'
import { describeError } from '../core/watch/describe-error.ts'
import type { WatchDesk } from '../core/watch/desk.ts'
import type { MaintenanceDesk } from '../core/watch/maintenance-desk.ts'
import type { ReportDesk } from '../core/watch/report-desk.ts'
import { dkimRoutes } from './control-dkim.ts'
import { figureRoutes } from './control-figures.ts'
import { feedbackRoutes } from './control-feedback.ts'
import { shiftRoutes } from './control-shift.ts'
import { bad, bodyOf, NAMELESS, order, shown, words } from './control-orders.ts'
import { maintenanceRoutes, reportRoutes } from './control-reports.ts'
import { IMPORT_OCTETS_MAX, IMPORT_PATH, suppressionRoutes } from './control-suppression.ts'
import { watchRoutes } from './control-watch.ts'

/** Orders are a few words. */
const BODY_OCTETS_MAX = 16_384
const PAGE_MAX = 500
const HISTORY_MAX = 1_000

const stageOrder = order.extend({ percent: z.number() })
const rerouteOrder = order.extend({ route: z.enum(['legacy', 'ses']) })
const routeName = z.enum(['legacy', 'ses'])
const showQuery = z.strictObject(shown)
const listQuery = z.strictObject({
  ...shown,
  route: routeName.optional(),
  state: z.enum(['waiting', 'active', 'unclear', 'held', 'quarantined']).optional(),
  containing: words(320).optional(),
  cursor: words(200).optional(),
  limit: z.coerce.number().int().min(1).max(PAGE_MAX).default(50),
})
const historyQuery = z.strictObject({ limit: z.coerce.number().int().min(1).max(HISTORY_MAX).default(20) })

const STATUS_OF: Readonly<Record<OperationRefusal, 400 | 404 | 409 | 503>> = {
  noSuchMail: 404,
  partActive: 409,
  wrongState: 409,
  badValue: 400,
  notAligned: 409,
  changedMeanwhile: 409,
  sameValue: 409,
  storageFailed: 503,
}

/** What can be asked beside mails, stage and routes; each only where the gateway has it. */
export interface OtherDesks {
  readonly keys?: DkimOperations
  readonly suppression?: SuppressionOperations
  readonly figures?: FigureSource
  readonly watch?: WatchDesk
  readonly feedback?: FeedbackOperations
  readonly shift?: ShiftDesk
  readonly reports?: ReportDesk
  readonly maintenance?: MaintenanceDesk
}

/** The answers of the control channel, without a socket. */
export function controlApp(operations: Operations, log: Log, desks: OtherDesks = {}): Hono {
  const { keys, suppression, figures, watch, reports, maintenance, feedback, shift } = desks
  const app = new Hono()
  app.use(limited(IMPORT_PATH, IMPORT_OCTETS_MAX))
  app.get('/status', async (context) => context.json(await operations.status()))
  stageRoutes(app, operations)
  mailRoutes(app, operations, log)
  changeRoutes(app, operations)
  routeRoutes(app, operations)
  dkimRoutes(app, keys)
  feedbackRoutes(app, feedback, log)
  if (suppression !== undefined) suppressionRoutes(app, suppression, log)
  figureRoutes(app, figures)
  watchRoutes(app, watch)
  shiftRoutes(app, shift)
  if (reports !== undefined) reportRoutes(app, reports)
  if (maintenance !== undefined) maintenanceRoutes(app, maintenance)
  app.notFound((context) => context.json({ reason: 'badValue', message: 'no such question' }, 404))
  app.onError((error, context) => {
    log.warn('controlFailed', { path: context.req.routePath, ...describeError(error) })
    return context.json({ reason: 'internal', message: 'the gateway failed to answer; its log tells more' }, 500)
  })
  return app
}

const tooLong = (context: Context) => bad(context, 'the order is too long')

/** Orders are short, but for the one at `path`. */
function limited(path: string, maxSize: number): MiddlewareHandler {
  const short = bodyLimit({ maxSize: BODY_OCTETS_MAX, onError: tooLong })
  const long = bodyLimit({ maxSize, onError: tooLong })
  return (context, next) => (context.req.path === path ? long : short)(context, next)
}

function stageRoutes(app: Hono, operations: Operations): void {
  app.get('/stage', async (context) => context.json(await operations.stage()))
  app.get('/stage/history', async (context) => {
    const query = historyQuery.safeParse(context.req.query())
    return query.success ? context.json(await operations.stageHistory(query.data.limit)) : bad(context, query.error)
  })
  app.put('/stage', async (context) => {
    const asked = stageOrder.safeParse(await bodyOf(context))
    if (!asked.success) return bad(context, asked.error)
    return answered(context, await operations.setStage(asked.data))
  })
}

function mailRoutes(app: Hono, operations: Operations, log: Log): void {
  app.get('/mails', async (context) => {
    const asked = listQuery.safeParse(context.req.query())
    if (!asked.success) return bad(context, asked.error)
    const { full, by, ...query } = asked.data
    if (full === 'yes' && by === undefined) return bad(context, NAMELESS)
    const page = await operations.listMails(withoutUndefined(query))
    if (full === 'yes') log.info('addressesShown', { by, parts: page.parts.length })
    return context.json({ ...page, parts: page.parts.map(full === 'yes' ? asIs : masked) })
  })
  app.get('/mails/:id', async (context) => {
    const asked = showQuery.safeParse(context.req.query())
    if (!asked.success) return bad(context, asked.error)
    if (asked.data.full === 'yes' && asked.data.by === undefined) return bad(context, NAMELESS)
    const id = context.req.param('id')
    const parts = await operations.showMail(id)
    if (parts.length === 0)
      return refused(context, 'noSuchMail', 'the queue has no such mail: it is done, or never was')
    if (asked.data.full === 'yes') log.info('addressesShown', { by: asked.data.by, mail: parts[0]!.mailId })
    return context.json({ parts: parts.map(asked.data.full === 'yes' ? asIs : masked) })
  })
}

function changeRoutes(app: Hono, operations: Operations): void {
  const changes = {
    hold: (id: string, by: Order) => operations.holdMail(id, by),
    release: (id: string, by: Order) => operations.releaseMail(id, by),
    retry: (id: string, by: Order) => operations.retryMail(id, by),
    bounce: (id: string, by: Order) => operations.bounceMail(id, by),
  }
  for (const [name, change] of Object.entries(changes)) {
    app.post(`/mails/:id/${name}`, async (context) => {
      const asked = order.safeParse(await bodyOf(context))
      if (!asked.success) return bad(context, asked.error)
      return answered(context, await change(context.req.param('id'), asked.data))
    })
  }
  app.post('/mails/:id/reroute', async (context) => {
    const asked = rerouteOrder.safeParse(await bodyOf(context))
    if (!asked.success) return bad(context, asked.error)
    return answered(context, await operations.rerouteMail(context.req.param('id'), asked.data))
  })
}

function routeRoutes(app: Hono, operations: Operations): void {
  app.get('/routes', async (context) => context.json(await operations.routes()))
  for (const change of ['stop', 'resume'] as const) {
    app.post(`/routes/:route/${change}`, async (context) => {
      const route = routeName.safeParse(context.req.param('route'))
      if (!route.success) return bad(context, 'there are two routes, legacy and ses')
      const asked = order.safeParse(await bodyOf(context))
      if (!asked.success) return bad(context, asked.error)
      const answer = await (change === 'stop'
        ? operations.stopRoute(route.data, asked.data)
        : operations.resumeRoute(route.data, asked.data))
      return answered(context, answer)
    })
  }
}

type Order = z.output<typeof order>

/** Addresses as a log may show them; the reason may hold a reply that names one. */
function masked(part: PartSummary): PartSummary {
  return {
    ...part,
    sender: maskAddress(part.sender),
    recipients: part.recipients.map(maskAddress),
    reason: maskText(part.reason, [part.sender, ...part.recipients]),
  }
}
const asIs = (part: PartSummary) => part

function answered(context: Context, answer: Answer): Response {
  if (answer.kind === 'refused') return refused(context, answer.reason, answer.message)
  return context.json(answer)
}

function refused(context: Context, reason: OperationRefusal, message: string): Response {
  return context.json({ kind: 'refused', reason, message }, STATUS_OF[reason])
}

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> }
function withoutUndefined<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as Defined<T>
}

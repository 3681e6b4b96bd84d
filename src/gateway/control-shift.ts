// The control channel's answers about the robot that moves the stage. Figures and words only; no address is in them.
import type { Hono } from 'hono'
import { z } from 'zod'
import type { ShiftDesk } from '../core/shift/desk.ts'
import { bad, bodyOf, order, words } from './control-orders.ts'

/** Months of decisions. */
const DECISIONS_MAX = 10_000

const lockOrder = order.extend({ until: z.number().int().min(0).optional() })
const listQuery = z.strictObject({ limit: z.coerce.number().int().min(1).max(DECISIONS_MAX).default(20) })
const decisionId = words(40)

export function shiftRoutes(app: Hono, shift: ShiftDesk | undefined): void {
  if (shift === undefined) return
  app.get('/shift', async (context) => context.json(await shift.status()))
  app.post('/shift/look', async (context) => context.json(await shift.look()))
  app.get('/shift/decisions', async (context) => {
    const query = listQuery.safeParse(context.req.query())
    return query.success ? context.json(await shift.decisions(query.data.limit)) : bad(context, query.error)
  })
  app.get('/shift/decisions/:id', async (context) => {
    const id = decisionId.safeParse(context.req.param('id'))
    if (!id.success) return bad(context, id.error)
    const record = await shift.explain(id.data)
    if (record !== undefined) return context.json(record)
    return context.json(
      {
        kind: 'refused',
        reason: 'noSuchDecision',
        message: 'there is no such decision; watari shift history lists them',
      },
      404,
    )
  })
  app.get('/shift/replay', async (context) => {
    const query = listQuery.safeParse(context.req.query())
    return query.success ? context.json(await shift.replay(query.data.limit)) : bad(context, query.error)
  })
  for (const change of ['start', 'unlock'] as const) {
    app.post(`/shift/${change}`, async (context) => {
      const asked = order.safeParse(await bodyOf(context))
      if (!asked.success) return bad(context, asked.error)
      return context.json({ kind: 'done', state: await shift[change](asked.data) })
    })
  }
  app.post('/shift/lock', async (context) => {
    const asked = lockOrder.safeParse(await bodyOf(context))
    if (!asked.success) return bad(context, asked.error)
    const { until, ...who } = asked.data
    return context.json({
      kind: 'done',
      state: await shift.lock({ ...who, ...(until === undefined ? {} : { until }) }),
    })
  })
}

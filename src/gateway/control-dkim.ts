// The control channel's answers about DKIM keys. Nothing of a private key can be asked for here.
import type { Hono } from 'hono'
import { z } from 'zod'
import type { DkimOperations } from '../core/dkim/operations.ts'
import { bad, bodyOf, order, words } from './control-orders.ts'

const HISTORY_MAX = 10_000

const tickOrder = z.strictObject({ by: words(64), dryRun: z.boolean().default(false) })
const requestOrder = z.strictObject({ by: words(64), send: z.boolean().default(false) })
const historyQuery = z.strictObject({ limit: z.coerce.number().int().min(1).max(HISTORY_MAX).default(50) })

const NO_KEYS = {
  kind: 'refused',
  reason: 'noKeys',
  message: 'this gateway leaves DKIM keys alone: its plan has no section "dkim"',
} as const

export function dkimRoutes(app: Hono, keys: DkimOperations | undefined): void {
  if (keys === undefined) {
    app.all('/dkim/*', (context) => context.json(NO_KEYS, 409))
    return
  }
  app.get('/dkim/status', async (context) => context.json(await keys.status()))
  app.get('/dkim/verify', async (context) => context.json(await keys.verify()))
  app.get('/dkim/history', async (context) => {
    const query = historyQuery.safeParse(context.req.query())
    return query.success ? context.json(await keys.history(query.data.limit)) : bad(context, query.error)
  })
  app.post('/dkim/tick', async (context) => {
    const asked = tickOrder.safeParse(await bodyOf(context))
    return asked.success ? context.json(await keys.tick(asked.data)) : bad(context, asked.error)
  })
  app.post('/dkim/request', async (context) => {
    const asked = requestOrder.safeParse(await bodyOf(context))
    return asked.success ? context.json(await keys.request(asked.data)) : bad(context, asked.error)
  })
  app.post('/dkim/rotate', async (context) => {
    const asked = order.safeParse(await bodyOf(context))
    if (!asked.success) return bad(context, asked.error)
    const answer = await keys.rotate(asked.data)
    return context.json(answer, answer.kind === 'done' ? 200 : 409)
  })
}

// The control channel's answers about incidents.
import type { Hono } from 'hono'
import { z } from 'zod'
import { MUTE_HOURS_MAX, type WatchDesk } from '../core/watch/desk.ts'
import { bad, bodyOf, order } from './control-orders.ts'

const language = z.enum(['ja', 'en']).default('en')
const listQuery = z.strictObject({ all: z.enum(['yes', 'no']).default('no'), language })
const muteOrder = order.extend({ hours: z.number().min(0).max(MUTE_HOURS_MAX) })

const NOBODY = { kind: 'refused', reason: 'noWatch', message: 'this gateway does not watch' } as const

export function watchRoutes(app: Hono, watch: WatchDesk | undefined): void {
  if (watch === undefined) {
    app.all('/incidents/*', (context) => context.json(NOBODY, 409))
    return
  }
  app.get('/incidents', async (context) => {
    const asked = listQuery.safeParse(context.req.query())
    if (!asked.success) return bad(context, asked.error)
    return context.json(await watch.incidents({ all: asked.data.all === 'yes', language: asked.data.language }))
  })
  app.post('/incidents/:id/acknowledge', async (context) => {
    const asked = order.safeParse(await bodyOf(context))
    if (!asked.success) return bad(context, asked.error)
    const answer = await watch.acknowledge(context.req.param('id'), asked.data)
    return context.json(answer, answer.kind === 'done' ? 200 : 404)
  })
  app.post('/alerts/:alert/mute', async (context) => {
    const asked = muteOrder.safeParse(await bodyOf(context))
    if (!asked.success) return bad(context, asked.error)
    const answer = await watch.mute(context.req.param('alert'), asked.data)
    return context.json(answer, answer.kind === 'done' ? 200 : 404)
  })
}

// The control channel's answers about figures. No address is in them: a receiving domain is no person.
import type { Hono } from 'hono'
import { z } from 'zod'
import type { FigureSource } from '../core/base/figures.ts'
import { answerFigures } from '../core/watch/figure-answer.ts'
import { bad, words } from './control-orders.ts'

/** The longest domain has 253 characters (RFC 1035 2.3.4). */
const LABEL_MAX = 253
/** More lines than a person reads. */
const TOP_MAX = 500

const instant = z.coerce.number().int().min(0)
const query = z
  .strictObject({
    from: instant,
    to: instant,
    grain: z.enum(['minute', 'hour']).default('hour'),
    by: z.enum(['route', 'domain', 'stream']).default('route'),
    label: words(LABEL_MAX).optional(),
    top: z.coerce.number().int().min(1).max(TOP_MAX).default(20),
  })
  .refine(({ from, to }) => from < to, 'from: the span ends before it begins')

export function figureRoutes(app: Hono, figures: FigureSource | undefined): void {
  if (figures === undefined) return
  app.get('/figures', async (context) => {
    const asked = query.safeParse(context.req.query())
    if (!asked.success) return bad(context, asked.error)
    const { from, to, label, ...question } = asked.data
    const only = label === undefined ? {} : { label }
    return context.json(await answerFigures(figures, { fromMs: from, toMs: to, ...question, ...only }))
  })
}

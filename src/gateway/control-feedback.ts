// The control channel's answers about feedback. An address stands in a body, never in a path; the answers hold pseudonyms,
// because the ledger has nothing else.
import type { Hono } from 'hono'
import { z } from 'zod'
import type { Log } from '../core/base/log.ts'
import type { FeedbackOperations } from '../core/feedback/operations.ts'
import { bad, bodyOf, words } from './control-orders.ts'

/** An address of RFC 5321 4.5.3.1.3, or an id. */
const showOrder = z.strictObject({ by: words(64), words: words(320) })

const NO_FEEDBACK = {
  kind: 'refused',
  reason: 'noFeedback',
  message: 'this gateway takes no events: its plan has no section "feedback"',
} as const

export function feedbackRoutes(app: Hono, feedback: FeedbackOperations | undefined, log: Log): void {
  if (feedback === undefined) {
    app.all('/feedback/*', (context) => context.json(NO_FEEDBACK, 409))
    return
  }
  app.get('/feedback/status', (context) => context.json(feedback.status()))
  app.post('/feedback/show', async (context) => {
    const asked = showOrder.safeParse(await bodyOf(context))
    if (!asked.success) return bad(context, asked.error)
    const rows = await feedback.show(asked.data.words)
    log.info('feedbackShown', { by: asked.data.by, rows: rows.length })
    return context.json({ rows })
  })
}

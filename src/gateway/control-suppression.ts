// The control channel's answers about the suppression list. Addresses stand in bodies, never in a path, and are masked
// unless the operator asks for them, which is logged here.
import type { Context, Hono } from 'hono'
import { z } from 'zod'
import type { Log } from '../core/base/log.ts'
import { SUPPRESSION_REASONS, type SuppressionRecord } from '../core/feedback/suppression.ts'
import type { SuppressionAnswer, SuppressionOperations, SuppressionRefusal } from '../core/feedback/suppression-desk.ts'
import { maskAddress, maskText } from '../core/mail/mask.ts'
import { bad, bodyOf, NAMELESS, order, shown, words } from './control-orders.ts'

const PAGE_MAX = 1_000
export const IMPORT_PATH = '/suppression/import'

/** RFC 5321 4.5.3.1.3 allows 254 octets between the brackets; a Unicode domain may be longer in text. */
const address = words(320)
const addressOrder = order.extend({ address })
const showOrder = z.strictObject({ ...shown, address })
/** Of one order; a file is sent in many. */
const IMPORT_LINES_MAX = 1_000
/** A thousand lines of the longest address with all its evidence. */
export const IMPORT_OCTETS_MAX = 1_048_576
const instant = z.number().int().min(0).max(8.64e15)
const importOrder = z.strictObject({
  by: words(64),
  source: words(200),
  dryRun: z.boolean().default(false),
  lines: z
    .array(
      z.strictObject({
        line: z.number().int().min(1),
        // Judged one by one, so that one that is none does not refuse the others.
        address: z.string().max(320),
        word: words(40),
        status: words(16).exactOptional(),
        count: z.number().int().min(1),
        firstAt: instant.exactOptional(),
        lastAt: instant.exactOptional(),
      }),
    )
    .max(IMPORT_LINES_MAX),
})
const reconcileOrder = z.strictObject({
  by: words(64),
  dryRun: z.boolean().default(false),
  whole: z.boolean().default(false),
})
const listQuery = z.strictObject({
  ...shown,
  reason: z.enum([...SUPPRESSION_REASONS, 'removed']).optional(),
  after: words(1_000).optional(),
  limit: z.coerce.number().int().min(1).max(PAGE_MAX).default(50),
})

const STATUS_OF: Readonly<Record<SuppressionRefusal, 400 | 404 | 409>> = {
  noAddress: 400,
  notListed: 404,
  sameValue: 409,
}

export function suppressionRoutes(app: Hono, list: SuppressionOperations, log: Log): void {
  app.get('/suppression', (context) => context.json(list.status()))
  app.post(IMPORT_PATH, async (context) => {
    const asked = importOrder.safeParse(await bodyOf(context))
    return asked.success ? context.json(await list.import(asked.data)) : bad(context, asked.error)
  })
  app.post('/suppression/reconcile', async (context) => {
    const asked = reconcileOrder.safeParse(await bodyOf(context))
    return asked.success ? context.json(await list.reconcile(asked.data)) : bad(context, asked.error)
  })
  app.post('/suppression/show', async (context) => {
    const asked = showOrder.safeParse(await bodyOf(context))
    if (!asked.success) return bad(context, asked.error)
    const { full, by } = asked.data
    if (full === 'yes' && by === undefined) return bad(context, NAMELESS)
    const answer = list.show(asked.data.address)
    if (answer.kind === 'refused') return answered(context, answer)
    if (full === 'yes') log.info('addressesShown', { by, suppressed: 1 })
    return context.json({ record: full === 'yes' ? answer.record : masked(answer.record) })
  })
  app.get('/suppression/list', (context) => {
    const asked = listQuery.safeParse(context.req.query())
    if (!asked.success) return bad(context, asked.error)
    const { full, by, reason, after, limit } = asked.data
    if (full === 'yes' && by === undefined) return bad(context, NAMELESS)
    const { records, next } = list.list({
      limit,
      ...(reason === undefined ? {} : { reason }),
      ...(after === undefined ? {} : { after: Buffer.from(after, 'base64url').toString() }),
    })
    if (full === 'yes' && records.length > 0) log.info('addressesShown', { by, suppressed: records.length })
    return context.json({
      records: full === 'yes' ? records : records.map(masked),
      // The cursor is an address too.
      ...(next === undefined ? {} : { next: Buffer.from(next).toString('base64url') }),
    })
  })
  for (const change of ['add', 'remove'] as const) {
    app.post(`/suppression/${change}`, async (context) => {
      const asked = addressOrder.safeParse(await bodyOf(context))
      return asked.success ? answered(context, await list[change](asked.data)) : bad(context, asked.error)
    })
  }
}

function answered(context: Context, answer: SuppressionAnswer): Response {
  return context.json(answer, answer.kind === 'done' ? 200 : STATUS_OF[answer.reason])
}

/** Whatever a person or a file wrote may name somebody. */
function masked({ address: to, entry, removal, account }: SuppressionRecord): SuppressionRecord {
  return {
    address: maskAddress(to),
    ...(entry === undefined ? {} : { entry: maskedEntry(entry) }),
    ...(removal === undefined ? {} : { removal: { ...removal, note: maskText(removal.note) } }),
    ...(account === undefined ? {} : { account: { ...account, spelling: maskAddress(account.spelling) } }),
  }
}

function maskedEntry(entry: NonNullable<SuppressionRecord['entry']>): NonNullable<SuppressionRecord['entry']> {
  const { spelling, note, evidence } = entry
  return {
    ...entry,
    evidence: { ...evidence, ...(evidence.source === undefined ? {} : { source: maskText(evidence.source) }) },
    ...(spelling === undefined ? {} : { spelling: maskAddress(spelling) }),
    ...(note === undefined ? {} : { note: maskText(note) }),
  }
}

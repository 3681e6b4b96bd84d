// The control channel's answers about reports and checklists.
import type { Hono } from 'hono'
import { z } from 'zod'
import type { MaintenanceDesk } from '../core/watch/maintenance-desk.ts'
import type { ReportDesk } from '../core/watch/report-desk.ts'
import { bad } from './control-orders.ts'

const KINDS = { daily: 'DailyReport', weekly: 'WeeklyPerformanceReport' } as const
const query = z.strictObject({
  date: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}$/, { error: 'is no date such as 2026-11-24' })
    .optional(),
  language: z.enum(['ja', 'en']).default('en'),
})

const maintenanceQuery = query.pick({ language: true })

export function maintenanceRoutes(app: Hono, maintenance: MaintenanceDesk): void {
  app.get('/maintenance', async (context) => {
    const asked = maintenanceQuery.safeParse(context.req.query())
    return asked.success ? context.json(await maintenance.maintenance(asked.data.language)) : bad(context, asked.error)
  })
}

export function reportRoutes(app: Hono, reports: ReportDesk): void {
  for (const name of ['daily', 'weekly'] as const) {
    app.get(`/reports/${name}`, async (context) => {
      const asked = query.safeParse(context.req.query())
      if (!asked.success) return bad(context, asked.error)
      const { date, language } = asked.data
      try {
        const kind = KINDS[name]
        return context.json(await reports.report({ kind, language, ...(date === undefined ? {} : { date }) }))
      } catch (error) {
        if (error instanceof RangeError) return bad(context, error.message)
        throw error
      }
    })
  }
}

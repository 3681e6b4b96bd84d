// The page for watchers: alive, ready, status and metrics, read-only and without personal data.
// A load balancer asks /readyz, a supervisor /healthz, Prometheus /metrics.
import { Hono } from 'hono'
import type { Log } from '../core/base/log.ts'
import { maskText } from '../core/mail/mask.ts'
import type { GatewayStatus, Operations } from '../core/mail/operations.ts'
import { describeError } from '../core/watch/describe-error.ts'
import type { Gauge } from '../core/watch/gauges.ts'

/** Renders the figures; the meter of adapters/node is one. */
export interface StatusMetrics {
  readonly contentType: string
  render(status: GatewayStatus, nowMs: number, measured: readonly Gauge[]): Promise<string>
}

export interface StatusParts {
  readonly operations: Pick<Operations, 'status'>
  readonly metrics: StatusMetrics
  /** What is measured beside the status. */
  readonly figures?: (nowMs: number) => Promise<readonly Gauge[]>
  readonly now: () => number
  readonly log: Log
}

const PAGES = ['/healthz', '/readyz', '/status', '/metrics']

export function statusApp({ operations, metrics, figures, now, log }: StatusParts): Hono {
  const app = new Hono()
  app.use(async (context, next) => {
    await next()
    context.header('cache-control', 'no-store')
  })
  app.get('/healthz', (context) => context.text('alive\n'))
  app.get('/readyz', async (context) => {
    const { ready, notReadyBecause } = await operations.status()
    return ready ? context.text('ready\n') : context.text(`not ready: ${notReadyBecause.join(', ')}\n`, 503)
  })
  app.get('/status', async (context) => context.json(withMaskedReasons(await operations.status())))
  app.get('/metrics', async (context) => {
    const nowMs = now()
    const page = await metrics.render(await operations.status(), nowMs, (await figures?.(nowMs)) ?? [])
    return context.body(page, 200, { 'content-type': metrics.contentType })
  })
  app.notFound((context) => context.text(`there is ${PAGES.join(', ')}\n`, 404))
  app.onError((error, context) => {
    log.warn('statusFailed', { path: context.req.routePath, ...describeError(error) })
    return context.text('failed\n', 500)
  })
  return app
}

/** A reason is a person's or a server's text, and either may name somebody. */
function withMaskedReasons(status: GatewayStatus): GatewayStatus {
  return {
    ...status,
    stage: { ...status.stage, reason: maskText(status.stage.reason) },
    routes: status.routes.map((route) => ({ ...route, reason: maskText(route.reason) })),
  }
}

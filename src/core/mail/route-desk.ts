// What a person sees of the routes and may do with them: stop one, let it go on.
import type { Log } from '../base/log.ts'
import type { Route } from '../shift/route.ts'
import type { Breaker } from './breaker.ts'
import type { Dispatcher } from './dispatch.ts'
import type { Answer, Operations, Order, RouteState, RouteStatus } from './operations.ts'
import type { Pacer } from './pace.ts'
import type { Courier } from './ports.ts'

export interface RouteParts {
  readonly route: Route
  readonly dispatcher: Dispatcher
  readonly courier: Courier
  readonly pacer?: Pacer
  /** Recipients in the last 24 hours and how many may be, for a route that has a quota. */
  readonly quota?: () => { readonly sentLast24Hours: number; readonly max24Hours: number | undefined } | undefined
}

export interface RouteDeskOptions {
  readonly routes: readonly RouteParts[]
  readonly now: () => number
  readonly log: Log
}

type RouteOperations = Pick<Operations, 'routes' | 'stopRoute' | 'resumeRoute'>

export function routeDesk({ routes, now, log }: RouteDeskOptions): RouteOperations {
  const closedBy = new Map<Route, Order>()
  const partsOf = (route: Route): RouteParts | undefined => routes.find((parts) => parts.route === route)
  return {
    routes: async () => routes.map((parts) => statusOf(parts, closedBy.get(parts.route), now())),
    async stopRoute(route, order) {
      const parts = partsOf(route)
      if (parts === undefined) return unknown(route)
      if (parts.dispatcher.breaker.condition === 'closed') return same(route, 'stopped')
      parts.dispatcher.close()
      closedBy.set(route, order)
      log.warn('operator', { route, did: 'stopped', by: order.by, why: order.reason })
      return { kind: 'done' }
    },
    async resumeRoute(route, order) {
      const parts = partsOf(route)
      if (parts === undefined) return unknown(route)
      if (parts.dispatcher.breaker.condition === 'running') return same(route, 'running')
      parts.dispatcher.resume()
      closedBy.delete(route)
      log.warn('operator', { route, did: 'resumed', by: order.by, why: order.reason })
      return { kind: 'done' }
    },
  }
}

function statusOf(parts: RouteParts, closed: Order | undefined, nowMs: number): RouteStatus {
  const { route, dispatcher, courier, pacer } = parts
  const { breaker } = dispatcher
  const quota = parts.quota?.()
  const rate = pacer?.recipientsPerSecond
  return {
    route,
    state: breaker.condition === 'running' && dispatcher.held !== undefined ? 'waiting' : stateOf(breaker),
    reason: reasonOf(parts, closed, nowMs),
    ...(breaker.condition === 'pausing' || breaker.condition === 'stopped' ? { until: breaker.until } : {}),
    ...(closed === undefined ? {} : { by: closed.by }),
    active: dispatcher.inFlight,
    capacity: courier.capacity(),
    ...(rate === undefined ? {} : { ratePerSecond: rate }),
    ...(quota === undefined ? {} : { sentLast24Hours: quota.sentLast24Hours }),
    ...(quota?.max24Hours === undefined ? {} : { dailyQuota: quota.max24Hours }),
  }
}

function reasonOf({ dispatcher }: RouteParts, closed: Order | undefined, nowMs: number): string {
  const { breaker, held } = dispatcher
  if (breaker.condition === 'closed') return closed?.reason ?? 'operator'
  return breaker.condition === 'running' && held !== undefined ? `held: ${held}` : sentence(breaker, nowMs)
}

function stateOf({ condition }: Breaker): RouteState {
  const states = { running: 'running', pausing: 'waiting', stopped: 'stopped', closed: 'stoppedByPerson' } as const
  return states[condition]
}

function sentence(breaker: Breaker, nowMs: number): string {
  if (breaker.condition === 'running') return ''
  const minutes = Math.max(0, Math.round((nowMs - (breaker.since ?? nowMs)) / 60_000))
  return `${breaker.reason}: for ${minutes} min, ${breaker.troubles} tries in a row`
}

function unknown(route: Route): Answer {
  return { kind: 'refused', reason: 'badValue', message: `this gateway has no route ${route}` }
}

function same(route: Route, what: string): Answer {
  return { kind: 'refused', reason: 'sameValue', message: `the route ${route} is ${what} already; nothing was changed` }
}

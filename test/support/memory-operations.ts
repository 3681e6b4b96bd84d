// A gateway's operations over a list in memory, for tests of what is in front of them: control channel and command line.
import type { PartState, PartSummary } from '../../src/core/mail/mail.ts'
import type { Answer, Changed, Operations, Order, RouteStatus } from '../../src/core/mail/operations.ts'
import type { Route } from '../../src/core/shift/route.ts'
import type { Stage } from '../../src/core/shift/stage.ts'
import { A_STATUS_AT, aStatus } from './gateway-status.ts'

export function aPart(changes: Partial<PartSummary> = {}): PartSummary {
  return {
    mailId: '1SGHM8BN00001',
    part: 1,
    route: 'ses',
    state: 'waiting',
    sender: 'news-1@goo.ne.jp',
    recipients: ['tanaka@example.jp', 'suzuki@docomo.ne.jp'],
    stream: 'goo.ne.jp',
    acceptedAt: A_STATUS_AT - 600_000,
    dueAt: A_STATUS_AT + 30_000,
    attempts: 2,
    reason: 'throttled: 454 Throttling failure for tanaka@example.jp',
    size: 5_120,
    ...changes,
  }
}

export interface MemoryOperations extends Operations {
  /** What was ordered, in order. */
  readonly orders: readonly object[]
}

export function memoryOperations(
  options: { readonly parts?: readonly PartSummary[]; readonly aligned?: boolean } = {},
): MemoryOperations {
  const orders: object[] = []
  const history: Stage[] = [aStatus().stage]
  let parts = [...(options.parts ?? [aPart()])]
  let routes: readonly RouteStatus[] = aStatus().routes

  const change = (
    id: string,
    from: readonly PartState[],
    to: (part: PartSummary) => PartSummary | undefined,
  ): Answer<Changed> => {
    const mine = parts.filter((part) => part.mailId === id)
    if (mine.length === 0) return { kind: 'refused', reason: 'noSuchMail', message: 'the queue has no such mail' }
    if (mine.every((part) => part.state === 'active'))
      return { kind: 'refused', reason: 'partActive', message: 'it is being delivered' }
    const able = mine.filter((part) => from.includes(part.state))
    if (able.length === 0) return { kind: 'refused', reason: 'wrongState', message: `it is ${mine[0]!.state}` }
    parts = parts.flatMap((part) => (able.includes(part) ? (to(part) ?? []) : part))
    return { kind: 'done', parts: able.length, recipients: able.flatMap((part) => part.recipients).length }
  }
  const setRoute = (route: Route, order: Order, change: Partial<RouteStatus>): Answer => {
    if (routes.find((status) => status.route === route)!.state === change.state) {
      return { kind: 'refused', reason: 'sameValue', message: `route ${route} is ${change.state} already` }
    }
    orders.push({ route, ...order })
    routes = routes.map((status) => (status.route === route ? { ...status, ...change } : status))
    return { kind: 'done' }
  }
  const ordered = (what: string, id: string, order: Order) => orders.push({ what, id, ...order })

  return {
    orders,
    status: async () => aStatus({ stage: history.at(-1)!, routes }),
    stage: async () => history.at(-1)!,
    setStage: async ({ percent, by, reason }) => {
      if (percent < 0 || percent > 100)
        return { kind: 'refused', reason: 'badValue', message: 'a stage is 0 to 100 percent' }
      if (percent > 0 && options.aligned === false) {
        return {
          kind: 'refused',
          reason: 'notAligned',
          message: 'goo.ne.jp has no DKIM SUCCESS and no aligned MAIL FROM',
        }
      }
      if (history.at(-1)!.percent === percent)
        return { kind: 'refused', reason: 'sameValue', message: `the stage is ${percent} already` }
      const stage = { percent, changedAt: A_STATUS_AT, changedBy: by, reason }
      history.push(stage)
      return { kind: 'done', stage }
    },
    stageHistory: async (limit) => history.slice(-limit),
    listMails: async ({ route, state, containing, cursor, limit }) => {
      const from = Number(cursor ?? 0)
      const found = parts.filter(
        (part) =>
          (route ?? part.route) === part.route &&
          (state ?? part.state) === part.state &&
          [part.sender, ...part.recipients].some((text) => text.includes(containing ?? '')),
      )
      const next = from + limit < found.length ? { next: String(from + limit) } : {}
      return { parts: found.slice(from, from + limit), ...next }
    },
    showMail: async (id) => parts.filter((part) => part.mailId === id),
    holdMail: async (id, order) => {
      ordered('hold', id, order)
      return change(id, ['waiting', 'unclear'], (part) => ({ ...part, state: 'held' }))
    },
    releaseMail: async (id, order) => {
      ordered('release', id, order)
      return change(id, ['held', 'quarantined'], (part) => ({ ...part, state: 'waiting' }))
    },
    retryMail: async (id, order) => {
      ordered('retry', id, order)
      return change(id, ['waiting', 'unclear'], (part) => ({ ...part, dueAt: A_STATUS_AT }))
    },
    rerouteMail: async (id, { route, ...order }) => {
      ordered(`reroute to ${route}`, id, order)
      return change(id, ['waiting', 'held'], (part) => ({ ...part, route }))
    },
    bounceMail: async (id, order) => {
      ordered('bounce', id, order)
      return change(id, ['waiting', 'held', 'unclear', 'quarantined'], () => undefined)
    },
    routes: async () => routes,
    stopRoute: async (route, order) => setRoute(route, order, { state: 'stoppedByPerson', ...order }),
    resumeRoute: async (route, order) => setRoute(route, order, { state: 'running', reason: '' }),
  }
}

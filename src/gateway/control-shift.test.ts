// What may be asked of the robot over the control socket, and what is refused.
import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import type { ShiftDesk, ShiftOrder } from '../core/shift/desk.ts'
import { NEW_ROBOT } from '../core/shift/robot-state.ts'
import { aDecision } from '../../test/contracts/robot-store.contract.ts'
import { shiftRoutes } from './control-shift.ts'

function control() {
  const orders: [string, ShiftOrder & { until?: number }][] = []
  const given = (what: string) => async (order: ShiftOrder & { until?: number }) => {
    orders.push([what, order])
    return NEW_ROBOT
  }
  const never = (): never => {
    throw new Error('nobody said what this answers')
  }
  const desk: ShiftDesk = {
    look: never,
    status: never,
    start: given('start'),
    lock: given('lock'),
    unlock: given('unlock'),
    decisions: async (limit) =>
      [aDecision(limit)].map(({ id, at, decision, outcome }) => ({ id, at, decision, outcome })),
    explain: async (id) => (id === 'd-1' ? aDecision(1) : undefined),
    alarms: never,
    replay: async (limit) => ({ judged: limit, differ: [] }),
  }
  const app = new Hono()
  shiftRoutes(app, desk)
  const post = (path: string, body: unknown) =>
    app.request(path, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } })
  return { app, post, orders }
}

describe('orders to the robot', () => {
  it.each(['start', 'lock', 'unlock'])('%s needs who and why', async (what) => {
    const { post, orders } = control()
    expect((await post(`/shift/${what}`, { by: 'sato' })).status).toBe(400)
    expect((await post(`/shift/${what}`, { reason: 'x' })).status).toBe(400)
    expect((await post(`/shift/${what}`, { by: 'sato', reason: 'a\nforged line' })).status).toBe(400)
    expect(orders).toEqual([])
    expect(await (await post(`/shift/${what}`, { by: 'sato', reason: 'x' })).json()).toEqual({
      kind: 'done',
      state: { coolDownUntil: 0, failures: {}, heldBack: [] },
    })
    expect(orders).toEqual([[what, { by: 'sato', reason: 'x' }]])
  })

  it('a lock may have an end', async () => {
    const { post, orders } = control()
    await post('/shift/lock', { by: 'sato', reason: 'freeze', until: 5 })
    expect(orders).toEqual([['lock', { by: 'sato', reason: 'freeze', until: 5 }]])
  })
})

describe('questions about decisions', () => {
  it('has the last twenty unless asked for others, and not without end', async () => {
    const { app } = control()
    expect(await (await app.request('/shift/decisions')).json()).toMatchObject([{ id: 'd-20' }])
    expect(await (await app.request('/shift/replay?limit=7')).json()).toEqual({ judged: 7, differ: [] })
    expect((await app.request('/shift/decisions?limit=10001')).status).toBe(400)
  })

  it('knows one by its id, and says where ids are when it does not', async () => {
    const { app } = control()
    expect(await (await app.request('/shift/decisions/d-1')).json()).toMatchObject({ id: 'd-1', outcome: 'held' })
    const other = await app.request('/shift/decisions/d-2')
    expect([other.status, await other.json()]).toEqual([
      404,
      {
        kind: 'refused',
        reason: 'noSuchDecision',
        message: 'there is no such decision; watari shift history lists them',
      },
    ])
  })
})

// The page for watchers: what a balancer, a supervisor and Prometheus read, and that nothing personal is on it.
import { describe, expect, it } from 'vitest'
import { aStatus } from '../../test/support/gateway-status.ts'
import type { GatewayStatus } from '../core/mail/operations.ts'
import { statusApp } from './status.ts'

function page(status: () => Promise<GatewayStatus>) {
  const logged: string[] = []
  const add = (event: string) => void logged.push(event)
  const app = statusApp({
    operations: { status },
    metrics: {
      contentType: 'text/plain; version=0.0.4',
      render: async (status) => `watari_ready ${status.ready ? 1 : 0}\n`,
    },
    now: () => 0,
    log: { debug: add, info: add, warn: add, alarm: add },
  })
  return { get: (path: string, method = 'GET') => app.request(path, { method }), logged }
}

describe('the page for watchers', () => {
  it('says alive whatever the status is, because a restart mends nothing that waiting does not', async () => {
    const { get } = page(() => Promise.reject(new Error('no status')))
    const answer = await get('/healthz')
    expect(answer.status).toBe(200)
    expect(await answer.text()).toBe('alive\n')
  })

  it('says ready while mail is taken, and why not when it is not', async () => {
    const ready = await page(async () => aStatus()).get('/readyz')
    expect([ready.status, await ready.text()]).toEqual([200, 'ready\n'])
    const full = await page(async () => aStatus({ ready: false, notReadyBecause: ['queueFull', 'stopping'] })).get(
      '/readyz',
    )
    expect([full.status, await full.text()]).toEqual([503, 'not ready: queueFull, stopping\n'])
  })

  it('shows the status with every reason masked', async () => {
    const routes = [{ ...aStatus().routes[0]!, reason: 'refused tanaka@example.jp from 203.0.113.7' }]
    const stage = { ...aStatus().stage, reason: 'asked by sato@goo.ne.jp' }
    const answer = await page(async () => aStatus({ routes, stage })).get('/status')
    expect(await answer.json()).toMatchObject({
      stage: { percent: 10, reason: 'asked by sat***@***.***.***' },
      routes: [{ reason: 'refused tan***@***.*** from 203.0.***.***' }],
    })
  })

  it('has the figures for Prometheus', async () => {
    const answer = await page(async () => aStatus()).get('/metrics')
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4')
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(await answer.text()).toBe('watari_ready 1\n')
  })

  it('can only be read, and has no other page', async () => {
    const { get } = page(async () => aStatus())
    expect((await get('/status', 'POST')).status).toBe(404)
    const other = await get('/mails')
    expect([other.status, await other.text()]).toEqual([404, 'there is /healthz, /readyz, /status, /metrics\n'])
  })

  it('fails without telling why, and the log knows', async () => {
    const { get, logged } = page(() => Promise.reject(new Error('index of tanaka@example.jp')))
    const answer = await get('/status')
    expect([answer.status, await answer.text()]).toEqual([500, 'failed\n'])
    expect(logged).toEqual(['statusFailed'])
  })
})

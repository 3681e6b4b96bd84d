// What the control channel answers, asked without a socket; the socket itself is in listen.test.ts.
import { describe, expect, it } from 'vitest'
import { aPart, memoryOperations } from '../../test/support/memory-operations.ts'
import type { Log, LogFields } from '../core/base/log.ts'
import type { Operations } from '../core/mail/operations.ts'
import { controlApp } from './control.ts'

const ID = '1SGHM8BN00001'

function collectingLog() {
  const lines: (LogFields & { readonly event: string })[] = []
  const add = (event: string, fields: LogFields = {}) => void lines.push({ event, ...fields })
  const log: Log = { debug: add, info: add, warn: add, alarm: add }
  return { log, lines }
}

function channel(operations: Operations = memoryOperations()) {
  const { log, lines } = collectingLog()
  const app = controlApp(operations, log)
  const ask = async (method: string, path: string, body?: unknown) => {
    const response = await app.request(path, {
      method,
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    return { status: response.status, body: (await response.json()) as Record<string, unknown> }
  }
  return { ask, lines }
}

describe('the stage over the control channel', () => {
  it('is shown with its author and reason', async () => {
    const { ask } = channel()
    expect(await ask('GET', '/stage')).toMatchObject({
      status: 200,
      body: { percent: 10, changedBy: 'sato', reason: 'first step' },
    })
  })

  it.each([0, 0.5, 100])('is set to exactly %d percent, with author and reason', async (percent) => {
    const { ask } = channel()
    const answer = await ask('PUT', '/stage', { percent, by: 'suzuki', reason: 'as planned' })
    expect(answer).toMatchObject({
      status: 200,
      body: { kind: 'done', stage: { percent, changedBy: 'suzuki', reason: 'as planned' } },
    })
    expect((await ask('GET', '/stage/history?limit=5')).body).toMatchObject([
      { percent: 10 },
      { percent, changedBy: 'suzuki' },
    ])
  })

  it.each([
    ['a text', { percent: '50', by: 'a', reason: 'b' }],
    ['nothing', { by: 'a', reason: 'b' }],
    ['null, which is what JSON makes of no number', { percent: null, by: 'a', reason: 'b' }],
    ['no author', { percent: 50, reason: 'b' }],
    ['an empty reason', { percent: 50, by: 'a', reason: '  ' }],
    ['a reason of two lines', { percent: 50, by: 'a', reason: 'b\n{"forged":1}' }],
    ['an unknown key', { percent: 50, by: 'a', reason: 'b', force: true }],
    ['no JSON', '{'],
  ])('is not set by %s', async (_, body) => {
    const { ask, lines } = channel()
    expect(await ask('PUT', '/stage', body)).toMatchObject({
      status: 400,
      body: { kind: 'refused', reason: 'badValue' },
    })
    expect((await ask('GET', '/stage')).body).toMatchObject({ percent: 10 })
    expect(lines).toEqual([])
  })

  it('stays when mail through SES would not be aligned, and nothing is logged as done', async () => {
    const { ask, lines } = channel(memoryOperations({ aligned: false }))
    expect(await ask('PUT', '/stage', { percent: 50, by: 'a', reason: 'b' })).toMatchObject({
      status: 409,
      body: { reason: 'notAligned' },
    })
    expect(lines).toEqual([])
  })
})

describe('mails over the control channel', () => {
  it('are shown with masked addresses, in the reason too', async () => {
    const { ask, lines } = channel()
    for (const path of ['/mails', `/mails/${ID}`]) {
      const { body } = await ask('GET', path)
      expect(body).toMatchObject({
        parts: [
          {
            mailId: ID,
            sender: 'new***@***.***.***',
            recipients: ['tan***@***.***', 'suz***@***.***.***'],
            reason: 'throttled: 454 Throttling failure for tan***@***.***',
          },
        ],
      })
    }
    expect(lines).toEqual([])
  })

  it('are shown in full when the operator asks, and that is logged without an address', async () => {
    const { ask, lines } = channel()
    expect((await ask('GET', `/mails/${ID}?full=yes&by=sato`)).body).toMatchObject({
      parts: [{ sender: 'news-1@goo.ne.jp', recipients: ['tanaka@example.jp', 'suzuki@docomo.ne.jp'] }],
    })
    await ask('GET', '/mails?full=yes&by=sato')
    expect(lines).toEqual([
      { event: 'addressesShown', by: 'sato', mail: ID },
      { event: 'addressesShown', by: 'sato', parts: 1 },
    ])
  })

  it('are found by route, state and address, a page at a time', async () => {
    const parts = Array.from({ length: 5 }, (_, i) => aPart({ part: i + 1, route: i < 2 ? 'legacy' : 'ses' }))
    const { ask } = channel(memoryOperations({ parts }))
    const first = await ask('GET', '/mails?route=ses&state=waiting&containing=tanaka&limit=2')
    expect(first.body).toMatchObject({ parts: [{ part: 3 }, { part: 4 }], next: '2' })
    const second = await ask('GET', '/mails?route=ses&limit=2&cursor=2')
    expect(second.body).toMatchObject({ parts: [{ part: 5 }] })
    expect(second.body).not.toHaveProperty('next')
  })

  it.each([
    '/mails?route=fax',
    '/mails?limit=0',
    '/mails?limit=501',
    '/mails?state=lost',
    '/mails?x=1',
    '/stage/history?limit=x',
    '/mails?full=yes',
    `/mails/${ID}?full=yes`,
  ])('are not looked for by a wrong question: %s', async (path) => {
    expect(await channel().ask('GET', path)).toMatchObject({ status: 400, body: { reason: 'badValue' } })
  })

  it('that are done or never were are told so', async () => {
    const { ask } = channel()
    expect(await ask('GET', '/mails/1SGHM8BN00009')).toMatchObject({ status: 404, body: { reason: 'noSuchMail' } })
    expect(await ask('POST', '/mails/1SGHM8BN00009/hold', { by: 'a', reason: 'b' })).toMatchObject({ status: 404 })
  })

  it('are held, released, retried, rerouted and bounced by a person with a reason', async () => {
    const operations = memoryOperations()
    const { ask } = channel(operations)
    const order = { by: 'sato', reason: 'asked by tanaka@example.jp' }
    for (const change of ['hold', 'release', 'retry'] as const) {
      expect(await ask('POST', `/mails/${ID}/${change}`, order)).toEqual({
        status: 200,
        body: { kind: 'done', parts: 1, recipients: 2 },
      })
    }
    expect(await ask('POST', `/mails/${ID}/reroute`, { ...order, route: 'legacy' })).toMatchObject({ status: 200 })
    expect(await ask('POST', `/mails/${ID}/bounce`, order)).toMatchObject({ status: 200 })
    expect(operations.orders.map((done) => (done as { what: string }).what)).toEqual([
      'hold',
      'release',
      'retry',
      'reroute to legacy',
      'bounce',
    ])
    expect(await ask('GET', `/mails/${ID}`)).toMatchObject({ status: 404 })
  })

  it('are not changed by an order without an author, or to a route that is none', async () => {
    const { ask } = channel()
    expect(await ask('POST', `/mails/${ID}/hold`, { reason: 'x' })).toMatchObject({ status: 400 })
    expect(await ask('POST', `/mails/${ID}/reroute`, { by: 'a', reason: 'b', route: 'fax' })).toMatchObject({
      status: 400,
    })
    expect(await ask('POST', `/mails/${ID}/delete`, { by: 'a', reason: 'b' })).toMatchObject({ status: 404 })
    expect(await ask('POST', `/mails/${ID}/hold`, { by: 'a', reason: 'x'.repeat(20_000) })).toMatchObject({
      status: 400,
    })
  })

  it('being delivered or in the wrong state are refused with the reason word', async () => {
    const { ask } = channel(
      memoryOperations({ parts: [aPart({ state: 'active' }), aPart({ mailId: '1SGHM8BN00002' })] }),
    )
    const order = { by: 'a', reason: 'b' }
    expect(await ask('POST', `/mails/${ID}/hold`, order)).toMatchObject({ status: 409, body: { reason: 'partActive' } })
    expect(await ask('POST', '/mails/1SGHM8BN00002/release', order)).toMatchObject({
      status: 409,
      body: { reason: 'wrongState' },
    })
  })
})

describe('routes over the control channel', () => {
  it('are stopped and resumed by a person with a reason', async () => {
    const { ask } = channel()
    await ask('POST', '/routes/ses/stop', { by: 'sato', reason: 'AWS asks us to' })
    expect((await ask('GET', '/routes')).body).toMatchObject([
      { route: 'legacy', state: 'running' },
      { route: 'ses', state: 'stoppedByPerson', by: 'sato' },
    ])
    await ask('POST', '/routes/ses/resume', { by: 'sato', reason: 'all well' })
    expect((await ask('GET', '/routes')).body).toMatchObject([{}, { route: 'ses', state: 'running' }])
    expect(await ask('POST', '/routes/fax/stop', { by: 'a', reason: 'b' })).toMatchObject({ status: 400 })
  })
})

describe('a failure behind the control channel', () => {
  it('is told without its details, which go masked to the log', async () => {
    const broken: Operations = {
      ...memoryOperations(),
      status: () => Promise.reject(new Error('index lost near tanaka@example.jp')),
    }
    const { ask, lines } = channel(broken)
    expect(await ask('GET', '/status')).toEqual({
      status: 500,
      body: { reason: 'internal', message: 'the gateway failed to answer; its log tells more' },
    })
    expect(lines).toMatchObject([{ event: 'controlFailed', error: 'Error', message: 'index lost near tan***@***.***' }])
  })
})

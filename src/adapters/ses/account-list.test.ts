// The account's list, asked by the AWS SDK of the stand-in, and of a server that answers what a stand-in does not.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { fakeClock } from '../../../test/support/fakes.ts'
import { standinForTest } from '../../../test/support/standin-client.ts'
import { sesAccountList } from './account-list.ts'
import { sesControlPlane } from './control-plane.ts'

const stops: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop()
})

/** No waiting between calls: the pace is control-plane's own test. */
const clock = { ...fakeClock(0), sleep: () => Promise.resolve() }

function listAt(endpoint: string, credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'synthetic' }) {
  const controlPlane = sesControlPlane({ region: 'ap-northeast-1', endpoint, credentials }, clock)
  stops.push(() => controlPlane.stop())
  return sesAccountList(controlPlane)
}

async function atStandin() {
  const standin = await standinForTest()
  stops.push(() => standin.stop())
  return listAt(standin.apiUrl, standin.credentials)
}

async function answering(status: number, errorType: string) {
  const server = createServer((_, response) => {
    response.writeHead(status, { 'content-type': 'application/json', 'x-amzn-errortype': errorType })
    response.end(JSON.stringify({ message: 'about Reader@example.com' }))
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  stops.push(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return listAt(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
}

describe('the account’s list', () => {
  test('keeps the case of a local part, gives it back in pages, and is removed from by the exact spelling', async () => {
    const list = await atStandin()
    expect(await list.put('Reader@Example.COM', 'BOUNCE')).toEqual({ kind: 'done' })
    expect(await list.put('other@example.com', 'COMPLAINT')).toEqual({ kind: 'done' })
    expect(await list.page({})).toEqual({
      kind: 'page',
      items: [
        { spelling: 'Reader@example.com', reason: 'BOUNCE', updatedAt: expect.any(Number) as number },
        { spelling: 'other@example.com', reason: 'COMPLAINT', updatedAt: expect.any(Number) as number },
      ],
    })
    expect(await list.remove('reader@example.com')).toEqual({ kind: 'done', found: false })
    expect(await list.remove('Reader@example.com')).toEqual({ kind: 'done', found: true })
    expect(await list.page({ since: Date.now() + 60_000 })).toEqual({ kind: 'page', items: [] })
  })

  test('of more than a page is read with a token', async () => {
    const list = await atStandin()
    for (let i = 0; i < 1_001; i += 1) await list.put(`p${i}@example.com`, 'BOUNCE')
    const first = await list.page({})
    expect(first.kind === 'page' && [first.items.length, typeof first.next]).toEqual([1_000, 'string'])
    const second = first.kind === 'page' ? await list.page({ token: first.next! }) : first
    expect(second.kind === 'page' && second.items.map(({ spelling }) => spelling)).toEqual(['p1000@example.com'])
  })

  test('says that a token is too old', async () => {
    const list = await atStandin()
    expect(await list.page({ token: 'stale' })).toEqual({ kind: 'expired' })
  })
})

describe('what SES refuses', () => {
  test.each([
    [403, 'AccessDeniedException', 'refused', 'accessDenied'],
    [400, 'BadRequestException', 'refused', 'valueRefused'],
    [429, 'TooManyRequestsException', 'again', 'throttled'],
    [500, 'InternalFailure', 'again', 'unknownAnswer'],
  ])('%d %s is %s (%s), told without an address', async (status, name, kind, reason) => {
    const list = await answering(status, name)
    for (const answer of [
      await list.page({}),
      await list.put('Reader@example.com', 'BOUNCE'),
      await list.remove('Reader@example.com'),
    ]) {
      expect(answer).toMatchObject({ kind, reason })
      expect(JSON.stringify(answer)).not.toMatch(/reader/i)
    }
  })

  test('and no answer at all is to be asked again', async () => {
    const list = listAt('http://127.0.0.1:1')
    expect(await list.put('Reader@example.com', 'BOUNCE')).toEqual({
      kind: 'again',
      reason: 'unreachable',
      message: 'SES gave no answer',
    })
  })
})

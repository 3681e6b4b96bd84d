// What a sender of events hears: taken only when it is on disk, and otherwise whether to come again.
import { request } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { recordedLog, recordedMeter } from '../../test/support/fakes.ts'
import type { DoorAnswer, FeedbackRequest } from '../core/feedback/door.ts'
import type { FeedbackRecord } from '../core/feedback/record.ts'
import { feedbackHandler } from './feedback.ts'
import { serveOnPort, type HttpListener } from './listen.ts'

const RECORD: FeedbackRecord = { kind: 'unknown', eventType: 'Foo', text: 'foo' }

const listeners: HttpListener[] = []
afterEach(async () => {
  for (const listener of listeners.splice(0)) await listener.close()
})

async function port(
  values: {
    readonly answer?: DoorAnswer
    readonly take?: () => Promise<void>
    readonly requestsMax?: number
  } = {},
) {
  const { answer = { kind: 'record', record: RECORD }, take = () => Promise.resolve(), requestsMax = 10 } = values
  const [log, meter, seen]: [ReturnType<typeof recordedLog>, ReturnType<typeof recordedMeter>, FeedbackRequest[]] = [
    recordedLog(),
    recordedMeter(),
    [],
  ]
  const handler = feedbackHandler({
    door: (request) => {
      seen.push(request)
      return Promise.resolve(answer)
    },
    intake: { take },
    requestsMax,
    log,
    meter,
  })
  const listener = await serveOnPort(handler, { host: '127.0.0.1', port: 0 })
  listeners.push(listener)
  const url = `http://${listener.address}/sns?x=1`
  const post = async (body = 'text', headers: Record<string, string> = {}) => {
    const response = await fetch(url, { method: 'POST', body, headers })
    return `${response.status} ${(await response.text()).trim()}`
  }
  return { url, post, log, meter, seen }
}

test('200 comes after what was told is on disk', async () => {
  let done: () => void = () => {}
  const { post, seen } = await port({ take: () => new Promise<void>((resolve) => (done = resolve)) })
  let answered = false
  const answer = post('こんにちは', { 'x-amz-sns-topic-arn': 'arn' }).then((said) => {
    answered = true
    return said
  })
  while (seen.length === 0) await new Promise((resolve) => setImmediate(resolve))
  for (let i = 0; i < 20; i += 1) await new Promise((resolve) => setImmediate(resolve))
  expect(answered).toBe(false)
  done()
  expect(await answer).toBe('200 taken')
  expect(seen[0]).toMatchObject({ path: '/sns', body: 'こんにちは' })
  expect(seen[0]!.header('x-amz-sns-topic-arn')).toBe('arn')
  expect(seen[0]!.header('x-other')).toBeUndefined()
})

test('a disk that fails is 503, and one alarm however long it lasts', async () => {
  let fails = true
  const { post, log } = await port({ take: () => (fails ? Promise.reject(new Error('ENOSPC')) : Promise.resolve()) })
  expect([await post(), await post()]).toEqual(['503 storageFailed', '503 storageFailed'])
  fails = false
  expect(await post()).toBe('200 taken')
  expect(log.lines.filter(({ level }) => level === 'alarm').map(({ event }) => event)).toEqual([
    'feedbackStorageFailed',
  ])
})

test.each([
  [{ kind: 'refused', status: 403, reason: 'foreignTopic', message: 'm' } as const, '403 foreignTopic'],
  [{ kind: 'refused', status: 400, reason: 'tooDeep', message: 'm' } as const, '400 tooDeep'],
  [{ kind: 'later', reason: 'noCertificate', message: 'm' } as const, '503 noCertificate'],
  [{ kind: 'confirmed', topicArn: 'arn' } as const, '200 confirmed'],
])('the door’s answer %j is told', async (answer, said) => {
  const { post, meter } = await port({ answer })
  expect(await post()).toBe(said)
  expect(meter.total('watari_feedback_refused_total')).toBe(said.startsWith('200') ? 0 : 1)
})

test('more requests than can be worked on are told to come again', async () => {
  const dones: (() => void)[] = []
  const { post } = await port({ requestsMax: 2, take: () => new Promise<void>((resolve) => dones.push(resolve)) })
  const first = [post(), post()]
  while (dones.length < 2) await new Promise((resolve) => setImmediate(resolve))
  expect(await post()).toBe('503 tooMany')
  for (const done of dones) done()
  expect(await Promise.all(first)).toEqual(['200 taken', '200 taken'])
})

test.each([
  ['says so', { 'content-length': '1048577' }],
  ['says nothing', {}],
])('a body of over a megabyte that %s is not waited for', async (_, headers) => {
  const { url, seen } = await port()
  const status = await new Promise<number>((resolve) => {
    const call = request(url, { method: 'POST', headers })
    call.once('response', (response) => resolve(response.statusCode!))
    // The connection is closed in the middle of it.
    call.on('error', () => {})
    for (let i = 0; i < 17; i += 1) call.write(new Uint8Array(65_536))
  })
  expect(status).toBe(413)
  expect(seen).toEqual([])
})

test('a sender that breaks off is nobody’s trouble', async () => {
  const { url, post, seen, log } = await port()
  const call = request(url, { method: 'POST', headers: { 'content-length': '100' } })
  call.on('error', () => {})
  call.write('half')
  setTimeout(() => call.destroy(), 20)
  while (log.lines.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  expect(await post()).toBe('200 taken')
  expect(seen).toHaveLength(1)
})

test('nothing but POST is taken', async () => {
  expect((await fetch((await port()).url)).status).toBe(405)
})

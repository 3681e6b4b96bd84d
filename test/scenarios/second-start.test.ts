// What a second start finds: a folder or a port that is in use. It says so, ends, and leaves the first one alone.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sendMail } from '../support/smtp-client.ts'
import { startWatari, watari, type RunningProgram } from '../support/watari.ts'

let first: RunningProgram
let folder: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'watari-second-'))
  first = await startWatari({ args: ['up', '--port-base', '0'] })
})
afterAll(async () => {
  await first.stop()
  rmSync(folder, { recursive: true, force: true })
})

const message = 'From: news@goo.ne.jp\r\n\r\nstill here\r\n'

test('a second program on the same data folder ends with 73 and a sentence, and the first goes on', async () => {
  const second = await first.command('up', '--port-base', '0')
  expect(second.code).toBe(73)
  expect(second.error).toMatch(/the queue directory .+ is in use by process \d+: stop that gateway/)
  const answer = await sendMail(first.ready['smtp']!, { from: 'news@goo.ne.jp', to: ['r@example.jp'] }, message)
  expect(answer).toContain('queued as')
})

test('a port that is taken ends with 73, and the queue can be opened by the next start', async () => {
  const port = first.ready['smtp']!.split(':')[1]
  const plan = (smtp: string): string => {
    const file = join(folder, `plan-${smtp}.yaml`)
    const legacy = 'legacy: { hosts: [{ host: 127.0.0.1, port: 9 }] }'
    writeFileSync(file, `domain: goo.ne.jp\n${legacy}\ngateway: { port: ${smtp} }\nstatus: { port: 0 }\n`)
    return file
  }
  const data = join(folder, 'data')
  const taken = await watari('gateway', '--plan', plan(port!), '--data', data, '--log-level', 'error')
  expect([taken.code, taken.error]).toEqual([73, expect.stringContaining('a port is taken')])
  const next = await startWatari({ args: ['gateway', '--plan', plan('0')], dataFolder: data })
  expect(next.ready['smtp']).toMatch(/^127\.0\.0\.1:\d+$/)
  await next.stop()
})

test('a stop in the middle of nothing takes no more than a moment, and the socket is gone', async () => {
  const other = await startWatari({ args: ['up', '--port-base', '0'], dataFolder: join(folder, 'other') })
  await other.stop()
  expect(other.child.exitCode).toBe(0)
  expect((await other.command('status')).code).toBe(69)
})

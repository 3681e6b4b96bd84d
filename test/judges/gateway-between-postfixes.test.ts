// The whole gateway where it will stand: a real Postfix in front of it as a client (relayhost), real Postfixes behind it as
// the legacy pool. Both speak for themselves; we only start them and look at what arrived.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freePort } from '../../bench/support/process.ts'
import { describeJudged } from '../support/judge.ts'
import { POSTFIX, startPostfix, type Postfix } from '../support/postfix.ts'
import { startWatari, type RunningProgram } from '../support/watari.ts'

describeJudged('a gateway between Postfixes', POSTFIX, () => {
  let folder: string
  let pool: readonly Postfix[]
  let gateway: RunningProgram
  let front: Postfix

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'watari-between-'))
    pool = await Promise.all([startPostfix({ sinkMaildir: true }), startPostfix({ sinkMaildir: true })])
    const hosts = pool.map(({ port }) => `{ host: 127.0.0.1, port: ${port} }`).join(', ')
    const plan = join(folder, 'plan.yaml')
    writeFileSync(
      plan,
      `domain: example.com
gateway: { hostname: gw.example.com, port: ${await freePort()}, clients: ['127.0.0.1/32'], senderDomains: [example.com] }
status: { port: ${await freePort()} }
legacy: { hosts: [${hosts}], tls: may }
`,
    )
    gateway = await startWatari({ args: ['gateway', '--plan', plan, '--log-file', '-'] })
    front = await startPostfix({ relayhost: gateway.ready['smtp']! })
  })
  afterAll(async () => {
    await front?.stop()
    await gateway?.stop()
    await Promise.all((pool ?? []).map((host) => host.stop()))
    rmSync(folder, { recursive: true, force: true })
  })

  test('mails of a real Postfix come out of the pool once each, body unchanged, both hosts used', async () => {
    const count = 30
    const body = 'こんにちは\n.\n..dots\nend\n'
    for (let i = 0; i < count; i += 1) {
      await front.submit(`From: news@example.com\nTo: r${i}@example.net\nSubject: number ${i}\n\n${body}`, {
        from: 'news@example.com',
        to: [`r${i}@example.net`],
      })
    }
    await front.drained()
    const arrived = async () => (await Promise.all(pool.map((host) => host.mails(0)))).map((mails) => mails)
    const until = Date.now() + 30_000
    let mails = await arrived()
    while (mails.flat().length < count && Date.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, 100))
      mails = await arrived()
    }
    const all = mails.flat()
    expect(all.map(({ recipient }) => recipient).sort()).toEqual(
      Array.from({ length: count }, (_, i) => `r${i}@example.net`).sort(),
    )
    for (const { raw } of all) expect(raw.toString('utf8').slice(raw.toString('utf8').indexOf('\n\n') + 2)).toBe(body)
    expect(mails.every((ofOne) => ofOne.length > 0)).toBe(true)
  })

  test('an unknown sender domain is refused, and the Postfix in front tells its own user', async () => {
    await front.submit('From: x@elsewhere.example\nTo: r@example.net\nSubject: no\n\nno\n', {
      from: 'x@elsewhere.example',
      to: ['r@example.net'],
    })
    const line = await front.logged(/status=bounced \(host 127\.0\.0\.1\[127\.0\.0\.1\] said: (5\d\d)/)
    expect(line[1]).toBe('550')
  })

  test('a stop and a start of the whole pool costs no mail', async () => {
    await Promise.all(pool.map((host) => host.stop()))
    await front.submit('From: news@example.com\nTo: late@example.net\nSubject: late\n\nlate\n', {
      from: 'news@example.com',
      to: ['late@example.net'],
    })
    await front.drained()
    const listed = await gateway.command('mail', 'list', '--json')
    expect(listed.out).toContain('"state":"waiting"')
    const port = pool[0]!.port
    pool = [await startPostfix({ sinkMaildir: true, port })]
    const mails = await pool[0]!.mails(1)
    expect(mails.map(({ recipient }) => recipient)).toEqual(['late@example.net'])
  })
})

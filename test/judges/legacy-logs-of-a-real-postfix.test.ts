// A gateway follows the log of the real Postfix that it gives mail to: outcomes of the legacy route, each recipient once.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freePort } from '../../bench/support/process.ts'
import type { GatewayStatus } from '../../src/core/mail/operations.ts'
import { describeJudged } from '../support/judge.ts'
import { POSTFIX, startPostfix, type Postfix } from '../support/postfix.ts'
import { sendMail } from '../support/smtp-client.ts'
import { startWatari, type RunningProgram } from '../support/watari.ts'

describeJudged('the log of a legacy host, followed', POSTFIX, () => {
  let folder: string
  let host: Postfix
  let gateway: RunningProgram

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'watari-legacy-log-'))
    host = await startPostfix({ sinkMaildir: true })
    await host.submit('Subject: before\n\nbefore\n', { from: 'a@example.com', to: ['before@example.net'] })
    await host.mails(1)
    const plan = join(folder, 'plan.yaml')
    writeFileSync(
      plan,
      `domain: example.com
timeZone: UTC
gateway: { hostname: gw.example.com, port: ${await freePort()}, clients: ['127.0.0.1/32'], senderDomains: [example.com] }
status: { port: ${await freePort()} }
legacy: { hosts: [{ host: 127.0.0.1, port: ${host.port} }], tls: may }
legacyLogs: { files: ['${join(host.folder, 'mail.log')}'] }
`,
    )
    gateway = await startWatari({ args: ['gateway', '--plan', plan, '--log-file', '-'] })
  })
  afterAll(async () => {
    await gateway?.stop()
    await host?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  test('tells what became of mail by Watari and of mail given directly, and counts nobody as sent twice', async () => {
    for (const to of ['one@dst.example', 'two@dst.example']) {
      await sendMail(
        gateway.ready['smtp']!,
        { from: 'news@example.com', to: [to] },
        'From: news@example.com\r\n\r\nhi\r\n',
      )
    }
    await host.submit('Subject: direct\n\ndirect\n', { from: 'shop@example.com', to: ['three@dst.example'] })
    const status = async () => JSON.parse((await gateway.command('status', '--json')).out) as GatewayStatus
    await expect.poll(async () => (await status()).legacyLogs?.outcomes, { timeout: 20_000 }).toBe(3)
    expect((await status()).legacyLogs).toMatchObject({ dead: 0, unknown: 0, sources: [{ state: 'following' }] })
    expect((await gateway.command('status')).out).toContain('Legacy logs:  1 followed, 0 dead, 3 outcomes')
    const metrics = await (await fetch(`${gateway.ready['http']}/metrics`)).text()
    expect(metrics).toContain('watari_figures_total{route="legacy",counted="delivered"} 3')
    expect(metrics).toContain('watari_figures_total{route="legacy",counted="sent"} 3')
    expect(metrics).toContain('watari_legacy_log_dead_sources 0')
  })
})

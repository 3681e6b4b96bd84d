// DMARC reports on a running gateway: by the folder and by mail to the drop address, read once each, shown by command; and the
// drop address opens no relay.
import { copyFileSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTransport } from 'nodemailer'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freePort } from '../../bench/support/process.ts'
import { DMARC_FILES, dmarcFile } from '../support/dmarc-corpus.ts'
import { startWatari, type RunningProgram } from '../support/watari.ts'

let folder: string
let gateway: RunningProgram
const corpus = new URL('../corpus/dmarc/', import.meta.url)

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'watari-dmarc-'))
  const plan = join(folder, 'plan.yaml')
  writeFileSync(
    plan,
    `domain: goo.ne.jp
gateway: { hostname: gw.goo.ne.jp, port: ${await freePort()}, clients: ['127.0.0.1/32'] }
status: { port: ${await freePort()} }
legacy: { hosts: [{ host: 127.0.0.1, port: 9 }], tls: never }
dmarc: { folder: ${join(folder, 'in')}, address: dmarc-reports@goo.ne.jp, days: 3650 }
`,
  )
  gateway = await startWatari({ args: ['gateway', '--plan', plan, '--log-file', '-'] })
})
afterAll(async () => {
  await gateway?.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function send(raw: Buffer, from: string, to: string): Promise<string> {
  const [host, port] = gateway.ready['smtp']!.split(':')
  const transport = createTransport({ host, port: Number(port), ignoreTLS: true })
  try {
    const { response } = await transport.sendMail({ envelope: { from, to }, raw })
    return response
  } catch (error) {
    return String(error)
  } finally {
    transport.close()
  }
}

test('reports from both ways in are counted once each, as the corpus says', async () => {
  for (const name of DMARC_FILES.filter((file) => !file.endsWith('.eml'))) {
    copyFileSync(new URL(name, corpus), join(folder, 'in', name))
    utimesSync(join(folder, 'in', name), 1, 1)
  }
  for (const name of DMARC_FILES.filter((file) => file.endsWith('.eml'))) {
    // Twice: mail may come again.
    expect(await send(dmarcFile(name), 'reports@reporter.example', 'dmarc-reports@goo.ne.jp')).toMatch(/^250 /)
    expect(await send(dmarcFile(name), '', 'DMARC-Reports@goo.ne.jp')).toMatch(/^250 /)
  }
  const until = Date.now() + 90_000
  const read = () => readdirSync(join(folder, 'in', 'read')).length
  while (read() < 12 && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 250))
  expect(readdirSync(join(folder, 'in', 'unreadable'))).toEqual([])
  const { out } = await gateway.command('dmarc', 'show', '--days', '3650', '--json')
  expect(JSON.parse(out)).toMatchObject({
    reports: 10,
    unreadableRows: 2,
    total: { mails: 609_556, dkimPassed: 609_106 },
  })
  expect(gateway.log()).not.toMatch(/@reporter\.example|203\.0\.113/)
})

test('a foreign sender reaches the drop address and nobody else', async () => {
  const mail = Buffer.from('Subject: x\r\n\r\nx\r\n')
  expect(await send(mail, 'reports@reporter.example', 'u@example.net')).toMatch(/550 5\.7\.1/)
  expect(await send(mail, 'reports@reporter.example', 'u@goo.ne.jp')).toMatch(/550 5\.7\.1/)
})

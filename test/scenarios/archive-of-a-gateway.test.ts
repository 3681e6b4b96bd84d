// A gateway with an archive: what it logged is read back by the command line, also while another runs and after a kill.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { freePort } from '../../bench/support/process.ts'
import { startWatari, watari } from '../support/watari.ts'

const turn = () => new Promise((resolve) => setTimeout(resolve, 100))

async function eventsKept(plan: string): Promise<readonly string[]> {
  const { out } = await watari('archive', 'show', '--plan', plan, '--kind', 'logs', '--json')
  const lines = out.split('\n').filter((line) => line !== '')
  const events = lines.map((line) => (JSON.parse(line) as { fields: { event: string } }).fields.event)
  return events.filter((event) => event === 'ready' || event === 'stopped')
}

test('what a gateway said is kept, found by command, and there after a kill', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'watari-archived-'))
  const plan = join(folder, 'plan.yaml')
  writeFileSync(
    plan,
    `domain: example.com
gateway: { hostname: gw.example.com, port: ${await freePort()}, clients: ['127.0.0.1/32'] }
status: { port: ${await freePort()} }
legacy: { hosts: [{ host: 127.0.0.1, port: 9 }], tls: never }
archive: { folder: ${join(folder, 'archive')} }
`,
  )
  try {
    const started = { args: ['gateway', '--plan', plan, '--log-file', '-'] }
    const first = await startWatari(started)
    await first.stop()
    expect(await eventsKept(plan)).toEqual(['ready', 'stopped'])
    const second = await startWatari(started)
    const until = Date.now() + 20_000
    // It is written within a second; a killed program keeps what was.
    while ((await eventsKept(plan)).length < 3 && Date.now() < until) await turn()
    await second.kill('SIGKILL')
    await second.stop()
    expect(await eventsKept(plan)).toEqual(['ready', 'stopped', 'ready'])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

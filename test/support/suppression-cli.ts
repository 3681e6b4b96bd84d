// `watari suppression` against a control socket, with a list in memory behind it and an account's list of bare spellings.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { domainToASCII } from 'node:url'
import { runCommand } from '../../src/cli/program.ts'
import { suppressionDesk } from '../../src/core/feedback/suppression-desk.ts'
import type { AccountAnswer } from '../../src/core/feedback/suppression-list.ts'
import { controlApp } from '../../src/gateway/control.ts'
import { listenOnSocket } from '../../src/gateway/listen.ts'
import { recordedLog } from './fakes.ts'
import { memoryOperations } from './memory-operations.ts'
import { memorySuppressionList } from './memory-suppression.ts'

export type SuppressionCli = Awaited<ReturnType<typeof suppressionCli>>

export async function suppressionCli(nowMs: number) {
  const folder = mkdtempSync(join(tmpdir(), 'watari-cli-'))
  const list = memorySuppressionList()
  const log = recordedLog()
  /** The spellings that the account's list holds, and what it answers instead when it fails. */
  const account: { readonly spellings: Set<string>; trouble?: AccountAnswer } = { spellings: new Set() }
  const suppression = suppressionDesk({
    list,
    account: {
      remove: async (spelling) => account.trouble ?? { kind: 'done', found: account.spellings.delete(spelling) },
    },
    reconciliation: { state: () => ({ running: false }), ask: async () => ({ running: false }) },
    toAscii: domainToASCII,
    now: () => nowMs,
    log,
  })
  const app = controlApp(memoryOperations(), log, { suppression })
  const listener = await listenOnSocket(app.fetch, join(folder, 'control.sock'))
  const watari = async (...args: readonly string[]) => {
    let [out, error] = ['', '']
    const terminal = {
      out: (text: string) => void (out += text),
      error: (text: string) => void (error += text),
      color: false,
      errorColor: false,
      now: () => nowMs,
    }
    const notStarted = () => Promise.reject(new Error('not started in this test'))
    const code = await runCommand(
      ['suppression', ...args],
      { terminal, variables: { WATARI_DATA: folder, SUDO_USER: 'sato' }, folder, password: async () => '' },
      {
        version: '0.1.0',
        shippedPlan: '',
        readPlan: () => ({ kind: 'faulty', faults: [] }),
        up: notStarted,
        gateway: notStarted,
        standin: notStarted,
      },
    )
    return { code, out, error }
  }
  return {
    folder,
    list,
    log,
    account,
    watari,
    async close() {
      await listener.close()
      rmSync(folder, { recursive: true })
    },
  }
}

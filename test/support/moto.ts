// moto, an emulator of AWS that others wrote, as a process of the test that asks for it.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { programJudge } from './judge.ts'
import { freePort } from './loopback-relay.ts'

export const motoJudge = programJudge('moto_server', "pip install 'moto[all,server]==5.2.1'")
export const MOTO_CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' }

/** Python and boto take some seconds to load on a busy machine. */
const START_MS = 30_000

export interface Moto {
  readonly endpoint: string
  stop(): Promise<void>
}

export async function startMoto(): Promise<Moto> {
  const port = await freePort(['127.0.0.1'])
  const endpoint = `http://127.0.0.1:${port}`
  const child = spawn('moto_server', ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' })
  process.once('exit', () => void child.kill('SIGKILL'))
  for (const until = Date.now() + START_MS; Date.now() < until;) {
    const answer = await fetch(`${endpoint}/moto-api/data.json`).catch(() => undefined)
    if (answer?.ok === true) {
      return {
        endpoint,
        async stop() {
          child.kill('SIGTERM')
          if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
        },
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error('moto did not start')
}

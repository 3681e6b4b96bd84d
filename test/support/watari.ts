// The built program, run as a person runs it: commands with their answers, and programs that stay until they are stopped.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const CLI = join(import.meta.dirname, '../../dist/cli/main.js')
/** A start takes under a second; a machine under test load takes longer. */
const READY_MS = 20_000
const STOP_MS = 30_000

export interface Answer {
  readonly code: number
  readonly out: string
  readonly error: string
}

export interface RunningProgram {
  readonly child: ChildProcess
  readonly dataFolder: string
  /** The ready line, read. */
  readonly ready: Readonly<Record<string, string>>
  /** What it has logged so far. */
  readonly log: () => string
  /** A command for this gateway. */
  readonly command: (...args: string[]) => Promise<Answer>
  readonly kill: (signal: NodeJS.Signals) => Promise<void>
  /** Stops it and removes its data. */
  readonly stop: () => Promise<void>
}

const environment = (extra: Readonly<Record<string, string>> = {}) => ({
  ...process.env,
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  NO_COLOR: '1',
  ...extra,
})

/** Runs one command to its end. */
export async function watari(...args: readonly string[]): Promise<Answer> {
  const child = spawn(process.execPath, [CLI, ...args], { env: environment(), stdio: ['ignore', 'pipe', 'pipe'] })
  let [out, error] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (error += text))
  const [code] = (await once(child, 'close')) as [number | null]
  return { code: code ?? -1, out, error }
}

export interface ProgramOptions {
  readonly args: readonly string[]
  /** Kept when it is given; otherwise made, and removed by `stop`. */
  readonly dataFolder?: string
  readonly environment?: Readonly<Record<string, string>>
}

/**
 * Keeps the robot from moving the stage: the shipped plan lets it, and it would go where the budget does, in the middle of a
 * test that is about something else.
 */
export async function lockStage(program: RunningProgram): Promise<void> {
  const answer = await program.command('shift', 'lock', '--reason', 'scenario', '--by', 'tester')
  if (answer.code !== 0) throw new Error(answer.error)
}

export async function startWatari(options: ProgramOptions): Promise<RunningProgram> {
  const dataFolder = options.dataFolder ?? mkdtempSync(join(tmpdir(), 'watari-'))
  const child = spawn(process.execPath, [CLI, ...options.args, '--json', '--data', dataFolder], {
    env: environment(options.environment),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let log = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text))
  const ready = await readyLine(child, () => log)
  const kill = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill(signal)
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
    await once(child, 'exit')
    clearTimeout(timer)
  }
  return {
    child,
    dataFolder,
    ready,
    log: () => log,
    command: (...args) => watari(...args, '--data', dataFolder),
    kill,
    async stop() {
      await kill('SIGTERM')
      if (options.dataFolder === undefined) rmSync(dataFolder, { recursive: true, force: true })
    },
  }
}

function readyLine(child: ChildProcess, log: () => string): Promise<Record<string, string>> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      reject(new Error(`not ready in time: ${log()}`))
    }, READY_MS)
    let text = ''
    child.stdout!.setEncoding('utf8').on('data', (more: string) => {
      text += more
      const end = text.indexOf('\n')
      if (end < 0) return
      clearTimeout(timer)
      resolve(JSON.parse(text.slice(0, end)) as Record<string, string>)
    })
    child.once('exit', (code) => {
      clearTimeout(timer)
      reject(new Error(`ended with ${code} before it was ready: ${log()}`))
    })
  })
}

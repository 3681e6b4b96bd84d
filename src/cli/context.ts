// What every command is given: the terminal, the options that all commands share, and how to fail in words.
import { userInfo } from 'node:os'
import { isAbsolute, resolve } from 'node:path'
import type { Command } from 'commander'
import { controlClient, type ControlClient } from './control-client.ts'
import type { Terminal } from './output.ts'

export interface Environment {
  readonly terminal: Terminal
  readonly variables: Readonly<Record<string, string | undefined>>
  readonly folder: string
  /** Asks for a password; never shows it. */
  readonly password: () => Promise<string>
  /** Asks for a line; not there without a terminal. */
  readonly ask?: (question: string) => Promise<string>
}

export interface Context extends Environment {
  readonly json: boolean
  readonly dataFolder: string
  readonly client: ControlClient
}

const DEFAULT_DATA = 'data'

/** Adds the options that every command has. */
export function shared(command: Command): Command {
  return command
    .option('--data <dir>', 'data folder of the gateway (default: $WATARI_DATA or ./data)')
    .option('--json', 'answer in JSON')
}

/** Adds who and why, which every change records. */
export function ordered(command: Command, needsReason: boolean): Command {
  const reason = '--reason <text>'
  const what = 'why; recorded with the change'
  const withReason = needsReason
    ? command.requiredOption(reason, what)
    : command.option(reason, `${what} (default: by hand)`)
  return withReason.option('--by <name>', 'who; recorded with the change (default: your login name)')
}

export function contextOf(
  environment: Environment,
  options: { readonly data?: string; readonly json?: boolean },
): Context {
  const dataFolder = pathIn(environment, options.data ?? environment.variables['WATARI_DATA'] ?? DEFAULT_DATA)
  return { ...environment, json: options.json === true, dataFolder, client: controlClient(dataFolder) }
}

export function pathIn(environment: Environment, path: string): string {
  return isAbsolute(path) ? path : resolve(environment.folder, path)
}

export interface OrderOptions {
  readonly by?: string
  readonly reason?: string
}

/** With sudo the person is not the user. */
export function orderOf(context: Context, options: OrderOptions): { readonly by: string; readonly reason: string } {
  return { by: options.by ?? context.variables['SUDO_USER'] ?? loginName(), reason: options.reason ?? 'by hand' }
}

function loginName(): string {
  try {
    return userInfo().username
  } catch {
    // A container's user may have no name.
    return `uid ${process.getuid?.() ?? 'unknown'}`
  }
}

/** One JSON document on standard output. */
export function printJson(context: Context, value: unknown): void {
  context.terminal.out(`${JSON.stringify(value)}\n`)
}

// `watari dkim`: the life of the keys, asked of the running gateway, which goes on with it by itself.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import type { Notice } from '../../core/base/notice.ts'
import type { RequestAnswer, TickAnswer, Verification } from '../../core/dkim/operations.ts'
import type { HistoryEntry } from '../../core/dkim/record.ts'
import type { DkimStatus } from '../../core/dkim/status.ts'
import {
  contextOf,
  ordered,
  orderOf,
  pathIn,
  printJson,
  shared,
  type Context,
  type Environment,
  type OrderOptions,
} from '../context.ts'
import { controlClient, DNS_ANSWER_MS } from '../control-client.ts'
import { historyTable, requestTextOf, statusText, tickText, verificationText } from '../dkim-text.ts'
import { CommandError, EXIT } from '../exit.ts'
import { loadPlan } from '../plan-file.ts'
import type { Programs } from '../programs.ts'
import type { KeptKeys } from '../../wiring/key-store.ts'
import { countOf } from './stage.ts'

interface Options extends OrderOptions {
  readonly data?: string
  readonly json?: boolean
  readonly limit?: number
  readonly dryRun?: boolean
  readonly now?: boolean
  readonly send?: boolean
  readonly write?: string
  readonly plan?: string
}

export function addDkimCommands(program: Command, environment: Environment, programs: Programs): void {
  const dkim = program
    .command('dkim')
    .helpGroup('Moving:')
    .summary('the DKIM keys: asked for, proven, switched')
    .description(
      'The DKIM keys by which SES signs: made, asked for, published, proven, switched on, watched, rotated and retired. The gateway does it by itself; these commands look, and hurry it.',
    )
  addLooking(dkim, environment)
  addDoing(dkim, environment)
  if (programs.keys !== undefined) addKeeping(dkim, environment, { ...programs, keys: programs.keys })
}

/** Asks with the patience that DNS needs. */
function patient(environment: Environment, options: Options): Context {
  const context = contextOf(environment, options)
  return { ...context, client: controlClient(context.dataFolder, DNS_ANSWER_MS) }
}

function addLooking(dkim: Command, environment: Environment): void {
  shared(dkim.command('status').summary('what is, what is next, and who is waited for'))
    .description('The phase, the keys and who is waited for, as of the last look.')
    .action(async (options: Options) => {
      const context = patient(environment, options)
      const status = await context.client.get<DkimStatus>('/dkim/status')
      if (context.json) printJson(context, status)
      else context.terminal.out(statusText(status, context.terminal.now()))
    })

  shared(dkim.command('verify').summary('ask DNS and SES now'))
    .description('Asks every authoritative server, the resolvers and SES now, and changes nothing.')
    .action(async (options: Options) => {
      const context = patient(environment, options)
      const verification = await context.client.get<Verification>('/dkim/verify')
      if (context.json) printJson(context, verification)
      else context.terminal.out(verificationText(verification))
    })

  shared(dkim.command('history').summary('every step, and why it was taken'))
    .description('The last steps, oldest first, each with its reason and who ordered it.')
    .option('--limit <n>', 'how many at most, up to 10000', countOf(10_000), 50)
    .action(async (options: Options) => {
      const context = contextOf(environment, options)
      const entries = await context.client.get<readonly HistoryEntry[]>('/dkim/history', {
        limit: String(options.limit),
      })
      if (context.json) for (const entry of entries) printJson(context, entry)
      else context.terminal.out(entries.length === 0 ? 'Nothing was done yet.\n' : historyTable(entries))
    })
}

function addDoing(dkim: Command, environment: Environment): void {
  ordered(shared(dkim.command('tick').summary('look now, and take what steps there are')), false)
    .description('Looks now instead of at its time, and takes what steps there are to take.')
    .option('--dry-run', 'only say which step would be taken first')
    .action(async (options: Options) => {
      const context = patient(environment, options)
      const { by } = orderOf(context, options)
      const answer = await context.client.send<TickAnswer>('POST', '/dkim/tick', {
        by,
        dryRun: options.dryRun === true,
      })
      if (context.json) printJson(context, answer)
      else context.terminal.out(tickText(answer, context.terminal.now()))
    })

  ordered(shared(dkim.command('request').summary('the request to the DNS team')), false)
    .description('Shows the request to the DNS team as it stands now: what to enter, why, and until when.')
    .option('--write <dir>', 'write it into a folder: text, HTML, zone-file fragment, CSV, commands')
    .option('--send', 'send it again on every channel of the plan')
    .addHelpText('after', '\nExample:\n  watari dkim request --write request/')
    .action(async (options: Options) => {
      const context = patient(environment, options)
      const { by } = orderOf(context, options)
      const answer = await context.client.send<RequestAnswer>('POST', '/dkim/request', {
        by,
        send: options.send === true,
      })
      if (options.write !== undefined) writePacks(context, answer.notices, pathIn(context, options.write))
      if (context.json) printJson(context, answer)
      else if (options.write === undefined) context.terminal.out(requestTextOf(answer))
    })

  ordered(shared(dkim.command('rotate').summary('switch to the next key')), true)
    .description(
      'Switches SES to the published next key at once. Mail for SES waits until SES has confirmed it, some seconds. Without a proven next key it says what is missing and who must act first (exit 1).',
    )
    .requiredOption('--now', 'yes, now: there is no other time to choose')
    .addHelpText('after', '\nExample:\n  watari dkim rotate --now --reason "the key may be known to others"')
    .action(async (options: Options) => {
      const context = patient(environment, options)
      const answer = await context.client.send<{ selector: string; status: DkimStatus }>(
        'POST',
        '/dkim/rotate',
        orderOf(context, options),
      )
      if (context.json) printJson(context, answer)
      else {
        context.terminal.out(`SES is being switched to ${answer.selector}.\n\n`)
        context.terminal.out(statusText(answer.status, context.terminal.now()))
      }
    })
}

type Keeping = Programs & { readonly keys: NonNullable<Programs['keys']> }

/** What is done to the key store itself, with or without a gateway. Nothing secret is on a command line. */
function addKeeping(dkim: Command, environment: Environment, programs: Keeping): void {
  const keysOf = async (context: Context, options: Options): Promise<KeptKeys> => {
    const { plan, file } = loadPlan(context, programs, { named: options.plan, required: true })
    const place = { plan, planFile: file, dataFolder: context.dataFolder, environment: context.variables }
    return programs.keys(place).catch(refused)
  }
  planned(
    dkim.command('import').argument('<selector>', 'its selector').argument('<file>', 'private key: PEM, or its base64'),
  )
    .summary('take a key that was made elsewhere')
    .description(
      'Takes an RSA key of 2048 bits into the key store, sealed. A running gateway finds it at its next look, asks for its record, and proves it before SES gets it.',
    )
    .action(async (selector: string, file: string, options: Options) => {
      const context = contextOf(environment, options)
      const keys = await keysOf(context, options)
      const stored = await keys.take(selector, textIn(pathIn(context, file))).catch(refused)
      if (context.json) printJson(context, stored)
      else context.terminal.out(`Key ${selector} is in the store (${stored.bits} bits).\n`)
    })

  planned(dkim.command('reseal').summary('seal all keys under another passphrase'))
    .description(
      'Seals all keys anew under a passphrase that is asked for, or read as one line from standard input. Set the variable of the plan to it before the gateway starts again.',
    )
    .action(async (options: Options) => {
      const context = contextOf(environment, options)
      const keys = await keysOf(context, options)
      const passphrase = await context.password()
      if (passphrase.length < PASSPHRASE_CHARACTERS_MIN) {
        throw new CommandError(
          EXIT.usage,
          'badValue',
          `a passphrase has at least ${PASSPHRASE_CHARACTERS_MIN} characters`,
        )
      }
      const count = await keys.reseal(passphrase).catch(refused)
      if (context.json) printJson(context, { resealed: count })
      else context.terminal.out(`${count} keys are sealed anew.\n`)
    })
}

function planned(command: Command): Command {
  return shared(command).option('--plan <file>', 'plan file (default: $WATARI_PLAN)')
}

/** Guessing is slow (scrypt), and this makes it hopeless. */
const PASSPHRASE_CHARACTERS_MIN = 16

function refused(error: unknown): never {
  throw new CommandError(EXIT.data, 'keyRefused', error instanceof Error ? error.message : 'the key store failed')
}

function textIn(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    throw new CommandError(EXIT.data, 'unreadable', `${path} cannot be read (${code})`)
  }
}

function writePacks(context: Context, notices: readonly Notice[], folder: string): void {
  try {
    for (const notice of notices) {
      const place = join(folder, notice.id)
      mkdirSync(place, { recursive: true })
      const files = [
        { name: 'message.txt', text: `${notice.subject}\n\n${notice.text}` },
        ...(notice.html === undefined ? [] : [{ name: 'message.html', text: notice.html }]),
        ...(notice.files ?? []),
      ]
      for (const { name, text } of files) writeFileSync(join(place, name), text)
      if (!context.json) context.terminal.out(`Written: ${place} (${files.map(({ name }) => name).join(', ')})\n`)
    }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    throw new CommandError(
      EXIT.cannotCreate,
      'cannotCreate',
      `${folder} cannot be written (${code})`,
      'Name another folder.',
    )
  }
}

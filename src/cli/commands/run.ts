// `watari up`, `gateway` and `standin`: start, say one line when ready, and stop in order when asked to.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { InvalidArgumentError, Option, type Command } from 'commander'
import { PORT_BASE_DEFAULT, portsFrom, type Ready, type RunLog, type Running } from '../../wiring/run.ts'
import { contextOf, pathIn, printJson, shared, type Context, type Environment } from '../context.ts'
import { CommandError, EXIT } from '../exit.ts'
import { loadPlan } from '../plan-file.ts'
import type { Programs } from '../programs.ts'
import { untilStopped } from '../signals.ts'

interface Options {
  readonly data?: string
  readonly json?: boolean
  readonly plan?: string
  readonly portBase?: number
  readonly logLevel: RunLog['level']
  readonly logFile?: string
}

const LOG_FILE = 'watari.log'
/** The usual name of a standard stream on a command line. */
const STANDARD_ERROR = '-'
const LOG_LEVELS = ['debug', 'info', 'warn', 'error']
/** The largest offset is 87. */
const PORT_BASE_MAX = 65_448

export function addRunCommands(program: Command, environment: Environment, programs: Programs): void {
  running(program.command('up'), true)
    .summary('everything on this machine, for a look')
    .description(
      'Everything on this machine: the gateway, a stand-in for SES and one for the legacy hosts, all on loopback. Routes lead to the stand-ins whatever the plan says, so no mail gets out.',
    )
    .addHelpText('after', '\nExample:\n  watari up --port-base 2500 --data ./data')
    .action((options: Options) =>
      run(
        environment,
        options,
        async (context, log) => {
          const { plan, file } = planOf(context, programs, { named: options.plan, required: false })
          const ports = portsFrom(options.portBase!)
          return programs.up({ plan, planFile: file, dataFolder: context.dataFolder, ports, log })
        },
        inDataFolder,
      ),
    )

  running(program.command('gateway'), false)
    .summary('the gateway alone, for production')
    .description(
      'The gateway alone, as the plan says. SES credentials come from the environment variables the plan names.',
    )
    .addHelpText('after', '\nExample:\n  watari gateway --plan /etc/watari/goo.ne.jp.yaml --data /var/lib/watari')
    .action((options: Options) =>
      run(environment, options, async (context, log) => {
        const { plan, file } = planOf(context, programs, { named: options.plan, required: true })
        return programs.gateway({ plan, planFile: file, dataFolder: context.dataFolder, log })
      }),
    )

  running(program.command('standin'), true)
    .summary('the stand-in for SES alone')
    .description(
      'The stand-in for SES alone: its API and its SMTP port, with the identities and the quota of the plan.',
    )
    .action((options: Options) =>
      run(environment, options, async (context, log) => {
        const { plan } = planOf(context, programs, { named: options.plan, required: false })
        return programs.standin({ plan, dataFolder: context.dataFolder, ports: portsFrom(options.portBase!), log })
      }),
    )
}

function running(command: Command, withPorts: boolean): Command {
  shared(command.helpGroup('Running:'))
    .option(
      '--plan <file>',
      withPorts ? 'plan file (default: $WATARI_PLAN, or the plan of goo.ne.jp)' : 'plan file (default: $WATARI_PLAN)',
    )
    .addOption(new Option('--log-level <level>', 'least level of a log line').choices(LOG_LEVELS).default('info'))
    .option(
      '--log-file <file>',
      'log file, or - for standard error; SIGHUP opens it anew (default: -, for up watari.log in the data folder)',
    )
  if (withPorts)
    command.option(
      '--port-base <n>',
      'ports are N+25 and so on; 0 lets the system choose',
      portBaseOf,
      PORT_BASE_DEFAULT,
    )
  return command
}

function planOf(context: Context, programs: Programs, choice: Parameters<typeof loadPlan>[2]) {
  const loaded = loadPlan(context, programs, choice)
  for (const warning of loaded.warnings) context.terminal.error(`watari: warning: ${warning}\n`)
  return loaded
}

/** A person looks at the terminal of `up`; a line for each mail would hide what it says. */
const inDataFolder = (context: Context): string => join(context.dataFolder, LOG_FILE)

type Start = (context: Context, log: RunLog) => Promise<Running>

async function run(
  environment: Environment,
  options: Options,
  start: Start,
  logFile: (context: Context) => string = () => STANDARD_ERROR,
): Promise<void> {
  const context = contextOf(environment, options)
  makeFolder(context.dataFolder)
  const log = logOf(context, options, logFile(context))
  const started = await start(context, log)
  // Before the ready line, because who reads it may stop us in the same moment.
  const stopped = untilStopped(started)
  if (context.json) printJson(context, { ready: true, ...started.ready })
  else context.terminal.out(`${readyLine(started.ready, log)}\n`)
  await stopped
}

function logOf(context: Context, { logFile, logLevel: level }: Options, fallback: string): RunLog {
  const file = logFile ?? fallback
  return file === STANDARD_ERROR ? { level } : { level, file: pathIn(context, file) }
}

/** One line with every address, and what to try first. */
function readyLine(ready: Ready, log: RunLog): string {
  const places = [
    ready.smtp && `SMTP ${ready.smtp}`,
    ready.http && `status ${ready.http}/status`,
    ready.sesApi && `SES stand-in ${ready.sesApi} and SMTP ${ready.sesSmtp ?? '-'}`,
    ready.legacySmtp && `legacy stand-in ${ready.legacySmtp}`,
    ready.dns && `DNS ${ready.dns}`,
    log.file && `log ${log.file}`,
  ].filter((place) => place !== undefined && place !== '')
  const first =
    ready.smtp === undefined || ready.legacySmtp === undefined
      ? ''
      : ` First mail: swaks --server ${ready.smtp} --from news@goo.ne.jp --to tanaka@example.jp`
  return `Watari is ready: ${places.join(', ')}.${first}`
}

function makeFolder(folder: string): void {
  try {
    // Mails and the split key lie here.
    mkdirSync(folder, { recursive: true, mode: 0o750 })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    throw new CommandError(
      EXIT.cannotCreate,
      'cannotCreate',
      `the data folder ${folder} cannot be made (${code})`,
      'Name another with --data DIR.',
    )
  }
}

function portBaseOf(text: string): number {
  const base = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (base === 0 || (base >= 1_000 && base <= PORT_BASE_MAX)) return base
  throw new InvalidArgumentError(`Write 0, or a whole number from 1000 to ${PORT_BASE_MAX}.`)
}

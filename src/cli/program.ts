// The command line as one tree, and the one place where a failed command becomes an exit code and a message.
import { Command, CommanderError } from 'commander'
import { addCostCommand } from './commands/cost.ts'
import { addCheckCommand } from './commands/check.ts'
import { addArchiveCommands } from './commands/archive.ts'
import { addBackupCommands } from './commands/backup.ts'
import { addBaselineCommand } from './commands/baseline.ts'
import { addDkimCommands } from './commands/dkim.ts'
import { addDoctorCommand } from './commands/doctor.ts'
import { addDmarcCommands } from './commands/dmarc.ts'
import { addFiguresCommand } from './commands/figures.ts'
import { addIncidentCommands } from './commands/incidents.ts'
import { addFeedbackCommands } from './commands/feedback.ts'
import { addInitCommand } from './commands/init.ts'
import { addMailCommands } from './commands/mail.ts'
import { addPlanCommands } from './commands/plan.ts'
import { addMaintenanceCommand, addReportCommands } from './commands/report.ts'
import { addRouteCommands } from './commands/route.ts'
import { addRunCommands } from './commands/run.ts'
import { addShiftCommands } from './commands/shift.ts'
import { addStageCommands } from './commands/stage.ts'
import { addStatusCommand } from './commands/status.ts'
import { addSuppressionCommands } from './commands/suppression.ts'
import { addUserCommands } from './commands/user.ts'
import type { Environment } from './context.ts'
import { CommandEnd, CommandError, EXIT } from './exit.ts'
import { paint } from './output.ts'
import type { Programs } from './programs.ts'

const AFTER_HELP = `
Examples:
  watari status                                 is all well?
  watari shift start --reason "first step"      the robot may leave 0 %
  watari stage set 0 --reason "bounces rise"    back to legacy, at once
  watari mail list --state held                 what waits for a person
  watari check plans/goo.ne.jp.yaml             what will go wrong with it

Files, in the data folder (--data, $WATARI_DATA, or ./data):
  queue/       accepted mails until done    control.sock  how commands get in
  figures/     what was counted, 90 days    feedback/     what SES told
  dkim-keys/   sealed private keys          suppression/  who gets nothing
  archive/     what was kept                notices/, dns-requests/, dmarc/
  state and history: stage*, shift-*, dkim*, incidents.json; users.json, split.key

Exit codes: 0 done, 1 nothing found, 2 warnings, 3 errors (check, doctor),
64 usage, 65 plan or data wrong, 69 no gateway runs, 70 a fault of Watari,
73 cannot create, 75 try again, 77 forbidden. docs/commands.md tells more.
`

/** What every terminal has; a fixed width keeps the documents true. */
const HELP_COLUMNS = 80

function buildProgram(environment: Environment, programs: Programs): Command {
  const { terminal } = environment
  const program = new Command('watari')
    .description('Moves a sender from its own Postfix pool to Amazon SES without losing a mail.')
    .usage('COMMAND [OPTIONS]')
    .version(programs.version, '--version', 'the version')
    .helpOption('-h, --help', 'this help')
    .helpCommand(false)
    // A list of commands is read for its words; that most have options goes without saying.
    .configureHelp({ subcommandTerm: termOf })
    .addHelpText('after', AFTER_HELP)
    .showSuggestionAfterError(true)
    .exitOverride()
    // Usage errors are written once, by `failed`, so that they come as JSON too.
    .configureOutput({
      writeOut: terminal.out,
      writeErr: terminal.error,
      outputError: () => {},
      getOutHelpWidth: () => HELP_COLUMNS,
      getErrHelpWidth: () => HELP_COLUMNS,
    })
  addRunCommands(program, environment, programs)
  if (programs.backups !== undefined) addBackupCommands(program, environment, programs, programs.backups)
  if (programs.users !== undefined) addUserCommands(program, environment, programs.users)
  addInitCommand(program, environment)
  addCheckCommand(program, environment, programs)
  addCostCommand(program, environment, programs)
  addPlanCommands(program, environment, programs)
  addBaselineCommand(program, environment, programs)
  if (programs.doctor !== undefined) addDoctorCommand(program, environment, programs, programs.doctor)
  addStatusCommand(program, environment)
  addFiguresCommand(program, environment)
  addFeedbackCommands(program, environment)
  addStageCommands(program, environment)
  addShiftCommands(program, environment)
  addRouteCommands(program, environment)
  addMailCommands(program, environment)
  addSuppressionCommands(program, environment)
  addIncidentCommands(program, environment)
  addReportCommands(program, environment)
  addMaintenanceCommand(program, environment)
  addDkimCommands(program, environment, programs)
  if (programs.archive !== undefined) {
    addArchiveCommands(program, environment, { ...programs, archive: programs.archive })
  }
  if (programs.dmarc !== undefined) addDmarcCommands(program, environment, programs.dmarc)
  for (const group of program.commands) {
    if (group.commands.length > 0) group.usage('COMMAND [OPTIONS]').helpCommand(false)
  }
  return program
}

/** `show <id>` */
function termOf(command: Command): string {
  const words = command.registeredArguments.map((argument) => {
    const name = `${argument.name()}${argument.variadic ? '...' : ''}`
    return argument.required ? `<${name}>` : `[${name}]`
  })
  return [command.name(), ...words].join(' ')
}

/** Runs one command line; the answer is the exit code. */
export async function runCommand(
  args: readonly string[],
  environment: Environment,
  programs: Programs,
): Promise<number> {
  try {
    const program = buildProgram(environment, programs)
    if (args.length === 0) {
      environment.terminal.error(program.helpInformation() + AFTER_HELP)
      return EXIT.usage
    }
    await program.parseAsync(args, { from: 'user' })
    return EXIT.ok
  } catch (error) {
    return failed(error, args, environment)
  }
}

function failed(error: unknown, args: readonly string[], { terminal }: Environment): number {
  if (error instanceof CommanderError && error.exitCode === 0) return EXIT.ok
  // A group without a command: its help was shown.
  if (error instanceof CommanderError && error.code === 'commander.help') return EXIT.usage
  if (error instanceof CommandEnd) return error.exitCode
  const { exitCode, reason, message, mend } = told(error, args)
  if (exitCode === EXIT.ok) {
    const same = args.includes('--json') ? JSON.stringify({ changed: false, reason, message }) : sentence(message)
    terminal.out(`${same}\n`)
    return EXIT.ok
  }
  if (args.includes('--json')) {
    terminal.error(`${JSON.stringify({ error: { reason, message, mend, exitCode } })}\n`)
    return exitCode
  }
  const lines = message.includes('\n')
  const end = lines ? '\n' : /[.?!]$/.test(message) || mend === '' ? ' ' : '. '
  const text = `${message}${end}${mend}`.trimEnd()
  terminal.error(`${paint(terminal.errorColor, 'red', 'watari:')} ${text}\n`)
  return exitCode
}

/** `the stage is 10 already` as a sentence. */
function sentence(message: string): string {
  return `${message.charAt(0).toUpperCase()}${message.slice(1).replace(/\.$/, '')}.`
}

function told(error: unknown, args: readonly string[]): Pick<CommandError, 'exitCode' | 'reason' | 'message' | 'mend'> {
  if (error instanceof CommandError) return error
  if (error instanceof CommanderError) {
    const message = error.message.replace(/^error: (command-argument )?/, '').replaceAll('\n', ' ')
    const command = args.filter((arg) => /^[a-z]+$/.test(arg)).slice(0, 2)
    return { exitCode: EXIT.usage, reason: 'usage', message, mend: `See watari ${[...command, '--help'].join(' ')}` }
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const message = error instanceof Error ? error.message : 'failed'
  if (code === 'EADDRINUSE') {
    return {
      exitCode: EXIT.cannotCreate,
      reason: 'portTaken',
      message: `a port is taken: ${message}`,
      mend: 'Stop what uses it, or choose another port.',
    }
  }
  if (code === 'EBUSY') return { exitCode: EXIT.cannotCreate, reason: 'inUse', message, mend: '' }
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS' || code === 'ENOSPC') {
    return {
      exitCode: EXIT.cannotCreate,
      reason: 'cannotCreate',
      message,
      mend: 'Check the permissions and the space on the disk.',
    }
  }
  return {
    exitCode: EXIT.internal,
    reason: 'internal',
    message,
    mend: 'This is a fault of Watari; its log tells more.',
  }
}

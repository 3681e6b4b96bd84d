// `watari doctor`: tells what is wrong with an installation, and ends with a code that says how bad it is. Changes nothing.
import { Option, type Command } from 'commander'
import { diagnose } from '../../core/plan/doctor/diagnose.ts'
import type { GatewayFacts, PlanFacts } from '../../core/plan/doctor/facts.ts'
import type { Language } from '../../core/plan/finding.ts'
import { judgePlan } from '../../core/plan/findings/all.ts'
import type { GatewayStatus } from '../../core/mail/operations.ts'
import type { PlanReading } from '../../wiring/config.ts'
import { controlSocketIn } from '../../wiring/run.ts'
import { contextOf, pathIn, printJson, shared, type Context, type Environment } from '../context.ts'
import { doctorText, levelCounts, toldDiagnosis } from '../doctor-text.ts'
import { CommandEnd, CommandError, EXIT } from '../exit.ts'
import type { Programs } from '../programs.ts'

interface Options {
  readonly plan?: string
  readonly data?: string
  readonly json?: boolean
  readonly logFile?: string
  readonly lang: Language
}

type Doctor = NonNullable<Programs['doctor']>

export function addDoctorCommand(program: Command, environment: Environment, programs: Programs, look: Doctor): void {
  shared(program.command('doctor').summary('what is wrong with this installation').helpGroup('Watching:'))
    .description(
      'Looks at an installation: the plan, the data folder and its disk, limits, clock, ports, certificate, keys, users, environment, DNS, legacy hosts, SES, log, memory, and the gateway that runs. Writes one small file into the data folder and removes it; changes nothing else and sends no mail. Run it as the user of the gateway, with its environment. Ends with 0, 2 (warnings) or 3 (errors).',
    )
    .option('--plan <file>', 'plan file (default: $WATARI_PLAN, or the plan of goo.ne.jp)')
    .option('--log-file <file>', 'the log file of the gateway (default: standard error)')
    .addOption(new Option('--lang <language>', 'language of the answer').choices(['en', 'ja']).default('en'))
    .addHelpText(
      'after',
      '\nExample:\n  sudo -u watari watari doctor --plan /etc/watari/goo.ne.jp.yaml --data /var/lib/watari --lang ja',
    )
    .action((options: Options) => doctor(contextOf(environment, options), options, programs, look))
}

async function doctor(context: Context, options: Options, programs: Programs, look: Doctor): Promise<void> {
  const named = options.plan ?? context.variables['WATARI_PLAN']
  const planFile = named === undefined ? programs.shippedPlan : pathIn(context, named)
  const reading = programs.readPlan(planFile)
  const plan = reading.kind === 'plan' ? reading.plan : undefined
  const gateway = await gatewayFacts(context, programs.version)
  const { pid, ...facts } = await look({
    plan,
    planFile,
    dataFolder: context.dataFolder,
    logFile: options.logFile === undefined || options.logFile === '-' ? undefined : pathIn(context, options.logFile),
    environment: context.variables,
    isRunning: gateway.kind !== 'notRunning',
  })
  const known = gateway.kind === 'running' ? { ...gateway, pid } : gateway
  const found = diagnose({ ...facts, plan: planFacts(planFile, reading), gateway: known }, plan, context.terminal.now())
  const told = found.map((one) => toldDiagnosis(one, options.lang))
  const counts = levelCounts(found)
  if (context.json) printJson(context, { language: options.lang, findings: told, counts })
  else context.terminal.out(doctorText(told, options.lang, context.terminal.color))
  if (counts.error > 0) throw new CommandEnd(EXIT.errors)
  if (counts.warning > 0) throw new CommandEnd(EXIT.warnings)
}

function planFacts(file: string, reading: PlanReading): PlanFacts {
  if (reading.kind === 'faulty') return { file, faults: reading.faults, errors: 0, warnings: 0 }
  const found = judgePlan(reading.plan)
  const of = (severity: 'error' | 'warning') => found.filter((one) => one.severity === severity).length
  return { file, faults: [], errors: of('error'), warnings: of('warning') + reading.warnings.length }
}

async function gatewayFacts({ client, dataFolder }: Context, version: string): Promise<GatewayFacts> {
  const socket = controlSocketIn(dataFolder)
  try {
    const { version: running } = await client.get<Partial<GatewayStatus>>('/status')
    return { kind: 'running', socket, version, running, pid: undefined }
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    if (error.reason === 'notRunning') return { kind: 'notRunning', socket, version }
    return { kind: 'noAnswer', socket, version, code: error.reason }
  }
}

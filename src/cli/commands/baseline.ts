// `watari baseline`: what the mail looked like before the move, out of the old hosts' Postfix logs.
import { readFileSync } from 'node:fs'
import { InvalidArgumentError, Option, type Command } from 'commander'
import type { Baseline } from '../../core/plan/baseline/baseline.ts'
import { isUnder } from '../../core/mail/address.ts'
import type { Plan } from '../../core/plan/plan.ts'
import { relayAdvice, type RelayAdvice } from '../../core/plan/relay/advice.ts'
import { parseMainCf, parseTransport } from '../../core/plan/relay/main-cf.ts'
import type { BaselineRun } from '../../wiring/baseline.ts'
import { baselineText } from '../baseline-text.ts'
import type { Language } from '../baseline-words.ts'
import { contextOf, pathIn, printJson, shared, type Context, type Environment } from '../context.ts'
import { CommandError, EXIT } from '../exit.ts'
import { BOUNCES_MAX, wholeOf } from '../options.ts'
import { relayText } from '../relay-text.ts'
import { loadPlan } from '../plan-file.ts'
import type { Programs } from '../programs.ts'

interface Options {
  readonly data?: string
  readonly json?: boolean
  readonly plan?: string
  readonly out?: string
  readonly suppression?: string
  readonly zone?: string
  readonly year?: number
  readonly bounces: number
  readonly doubtful?: boolean
  readonly threads?: number
  readonly mainCf?: string
  readonly transport?: string
  readonly lang: Language
}

const THREADS_MAX = 64

export function addBaselineCommand(program: Command, environment: Environment, programs: Programs): void {
  const { baseline } = programs
  if (baseline === undefined) return
  shared(program.command('baseline').argument('[logs...]', 'log files or folders, plain or gzip; or one baseline file'))
    .helpGroup('Before the move:')
    .summary('the mail as it was before, from Postfix logs')
    .description(
      'Reads the Postfix logs of the old hosts: volume by hour, outcomes and delays by receiving domain, TLS, senders that SES would refuse, and addresses that should be suppressed. Nothing leaves this machine.',
    )
    .option('--out <file>', 'write the baseline file, which holds no address')
    .option('--suppression <dir>', 'write suppression candidates: files for SES of 100,000 lines, and the evidence')
    .option('--bounces <n>', 'bounces that suppress an address', wholeOf(BOUNCES_MAX), 2)
    .option('--doubtful', 'suppress also where the carrier says the same to refused senders')
    .option('--zone <name>', 'where the clocks of the hosts stand (default: timeZone of the plan)', zoneOf)
    .option('--year <yyyy>', 'year of the first line, when the files’ dates are not those of the logs', wholeOf(9_999))
    .option('--main-cf <file>', 'main.cf of a host: what changes there, and which lines to edit')
    .option('--transport <file>', 'its transport table')
    .option('--threads <n>', 'logs read at once (default: one a processor)', wholeOf(THREADS_MAX))
    .option('--plan <file>', 'plan whose senders are judged (default: $WATARI_PLAN, or the plan of goo.ne.jp)')
    .addOption(new Option('--lang <language>', 'language of the text').choices(['en', 'ja']).default('en'))
    .addHelpText(
      'after',
      '\nExamples:\n  watari baseline /var/log/maillog* --out baseline.json\n  watari baseline logs/ --zone Asia/Tokyo --suppression suppression/\n  watari baseline baseline.json --lang ja',
    )
    .action(async (logs: readonly string[], options: Options) => {
      const context = contextOf(environment, options)
      const { plan } = loadPlan(environment, programs, { named: options.plan, required: false })
      const advice = options.mainCf === undefined ? undefined : adviceFor(context, plan, options)
      if (logs.length === 0 && advice === undefined) {
        throw new CommandError(EXIT.usage, 'noLogs', 'no log is named', 'Name log files or folders, or --main-cf FILE.')
      }
      if (logs.length === 0) {
        showAdvice(context, advice!, options.lang)
        return
      }
      const saved = logs.length === 1 ? savedIn(context, baseline, logs[0]!) : undefined
      const run = saved ?? (await read(context, { logs, options, baseline, zone: options.zone ?? plan.timeZone }))
      show(context, { run, options, identities: plan.ses.identities, ...(advice === undefined ? {} : { advice }) })
    })
}

type BaselinePrograms = NonNullable<Programs['baseline']>

interface Reading {
  readonly logs: readonly string[]
  readonly options: Options
  readonly baseline: BaselinePrograms
  readonly zone: string
}

/** A baseline that was written before is shown again. */
function savedIn(context: Context, programs: BaselinePrograms, path: string): BaselineRun | undefined {
  if (!path.endsWith('.json')) return undefined
  const reading = programs.read(pathIn(context, path))
  if (reading.kind === 'unreadable') throw new CommandError(EXIT.data, 'noBaseline', `${path} ${reading.why}`)
  const { baseline } = reading
  return { baseline, samples: [], faults: [], tlsLines: baseline.tls.tls }
}

async function read(context: Context, { logs, options, baseline, zone }: Reading): Promise<BaselineRun> {
  const run = await baseline.run({
    paths: logs.map((path) => pathIn(context, path)),
    zone,
    nowMs: context.terminal.now(),
    rule: { leastBounces: options.bounces, doubtful: options.doubtful === true },
    ...(options.year === undefined ? {} : { baseYear: options.year }),
    ...(options.threads === undefined ? {} : { threads: options.threads }),
    ...(options.out === undefined ? {} : { out: pathIn(context, options.out) }),
    ...(options.suppression === undefined ? {} : { suppression: pathIn(context, options.suppression) }),
  })
  for (const { file, why } of run.faults) context.terminal.error(`watari: warning: ${file} ${why}\n`)
  if ('baseline' in run && run.baseline.lines.read > 0) return run
  throw new CommandError(
    EXIT.nothing,
    'noLogs',
    'there is nothing to read',
    'Name log files, or folders that hold them.',
  )
}

function show(
  context: Context,
  {
    run,
    options,
    identities,
    advice,
  }: {
    readonly run: BaselineRun
    readonly options: Options
    readonly identities: readonly string[]
    readonly advice?: RelayAdvice
  },
): void {
  const uncovered = uncoveredBy(identities, run.baseline)
  if (context.json) {
    const { baseline, samples, written } = run
    printJson(context, {
      ...baseline,
      uncoveredSenders: uncovered,
      unknownSamples: samples,
      written,
      ...(advice === undefined ? {} : { postfix: inJson(advice) }),
    })
    return
  }
  const text = baselineText(run.baseline, {
    language: options.lang,
    color: context.terminal.color,
    uncovered,
    samples: run.samples,
    tlsLogged: run.tlsLines > 0,
    files: {
      imports: run.written?.imports.length ?? 0,
      ...(options.out === undefined ? {} : { out: options.out }),
      ...(run.written === undefined || options.suppression === undefined ? {} : { folder: options.suppression }),
    },
  })
  context.terminal.out(text + (advice === undefined ? '' : relayText(advice, options.lang, context.terminal.color)))
}

/** What a host's main.cf means for the move. */
function adviceFor(context: Context, plan: Plan, { mainCf, transport }: Options): RelayAdvice {
  const read = (path: string): string => {
    try {
      return readFileSync(pathIn(context, path), 'utf8')
    } catch (error) {
      throw new CommandError(EXIT.nothing, 'noFile', error instanceof Error ? error.message : `${path} cannot be read`)
    }
  }
  return relayAdvice(parseMainCf(read(mainCf!)), transport === undefined ? [] : parseTransport(read(transport)), {
    gatewayHost: plan.gateway.hostname,
    gatewayPort: plan.gateway.port,
    legacyHosts: plan.legacy.hosts.map(({ host }) => host.toLowerCase()),
  })
}

function showAdvice(context: Context, advice: RelayAdvice, language: Language): void {
  if (context.json) printJson(context, { postfix: inJson(advice) })
  else context.terminal.out(relayText(advice, language, context.terminal.color).trimStart())
}

function inJson({ remarks, ...advice }: RelayAdvice): unknown {
  return { ...advice, remarks: remarks.map(({ id, text }) => ({ id, text })) }
}

/** SES takes a verified domain and all under it. */
function uncoveredBy(identities: readonly string[], { senders }: Baseline): Baseline['senders'] {
  return senders.filter(({ domain }) => domain !== '' && !identities.some((identity) => isUnder(domain, identity)))
}

function zoneOf(name: string): string {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name }).format(0)
    return name
  } catch {
    throw new InvalidArgumentError('an IANA name such as Asia/Tokyo.')
  }
}

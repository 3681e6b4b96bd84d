// `watari check`: judges a plan, and ends with a code that says how bad it is. Nothing is started and nothing is changed.
import { relative } from 'node:path'
import { Option, type Command } from 'commander'
import type { Baseline } from '../../core/plan/baseline/baseline.ts'
import type { Explanation, Finding, Language } from '../../core/plan/finding.ts'
import { costDesignOf } from '../../core/plan/cost-design.ts'
import { judgePlan, RULES } from '../../core/plan/findings/all.ts'
import { unstatedIn } from '../../core/plan/findings/unstated.ts'
import { judgeBaseline, LIVE_RULES } from '../../core/plan/live/judge-live.ts'
import type { Plan } from '../../core/plan/plan.ts'
import { priceTableAge } from '../../core/plan/price-table.ts'
import { nearest } from '../../wiring/plan-keys.ts'
import { checkJunit } from '../check-junit.ts'
import { checkReport, countsOf, explained, type CheckReport } from '../check-report.ts'
import { checkSarif } from '../check-sarif.ts'
import { checkLines, checkText, explanationText } from '../check-text.ts'
import { pathIn, type Environment } from '../context.ts'
import { CommandEnd, CommandError, EXIT } from '../exit.ts'
import { costWords } from '../cost-text.ts'
import { BOUNCES_MAX, wholeOf } from '../options.ts'
import { loadPlan } from '../plan-file.ts'
import type { Programs } from '../programs.ts'

interface Options {
  readonly lang: Language
  readonly json?: true
  readonly sarif?: true
  readonly junit?: true
  readonly quiet?: true
  readonly explain?: string
  readonly dns?: true
  readonly ses?: true
  readonly baseline?: string
  readonly logs?: string
  readonly data?: string
  readonly bounces?: number
}

/** Everything that can be found, in the plan and in the world. */
const KNOWN: readonly Explanation[] = [...RULES, ...LIVE_RULES]

export function addCheckCommand(program: Command, environment: Environment, programs: Programs): void {
  program
    .command('check')
    .argument('[plan]', 'plan file (default: $WATARI_PLAN, or the plan of goo.ne.jp)')
    .helpGroup('Before the move:')
    .summary('what will go wrong with a plan; how to mend it')
    .description(
      'Judges a plan: volume, quota, cost, DNS, SES, functions, alarms, storage, calendar, privacy, access. Each finding has its place, the arithmetic, the reason and the way to mend it. Ends with 0 (at most notes), 2 (warnings) or 3 (errors).',
    )
    .addOption(new Option('--lang <language>', 'language of the answer').choices(['en', 'ja']).default('en'))
    .addOption(new Option('--json', 'answer in JSON').conflicts(['sarif', 'junit', 'quiet']))
    .addOption(
      new Option('--sarif', 'answer in SARIF 2.1.0, for GitHub, GitLab and editors').conflicts(['junit', 'quiet']),
    )
    .addOption(new Option('--junit', 'answer in JUnit XML, for CI servers').conflicts(['quiet']))
    .option('--quiet', 'one line a finding: file:line:column: severity: ...')
    .option('--dns', 'ask DNS, and the receivers of volume.receivers for STARTTLS, and judge what they say as well')
    .option('--ses', 'ask SES for the account, the identity and the configuration set as well')
    .option('--baseline <file>', 'judge by the baseline file of `watari baseline --out` as well')
    .addOption(
      new Option('--logs <dir>', 'read the Postfix logs of a folder, and judge by them as well').conflicts('baseline'),
    )
    .addOption(
      new Option('--bounces <n>', 'with --logs: bounces that suppress an address (default: 2)').argParser(
        wholeOf(BOUNCES_MAX),
      ),
    )
    .option('--data <dir>', 'with --dns: data folder of the gateway, whose keys are looked for (default: $WATARI_DATA)')
    .option('--explain <id>', 'what a finding means; needs no plan')
    .addHelpText(
      'after',
      '\nExamples:\n  watari check plans/goo.ne.jp.yaml --lang ja\n  watari check plans/goo.ne.jp.yaml --dns\n  watari check --explain spf-drops-old-hosts',
    )
    .action(async (named: string | undefined, options: Options) => {
      if (options.explain === undefined) await check(named, options, environment, programs)
      else explain(options.explain, options, environment)
    })
}

async function check(
  named: string | undefined,
  options: Options,
  environment: Environment,
  programs: Programs,
): Promise<void> {
  const { terminal } = environment
  const { plan, file, warnings, placeOf } = loadPlan(environment, programs, { named, required: false })
  for (const warning of warnings) terminal.error(`watari: warning: ${warning}\n`)
  const age = priceTableAge(terminal.now())
  if (age.isStale && isReckoned(plan)) terminal.error(`watari: warning: ${costWords(options.lang).stale(age.days)}\n`)
  const live = await liveFindings(plan, options, environment, programs)
  const report = checkReport([...judgePlan(plan), ...live], {
    file: shownPath(file, environment),
    language: options.lang,
    placeOf,
    notStated: unstatedIn(plan),
  })
  terminal.out(rendered(report, options, environment, programs))
  const { error, warning } = countsOf(report.findings)
  if (error > 0) throw new CommandEnd(EXIT.errors)
  if (warning > 0) throw new CommandEnd(EXIT.warnings)
}

/** Whether a finding may rest on a price. */
function isReckoned(plan: Plan): boolean {
  const { yenPerMonth, sesYenPerMail, estimateYen } = plan.budget
  return costDesignOf(plan) !== undefined && (yenPerMonth ?? sesYenPerMail ?? estimateYen) !== undefined
}

const looksAround = ({ dns, ses, baseline, logs }: Options) => (dns ?? ses ?? baseline ?? logs) !== undefined

/** What the world says: only what was asked for is asked. */
async function liveFindings(
  plan: Plan,
  options: Options,
  environment: Environment,
  programs: Programs,
): Promise<readonly Finding[]> {
  const { dns, ses } = options
  const known = await baselineFrom(plan, options, environment, programs)
  return [
    ...(dns === undefined ? [] : await dnsFindings(plan, options, environment, programs)),
    ...(ses === undefined ? [] : ((await programs.sesFindings?.(plan, environment.variables)) ?? [])),
    ...(known === undefined ? [] : judgeBaseline(known, plan)),
  ]
}

async function dnsFindings(
  plan: Plan,
  { data }: Options,
  environment: Environment,
  programs: Programs,
): Promise<readonly Finding[]> {
  const folder = data ?? environment.variables['WATARI_DATA']
  const where = folder === undefined ? {} : { dataFolder: pathIn(environment, folder) }
  try {
    return (await programs.dnsFindings?.(plan, where)) ?? []
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    throw new CommandError(EXIT.data, 'keysUnreadable', message, 'Name the data folder of this plan, or none.')
  }
}

async function baselineFrom(
  { timeZone }: Plan,
  { baseline, logs, bounces = 2 }: Options,
  environment: Environment,
  programs: Programs,
): Promise<Baseline | undefined> {
  if (programs.baseline === undefined) return undefined
  if (baseline !== undefined) {
    const reading = programs.baseline.read(pathIn(environment, baseline))
    if (reading.kind === 'baseline') return reading.baseline
    throw new CommandError(EXIT.data, 'noBaseline', `${baseline} ${reading.why}`)
  }
  if (logs === undefined) return undefined
  const nowMs = environment.terminal.now()
  const rule = { leastBounces: bounces, doubtful: false }
  const run = await programs.baseline.run({ paths: [pathIn(environment, logs)], zone: timeZone, nowMs, rule })
  if ('baseline' in run && run.baseline.lines.read > 0) return run.baseline
  throw new CommandError(EXIT.data, 'noLogs', `${logs} holds no logs`, 'Name a folder with Postfix logs.')
}

function rendered(report: CheckReport, options: Options, { terminal }: Environment, { version }: Programs): string {
  if (options.json) return `${JSON.stringify({ ...report, counts: countsOf(report.findings) })}\n`
  if (options.sarif) return checkSarif(report, KNOWN, version)
  if (options.junit) return checkJunit(report, looksAround(options) ? KNOWN : RULES)
  return options.quiet ? checkLines(report) : checkText(report, terminal.color)
}

function explain(id: string, { lang, json }: Options, { terminal }: Environment): void {
  const rule = KNOWN.find((one) => one.id === id)
  if (rule === undefined) {
    const near = nearest(
      id,
      KNOWN.map((one) => one.id),
    )
    const mend = near === undefined ? 'docs/findings.md lists all.' : `Did you mean ${near}?`
    throw new CommandError(EXIT.usage, 'noSuchFinding', `there is no finding ${id}`, mend)
  }
  const told = explained(rule, lang)
  terminal.out(json ? `${JSON.stringify(told)}\n` : explanationText(told, lang, terminal.color))
}

/** Short where the file lies under the working folder: that is what editors and CI servers can open. */
function shownPath(file: string, { folder }: Environment): string {
  const short = relative(folder, file)
  return short.startsWith('..') ? file : short
}

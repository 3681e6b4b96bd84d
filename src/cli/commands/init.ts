// `watari init`: writes a first plan from flags, or from a short dialogue, and says what `watari check` makes of it.
// It never writes over a file.
import { writeFileSync } from 'node:fs'
import { relative } from 'node:path'
import { Option, type Command } from 'commander'
import { shareWithin } from '../../core/plan/cost-budget.ts'
import { costDesignOf } from '../../core/plan/cost-design.ts'
import type { Language } from '../../core/plan/finding.ts'
import { judgePlan } from '../../core/plan/findings/all.ts'
import type { Plan } from '../../core/plan/plan.ts'
import { starterPlan, starterStages, type StarterAnswers } from '../../core/plan/starter.ts'
import { parsePlan } from '../../wiring/config.ts'
import { countsOf } from '../check-report.ts'
import { pathIn, type Environment } from '../context.ts'
import { CommandError, EXIT } from '../exit.ts'
import { answersFrom, QUESTIONS, type Flags, type QuestionId } from '../init-answers.ts'

type Options = Readonly<Record<string, string | undefined>> & { readonly lang: Language }

export function addInitCommand(program: Command, environment: Environment): void {
  const command = program
    .command('init')
    .argument('[file]', 'where to write it (default: DOMAIN.yaml)')
    .helpGroup('Before the move:')
    .summary('write a first plan')
    .description(
      'Writes a first plan with a comment at everything a team must know. What no flag says is asked for on a terminal. An existing file is never written over.',
    )
    .addOption(
      new Option('--lang <language>', 'language of the questions and comments').choices(['en', 'ja']).default('en'),
    )
    .addHelpText(
      'after',
      '\nExample:\n  watari init --domain example.jp --legacy-hosts mx1.example.jp,mx2.example.jp \\\n    --legacy-networks 192.0.2.0/27 --mails-per-day 100000 \\\n    --granted-per-day 500000 --granted-per-second 14',
    )
  for (const { flag, ask } of QUESTIONS) command.option(flag, ask.en)
  command.action((file: string | undefined, options: Options) => init(file, options, environment))
}

async function init(file: string | undefined, options: Options, environment: Environment): Promise<void> {
  const { terminal, ask } = environment
  const tell = (line: string) => terminal.out(`${line}\n`)
  const answers = await answersFrom(flagsOf(options), { language: options.lang, ask, say: tell })
  const { text, plan } = planFrom(answers, options.lang)
  const path = pathIn(environment, file ?? `${answers.domain}.yaml`)
  write(path, text)
  const shown = relative(environment.folder, path)
  const { error, warning, note } = countsOf(judgePlan(plan))
  tell(
    options.lang === 'ja'
      ? `${shown} を書きました。watari check ${shown}: エラー ${error} 件、警告 ${warning} 件、参考 ${note} 件。`
      : `Written: ${shown}. watari check ${shown}: errors ${error}, warnings ${warning}, notes ${note}.`,
  )
}

/** commander calls `--mail-from` mailFrom; the questions have names of their own. */
function flagsOf(options: Options): Flags {
  const flags: Partial<Record<QuestionId, string>> = {}
  for (const { id, flag } of QUESTIONS) {
    const name = flag
      .split(' ')[0]!
      .slice(2)
      .replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
    const value = options[name]
    if (value !== undefined) flags[id] = value
  }
  return flags
}

/** First with the whole volume, to reckon what the budget pays for; then with stages up to that. */
function planFrom(answers: StarterAnswers, language: Language): { readonly text: string; readonly plan: Plan } {
  const whole = parsed(starterPlan(answers, [100], language))
  const design = costDesignOf(whole)
  const yen = answers.budgetYen
  const most =
    yen === undefined || design === undefined
      ? 100
      : (shareWithin(design, { yen, yenPerDollar: whole.budget.yenPerDollar }).percent ?? 0)
  const stages = starterStages(most, answers.mailsPerDay)
  if (stages.length === 0) {
    throw new CommandError(
      EXIT.usage,
      'budgetTooSmall',
      `the budget pays for ${most} % of the mail`,
      'Give more, or leave --budget out.',
    )
  }
  const text = starterPlan(answers, stages, language)
  return { text, plan: parsed(text) }
}

/** What rules over several answers find, the plan's own reader tells. */
function parsed(text: string): Plan {
  const reading = parsePlan(text, { file: 'plan', hostname: 'localhost' })
  if (reading.kind === 'plan') return reading.plan
  throw new CommandError(EXIT.usage, 'badValue', reading.faults.join('\n'), 'Answer differently.')
}

function write(path: string, text: string): void {
  try {
    writeFileSync(path, text, { flag: 'wx' })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    const what = code === 'EEXIST' ? `${path} is there already` : `${path} cannot be written (${code})`
    throw new CommandError(EXIT.cannotCreate, 'cannotCreate', what, 'Name another file.')
  }
}

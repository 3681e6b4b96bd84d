// `watari cost`: what a month costs at each stage, what the budget pays for, and what each choice of the design costs.
import { InvalidArgumentError, Option, type Command } from 'commander'
import { costReport, type CostReport } from '../../core/plan/cost-report.ts'
import { dollarNumber } from '../../core/plan/money.ts'
import { contextOf, printJson, shared, type Environment } from '../context.ts'
import { costText, costWords } from '../cost-text.ts'
import type { Language } from '../cost-words.ts'
import { CommandError, EXIT } from '../exit.ts'
import { loadPlan } from '../plan-file.ts'
import type { Programs } from '../programs.ts'

interface Options {
  readonly data?: string
  readonly json?: boolean
  readonly lang: Language
  readonly rate?: number
  readonly stage?: readonly number[]
}

/** More stages than anybody compares. */
const STAGES_MAX = 20

export function addCostCommand(program: Command, environment: Environment, programs: Programs): void {
  shared(program.command('cost').argument('[plan]', 'plan file (default: $WATARI_PLAN, or the plan of goo.ne.jp)'))
    .helpGroup('Before the move:')
    .summary('what a month costs at each stage')
    .description(
      'The monthly bill by line and stage, the share that the budget pays for, and what each choice of the design costs.',
    )
    .option('--stage <percents>', 'other stages than the plan has, such as 5,20,100', stagesOf)
    .option('--rate <yen>', 'yen for a dollar (default: budget.yenPerDollar of the plan)', rateOf)
    .addOption(new Option('--lang <language>', 'language of the text').choices(['en', 'ja']).default('en'))
    .action((file: string | undefined, options: Options) => {
      const context = contextOf(environment, options)
      const { plan } = loadPlan(environment, programs, { named: file, required: false })
      const report = costReport({
        plan,
        nowMs: context.terminal.now(),
        ...(options.stage === undefined ? {} : { stages: options.stage }),
        ...(options.rate === undefined ? {} : { yenPerDollar: options.rate }),
      })
      if (report === undefined) {
        const mend = 'Write volume.mailsPerDay into it.'
        throw new CommandError(EXIT.data, 'noVolume', 'the plan does not say how much is sent', mend)
      }
      const { days, isStale } = report.priceTable
      if (isStale) context.terminal.error(`watari: warning: ${costWords(options.lang).stale(days)}\n`)
      if (context.json) printJson(context, inNumbers(report))
      else context.terminal.out(costText(report, options.lang, context.terminal.color))
    })
}

/** Amounts as dollars, because JSON has no whole numbers of this size. */
function inNumbers(report: CostReport): unknown {
  const { stages, choices, ...rest } = report
  return {
    ...rest,
    stages: stages.map(({ percent, recipients, lines, total, yen }) => ({
      percent,
      recipients: Number(recipients),
      lines: lines.map(({ amount, units, ...line }) => ({
        ...line,
        units: Number(units),
        dollars: dollarNumber(amount),
      })),
      dollars: dollarNumber(total),
      yen,
    })),
    choices: choices.map(({ more, ...choice }) => ({ ...choice, dollarsMore: dollarNumber(more) })),
  }
}

function stagesOf(text: string): readonly number[] {
  const parts = text.split(',').map((part) => part.trim())
  const percents = parts.map((part) => (/^\d{1,3}(\.\d{1,2})?$/.test(part) ? Number(part) : Number.NaN))
  if (percents.length <= STAGES_MAX && percents.every((percent) => percent >= 0 && percent <= 100)) return percents
  throw new InvalidArgumentError(`Write up to ${STAGES_MAX} percentages from 0 to 100, such as 10,50,100.`)
}

function rateOf(text: string): number {
  const rate = /^\d{1,5}(\.\d{1,2})?$/.test(text) ? Number(text) : Number.NaN
  if (rate >= 1 && rate <= 10_000) return rate
  throw new InvalidArgumentError('Write yen for a dollar, such as 150 or 152.50.')
}

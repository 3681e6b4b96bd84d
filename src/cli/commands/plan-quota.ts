// `watari plan quota-request`: the text that asks AWS for what a stage needs.
import { InvalidArgumentError, Option, type Command } from 'commander'
import { quotaRequest } from '../../core/plan/quota-request.ts'
import { contextOf, printJson, shared, type Environment } from '../context.ts'
import type { Language } from '../cost-words.ts'
import { CommandError, EXIT } from '../exit.ts'
import { loadPlan } from '../plan-file.ts'
import type { Programs } from '../programs.ts'
import { quotaRequestText } from '../quota-request-text.ts'

interface Options {
  readonly data?: string
  readonly json?: boolean
  readonly lang: Language
  readonly stage?: number
}

export function addPlanQuotaCommand(plan: Command, environment: Environment, programs: Programs): void {
  shared(
    plan.command('quota-request').argument('[plan]', 'plan file (default: $WATARI_PLAN, or the plan of goo.ne.jp)'),
  )
    .summary('a text that asks AWS for quota')
    .description(
      'The request for the sending quota that a stage needs, from what the plan says. What only a person knows stands in brackets. AWS reads English.',
    )
    .option('--stage <percent>', 'the stage to ask for (default: the first that is not granted)', percentOf)
    .addOption(new Option('--lang <language>', 'language of the text').choices(['en', 'ja']).default('en'))
    .action((file: string | undefined, options: Options) => {
      const context = contextOf(environment, options)
      const { plan } = loadPlan(environment, programs, { named: file, required: false })
      const answer = quotaRequest(plan, options.stage)
      if (answer.kind === 'noVolume') {
        const mend = 'Write volume.mailsPerDay into it.'
        throw new CommandError(EXIT.data, 'noVolume', 'the plan does not say how much is sent', mend)
      }
      if (answer.kind === 'allGranted') {
        const mend = 'Ask for one all the same with --stage PERCENT.'
        throw new CommandError(EXIT.nothing, 'allGranted', 'AWS has granted what every stage of the plan needs', mend)
      }
      if (answer.kind === 'noSuchStage') {
        const mend = `Its stages are ${answer.percents.join(', ')}.`
        throw new CommandError(EXIT.usage, 'noSuchStage', `the plan has no stage of ${options.stage} %`, mend)
      }
      if (context.json) printJson(context, answer.request)
      else context.terminal.out(quotaRequestText(answer.request, options.lang))
    })
}

function percentOf(text: string): number {
  const percent = /^\d{1,3}(\.\d{1,4})?$/.test(text) ? Number(text) : Number.NaN
  if (percent > 0 && percent <= 100) return percent
  throw new InvalidArgumentError('Write a percentage of a stage, without %.')
}

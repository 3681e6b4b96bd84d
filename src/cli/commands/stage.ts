// `watari stage`: how many percent of the recipients go to SES, who said so, and why.
import { InvalidArgumentError, type Command } from 'commander'
import type { ShiftStatus } from '../../core/shift/desk.ts'
import type { Stage } from '../../core/shift/stage.ts'
import {
  contextOf,
  ordered,
  orderOf,
  printJson,
  shared,
  type Context,
  type Environment,
  type OrderOptions,
} from '../context.ts'
import { CommandError } from '../exit.ts'
import { robotNote } from '../shift-text.ts'
import { facts, localTime } from '../output.ts'
import { stageTable } from '../tables.ts'

interface Options extends OrderOptions {
  readonly data?: string
  readonly json?: boolean
  readonly limit?: number
}

export function addStageCommands(program: Command, environment: Environment): void {
  const stage = program
    .command('stage')
    .helpGroup('Moving:')
    .summary('how many percent go to SES')
    .description('How many percent of the recipients go to SES. 0 means none, 100 means all.')

  shared(stage.command('show').summary('the stage now'))
    .description('The stage now, with who set it and why.')
    .action(async (options: Options) => {
      const context = contextOf(environment, options)
      const now = await context.client.get<Stage>('/stage')
      if (context.json) printJson(context, now)
      else context.terminal.out(stageText(now))
    })

  ordered(shared(stage.command('set').argument('<percent>', '0 to 100', percentOf)), true)
    .summary('move to another stage')
    .description(
      'Moves to another stage. Counts for mail accepted from now on. The gateway refuses (exit 77) when mail through SES would fail DMARC at its receivers.',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  watari stage set 10 --reason "first step of the plan"\n  watari stage set 0 --reason "bounces rise"',
    )
    .action(async (percent: number, options: Options) => {
      const context = contextOf(environment, options)
      const order = orderOf(context, options)
      try {
        const { stage } = await context.client.send<{ stage: Stage }>('PUT', '/stage', { percent, ...order })
        if (context.json) printJson(context, stage)
        else context.terminal.out(stageText(stage) + (await whatTheRobotWillDo(context, stage)))
      } catch (error) {
        // For a program the answer to "set it to 10" is the stage, whether it was 10 already or not.
        if (!(error instanceof CommandError) || error.reason !== 'sameValue' || !context.json) throw error
        printJson(context, await context.client.get<Stage>('/stage'))
      }
    })

  shared(stage.command('history').summary('all changes of the stage'))
    .description('The last changes of the stage, oldest first.')
    .option('--limit <n>', 'how many at most, up to 1000', countOf(1_000), 20)
    .action(async (options: Options) => {
      const context = contextOf(environment, options)
      const stages = await context.client.get<readonly Stage[]>('/stage/history', { limit: String(options.limit) })
      if (context.json) for (const stage of stages) printJson(context, stage)
      else context.terminal.out(stages.length === 0 ? 'The stage was never changed.\n' : stageTable(stages))
    })
}

/** A person should not learn a quarter of a minute later that the robot thinks otherwise. */
async function whatTheRobotWillDo({ client }: Context, { percent }: Stage): Promise<string> {
  try {
    return robotNote(await client.get<ShiftStatus>('/shift'), percent)
  } catch {
    // The stage is set all the same; whoever wants to know more asks watari shift status.
    return ''
  }
}

function stageText(stage: Stage): string {
  return facts([
    ['Stage', `${stage.percent} % to SES`],
    ['Since', stage.changedAt === 0 ? 'the beginning' : localTime(stage.changedAt)],
    ['By', stage.changedBy],
    ['Why', stage.reason],
    ...(stage.heldBack === undefined ? [] : [['Held back', stage.heldBack.join(', ')] as [string, string]]),
  ])
}

/** Exactly a number: '' and '1e1' and '10%' are no percentages anybody meant. */
function percentOf(text: string): number {
  const percent = /^\d{1,3}(\.\d{1,4})?$/.test(text) ? Number(text) : Number.NaN
  if (percent >= 0 && percent <= 100) return percent
  throw new InvalidArgumentError('Write a number from 0 to 100, without %.')
}

export function countOf(most: number) {
  return (text: string): number => {
    const count = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
    if (count >= 1 && count <= most) return count
    throw new InvalidArgumentError(`Write a whole number from 1 to ${most}.`)
  }
}

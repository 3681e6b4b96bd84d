// `watari shift`: the robot that moves the stage: what it would do now and why, a person's start and lock, all decisions.
import { InvalidArgumentError, type Command } from 'commander'
import type { DecisionLine, Replayed, ShiftStatus } from '../../core/shift/desk.ts'
import type { DecisionRecord } from '../../core/shift/decision.ts'
import { contextOf, ordered, orderOf, printJson, shared, type Environment, type OrderOptions } from '../context.ts'
import { CommandError, EXIT } from '../exit.ts'
import { localTime, table } from '../output.ts'
import { decisionTable, explanation, shiftText } from '../shift-text.ts'
import { countOf } from './stage.ts'

interface Options extends OrderOptions {
  readonly data?: string
  readonly json?: boolean
  readonly limit?: number
  readonly until?: number
}

export function addShiftCommands(program: Command, environment: Environment): void {
  const shift = program
    .command('shift')
    .helpGroup('Moving:')
    .summary('the robot that moves the stage')
    .description(
      'The robot that moves the stage: it looks every 15 seconds, goes back by itself when SES does worse than legacy, and forward when every gate is passed.',
    )
  looking(shift, environment)
  ordering(shift, environment)
  remembering(shift, environment)
}

function looking(shift: Command, environment: Environment): void {
  shared(shift.command('status').summary('what it sees, and what it would do now'))
    .description('What the robot saw at its last look, what follows, and each gate with its value and its bounds.')
    .action(async (options: Options) => {
      const context = contextOf(environment, options)
      const status = await context.client.get<ShiftStatus>('/shift')
      if (context.json) printJson(context, status)
      else context.terminal.out(shiftText(status))
    })

  shared(shift.command('look').summary('look now, and do what follows'))
    .description('Looks now instead of in a few seconds, and does what follows if the plan lets it.')
    .action(async (options: Options) => {
      const context = contextOf(environment, options)
      const status = await context.client.send<ShiftStatus>('POST', '/shift/look', {})
      if (context.json) printJson(context, status)
      else context.terminal.out(shiftText(status))
    })
}

function ordering(shift: Command, environment: Environment): void {
  ordered(shared(shift.command('start')), true)
    .summary('let it begin, or begin again after a roll-back')
    .description(
      'Lets the robot leave 0 %, and says that the reasons of former roll-backs are gone. From 0 % only a person starts it.',
    )
    .action(async (options: Options) => {
      await give(environment, options, 'start', 'The robot may go up from its next look on.\n')
    })

  ordered(shared(shift.command('lock')), true)
    .summary('the robot must not touch the stage')
    .description(
      'Keeps the robot from moving the stage in either direction. It goes on looking, and says what it would do.',
    )
    .option('--until <time>', "when the lock ends, such as '2026-12-24 18:00' in this machine's time", instantOf)
    .addHelpText('after', '\nExample:\n  watari shift lock --reason "year end freeze" --until "2027-01-04 09:00"')
    .action(async (options: Options) => {
      const until = options.until === undefined ? '' : ` until ${localTime(options.until)}`
      await give(environment, options, 'lock', `Locked${until}.\n`)
    })

  ordered(shared(shift.command('unlock')), true)
    .summary('the robot may move the stage again')
    .description('Takes the lock away.')
    .action(async (options: Options) => {
      await give(environment, options, 'unlock', 'Unlocked.\n')
    })
}

async function give(environment: Environment, options: Options, what: string, said: string): Promise<void> {
  const context = contextOf(environment, options)
  const { until } = options
  const order = { ...orderOf(context, options), ...(until === undefined ? {} : { until }) }
  const answer = await context.client.send<{ state: object }>('POST', `/shift/${what}`, order)
  if (context.json) printJson(context, answer.state)
  else context.terminal.out(said)
}

function remembering(shift: Command, environment: Environment): void {
  shared(shift.command('history').summary('what it decided'))
    .description('The last decisions, oldest first. What stays the same is written every six hours.')
    .option('--limit <n>', 'how many at most, up to 10000', countOf(10_000), 20)
    .action(async (options: Options) => {
      const context = contextOf(environment, options)
      const lines = await context.client.get<readonly DecisionLine[]>('/shift/decisions', {
        limit: String(options.limit),
      })
      if (context.json) for (const line of lines) printJson(context, line)
      else context.terminal.out(lines.length === 0 ? 'Nothing was decided yet.\n' : decisionTable(lines))
    })

  shared(shift.command('explain').argument('<decision>', 'its id, from history'))
    .summary('one decision, with what it was made on')
    .description('One decision with the figures it was made on. --json gives all of them.')
    .action(async (id: string, options: Options) => {
      const context = contextOf(environment, options)
      const record = await context.client.get<DecisionRecord>(`/shift/decisions/${encodeURIComponent(id)}`)
      if (context.json) printJson(context, record)
      else context.terminal.out(explanation(record))
    })

  shared(shift.command('replay').summary('judge the decisions again'))
    .description(
      'Judges the last decisions again, by this program and the plan as it is now, and shows where it would decide otherwise. Ends with 1 when it would.',
    )
    .option('--limit <n>', 'how many at most, up to 10000', countOf(10_000), 100)
    .action(async (options: Options) => {
      const context = contextOf(environment, options)
      const replayed = await context.client.get<Replayed>('/shift/replay', { limit: String(options.limit) })
      if (context.json) printJson(context, replayed)
      else context.terminal.out(replayText(replayed))
      if (replayed.differ.length > 0) {
        throw new CommandError(
          EXIT.nothing,
          'decidesOtherwise',
          `${replayed.differ.length} decisions would be others today`,
        )
      }
    })
}

function replayText({ judged, differ }: Replayed): string {
  if (differ.length === 0) return `${judged} decisions judged again: all the same.\n`
  return table(
    ['DECISION', 'WAS', 'WOULD BE', 'WHY'],
    differ.map(({ id, was, now }) => [id, `${was.kind} ${was.reason}`, `${now.kind} ${now.reason}`, now.message]),
  )
}

/** A wall-clock time of this machine. */
function instantOf(text: string): number {
  const found = /^(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d)$/.exec(text.trim())
  const at = found === null ? Number.NaN : new Date(text.trim().replace(' ', 'T')).getTime()
  if (Number.isFinite(at)) return at
  throw new InvalidArgumentError("Write a time such as '2026-12-24 18:00'.")
}

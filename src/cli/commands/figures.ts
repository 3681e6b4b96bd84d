// `watari figures`: what went by each route and what became of it, asked of the running gateway.
import { Option, type Command } from 'commander'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../core/base/clock.ts'
import type { FigureGroup, LatencyKind } from '../../core/base/figures.ts'
import type { FigureAnswer } from '../../core/watch/figure-answer.ts'
import { contextOf, printJson, shared, type Context, type Environment } from '../context.ts'
import { figuresText, type FigureView } from '../figures-text.ts'
import { localTime } from '../output.ts'
import { countOf } from './stage.ts'

interface Options {
  readonly data?: string
  readonly json?: boolean
  readonly minutes?: number
  readonly hours?: number
  readonly days?: number
  readonly by: FigureGroup
  readonly domain?: string
  readonly top: number
  readonly latency: LatencyKind
  readonly counts?: boolean
}

/** As long as minutes and hours are kept (docs/figures.md). */
const MINUTES_MAX = 2_880
const DAYS_MAX = 90
const HOURS_DEFAULT = 24

export function addFiguresCommand(program: Command, environment: Environment): void {
  shared(program.command('figures').summary('both routes side by side, by time or domain').helpGroup('Watching:'))
    .description(
      'What went by each route and what became of it: by minute, hour or day, or the largest receiving domains or streams of a span.',
    )
    .addOption(
      new Option('--minutes <n>', 'the last minutes, up to 2880')
        .argParser(countOf(MINUTES_MAX))
        .conflicts(['hours', 'days']),
    )
    .addOption(
      new Option('--hours <n>', 'the last hours, up to 2160 (default: 24)')
        .argParser(countOf(DAYS_MAX * 24))
        .conflicts('days'),
    )
    .option('--days <n>', 'the last days, up to 90', countOf(DAYS_MAX))
    .addOption(
      new Option('--by <what>', 'route: lines are times; domain, stream: lines are those')
        .choices(['route', 'domain', 'stream'])
        .default('route'),
    )
    .option('--domain <domain>', 'one receiving domain, by time')
    .option('--top <n>', 'how many domains or streams by name', countOf(500), 20)
    .addOption(
      new Option('--latency <which>', 'sending: to the next hop’s answer; delivery: from there to the receiver’s')
        .choices(['sending', 'delivery'])
        .default('sending'),
    )
    .option('--counts', 'counts instead of shares of what was sent')
    .addHelpText(
      'after',
      '\nExamples:\n  watari figures\n  watari figures --by domain --days 7\n  watari figures --domain docomo.ne.jp --minutes 60',
    )
    .action(async (options: Options) => {
      const context = contextOf(environment, options)
      const asked = questionOf(options, context.terminal.now())
      const answer = await context.client.get<FigureAnswer>('/figures', asked.query)
      if (context.json) printJson(context, answer)
      else
        context.terminal.out(
          `${titleOf(answer, options)}\n\n${figuresText(answer, viewOf(context, options, asked.unit))}`,
        )
    })
}

type Unit = 'minute' | 'hour' | 'day'

function questionOf(options: Options, nowMs: number): { readonly unit: Unit; readonly query: Record<string, string> } {
  const { minutes, days, domain } = options
  const unit: Unit = minutes !== undefined ? 'minute' : days !== undefined ? 'day' : 'hour'
  const unitMs = { minute: MINUTE_MS, hour: HOUR_MS, day: DAY_MS }[unit]
  const count = minutes ?? days ?? options.hours ?? HOURS_DEFAULT
  // The minute or hour that runs is the last of them; a day begins where the clock of the machine says.
  const fromMs = unit === 'day' ? midnight(nowMs, count - 1) : nowMs - (nowMs % unitMs) - (count - 1) * unitMs
  const query = {
    from: String(fromMs),
    to: String(nowMs),
    grain: unit === 'minute' ? 'minute' : 'hour',
    by: domain === undefined ? options.by : 'domain',
    top: String(options.top),
    ...(domain === undefined ? {} : { label: domain.toLowerCase() }),
  }
  return { unit, query }
}

function midnight(nowMs: number, daysAgo: number): number {
  const date = new Date(nowMs)
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() - daysAgo).getTime()
}

function viewOf({ terminal }: Context, { by, domain, latency, counts }: Options, unit: Unit): FigureView {
  const lines = domain === undefined && by !== 'route' ? 'label' : unit
  return { lines, latency, counts: counts === true, color: terminal.color }
}

function titleOf({ fromMs, toMs }: FigureAnswer, { domain, by }: Options): string {
  const what =
    domain === undefined
      ? { route: 'All mail', domain: 'By receiving domain', stream: 'By stream' }[by]
      : `To ${domain}`
  return `${what}, ${localTime(fromMs)} to ${localTime(toMs)}`
}

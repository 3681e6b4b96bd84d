// `watari incidents`: what is wrong now, who has been told, and who has taken it.
import { InvalidArgumentError, Option, type Command } from 'commander'
import { MUTE_HOURS_MAX, type ShownIncident, type ShownIncidents } from '../../core/watch/desk.ts'
import { contextOf, ordered, orderOf, printJson, shared, type Environment, type OrderOptions } from '../context.ts'
import { duration, localTime, table } from '../output.ts'
import type { Language } from '../../core/watch/words.ts'

interface Options extends OrderOptions {
  readonly data?: string
  readonly json?: boolean
  readonly all?: boolean
  readonly lang?: Language
  readonly hours?: number
}

export function addIncidentCommands(program: Command, environment: Environment): void {
  const incidents = program
    .command('incidents')
    .helpGroup('Watching:')
    .summary('what is wrong now, and who has taken it')
    .description(
      'Incidents: what is wrong now or was, who was told, and who has taken it. docs/runbook.md tells what to do.',
    )

  shared(incidents.command('list', { isDefault: true }).summary('those that are open'))
    .description('The incidents that are open, and which alerts keep still.')
    .option('--all', 'those that are over too')
    .addOption(new Option('--lang <language>', 'language of the sentences').choices(['en', 'ja']).default('en'))
    .action(async (options: Options) => {
      const context = contextOf(environment, options)
      const query = { all: options.all === true ? 'yes' : 'no', language: options.lang }
      const shown = await context.client.get<ShownIncidents>('/incidents', query)
      if (context.json) printJson(context, shown)
      else context.terminal.out(incidentsText(shown, context.terminal.now()))
    })

  ordered(shared(incidents.command('ack').argument('<id>', 'as "watari incidents" shows it')), true)
    .summary('take an incident: no more reminders')
    .description('Takes an incident: it is recorded who looks after it and why, and nobody is reminded of it.')
    .action(async (id: string, options: Options) => {
      const context = contextOf(environment, options)
      const order = orderOf(context, options)
      const answer = await context.client.send('POST', `/incidents/${encodeURIComponent(id)}/acknowledge`, order)
      if (context.json) printJson(context, answer)
      else context.terminal.out(`${id} is taken by ${order.by}.\n`)
    })

  ordered(shared(incidents.command('mute').argument('<alert>', 'such as UnusualTrafficPattern')), true)
    .summary('keep an alert still for some hours')
    .description('Nobody is told of this alert for so many hours. Its incidents are recorded all the same; 0 ends it.')
    .requiredOption('--hours <n>', `for how long, up to ${MUTE_HOURS_MAX}; 0 ends it`, hoursOf)
    .addHelpText('after', '\nExample:\n  watari incidents mute UnusualTrafficPattern --hours 12 --reason "campaign"')
    .action(async (alert: string, options: Options) => {
      const context = contextOf(environment, options)
      const order = { ...orderOf(context, options), hours: options.hours }
      const answer = await context.client.send<{ until: number }>(
        'POST',
        `/alerts/${encodeURIComponent(alert)}/mute`,
        order,
      )
      if (context.json) printJson(context, answer)
      else if (options.hours === 0) context.terminal.out(`${alert} is told again.\n`)
      else context.terminal.out(`${alert} keeps still until ${localTime(answer.until)}.\n`)
    })
}

function incidentsText({ incidents, mutes }: ShownIncidents, now: number): string {
  const still = mutes.map(({ alert, until, by, reason }) => {
    return `Keeps still: ${alert} until ${localTime(until)}, by ${by}: ${reason}\n`
  })
  if (incidents.length === 0) return `Nothing is wrong that is watched for.\n${still.join('')}`
  const rows = table(
    ['INCIDENT', 'LEVEL', 'STATE', 'LASTS', 'TAKEN BY', 'WHAT'],
    incidents.map((incident) => [
      incident.id,
      incident.level,
      stateOf(incident),
      duration((incident.closedAt ?? now) - incident.openedAt),
      incident.acknowledged?.by ?? 'nobody',
      incident.sentence,
    ]),
  )
  return rows + still.join('')
}

function stateOf({ closedAt, cameBack, muted, untold }: ShownIncident): string {
  return [
    closedAt === undefined ? 'open' : 'over',
    ...(cameBack > 0 ? [`came back ${cameBack}x`] : []),
    ...(muted ? ['muted'] : []),
    ...(untold.length > 0 ? [`untold: ${untold.join(', ')}`] : []),
  ].join('; ')
}

function hoursOf(text: string): number {
  const hours = /^\d{1,3}(\.\d{1,2})?$/.test(text) ? Number(text) : Number.NaN
  if (hours >= 0 && hours <= MUTE_HOURS_MAX) return hours
  throw new InvalidArgumentError(`Write a number from 0 to ${MUTE_HOURS_MAX}.`)
}

// `watari feedback`: what SES has told, and what became of a mail or of the mails to one address.
import type { Command } from 'commander'
import type { RecipientReport } from '../../core/feedback/operations.ts'
import type { FeedbackStatus } from '../../core/mail/operations.ts'
import { contextOf, orderOf, printJson, shared, type Environment, type OrderOptions } from '../context.ts'
import { CommandError, EXIT } from '../exit.ts'
import { duration, facts, grouped, localTime, size, table } from '../output.ts'

interface Options extends OrderOptions {
  readonly data?: string
  readonly json?: boolean
}

export function addFeedbackCommands(program: Command, environment: Environment): void {
  const feedback = program
    .command('feedback')
    .helpGroup('Watching:')
    .summary('what SES tells afterwards')
    .description('What SES tells afterwards: deliveries, bounces, complaints and delays, by recipient.')

  shared(feedback.command('status').summary('what came in'))
    .description('How many events came in, when the last one came, and what could not be read.')
    .action(async (options: Options) => {
      const context = contextOf(environment, options)
      const status = await context.client.get<FeedbackStatus>('/feedback/status')
      if (context.json) printJson(context, status)
      else context.terminal.out(statusText(status, context.terminal.now()))
    })

  shared(feedback.command('show').argument('<what>', 'an address, a message id of SES, or a mail id (ID or ID/PART)'))
    .summary('what became of a mail, or of mails to an address')
    .description(
      'What became of each recipient, as SES told it. Addresses are not kept, only pseudonyms of them: who asks by address must know it, and an id shows pseudonyms.',
    )
    .option('--by <name>', 'who asks; logged (default: your login name)')
    .addHelpText(
      'after',
      '\nExamples:\n  watari feedback show tanaka@example.jp\n  watari feedback show 07QZ0000G0001\n  watari feedback show 07QZ0000G0001/2 --json',
    )
    .action(async (what: string, options: Options) => {
      const context = contextOf(environment, options)
      const body = { words: what, by: orderOf(context, options).by }
      const { rows } = await context.client.send<{ rows: readonly RecipientReport[] }>('POST', '/feedback/show', body)
      if (rows.length === 0) {
        throw new CommandError(
          EXIT.nothing,
          'nothing',
          'SES has told nothing of it in the days that are kept',
          'watari feedback status says how many those are.',
        )
      }
      if (context.json) for (const row of rows) printJson(context, row)
      else context.terminal.out(rowTable(rows))
    })
}

function statusText(status: FeedbackStatus, now: number): string {
  const { lastTakenAt, ledger } = status
  const last = lastTakenAt === undefined ? 'none since the start' : `${duration(now - lastTakenAt)} ago`
  const days = ledger.days.length === 0 ? 'none' : `${ledger.days[0]} to ${ledger.days.at(-1)}`
  return facts([
    ['Events', grouped(status.events)],
    ['Last event', last],
    ['Changes', `${grouped(status.changes)} (what came twice changed nothing)`],
    ['Not ours', `${grouped(status.unmatched)} of mail without a mail id of ours`],
    ['Unknown', `${grouped(status.unknown)} of a type that nobody knows, kept in feedback/kept`],
    ['Unreadable', `${grouped(status.unreadable)}, kept in feedback/kept`],
    ['News waiting', grouped(status.newsWaiting)],
    ['Ledger', `${size(ledger.diskBytes)}, days ${days}`],
  ])
}

function rowTable(rows: readonly RecipientReport[]): string {
  return table(
    ['STATE', 'SINCE', 'RECIPIENT', 'SES MESSAGE', 'FACTS'],
    rows.map((row) => {
      const instants = Object.entries(row.facts).toSorted(([, a], [, b]) => a - b)
      return [
        row.autoReplied ? `${row.state}, auto-reply` : row.state,
        localTime(instants.at(-1)?.[1] ?? 0),
        row.recipient,
        row.sesMessageId,
        instants.map(([fact]) => fact).join(' '),
      ]
    }),
  )
}

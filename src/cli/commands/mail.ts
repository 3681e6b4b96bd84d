// `watari mail`: finds a mail and changes what becomes of it. Addresses are masked unless --full is given.
import { InvalidArgumentError, Option, type Command } from 'commander'
import { decodeMailId, encodeMailId } from '../../core/mail/mail-id.ts'
import type { PartSummary } from '../../core/mail/mail.ts'
import type { Changed, MailPage } from '../../core/mail/operations.ts'
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
import { CommandError, EXIT } from '../exit.ts'
import { facts, localTime, size } from '../output.ts'
import { nextTry, partTable } from '../tables.ts'
import { countOf } from './stage.ts'

interface Options extends OrderOptions {
  readonly data?: string
  readonly json?: boolean
  readonly full?: boolean
  readonly route?: string
  readonly state?: string
  readonly containing?: string
  readonly after?: string
  readonly limit?: number
  readonly to?: string
}

const PAGE = 500
const STATES = ['waiting', 'active', 'unclear', 'held', 'quarantined']
const ROUTES = ['legacy', 'ses']
/** More ids than this on one command line were not typed by a person. */
const IDS_MAX = 1_000

export function addMailCommands(program: Command, environment: Environment): void {
  const mail = program
    .command('mail')
    .helpGroup('Mails:')
    .summary('find a mail and change what becomes of it')
    .description('Finds mails that are not done yet, and changes what becomes of them.')
  addLooking(mail, environment)
  const change = (name: string, summary: string, description: string) =>
    addChange(mail, environment, { name, summary, description, needsReason: false })
  change('hold', 'do not try it until released', 'Holds mails: nothing is tried until they are released.')
  change('release', 'let a held or quarantined mail go', 'Lets held and quarantined mails go on.')
  change('retry', 'try it now', 'Tries mails now instead of waiting for their next time.')
  addChange(mail, environment, {
    name: 'bounce',
    summary: 'give it up and tell its sender',
    description: 'Gives mails up: their senders get a delivery report (RFC 3464).',
    needsReason: true,
  })
  addReroute(mail, environment)
}

function addLooking(mail: Command, environment: Environment): void {
  shared(mail.command('list').summary('mails that are not done'))
    .description('Mails that are not done, oldest first: one line for each part on a route.')
    .addOption(new Option('--route <route>', 'only on this route').choices(ROUTES))
    .addOption(new Option('--state <state>', 'only in this state').choices(STATES))
    .option('--containing <text>', 'only with this text in the sender or a recipient')
    .option('--limit <n>', 'how many parts at most', countOf(100_000), 50)
    .option('--after <cursor>', 'go on from an earlier list')
    .option('--full', 'show addresses in full; this is logged')
    .option('--by <name>', 'who asks to see addresses (default: your login name)')
    .addHelpText(
      'after',
      '\nExamples:\n  watari mail list --route ses --state held\n  watari mail list --containing @docomo.ne.jp --json',
    )
    .action(async (options: Options) => list(contextOf(environment, options), options))

  shared(mail.command('show').argument('<id>', 'mail id', mailIdOf).summary('all about one mail'))
    .description('All parts of one mail that are not done.')
    .option('--full', 'show addresses in full; this is logged')
    .option('--by <name>', 'who asks to see addresses (default: your login name)')
    .action(async (id: string, options: Options) => {
      const context = contextOf(environment, options)
      const { parts } = await context.client.get<MailPage>(`/mails/${id}`, fullOf(context, options))
      if (context.json) printJson(context, { parts })
      else context.terminal.out(parts.map((part) => partText(part, context.terminal.now())).join('\n'))
    })
}

/** Asks page after page until the limit; JSON is one line a part, so that a million parts need no memory. */
async function list(context: Context, options: Options): Promise<void> {
  let cursor = options.after
  let left = options.limit!
  const parts: PartSummary[] = []
  do {
    const page: MailPage = await context.client.get('/mails', {
      route: options.route,
      state: options.state,
      containing: options.containing,
      cursor,
      limit: String(Math.min(left, PAGE)),
      ...fullOf(context, options),
    })
    if (context.json) for (const part of page.parts) printJson(context, part)
    else parts.push(...page.parts)
    left -= page.parts.length
    cursor = page.next
  } while (cursor !== undefined && left > 0)
  if (!context.json)
    context.terminal.out(parts.length === 0 ? 'No such mail.\n' : partTable(parts, context.terminal.now()))
  if (cursor !== undefined) context.terminal.error(`There are more: add --after ${cursor}\n`)
}

function fullOf(context: Context, options: Options): Readonly<Record<string, string | undefined>> {
  return options.full === true ? { full: 'yes', by: orderOf(context, options).by } : {}
}

interface Change {
  readonly name: string
  readonly summary: string
  readonly description: string
  readonly needsReason: boolean
}

function addChange(mail: Command, environment: Environment, change: Change): void {
  const command = mail.command(change.name).argument('<id...>', 'mail ids', mailIdsOf)
  ordered(shared(command), change.needsReason)
    .summary(change.summary)
    .description(change.description)
    .action(async (ids: readonly string[], options: Options) => {
      const context = contextOf(environment, options)
      await changeAll(context, ids, { path: change.name, body: orderOf(context, options) })
    })
}

function addReroute(mail: Command, environment: Environment): void {
  const command = mail.command('reroute').argument('<id...>', 'mail ids', mailIdsOf)
  ordered(shared(command), true)
    .summary('send it by the other route')
    .description(
      'Moves mails to the other route. What the first route may have taken already (unclear) is moved only by a person, and may arrive twice.',
    )
    .addOption(new Option('--to <route>', 'the route it shall take').choices(ROUTES).makeOptionMandatory())
    .addHelpText('after', '\nExample:\n  watari mail reroute 1SGHM8BN00001 --to legacy --reason "SES is slow today"')
    .action(async (ids: readonly string[], options: Options) => {
      const context = contextOf(environment, options)
      await changeAll(context, ids, { path: 'reroute', body: { ...orderOf(context, options), route: options.to } })
    })
}

/** Every id is tried; what failed decides the exit code, and the last failure is the one that is thrown. */
async function changeAll(
  context: Context,
  ids: readonly string[],
  order: { path: string; body: object },
): Promise<void> {
  const failed: CommandError[] = []
  for (const id of ids) {
    try {
      const { parts, recipients } = await context.client.send<Changed>('POST', `/mails/${id}/${order.path}`, order.body)
      if (context.json) printJson(context, { mailId: id, change: order.path, parts, recipients })
      else
        context.terminal.out(
          `${id}: ${order.path} done, ${parts} part${parts === 1 ? '' : 's'}, ${recipients} recipient${recipients === 1 ? '' : 's'}\n`,
        )
    } catch (error) {
      if (!(error instanceof CommandError) || error.exitCode === EXIT.unavailable) throw error
      const message = error.message.includes(id) ? error.message : `${id}: ${error.message}`
      failed.push(new CommandError(error.exitCode, error.reason, message, error.mend))
    }
  }
  for (const error of failed.slice(0, -1)) context.terminal.error(`watari: ${error.message}\n`)
  const last = failed.at(-1)
  if (last !== undefined) throw last
}

function partText(part: PartSummary, now: number): string {
  return facts([
    ['Mail', `${part.mailId}, part ${part.part}`],
    ['Route', `${part.route}, ${part.state}`],
    ['Accepted', localTime(part.acceptedAt)],
    ['Next try', nextTry(part, now)],
    ['Tries', part.attempts],
    ['Size', size(part.size)],
    ['Stream', part.stream],
    ['From', part.sender === '' ? '<>' : part.sender],
    ...part.recipients.map((recipient, i) => [i === 0 ? 'To' : '', recipient] as const),
    ['Why', part.reason === '' ? '-' : part.reason],
  ])
}

/** As the gateway writes it, whatever case was typed. */
function mailIdOf(text: string): string {
  const bits = decodeMailId(text)
  if (bits === undefined) throw new InvalidArgumentError('A mail id has 13 letters and digits, such as 1SGHM8BN00001.')
  return encodeMailId(bits)
}

function mailIdsOf(text: string, before: readonly string[] | undefined): readonly string[] {
  const ids = [...(before ?? []), mailIdOf(text)]
  if (ids.length > IDS_MAX) throw new InvalidArgumentError(`Give at most ${IDS_MAX} ids at once.`)
  return ids
}

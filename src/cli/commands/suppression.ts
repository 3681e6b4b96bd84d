// `watari suppression`: who gets nothing by SES, and why. Addresses are masked unless --full is given.
import { Option, type Command } from 'commander'
import { SUPPRESSION_REASONS, type SuppressionRecord } from '../../core/feedback/suppression.ts'
import type { ReconcileState } from '../../core/feedback/reconcile-loop.ts'
import type { AccountEnd, SuppressionPage, SuppressionStatus } from '../../core/feedback/suppression-desk.ts'
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
import { recordTable, recordText, reconcileText, statusText } from '../suppression-text.ts'
import { countOf } from './stage.ts'
import { addExportCommand } from './suppression-export.ts'
import { addImportCommand } from './suppression-import.ts'

interface Options extends OrderOptions {
  readonly data?: string
  readonly json?: boolean
  readonly full?: boolean
  readonly reason?: string
  readonly limit?: number
  readonly dryRun?: boolean
  readonly whole?: boolean
}

/** What the gateway gives at once. */
const PAGE = 1_000
const LIST_MAX = 10_000_000

export function addSuppressionCommands(program: Command, environment: Environment): void {
  const suppression = program
    .command('suppression')
    .helpGroup('Mails:')
    .summary('who gets nothing by SES, and why')
    .description(
      'The suppression list: addresses that SES is not given, because they bounced for good, complained, or a person or a file said so. Upper and lower case are one address; plus-tags are other people.',
    )
  addLooking(suppression, environment)
  addChanging(suppression, environment)
  addImportCommand(suppression, environment)
  addExportCommand(suppression, environment)
  addReconcile(suppression, environment)
}

function addLooking(suppression: Command, environment: Environment): void {
  shared(suppression.command('status').summary('how many there are, and when the account was looked at'))
    .description('How many addresses are on the list by reason, and the last reconciliation with the account’s list.')
    .action(async (options: Options) => {
      const context = contextOf(environment, options)
      const status = await context.client.get<SuppressionStatus>('/suppression')
      if (context.json) printJson(context, status)
      else context.terminal.out(statusText(status))
    })

  shown(suppression.command('show').argument('<address>', 'in any spelling').summary('all about one address'))
    .description('Whether an address is on the list, since when, why, and what the account’s list has.')
    .action(async (address: string, options: Options) => {
      const context = contextOf(environment, options)
      const body = { address, ...fullOf(context, options) }
      const { record } = await context.client.send<{ record: SuppressionRecord }>('POST', '/suppression/show', body)
      if (context.json) printJson(context, record)
      else context.terminal.out(recordText(record))
    })

  shown(suppression.command('list').summary('who is on the list'))
    .description('Addresses on the list, in order of the alphabet.')
    .addOption(
      new Option('--reason <reason>', 'only these; removed: what persons took off').choices([
        ...SUPPRESSION_REASONS,
        'removed',
      ]),
    )
    .option('--limit <n>', 'how many at most', countOf(LIST_MAX), 50)
    .addHelpText('after', '\nExample:\n  watari suppression list --reason complaint --full --json')
    .action(async (options: Options) => list(contextOf(environment, options), options))
}

function shown(command: Command): Command {
  return shared(command)
    .option('--full', 'show addresses in full; this is logged')
    .option('--by <name>', 'who asks to see addresses (default: your login name)')
}

function fullOf(context: Context, options: Options): { readonly full?: string; readonly by?: string } {
  return options.full === true ? { full: 'yes', by: orderOf(context, options).by } : {}
}

/** JSON is one line an address, as pages come, so that a million addresses need no memory. */
async function list(context: Context, options: Options): Promise<void> {
  const { reason } = options
  let left = options.limit!
  let after: string | undefined
  const records: SuppressionRecord[] = []
  do {
    const page: SuppressionPage = await context.client.get('/suppression/list', {
      reason,
      after,
      limit: String(Math.min(left, PAGE)),
      ...fullOf(context, options),
    })
    if (context.json) for (const record of page.records) printJson(context, record)
    else records.push(...page.records)
    left -= page.records.length
    after = page.next
  } while (after !== undefined && left > 0)
  if (!context.json) context.terminal.out(records.length === 0 ? 'Nobody.\n' : recordTable(records))
  if (after !== undefined) context.terminal.error('There are more: raise --limit.\n')
}

function addChanging(suppression: Command, environment: Environment): void {
  ordered(shared(suppression.command('add').argument('<address>', 'in any spelling').summary('send it nothing')), true)
    .description('Puts an address on the list: SES is not given mail for it from now on.')
    .addHelpText('after', '\nExample:\n  watari suppression add tanaka@example.jp --reason "asked by telephone"')
    .action(async (address: string, options: Options) => {
      const context = contextOf(environment, options)
      await context.client.send('POST', '/suppression/add', { address, ...orderOf(context, options) })
      if (context.json) printJson(context, { changed: true })
      else context.terminal.out('It is on the list.\n')
    })

  ordered(shared(suppression.command('remove').argument('<address>', 'in any spelling').summary('send it again')), true)
    .description(
      'Takes an address off, here and from the list of the SES account. What happened before does not put it back; a new bounce or complaint does.',
    )
    .addHelpText('after', '\nExample:\n  watari suppression remove tanaka@example.jp --reason "mailbox works again"')
    .action(async (address: string, options: Options) => {
      const context = contextOf(environment, options)
      const order = { address, ...orderOf(context, options) }
      const { account } = await context.client.send<{ account: AccountEnd }>('POST', '/suppression/remove', order)
      if (context.json) printJson(context, { changed: true, account })
      else context.terminal.out(`It is off the list. ${ACCOUNT_END[account]}\n`)
    })
}

const ACCOUNT_END: Readonly<Record<AccountEnd, string>> = {
  removed: 'It is off the account’s list too.',
  notThere: 'The account’s list does not have it in a spelling known here; the next reconciliation looks again.',
  later: 'The account’s list could not be changed now; the next reconciliation does it.',
}

function addReconcile(suppression: Command, environment: Environment): void {
  const command = suppression.command('reconcile').summary('bring it together with the account’s list now')
  ordered(shared(command), false)
    .description(
      'Looks at the list of the SES account, takes over what is new there, takes off there what persons took off here, and puts there what it lacks. One call a second.',
    )
    .option('--dry-run', 'only say what would be done')
    .option('--whole', 'look at the whole list, not only at what is new; only so it is seen what is gone')
    .action(async (options: Options) => {
      const context = contextOf(environment, options)
      const { by } = orderOf(context, options)
      const { dryRun = false, whole = false } = options
      const state = await context.client.send<ReconcileState>('POST', '/suppression/reconcile', { by, dryRun, whole })
      if (context.json) printJson(context, state)
      else context.terminal.out(reconcileText(state))
      const trouble = state.running ? undefined : state.last?.trouble
      if (trouble !== undefined) throw new CommandError(EXIT.tryAgain, trouble.reason, trouble.message)
    })
}

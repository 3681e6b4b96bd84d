// `watari backup` and `watari restore`: what is ours on this machine, into a folder and back out of it.
import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { BackupReport, RestoreReport } from '../../wiring/backup.ts'
import { contextOf, pathIn, printJson, shared, type Context, type Environment } from '../context.ts'
import { CommandError, EXIT } from '../exit.ts'
import { localTime, printable, size } from '../output.ts'
import { loadPlan } from '../plan-file.ts'
import type { Programs } from '../programs.ts'

interface Options {
  readonly plan?: string
  readonly data?: string
  readonly json?: boolean
  readonly mails?: true
  readonly sealKey?: true
}

type Backups = NonNullable<Programs['backups']>

export function addBackupCommands(
  program: Command,
  environment: Environment,
  programs: Programs,
  backups: Backups,
): void {
  shared(
    program
      .command('backup')
      .argument('<dir>', 'a new folder')
      .summary('keep what is ours, while it runs')
      .helpGroup('Running:'),
  )
    .description(
      'Copies what is ours into a new folder, while the gateway runs: stage and decisions, keys (sealed), suppression list, ledger, incidents, figures, users, split key, plan. Each file has its checksum (sha256sum -c SHA256SUMS). Not the mails in the queue, the archive and the log.',
    )
    .option('--plan <file>', 'plan file (default: $WATARI_PLAN, or the plan of goo.ne.jp)')
    .option('--mails', 'the queue as well; only while no gateway runs')
    .option('--seal-key', 'dkim.key as well, which opens the sealed keys')
    .addHelpText('after', '\nExample:\n  watari backup /var/backups/watari/today --data /var/lib/watari')
    .action((dir: string, options: Options) =>
      backup(contextOf(environment, options), dir, options, { programs, backups }),
    )

  shared(
    program
      .command('restore')
      .argument('<dir>', 'a folder of watari backup')
      .summary('put it back')
      .helpGroup('Running:'),
  )
    .description(
      'Checks every octet of a backup, and puts it into an empty data folder. Overwrites nothing: a folder with anything in it is refused.',
    )
    .option('--plan <file>', 'put the plan and its split key there as well')
    .addHelpText('after', '\nExample:\n  watari restore /var/backups/watari/today --data /var/lib/watari')
    .action((dir: string, options: Options) => putBack(contextOf(environment, options), dir, options, backups))
}

async function backup(
  context: Context,
  dir: string,
  options: Options,
  { programs, backups }: { readonly programs: Programs; readonly backups: Backups },
): Promise<void> {
  const { plan, file } = loadPlan(context, programs, { named: options.plan, required: false })
  if (options.mails && (await isRunning(context))) {
    const mend = 'Stop it first, or leave out --mails.'
    throw new CommandError(EXIT.tryAgain, 'running', 'a gateway runs on this data folder, and its queue changes', mend)
  }
  const report = await inWords(
    backups.backUp({
      plan,
      planFile: file,
      dataFolder: context.dataFolder,
      folder: resolve(pathIn(context, dir)),
      program: programs.version,
      nowMs: context.terminal.now(),
      mails: options.mails === true,
      sealKey: options.sealKey === true,
    }),
  )
  if (context.json) printJson(context, report)
  else context.terminal.out(`Kept ${contents(report)} in ${report.folder}.\n${leftOut(report)}`)
}

async function putBack(context: Context, dir: string, options: Options, backups: Backups): Promise<void> {
  if (await isRunning(context)) {
    const mend = 'Stop it and move its folder away, or name another folder with --data.'
    throw new CommandError(EXIT.forbidden, 'running', 'a gateway runs on this data folder', mend)
  }
  const report = await inWords(
    backups.restore({
      folder: resolve(pathIn(context, dir)),
      dataFolder: context.dataFolder,
      planFile: options.plan === undefined ? undefined : pathIn(context, options.plan),
    }),
  )
  if (context.json) printJson(context, report)
  else context.terminal.out(restoredText(report, context))
}

function restoredText(report: RestoreReport, { dataFolder }: Context): string {
  const made = localTime(report.madeAt)
  return [
    `Put ${contents(report)} of ${made} into ${dataFolder}.`,
    `The gateway will begin with ${report.stagePercent ?? 0} % to SES, as it was then: if the stage was lowered since, set it again first.`,
    'Then watari doctor.',
    leftOut(report),
  ].join('\n')
}

const contents = ({ files, octets }: BackupReport) => `${files} files, ${size(octets)},`

function leftOut(report: BackupReport): string {
  return report.leftOut.map(({ path, why }) => `Not in it: ${printable(path)} (${why}).\n`).join('')
}

/** A socket that nobody answers at is no gateway; one that may not be asked is taken for one. */
async function isRunning({ client }: Context): Promise<boolean> {
  try {
    await client.get('/status')
    return true
  } catch (error) {
    return !(error instanceof CommandError && error.reason === 'notRunning')
  }
}

/** What the files say is told as it is: each names its file and how to mend it. */
async function inWords<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (code === 'EACCES' || code === 'EPERM' || code === 'ENOSPC' || code === 'EROFS') throw error
    const exitCode = code === 'EEXIST' || code === 'ENOTEMPTY' ? EXIT.cannotCreate : EXIT.data
    throw new CommandError(exitCode, 'backup', error instanceof Error ? error.message : 'failed')
  }
}

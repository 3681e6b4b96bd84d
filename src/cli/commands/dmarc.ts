// `watari dmarc`: how receivers saw our mail, from their aggregate reports. Reads the record itself, so no gateway needs to run.
import { Option, type Command } from 'commander'
import type { DmarcRecord } from '../../core/feedback/dmarc-record.ts'
import { percentOf, summarizeDmarc, type DmarcSummary } from '../../core/feedback/dmarc-summary.ts'
import { contextOf, printJson, shared, type Environment } from '../context.ts'
import { CommandError, EXIT } from '../exit.ts'
import { grouped, table } from '../output.ts'
import type { DmarcOf } from '../programs.ts'
import { countOf } from './stage.ts'

interface Options {
  readonly data?: string
  readonly json?: boolean
  readonly days: number
  readonly lang: 'en' | 'ja'
}

/** Days that a plan may keep. */
const DAYS_MAX = 3_650

export function addDmarcCommands(program: Command, environment: Environment, recordOf: DmarcOf): void {
  const dmarc = program
    .command('dmarc')
    .helpGroup('Watching:')
    .summary('how receivers saw our mail')
    .description('How receivers saw our mail: DKIM, SPF and DMARC, from the aggregate reports that they send.')

  shared(dmarc.command('show').summary('passed and failed, by day, selector and source'))
    .description(
      'Passed and failed by day (UTC), DKIM selector and source network. A day is told by reports of the day after.',
    )
    .option('--days <n>', 'how many days, today included', countOf(DAYS_MAX), 8)
    .addOption(new Option('--lang <language>', 'language').choices(['en', 'ja']).default('en'))
    .action(async (options: Options) => {
      const context = contextOf(environment, options)
      const record = await recordIn(recordOf, context.dataFolder)
      const summary = summarizeDmarc(record, { nowMs: context.terminal.now(), days: options.days })
      if (context.json) printJson(context, summary)
      else context.terminal.out(textOf(summary, options.lang))
    })
}

async function recordIn(recordOf: DmarcOf, dataFolder: string): Promise<DmarcRecord> {
  let record: DmarcRecord | undefined
  try {
    record = await recordOf(dataFolder)
  } catch (error) {
    throw new CommandError(EXIT.data, 'recordDamaged', error instanceof Error ? error.message : 'it cannot be read')
  }
  if (record !== undefined) return record
  throw new CommandError(
    EXIT.nothing,
    'noReports',
    'no DMARC report was read yet',
    'Put reports into the folder of dmarc.folder, or have them mailed to dmarc.address; docs/dmarc.md tells more.',
  )
}

const WORDS = {
  en: {
    header: ['DAY', 'SELECTOR', 'SOURCE', 'MAILS', 'DKIM', 'SPF', 'DMARC'],
    total: (s: DmarcSummary) =>
      `DKIM passed for ${percentOf(s.total.dkimPassed, s.total.mails)} of ${grouped(s.total.mails)} mails, ${s.fromDay} to ${s.toDay} (UTC), by ${s.reports} reports of ${s.reporters.length} receivers.`,
    rows: (count: number) => `${grouped(count)} rows of these reports could not be read.`,
  },
  ja: {
    header: ['日', 'セレクタ', '送信元', '通数', 'DKIM', 'SPF', 'DMARC'],
    total: (s: DmarcSummary) =>
      `DKIM 合格率 ${percentOf(s.total.dkimPassed, s.total.mails)}(${grouped(s.total.mails)} 通、${s.fromDay} から ${s.toDay}(UTC)、受信側 ${s.reporters.length} 社のレポート ${s.reports} 件)`,
    rows: (count: number) => `このうち ${grouped(count)} 行は読み取れませんでした。`,
  },
}

function textOf(summary: DmarcSummary, language: 'en' | 'ja'): string {
  const words = WORDS[language]
  const rows = summary.lines.map((line) => [
    line.day,
    line.selector,
    line.source,
    grouped(line.mails),
    percentOf(line.dkimPassed, line.mails),
    percentOf(line.spfPassed, line.mails),
    percentOf(line.dmarcPassed, line.mails),
  ])
  const unread = summary.unreadableRows === 0 ? '' : `${words.rows(summary.unreadableRows)}\n`
  return `${words.total(summary)}\n${unread}\n${table(words.header, rows)}`
}

// Takes DMARC reports out of their inbox into the record (F5). Its rule: counted first, put away after, and a report that
// comes again changes nothing; what cannot be read is set aside for a person.
import { isUnder } from '../mail/address.ts'
import type { Clock } from '../base/clock.ts'
import { gently } from '../base/pauses.ts'
import type { Log } from '../base/log.ts'
import { describeError } from '../watch/describe-error.ts'
import type { Meter } from '../watch/metrics.ts'
import { addDmarcReport, EMPTY_DMARC, type DmarcRecord } from './dmarc-record.ts'
import { dmarcReading } from './dmarc-report.ts'

/** Where reports lie until they are read. */
export interface DmarcInbox {
  /** Names of what lies there and is complete. */
  waiting(limit: number): Promise<readonly string[]>
  /** The reports in one of them, unpacked. Never rejects for what is in it. */
  open(name: string): Promise<Unpacked>
  putAway(name: string): Promise<void>
  setAside(name: string, reason: string): Promise<void>
}

export type Unpacked =
  | { readonly kind: 'texts'; readonly texts: readonly string[] }
  | { readonly kind: 'unreadable'; readonly reason: string; readonly message: string }

export interface DmarcStore {
  /** Rejects when it is there and cannot be read: a guess would count reports twice. */
  load(): Promise<DmarcRecord | undefined>
  save(record: DmarcRecord): Promise<void>
}

export interface DmarcIntakeOptions {
  readonly inbox: DmarcInbox
  readonly store: DmarcStore
  /** Reports about other domains are not ours to count. */
  readonly domains: readonly string[]
  readonly days: number
  readonly clock: Clock
  readonly log: Log
  readonly meter: Meter
}

export interface DmarcIntake {
  /** Reads what waits; answers how many files that were. */
  tick(): Promise<number>
  run(): Promise<void>
  stop(): Promise<void>
}

/** Reports come once a day; half a minute is soon. */
const LOOK_MS = 30_000
/** As short as a clock can; the machine does what waits, then the reading goes on. */
const BREATH_MS = 1
/** Files in one go, so that a stop does not wait for a flood. */
const FILES_MAX = 100

export function dmarcIntake(options: DmarcIntakeOptions): DmarcIntake {
  const { inbox, clock, log } = options
  let stopped = false
  let failing = false
  let working: Promise<unknown> = Promise.resolve()
  const tick = async (): Promise<number> => {
    const names = await inbox.waiting(FILES_MAX)
    for (const name of names) {
      if (stopped) break
      await takeFile(options, name)
    }
    return names.length
  }
  return {
    tick,
    async run() {
      while (!stopped) {
        try {
          const tickNow = tick()
          working = tickNow.catch(() => {})
          await tickNow
          failing = false
        } catch (error) {
          if (!failing) log.alarm('dmarcInboxFailed', { ...describeError(error) })
          failing = true
        }
        await clock.sleep(LOOK_MS)
      }
    },
    async stop() {
      stopped = true
      await working
    },
  }
}

async function takeFile(options: DmarcIntakeOptions, name: string): Promise<void> {
  const { inbox, log, meter } = options
  const unpacked = await inbox.open(name)
  const texts = unpacked.kind === 'texts' ? unpacked.texts : []
  const faults = unpacked.kind === 'unreadable' ? [unpacked.reason] : []
  for (const text of texts) {
    const result = await takeReport(options, text)
    meter.count('watari_dmarc_reports_total', { result })
    if (!SETTLED.has(result)) faults.push(result)
  }
  if (unpacked.kind === 'unreadable') meter.count('watari_dmarc_reports_total', { result: unpacked.reason })
  const [fault] = faults
  if (fault === undefined) return inbox.putAway(name)
  log.warn('dmarcReportSetAside', { reason: fault, reports: texts.length })
  return inbox.setAside(name, fault)
}

/** Results after which nobody needs to look at the file. */
const SETTLED = new Set(['added', 'known', 'outOfTime'])

async function takeReport({ store, domains, days, clock, log }: DmarcIntakeOptions, text: string): Promise<string> {
  // Mail goes on in between.
  const reading = await gently(dmarcReading(text), () => clock.sleep(BREATH_MS))
  if (reading.kind === 'unreadable') return reading.reason
  const { report } = reading
  if (!domains.some((ours) => isUnder(report.domain, ours))) return 'notOurs'
  const record = (await store.load()) ?? EMPTY_DMARC
  const addition = addDmarcReport(record, report, { nowMs: clock.now(), days })
  if (addition.kind !== 'added') return addition.kind
  await store.save(addition.record)
  const { mails, dkimPassed } = addition.counts
  log.info('dmarcReport', {
    reporter: report.reporter,
    domain: report.domain,
    mails,
    dkimPassed,
    rows: report.rows.length,
  })
  return 'added'
}

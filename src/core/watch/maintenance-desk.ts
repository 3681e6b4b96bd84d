// Checklists for whoever asks and for the calendar: the facts of the time before, the items, and the words.
import { DAY_MS } from '../base/clock.ts'
import { counted, type FigureSource } from '../base/figures.ts'
import type { Notice } from '../base/notice.ts'
import { addMonths, wallText } from '../base/zoned-time.ts'
import { runbookLink } from './alert-notice.ts'
import { nextMaintenance, type DueLetter } from './calendar.ts'
import {
  checklist,
  MAINTENANCE_KINDS,
  type ItemId,
  type ItemState,
  type MaintenanceFacts,
  type MaintenanceKind,
} from './maintenance.ts'
import { maintenanceWords } from './maintenance-words.ts'
import type { WatchRecord } from './record.ts'
import { lanesOf } from './look-figures.ts'
import { lanesReport } from './report.ts'
import type { Language } from './words.ts'

/** What the rest of the gateway knows. */
export type KnownFacts = Omit<MaintenanceFacts, 'fromMs' | 'toMs' | 'ses' | 'legacy' | 'peakHour' | 'incidents'>

export interface MaintenanceSources {
  readonly figures: FigureSource
  readonly record: () => Promise<WatchRecord>
  readonly known: () => Promise<KnownFacts>
}

export interface Checklist {
  readonly kind: MaintenanceKind
  readonly title: string
  readonly fromMs: number
  readonly toMs: number
  readonly nextAt: number
  readonly items: readonly { readonly id: ItemId; readonly state: ItemState; readonly text: string }[]
}

export interface MaintenanceDesk {
  /** All three, as of now. */
  maintenance(language: Language): Promise<{ readonly checklists: readonly Checklist[]; readonly text: string }>
  letter(due: DueLetter & { readonly kind: MaintenanceKind }): Promise<Notice>
}

export interface MaintenanceDeskOptions {
  readonly sources: MaintenanceSources
  readonly domain: string
  readonly timeZone: string
  readonly languages: readonly Language[]
  readonly runbooks: string
  readonly now: () => number
}

/** Hours of figures are kept for ninety days; a year looks back as far. */
const MONTHS: Readonly<Record<MaintenanceKind, number>> = {
  MonthlyMaintenance: 1,
  QuarterlyMaintenance: 3,
  YearlyMaintenance: 3,
}

export function maintenanceDesk(options: MaintenanceDeskOptions): MaintenanceDesk {
  const { timeZone, languages, now } = options
  const made = async (kind: MaintenanceKind, toMs: number): Promise<(language: Language) => Checklist> => {
    const facts = await factsOf(options, kind, toMs)
    const nextAt = nextMaintenance(toMs, timeZone).find((next) => next.kind === kind)!.dueAt
    return (language) => {
      const words = maintenanceWords(language)
      const items = checklist(kind, facts).map(({ id, state }) => ({ id, state, text: words.items[id](facts) }))
      return { kind, title: words.titles[kind], fromMs: facts.fromMs, toMs, nextAt, items }
    }
  }
  return {
    async maintenance(language) {
      const checklists: Checklist[] = []
      for (const kind of MAINTENANCE_KINDS) checklists.push((await made(kind, now()))(language))
      return { checklists, text: checklists.map((one) => checklistText(one, options, language)).join('\n') }
    },
    async letter({ id, kind, dueAt }) {
      const inLanguage = await made(kind, dueAt)
      const texts = languages.map((language) => checklistText(inLanguage(language), options, language))
      const title = maintenanceWords(languages[0]!).titles[kind]
      return { id, level: 'info', subject: `[Watari] ${options.domain}: ${title}`, text: texts.join('\n') }
    },
  }
}

async function factsOf(
  { sources, timeZone }: MaintenanceDeskOptions,
  kind: MaintenanceKind,
  toMs: number,
): Promise<MaintenanceFacts> {
  const fromMs = Math.max(addMonths(toMs, -MONTHS[kind], timeZone), toMs - 90 * DAY_MS)
  const rows = await sources.figures.rows({ fromMs, toMs, grain: 'hour', by: 'route' })
  const hours = new Map<number, number>()
  for (const row of rows) hours.set(row.atMs, (hours.get(row.atMs) ?? 0) + counted(row, 'sent'))
  const { incidents } = await sources.record()
  const begun = incidents.filter(({ openedAt }) => openedAt >= fromMs && openedAt < toMs)
  const ofLevel = (level: string) => begun.filter((incident) => incident.level === level).length
  return {
    fromMs,
    toMs,
    ...lanesReport(lanesOf(rows)),
    peakHour: Math.max(0, ...hours.values()),
    incidents: { critical: ofLevel('critical'), warning: ofLevel('warning') },
    ...(await sources.known()),
  }
}

const BOXES: Readonly<Record<ItemState, string>> = { good: '[x]', look: '[!]', person: '[ ]' }

function checklistText(
  { kind, title, fromMs, toMs, nextAt, items }: Checklist,
  { domain, timeZone, runbooks }: MaintenanceDeskOptions,
  language: Language,
): string {
  const words = maintenanceWords(language)
  const day = (at: number) => wallText(at, timeZone).slice(0, 10)
  return [
    words.heading(title, domain, `${day(fromMs)} – ${day(toMs)}`),
    '',
    ...items.map(({ state, text }) => `${BOXES[state]} ${text}`),
    '',
    words.legend,
    words.next(title, day(nextAt)),
    `${words.more}: ${runbookLink(kind, language, runbooks)}`,
    '',
  ].join('\n')
}

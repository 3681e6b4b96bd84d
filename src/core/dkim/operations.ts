// What a person may ask of the keys of a running program: the same words on the command line and, later, in the console.
import { DAY_MS } from '../base/clock.ts'
import type { Notice } from '../base/notice.ts'
import { spfCheck, type SpfResult } from '../base/spf-check.ts'
import { spfReport, type Ask, type SpfReport } from '../base/spf-report.ts'
import { dnsRequest } from './ask-team.ts'
import type { Hands } from './hands.ts'
import type { DkimPolicy } from './policy.ts'
import type { HistoryEntry, OpenRequest } from './record.ts'
import { requestPack } from './request-pack.ts'
import type { Sighting } from './sighting.ts'
import { dkimStatus, type DkimStatus } from './status.ts'
import type { Reconciler, Taken, TickReport } from './tick.ts'
import { recordKey, type WantedRecord } from './wanted-record.ts'
import { wantedRecords } from './wanted-keys.ts'

export interface DkimOperations {
  /** What is, what is next, since when, and who is waited for: as of the last look. */
  status(): Promise<DkimStatus>
  /** Asks DNS and SES now, and changes nothing. */
  verify(): Promise<Verification>
  /** Takes what steps there are to take; with `dryRun` only says which the first would be. */
  tick(order: { readonly by: string; readonly dryRun?: boolean }): Promise<TickAnswer>
  /** Switches to the next key now, or says what is missing. */
  rotate(order: { readonly by: string; readonly reason: string }): Promise<RotateAnswer>
  /** The pack as it would be sent now, in each language; with `send` it is sent again. */
  request(order: { readonly by: string; readonly send: boolean }): Promise<RequestAnswer>
  history(limit: number): Promise<readonly HistoryEntry[]>
}

export interface Verification {
  readonly status: DkimStatus
  readonly sightings: readonly (Sighting & { readonly selector: string })[]
  readonly records: readonly WantedRecord[]
  /** Why mail through SES would not be aligned now; undefined when it would be. */
  readonly misaligned?: string
  /** SPF of the sending domain, which the old hosts need, and of the MAIL FROM domain, which SES needs. */
  readonly spf: readonly SpfReport[]
  /** Whether the old hosts of the plan pass SPF for the sending domain. */
  readonly oldHosts: readonly { readonly ip: string; readonly result: SpfResult }[]
}

export interface TickAnswer {
  readonly taken: readonly Taken[]
  /** The step that a dry run would take first. */
  readonly next?: Taken
  readonly later?: string
  readonly status: DkimStatus
}

export type RotateAnswer =
  | { readonly kind: 'done'; readonly selector: string; readonly status: DkimStatus }
  | { readonly kind: 'refused'; readonly reason: string; readonly message: string }

export interface RequestAnswer {
  readonly notices: readonly Notice[]
  /** Channels that took it; empty without `send`. */
  readonly sent: readonly string[]
  readonly failed: readonly string[]
}

export interface DkimDeskOptions {
  readonly reconciler: Reconciler
  readonly policy: DkimPolicy
  readonly hands: Pick<Hands, 'team' | 'store' | 'now'>
  readonly misaligned: () => Promise<string | undefined>
  /** One question by a resolver, as receivers ask. */
  readonly ask: Ask
  /** The loop is to look again, because something was done outside it. */
  readonly wake: () => void
}

/** A person at the keyboard, without a name for the history. */
const LOOKING = { by: 'watari', dryRun: true } as const

export function dkimDesk(options: DkimDeskOptions): DkimOperations {
  const { reconciler, policy, wake, misaligned } = options
  const statusOf = ({ observation, decision }: TickReport): DkimStatus => dkimStatus(observation, decision, policy)
  return {
    status: async () => statusOf(reconciler.last() ?? (await reconciler.tick(LOOKING))),
    async verify() {
      const report = await reconciler.tick(LOOKING)
      const fault = await misaligned()
      return {
        ...(await spfOf(options)),
        status: statusOf(report),
        sightings: [...report.observation.sightings].map(([selector, sighting]) => ({ selector, ...sighting })),
        records: wantedRecords(report.observation, policy),
        ...(fault === undefined ? {} : { misaligned: fault }),
      }
    },
    async tick(order) {
      const report = await reconciler.tick(order)
      if (order.dryRun !== true) wake()
      const { next } = report.decision
      return {
        taken: report.taken,
        ...(order.dryRun === true && next !== undefined
          ? { next: { step: next.step.kind, message: next.message } }
          : {}),
        ...(report.later === undefined ? {} : { later: report.later }),
        status: statusOf(report),
      }
    },
    async rotate({ by, reason }) {
      const before = await reconciler.tick(LOOKING)
      const report = await reconciler.tick({ by: `${by}: ${reason}`, rotate: true })
      wake()
      const begun = report.taken.find(({ step }) => step === 'beginSwitch')
      if (begun?.selector !== undefined) return { kind: 'done', selector: begun.selector, status: statusOf(report) }
      return notRotated(before, report)
    },
    request: (order) => request(options, order),
    history: (limit) => reconciler.history(limit),
  }
}

async function spfOf({ policy, ask }: DkimDeskOptions): Promise<Pick<Verification, 'spf' | 'oldHosts'>> {
  const { domain, mailFromDomain, legacySpf } = policy
  const spf = [await spfReport(domain, ask)]
  if (mailFromDomain !== undefined) spf.push(await spfReport(mailFromDomain, ask))
  const oldHosts = []
  for (const ip of legacySpf.flatMap((term) => /^ip[46]:([^/]+)/i.exec(term)?.[1] ?? [])) {
    oldHosts.push({ ip, result: await spfCheck({ ip, domain }, ask) })
  }
  return { spf, oldHosts }
}

function notRotated(before: TickReport, report: TickReport): RotateAnswer {
  if (before.observation.record.switching !== undefined) {
    const { selector } = before.observation.record.switching
    return { kind: 'refused', reason: 'switchUnderWay', message: `SES is being switched to ${selector}; wait for it` }
  }
  const verdict = report.decision.verdicts.find(({ check }) => check === 'switchOrdered' || check === 'unsignedGap')
  const message = report.later ?? verdict?.message ?? 'no step was taken; "watari dkim status" tells more'
  return { kind: 'refused', reason: verdict?.check === 'unsignedGap' ? 'unsignedGap' : 'nothingToSwitchTo', message }
}

async function request(
  { reconciler, policy, hands }: DkimDeskOptions,
  { by, send }: { readonly by: string; readonly send: boolean },
): Promise<RequestAnswer> {
  const { observation } = await reconciler.tick(LOOKING)
  const at = hands.now()
  const open = observation.record.request ?? unsent(wantedRecords(observation, policy), at, policy)
  const asked = dnsRequest({ observation, policy, kind: 'request', open, at })
  const notices = policy.languages.map((language) => requestPack(asked, language))
  if (!send) return { notices, sent: [], failed: [] }
  const outcomes = []
  for (const notifier of hands.team) for (const notice of notices) outcomes.push(await notifier.send(notice))
  const message = `the request ${open.id} was sent again`
  const entry: HistoryEntry = { at, step: 'sendRequest', reason: 'ordered', message, by }
  await hands.store.save(observation.record, entry)
  return {
    notices,
    sent: outcomes.flatMap((outcome) => (outcome.kind === 'sent' ? [outcome.channel] : [])),
    failed: outcomes.flatMap((outcome) =>
      outcome.kind === 'failed' ? [`${outcome.channel}: ${outcome.message}`] : [],
    ),
  }
}

/** What would be asked, where nothing is asked at the moment. */
function unsent(records: readonly WantedRecord[], at: number, policy: DkimPolicy): OpenRequest {
  return {
    id: 'dns-unsent',
    askedAt: at,
    dueAt: at + policy.dnsTeamDays * DAY_MS,
    records: records.map(recordKey),
    remindedAt: [],
    saidAt: at,
    taken: [],
    corrected: [],
  }
}

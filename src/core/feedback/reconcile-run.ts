// One reconciliation: look at what the account has, take off there what persons took off here, put there what it lacks.
// After a crash the next one finds in the records what is left to do. One call at a time, at the pace of the control plane.
import { lookAt, lookFor, type Findings } from './reconcile-look.ts'
import { accountStep, asStored, type AccountStep } from './reconcile.ts'
import { pagesOf, STOPPED, type Counts, type ReconcileOptions, type ReconcileReport } from './reconcile-report.ts'
import type { SuppressionRecord } from './suppression.ts'
import type { AccountTrouble } from './suppression-list.ts'

/** So many refusals in a row are no bad addresses: the account is in the sandbox, or may not be written. */
const REFUSALS_MAX = 5

/** Never rejects for SES's sake: what went wrong is in the report. With `whole` the whole list is looked at in any case. */
export async function reconcile(
  options: ReconcileOptions,
  asked: { readonly dryRun: boolean; readonly whole?: boolean },
): Promise<ReconcileReport> {
  const startedAt = options.clock.now()
  const look = lookFor(options, startedAt, asked.whole === true)
  const counts: Counts = {
    startedAt,
    dryRun: asked.dryRun,
    whole: look.whole,
    seen: 0,
    unreadable: 0,
    added: 0,
    gone: 0,
    keptThoughGone: 0,
    removed: 0,
    put: 0,
    waiting: 0,
    refused: 0,
  }
  const findings: Findings = { counts, seen: new Set(), leaving: new Map() }
  const trouble =
    (await lookAt(options, look, findings)) ?? (await takeOff(options, findings)) ?? (await putThere(options, findings))
  if (trouble !== undefined) counts.trouble = { reason: trouble.reason, message: trouble.message }
  return counts
}

/** Takes off there what persons took off here: what the look saw, and what a crash left. */
async function takeOff(options: ReconcileOptions, { counts, leaving }: Findings): Promise<AccountTrouble | undefined> {
  const { list, account, stopping, clock } = options
  for await (const records of pagesOf(list, clock)) {
    for (const record of records) {
      const step = accountStep(record)
      if (step?.kind === 'remove') leaving.set(step.spelling, record.address)
    }
  }
  for (const [spelling, address] of leaving) {
    // A person may have put it back meanwhile.
    if (list.find(address)?.entry !== undefined) continue
    if (stopping()) return STOPPED
    if (!counts.dryRun) {
      const answer = await account.remove(spelling)
      if (answer.kind !== 'done') return answer
      await list.change([address], (now) => (now?.account?.spelling === spelling ? withoutAccount(now) : undefined))
    }
    counts.removed += 1
  }
  return undefined
}

async function putThere(options: ReconcileOptions, { counts, seen }: Findings): Promise<AccountTrouble | undefined> {
  const { list, putsMax, stopping, clock } = options
  let refusals = 0
  for await (const records of pagesOf(list, clock)) {
    for (const { address } of records) {
      // As it is now: a person may have taken it off meanwhile.
      const record = list.find(address)
      const step = record && accountStep(record)
      if (step?.kind !== 'put' || seen.has(address)) continue
      if (counts.put + counts.refused >= putsMax) counts.waiting += 1
      else if (counts.dryRun) counts.put += 1
      else {
        if (stopping()) return STOPPED
        const trouble = await put(options, address, step)
        refusals = trouble === undefined ? 0 : refusals + 1
        if (trouble === undefined) counts.put += 1
        else if (trouble.reason !== 'valueRefused' || refusals >= REFUSALS_MAX) return trouble
        else counts.refused += 1
      }
    }
  }
  return undefined
}

async function put(
  { list, account, clock }: ReconcileOptions,
  address: string,
  { spelling, reason }: AccountStep & { readonly kind: 'put' },
): Promise<AccountTrouble | undefined> {
  const answer = await account.put(spelling, reason)
  if (answer.kind !== 'done') return answer
  const side = { spelling: asStored(spelling), reason, seenAt: clock.now() }
  // Whoever took it off in this second leaves a record without an entry, and the next run takes it off there too.
  await list.change([address], (record) => (record === undefined ? undefined : { ...record, account: side }))
  return undefined
}

function withoutAccount(record: SuppressionRecord): SuppressionRecord {
  const { account: _gone, ...rest } = record
  return rest
}

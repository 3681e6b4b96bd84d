// DMARC reports of a gateway: the folder they come in, the address that fills it, the record that is kept of them.
import { isAbsolute, join } from 'node:path'
import { folderDmarcInbox } from '../adapters/local/dmarc-inbox.ts'
import { fileDmarcStore } from '../adapters/local/dmarc-store.ts'
import { MINUTE_MS } from '../core/base/clock.ts'
import { dmarcIntake } from '../core/feedback/dmarc-intake.ts'
import type { DmarcRecord } from '../core/feedback/dmarc-record.ts'
import { dkimBySes, type DkimResults } from '../core/feedback/dmarc-summary.ts'
import { withDrop } from '../core/mail/drop.ts'
import { mailIds } from '../core/mail/mail-id.ts'
import { messageForm } from '../core/mail/message-form.ts'
import type { Intake } from '../core/mail/ports.ts'
import type { Plan } from '../core/plan/plan.ts'
import { describeError } from '../core/watch/describe-error.ts'
import type { Basics } from './basics.ts'

export interface DmarcPlace {
  readonly plan: Plan
  readonly dataFolder: string
}

export interface Dmarc {
  /** The listener's intake, with the drop address when the plan has one. */
  readonly intake: (intake: Intake) => Intake
  readonly run: () => Promise<void>
  readonly stop: () => Promise<void>
}

const RECORD_FILE = 'dmarc-reports.json'

/** Undefined when the plan reads no reports. */
export async function openDmarc({ plan, dataFolder }: DmarcPlace, basics: Basics): Promise<Dmarc | undefined> {
  const { dmarc } = plan
  if (dmarc === undefined) return undefined
  const { clock, log } = basics
  const now = () => clock.now()
  const inbox = await folderDmarcInbox(isAbsolute(dmarc.folder) ? dmarc.folder : join(dataFolder, dmarc.folder), now)
  const reading = dmarcIntake({
    ...basics,
    inbox,
    store: fileDmarcStore(join(dataFolder, RECORD_FILE)),
    domains: [plan.domain, ...plan.ses.identities],
    days: dmarc.days,
  })
  const { address } = dmarc
  return {
    run: () => reading.run(),
    stop: () => reading.stop(),
    intake: (intake) =>
      address === undefined
        ? intake
        : withDrop(intake, {
            address,
            senderDomains: plan.gateway.senderDomains,
            keep: (id, content) => inbox.keep(id, messageForm(content)),
            now,
            nextId: mailIds({ gateway: plan.gateway.number }),
            log,
          }),
  }
}

/** The record may have many thousand lines, and reports come once a day. */
const LOOK_AGAIN_MS = 10 * MINUTE_MS

/** What receivers lately said of the DKIM signatures of the plan's domain by SES. Never rejects: what cannot be read says nothing. */
export function reportedDkim(
  { plan, dataFolder }: DmarcPlace,
  { clock, log }: Basics,
): () => Promise<DkimResults | undefined> {
  if (plan.dmarc === undefined) return async () => undefined
  let last: { readonly at: number; readonly results: Promise<DkimResults | undefined> } | undefined
  const look = async (nowMs: number): Promise<DkimResults | undefined> => {
    try {
      return dkimBySes(await dmarcRecordIn(dataFolder), { domain: plan.domain, nowMs })
    } catch (error) {
      log.warn('dmarcNotRead', { ...describeError(error) })
      return undefined
    }
  }
  return () => {
    const nowMs = clock.now()
    if (last === undefined || nowMs - last.at >= LOOK_AGAIN_MS) last = { at: nowMs, results: look(nowMs) }
    return last.results
  }
}

/** For the command line: what was counted, whether a gateway runs or not. */
export function dmarcRecordIn(dataFolder: string): Promise<DmarcRecord | undefined> {
  return fileDmarcStore(join(dataFolder, RECORD_FILE)).load()
}

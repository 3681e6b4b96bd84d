// Account review as AWS describes it: bounces 5 % under review, 10 % may pause; complaints 0.1 % and 0.5 %
// (AWS guide, "faqs-enforcement"), over a representative volume of recipients, not over a time.
// AWS does not publish that volume; here it is a setting.
import type { Settings } from './settings.ts'

export type EnforcementStatus = 'HEALTHY' | 'PROBATION' | 'SHUTDOWN'

const REVIEW = { bounce: 0.05, complaint: 0.001 }
const PAUSE = { bounce: 0.1, complaint: 0.005 }
/** The volume is kept in so many blocks; the oldest leaves when a new one begins. */
const BLOCKS = 10

interface Block {
  sent: number
  bounced: number
  complained: number
}

export interface Reputation {
  sent(recipients: number): void
  bounced(): void
  complained(): void
  status(): EnforcementStatus
  /** What a person at AWS would do: end a review or a pause, or begin one. Ending one starts the figures afresh. */
  set(status: EnforcementStatus): void
  rates(): { readonly bounce: number; readonly complaint: number; readonly recipients: number }
}

export function createReputation(settings: Settings): Reputation {
  let blocks: Block[] = [emptyBlock()]
  let status: EnforcementStatus = 'HEALTHY'
  const sums = (): Block =>
    blocks.reduce(
      (sum, block) => ({
        sent: sum.sent + block.sent,
        bounced: sum.bounced + block.bounced,
        complained: sum.complained + block.complained,
      }),
      emptyBlock(),
    )
  const judge = (): void => {
    const { sent, bounced, complained } = sums()
    if (status === 'SHUTDOWN' || settings.reviewVolume <= 0 || sent < settings.reviewVolume) return
    const over = (limits: typeof REVIEW): boolean =>
      bounced / sent >= limits.bounce || complained / sent >= limits.complaint
    if (over(PAUSE) && settings.reviewPauses) status = 'SHUTDOWN'
    else status = over(REVIEW) ? 'PROBATION' : 'HEALTHY'
  }
  return {
    sent(recipients) {
      const newest = blocks.at(-1)!
      newest.sent += recipients
      if (newest.sent >= settings.reviewVolume / BLOCKS) blocks = [...blocks, emptyBlock()].slice(-BLOCKS - 1)
    },
    bounced() {
      blocks.at(-1)!.bounced += 1
      judge()
    },
    complained() {
      blocks.at(-1)!.complained += 1
      judge()
    },
    status: () => status,
    set(to) {
      status = to
      if (to === 'HEALTHY') blocks = [emptyBlock()]
    },
    rates() {
      const { sent, bounced, complained } = sums()
      return { bounce: bounced / Math.max(1, sent), complaint: complained / Math.max(1, sent), recipients: sent }
    },
  }
}

const emptyBlock = (): Block => ({ sent: 0, bounced: 0, complained: 0 })

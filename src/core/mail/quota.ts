// The rolling 24-hour quota of the account (M6), kept from hitting: what GetAccount said, plus what we have sent since.
// Gateways side by side each take their share of what was left, because none of them sees what the others send.

export interface AccountQuota {
  /** Undefined means unlimited (GetAccount says -1). */
  readonly max24Hours: number | undefined
  readonly sentLast24Hours: number
}

export interface QuotaWatch {
  /** GetAccount has answered. */
  refreshed(quota: AccountQuota): void
  sent(recipients: number): void
  /** False when the next recipient could be one too many. */
  hasRoom(): boolean
  /** 0 to 100, or undefined when nothing limits or nothing is known yet. */
  usedPercent(): number | undefined
}

export function quotaWatch(options: { readonly gateways: number }): QuotaWatch {
  let known: AccountQuota | undefined
  let sentSince = 0
  const limit = (): { max: number; sent: number } | undefined =>
    known?.max24Hours === undefined ? undefined : { max: known.max24Hours, sent: known.sentLast24Hours }
  return {
    refreshed(quota) {
      known = quota
      sentSince = 0
    },
    sent(recipients) {
      sentSince += recipients
    },
    hasRoom() {
      const now = limit()
      return now === undefined || sentSince < (now.max - now.sent) / Math.max(1, options.gateways)
    },
    usedPercent() {
      const now = limit()
      if (now === undefined || now.max <= 0) return undefined
      return ((now.sent + sentSince) / now.max) * 100
    },
  }
}

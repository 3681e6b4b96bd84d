// What the flow of a mail asks of the SES account: how much may be sent, and whether anything may.

export interface AccountFacts {
  /** Recipients a second (facts: quotas count recipients, not mails). */
  readonly maxPerSecond: number
  /** Recipients in any rolling 24 hours, or 'unlimited', which SES says as -1. */
  readonly maxIn24Hours: number | 'unlimited'
  readonly sentIn24Hours: number
  readonly sendingEnabled: boolean
  /** False in the sandbox, where only verified recipients get mail. */
  readonly productionAccess: boolean
  /** HEALTHY, PROBATION or SHUTDOWN; a word of tomorrow is kept as it is. */
  readonly enforcement: string
}

export interface SesAccount {
  /** Rejects when SES cannot be asked; the caller keeps what it knew. */
  facts(): Promise<AccountFacts>
}

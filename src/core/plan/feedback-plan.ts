// Where events of SES come in, and who may bring them (F1). Without this section no port is opened.

export interface FeedbackPlan {
  readonly host: string
  readonly port: number
  /** Topics of SNS that may deliver here. */
  readonly topics: readonly TopicPlan[]
  /** Name of an environment variable with the secret that EventBridge brings in a header; without it EventBridge is refused. */
  readonly eventBridgeTokenVariable?: string
  /** How long the state of each recipient is remembered. */
  readonly ledgerDays: number
  /** Requests worked on at once; more are told to come again. */
  readonly requestsAtOnce: number
  /** How bounces and complaints come back to their senders (F2): by reports of ours, by SES's own forwarding, or not at all. */
  readonly returns: 'watari' | 'ses' | 'none'
  /** Reports in all, and to one sender domain; those beyond wait. */
  readonly returnsPerMinute: number
  readonly returnsPerDomainPerMinute: number
}

export interface TopicPlan {
  readonly arn: string
  /** Raw delivery carries no signature: allow it only where nobody else can reach the port. */
  readonly rawDelivery: boolean
}

// The sections of a plan that say how DKIM keys live, and whom Watari speaks to. docs/plan.md tells what each key means.

/** The life of the DKIM keys (D1 to D8). Without this section the gateway leaves keys alone. */
export interface DkimPlan {
  /** txt: the DNS team enters each key; cname: it enters three aliases once, into `zone`. */
  readonly publish: 'txt' | 'cname'
  readonly selectorPrefix: string
  readonly zone?: OwnZonePlan
  /** Where the private keys lie: sealed files in the data folder, or AWS Secrets Manager. */
  readonly keys: 'file' | 'secretsManager'
  /** Secrets are named 'prefix/domain/selector'. */
  readonly secretPrefix: string
  /** Id, ARN or alias of the KMS key of the secrets; without it the account's own. */
  readonly kmsKey?: string
  /** 32 octets that seal the private keys, relative to the plan file. Without it and a passphrase, one is made in the data folder. */
  readonly keyFile?: string
  readonly passphraseVariable: string
  readonly ttlSeconds: number
  readonly keyLifeMonths: number
  readonly warnDays: number
  readonly retireDays: number
  readonly mailFromDomain?: string
  readonly mailFromFailure: 'USE_DEFAULT_VALUE' | 'REJECT_MESSAGE'
  readonly legacySpf: readonly string[]
  readonly dmarcReports?: string
  readonly dmarcStepDays: number
  readonly unsignedGap: 'refuse' | 'stepBack'
  /** 'address' or 'address:port'; without any those of the machine. */
  readonly resolvers: readonly string[]
  /** The authoritative servers, where the delegation must not be followed: split horizon, tests. */
  readonly nameServers: readonly string[]
  readonly dnsTeam: DnsTeamPlan
  readonly contact: ContactPlan
}

/** A zone of our own: in Route 53, or served by this gateway. */
export interface OwnZonePlan {
  readonly apex: string
  /** The id of its hosted zone in Route 53; then nothing is served from here. */
  readonly hostedZone?: string
  /** Names of its servers, as its NS records say; the first is the primary. */
  readonly nameServers: readonly string[]
  readonly host: string
  readonly port: number
}

export interface DnsTeamPlan {
  readonly name: string
  readonly languages: readonly ('ja' | 'en')[]
  readonly days: number
  readonly mail: readonly string[]
  /** Name of an environment variable with an incoming webhook. */
  readonly slackVariable?: string
}

export interface ContactPlan {
  readonly name: string
  readonly mail: string
  readonly telephone?: string
}

/** How notices leave the machine. */
export interface NotifyPlan {
  readonly mail?: NotifyMailPlan
  readonly slackVariable?: string
  /** An SNS topic that whoever wants to be told has subscribed to. */
  readonly topicArn?: string
  /** Alerts, reports and reminders are told in each of them, in one message. */
  readonly languages: readonly ('ja' | 'en')[]
  /** Where runbook.md and runbook.ja.md lie: a URL or a folder. */
  readonly runbooks: string
  /** Hours after which an open Critical incident is told again; 0 never. */
  readonly reminderHours: number
}

export interface NotifyMailPlan {
  readonly host: string
  readonly port: number
  readonly tls: 'never' | 'may' | 'must'
  readonly from: string
  /** The operators. */
  readonly to: readonly string[]
  readonly userVariable?: string
  readonly passwordVariable?: string
}

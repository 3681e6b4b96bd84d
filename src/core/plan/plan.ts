// The plan: one migration as values. wiring/config.ts reads it from a YAML file; keys there and here have the same names,
// and docs/plan.md tells what each means. The plan holds no credentials, only where to find them. Nothing here has defaults.
import type { LegacyLogsPlan } from './legacy-logs-plan.ts'
import type { DesignPlan } from './design.ts'
import type { FeedbackPlan } from './feedback-plan.ts'
import type { DkimPlan, NotifyPlan } from './keys-plan.ts'
import type { ShiftPlan } from './shift-plan.ts'

export interface Plan extends DesignPlan {
  /** The sending domain, lower case: 'goo.ne.jp'. */
  readonly domain: string
  /** The AWS region of SES. */
  readonly region: string
  /** IANA name; calendars and reports follow it. */
  readonly timeZone: string
  readonly gateway: GatewayPlan
  readonly status: StatusPlan
  readonly split: SplitPlan
  readonly shares: SharesPlan
  readonly legacy: LegacyPlan
  readonly ses: SesPlan
  readonly addresses: AddressesPlan
  readonly retry: RetryPlan
  readonly suppression: SuppressionPlan
  readonly shift: ShiftPlan
  readonly dkim?: DkimPlan
  readonly dmarc?: DmarcPlan
  readonly notify: NotifyPlan
  readonly legacyLogs?: LegacyLogsPlan
  readonly feedback?: FeedbackPlan
}

/** The SMTP side that clients see (M1, M11). */
export interface GatewayPlan {
  /** The name in the banner, in Received fields and in DSNs. */
  readonly hostname: string
  /** 0 to 1023; different on each gateway, because it is a part of every mail id. */
  readonly number: number
  readonly host: string
  readonly port: number
  /** Paths of PEM files, relative to the plan file's folder. Both or none; without them a self-signed pair is made. */
  readonly tlsKeyFile?: string
  readonly tlsCertFile?: string
  /** Relative to the data folder. */
  readonly usersFile: string
  /** Addresses or networks (CIDR) that may send without AUTH. */
  readonly clients: readonly string[]
  /** Addresses or networks whose PROXY line is believed. */
  readonly proxies: readonly string[]
  /** Domains of envelope senders that may be used; '.example.jp' means all its subdomains. */
  readonly senderDomains: readonly string[]
  readonly limits: GatewayLimits
}

export interface GatewayLimits {
  readonly messageOctets: number
  /** Of one transaction. */
  readonly recipients: number
  readonly sessions: number
  readonly sessionsPerClient: number
  /** Received fields a mail may have when it comes: more is a loop (RFC 5321 6.3). */
  readonly hops: number
  readonly idleSeconds: number
  /** Octets of queue files, over which mail is answered 4xx. */
  readonly queueDiskOctets: number
  /** Octets that must stay free on the queue's disk. */
  readonly freeDiskOctets: number
  /** Age of the oldest waiting mail, over which mail is answered 4xx. */
  readonly queueAgeHours: number
  /** Octets of mail content in memory at once, over all sessions and deliveries. */
  readonly memoryOctets: number
  /** How long a stop waits for what is in flight. */
  readonly stopSeconds: number
}

/** The HTTP port for /healthz, /readyz, /status and /metrics. */
export interface StatusPlan {
  readonly host: string
  readonly port: number
}

/** The key of the split (M3). Gateways side by side need the same one. */
export interface SplitPlan {
  /** The key itself; a file is better. Never printed. */
  readonly key?: string
  /** Relative to the plan file's folder. Without `key` and `keyFile` a key is made in the data folder. */
  readonly keyFile?: string
}

/** Shares in percent under the stage (S5); the smallest that applies wins. */
export interface SharesPlan {
  readonly byDomain: Readonly<Record<string, number>>
  readonly byStream: Readonly<Record<string, number>>
  /** A header field whose value names the stream; without it the stream is the envelope sender's domain. */
  readonly streamHeader?: string
}

export interface LegacyPlan {
  readonly hosts: readonly LegacyHost[]
  readonly connectionsPerHost: number
  /** 'never': plain; 'may': STARTTLS when offered, any certificate; 'must': STARTTLS with a certificate that verifies. */
  readonly tls: 'never' | 'may' | 'must'
  readonly connectSeconds: number
  readonly replySeconds: number
  /** Mails over one connection before it is renewed, so that hosts coming back get their part. */
  readonly mailsPerConnection: number
}

export interface LegacyHost {
  readonly host: string
  readonly port: number
}

export interface SesPlan {
  readonly wire: 'api' | 'smtp'
  readonly configurationSet?: string
  /** Verified domains; mail with another From domain never goes to SES. */
  readonly identities: readonly string[]
  /** Overrides the API address, for the stand-in or a VPC endpoint. */
  readonly apiEndpoint?: string
  readonly smtpHost: string
  readonly smtpPort: number
  readonly credentials: SesCredentialVariables
  /** Recipients a second for the whole account; without it GetAccount decides. */
  readonly ratePerSecond?: number
  /** Recipients in a rolling 24 hours for the whole account; without it GetAccount decides. */
  readonly dailyQuota?: number
  /** Gateways that share the account; each takes its part of rate and quota, without talking to the others. */
  readonly gateways: number
  /** Requests or connections at once. */
  readonly connections: number
  /** Recipients in one message: SES takes at most 50. */
  readonly partRecipients: number
  /** Mails over one SMTP connection before it is renewed. */
  readonly mailsPerConnection: number
  readonly connectSeconds: number
  readonly replySeconds: number
  /** What becomes of mails with a line over 998 octets, which SES does not take: they stay on legacy, or go and may be refused. */
  readonly longLines: 'legacy' | 'send'
  /** How often GetAccount and the identities are read. */
  readonly accountSeconds: number
}

/** Names of environment variables; the credentials themselves are never in the plan. */
export interface SesCredentialVariables {
  readonly accessKeyIdVariable: string
  readonly secretAccessKeyVariable: string
  readonly sessionTokenVariable: string
  readonly smtpUserVariable: string
  readonly smtpPasswordVariable: string
}

/** Old carrier addresses (M9). */
export interface AddressesPlan {
  /** Receiving domains where a..b@, a.@ and .a@ are real mailboxes. */
  readonly dotDomains: readonly string[]
  /** How such an address goes to SES, by domain: in quotes, or not at all. */
  readonly dotAddresses: Readonly<Record<string, 'quote' | 'legacy'>>
  /** For the domains of `dotDomains` that `dotAddresses` does not name. */
  readonly dotAddressDefault: 'quote' | 'legacy'
}

/** Waiting and giving up (M7, M8). */
export interface RetryPlan {
  readonly lifetimeHours: number
  readonly firstSeconds: number
  readonly longestSeconds: number
  /** How long an unclear part waits before the same route tries it again. */
  readonly unclearMinutes: { readonly legacy: number; readonly ses: number }
}

/** Who gets nothing by SES, and what becomes of mail to them. */
export interface SuppressionPlan {
  /** A report to the sender, or the old hosts try it. */
  readonly onHit: 'bounce' | 'legacy'
  /** How often our list and the account's are brought together; 0 only by command. */
  readonly reconcileHours: number
  /** Addresses that one run puts on the account's list. */
  readonly putsPerRun: number
}

/** Aggregate reports of receivers (F5). Without this section none are read. */
export interface DmarcPlan {
  /** Where reports are put, relative to the data folder. */
  readonly folder: string
  /** An address at this gateway that takes reports by mail. */
  readonly address?: string
  /** How long their figures are kept. */
  readonly days: number
}

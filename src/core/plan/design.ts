// The sections of a plan that the design gives and that judges read: volumes, stages, gates, keys, money, alarms.
// They are as the customer wrote them, faults included, because the checks must find those faults. Nothing here is corrected.

export interface DesignPlan {
  readonly stages: readonly StagePlan[]
  readonly gates: GatesPlan
  readonly volume: VolumePlan
  readonly targets: TargetsPlan
  readonly identity: IdentityPlan
  readonly configurationSet: ConfigurationSetPlan
  readonly quota: QuotaPlan
  readonly lambda: LambdaPlan
  readonly alarms: Readonly<Record<string, AlarmPlan>>
  readonly archive: ArchivePlan
  readonly recovery: RecoveryPlan
  readonly security: SecurityPlan
  readonly budget: BudgetPlan
  readonly schedule: SchedulePlan
}

/** One step of the shift (S1). */
export interface StagePlan {
  readonly percent: number
  readonly leastHours: number
  readonly leastMails: number
}

/** What must hold to advance, in percent unless the name says otherwise (S2, §8.1, §8.2). */
export interface GatesPlan {
  readonly successPercentMin: number
  readonly successPercentRollBack: number
  readonly bouncePercentMax: number
  readonly complaintPercentMax: number
  readonly latencySecondsMax: number
  readonly quotaPercentMax: number
  readonly dkimPercentMin: number
}

/** What the sender sends today (§2.1). */
export interface VolumePlan {
  readonly mailsPerDay?: number
  readonly mailsPerHour?: number
  readonly legacyHosts?: number
  /** Of all mails, how many the old hosts deliver over TLS: measured, percent. */
  readonly tlsPercent?: number
  /** Receiving domains that matter: what `check --dns` looks at. */
  readonly receivers?: readonly string[]
}

/** What the design promises (§2.3, §7.1). */
export interface TargetsPlan {
  readonly availabilityPercent?: number
  readonly successPercent?: number
  readonly mailsPerHour?: number
  readonly peakMailsPerHour?: number
  readonly latencySeconds?: number
  /** What counts as success: taken by the next hop, or by the receiver as well. */
  readonly successMeans?: 'accepted' | 'delivered'
}

/** DNS and DKIM of the sending domain (§4.1.1, §3.2.2). */
export interface IdentityPlan {
  readonly dkimType?: 'BYODKIM' | 'EasyDKIM'
  readonly dkimSigning?: boolean
  readonly dkimKeyBits?: number
  readonly dkimSelectors?: number
  readonly dkimRecord?: 'TXT' | 'CNAME'
  readonly dkimKeyLifeMonths?: number
  readonly dkimWarnDays?: number
  readonly mailFromDomain?: string
  readonly spf?: string
  readonly dmarc?: string
}

/** The SES configuration set (§4.1.2). */
export interface ConfigurationSetPlan {
  readonly name?: string
  readonly tlsPolicy?: string
  readonly reputationMetrics?: boolean
  readonly sending?: boolean
  readonly eventTypes?: readonly string[]
  readonly eventDestination?: string
  readonly dimensions?: readonly DimensionPlan[]
}

/** A dimension of a CloudWatch event destination. */
export interface DimensionPlan {
  readonly name: string
  readonly source?: string
  readonly default?: string
}

/** The sending quota the design counts on (§4.1.3); what the account really has, GetAccount says. */
export interface QuotaPlan {
  readonly ratePerSecond?: number
  readonly recipientsPerDay?: number
  /** What AWS has granted, as GetAccount says. */
  readonly grantedRatePerSecond?: number
  readonly grantedRecipientsPerDay?: number
}

/** The functions (§4.2, §6.1, §7.1). */
export interface LambdaPlan {
  readonly runtime?: string
  readonly dkim?: LambdaFunctionPlan
  readonly mail?: LambdaFunctionPlan
  readonly retryAttempts?: number
  readonly deadLetterQueue?: boolean
}

export interface LambdaFunctionPlan {
  readonly memoryMegabytes?: number
  readonly timeoutSeconds?: number
  readonly reservedConcurrency?: number
  /** A schedule expression. */
  readonly schedule?: string
  /** The time zone of the schedule; without it a rule's schedule is UTC. */
  readonly scheduleTimeZone?: string
  /** What the author believes the schedule means. */
  readonly scheduleMeans?: string
  readonly eventSources?: readonly string[]
}

/** A CloudWatch alarm (§4.3.2). */
export interface AlarmPlan {
  readonly metric: string
  readonly threshold: number
  readonly comparison?: string
  readonly evaluationPeriods?: number
  readonly periodSeconds?: number
  readonly statistic?: string
  /** TreatMissingData: missing, ignore, breaching or notBreaching. */
  readonly missingData?: string
}

/** Where events and logs are kept (F6), and what the design says of S3 (§3.2.3, §6.2). */
export interface ArchivePlan {
  /** Relative to the data folder; without it nothing is archived. */
  readonly folder?: string
  /** Where objects go when their hour is over; until then they lie in the folder. */
  readonly bucket?: string
  /** In front of their names, with '/' behind it; without it 'watari/' and the gateway's host name. */
  readonly prefix?: string
  /** Id, ARN or alias of the KMS key of the objects; without it the bucket's default. */
  readonly kmsKey?: string
  readonly days: number
  /** How addresses stand in archived events. */
  readonly addresses: 'masked' | 'pseudonymous'
  readonly versioning?: boolean
  readonly encryption?: string
  /** Size of a usual object. */
  readonly objectOctets?: number
  readonly transitions?: readonly { readonly days: number; readonly storageClass: string }[]
}

/** Disaster recovery (§6). */
export interface RecoveryPlan {
  readonly rtoHours?: number
  readonly rpoHours?: number
  readonly availabilityZones?: readonly string[]
  readonly rollBackBy?: string
}

/** Access and masking (§5). */
export interface SecurityPlan {
  readonly adminNetworks?: readonly string[]
  readonly readOnlyNetworks?: readonly string[]
  readonly tlsMin?: string
  readonly smtpRotationDays?: number
  readonly masking?: MaskingPlan
  readonly policies?: Readonly<Record<string, PolicyPlan>>
}

/** How addresses are masked in logs (§5.1.1). */
export interface MaskingPlan {
  /** How many characters of a local part stay readable. */
  readonly keepCharacters?: number
  /** Whether local parts of no more than that are hidden whole. */
  readonly hideShortLocalParts?: boolean
  /** Whether an @ in quotes is read as a part of the local part (RFC 5321 4.1.2). */
  readonly quotedLocalParts?: boolean
  /** The versions of IP addresses that are masked. */
  readonly ipVersions?: readonly number[]
}

/** An IAM policy (§5.1.2). */
export interface PolicyPlan {
  /** Where it is attached: to a user or role (identity), to a resource, or as who may take a role (trust). */
  readonly kind?: 'identity' | 'resource' | 'trust'
  readonly principals?: readonly string[]
  readonly networks?: readonly string[]
  /** The condition key that `networks` are compared with. */
  readonly condition?: string
  /** Whether calls that a service makes for the caller are left out of the condition (aws:ViaAWSService). */
  readonly exceptServices?: boolean
}

/** Money (§2.1, §9), in yen a month. */
export interface BudgetPlan {
  readonly yenPerMonth?: number
  readonly legacyYenPerMonth?: number
  readonly sesYenPerMail?: number
  /** The rate that bills are turned into yen with; an assumption, printed as one. */
  readonly yenPerDollar: number
  /** How SES is paid: nothing monthly, or one of the plans of July 2026. */
  readonly sesPricing: SesPricing
  /** A price agreed with AWS for a thousand recipients, instead of the list's. */
  readonly sesDollarsPerThousand?: number
  readonly assume: CostAssumptions
  /** The design's own estimate, item by item. */
  readonly estimateYen?: Readonly<Record<string, number>>
  readonly reservedCapacity?: boolean
}

export type SesPricing = 'aLaCarte' | 'essentials' | 'pro' | 'enterprise'

/** What a bill depends on and the design does not say. Each is printed with the bill. */
export interface CostAssumptions {
  /** Distinct values of the CloudWatch dimension: each is a metric of its own for each kind of event. */
  readonly dimensionValues: number
  /** Domains that mail goes to: what the dimension would have if it were the receiving domain. */
  readonly receivingDomains: number
  /** Metrics of our own (§4.3.1). */
  readonly customMetrics: number
  /** Messages of the queue that the function takes at once. */
  readonly eventsPerBatch: number
  /** How long the function works on them. */
  readonly millisecondsPerBatch: number
  /** One event as JSON. */
  readonly eventOctets: number
  /** What the archive keeps of a mail, compressed. */
  readonly archiveOctetsPerMail: number
  /** hourly: one object an hour; each: an object for each event. */
  readonly archiveObjects: 'hourly' | 'each'
  /** What CloudWatch Logs takes in for a mail; 0: the functions log faults and sums only. */
  readonly logOctetsPerMail: number
  /** Octets of attachments in a mail on average. */
  readonly attachmentOctetsPerMail: number
}

/** The phases (§10.1, §11). */
export interface SchedulePlan {
  readonly migrationDays?: number
  readonly dnsTeamDays?: number
  readonly downtimeHoursMax?: number
  /** 'YYYY-MM-DD': the first day. */
  readonly startOn?: string
  /** Days on which nobody works, besides weekends and holidays. */
  readonly closedDays: readonly string[]
  /** Working days until AWS has answered a request for more quota. */
  readonly quotaRequestDays: number
  readonly phases?: readonly PhasePlan[]
}

export interface PhasePlan {
  readonly phase: number
  readonly name: string
  /** 0 for a phase that runs by itself. */
  readonly days: number
  /** Numbers of the phases that must be over; without it, the phase before. */
  readonly after?: readonly number[]
}

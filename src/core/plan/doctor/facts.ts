// What the doctor is told of an installation. Only looked at by adapters and wiring; judged here. A part that could not be
// looked at is absent, and no fact holds a secret.
import type { StarttlsAnswer } from '../live/dns-facts.ts'

export interface DoctorFacts {
  readonly plan: PlanFacts
  readonly gateway: GatewayFacts
  readonly data: FolderFacts
  readonly machine: MachineFacts
  readonly log: LogFacts
  /** The rest needs a plan that can be read. */
  readonly secrets?: SecretFacts
  readonly network?: NetworkFacts
}

export interface PlanFacts {
  readonly file: string
  /** What the plan's reader says; empty when it could be read. */
  readonly faults: readonly string[]
  /** What `watari check` finds. */
  readonly errors: number
  readonly warnings: number
}

export type GatewayFacts =
  | { readonly kind: 'notRunning'; readonly socket: string; readonly version: string }
  /** Somebody is there, and we could not ask: the error's code. */
  | { readonly kind: 'noAnswer'; readonly socket: string; readonly version: string; readonly code: string }
  /** `running` is undefined for a gateway from before it told its version. */
  | {
      readonly kind: 'running'
      readonly socket: string
      readonly version: string
      readonly running: string | undefined
      readonly pid: number | undefined
    }

export type FolderFacts =
  | { readonly kind: 'unusable'; readonly folder: string; readonly code: string }
  | {
      readonly kind: 'folder'
      readonly folder: string
      readonly mode: number
      readonly ownerId: number
      readonly ownId: number
      /** Of statfs(2): a number that names the kind of file system. */
      readonly fileSystem: number
      readonly freeOctets: number
      readonly freeInodes: number
      readonly inodes: number
      /** Files and folders below it that somebody else owns, the first few. */
      readonly foreign: readonly string[]
      readonly sync: SyncFacts
    }

export type SyncFacts =
  | { readonly kind: 'failed'; readonly code: string }
  | { readonly kind: 'synced'; readonly count: number; readonly p95Ms: number }

export interface MachineFacts {
  /** 'v24.1.0' */
  readonly node: string
  /** Octets that the JavaScript heap may take. */
  readonly heapOctets: number
  readonly memoryOctets: number
  /** Of the cgroup (systemd's MemoryMax, a container's limit). */
  readonly memoryLimitOctets?: number
  readonly swapOctets: number
  /** Of the running gateway where there is one, otherwise of the shell that asks. Infinity is 'unlimited'. */
  readonly limits?: { readonly files: number; readonly processes: number; readonly coreOctets: number }
  readonly clock: ClockFacts
}

export type ClockFacts =
  | { readonly kind: 'offset'; readonly by: string; readonly offsetMs: number }
  | { readonly kind: 'synchronized'; readonly by: string }
  | { readonly kind: 'unsynchronized'; readonly by: string }
  | { readonly kind: 'unknown' }

export type LogFacts =
  | { readonly kind: 'standardError' }
  | {
      readonly kind: 'file'
      readonly file: string
      /** Undefined when it may be written, or made. */
      readonly code: string | undefined
      /** The logrotate file that names it. */
      readonly rotatedBy?: string
      /** Whether the running gateway writes this very file; undefined when that could not be seen. */
      readonly isOpen: boolean | undefined
    }

export interface SecretFacts {
  readonly certificate: CertificateFacts
  readonly splitKey: SecretFileFacts & { readonly octets?: number; readonly mark?: string }
  readonly users: SecretFileFacts & { readonly count?: number }
  /** Which of the variables that the plan names are set. Never their values. */
  readonly variables: ReadonlySet<string>
}

export interface SecretFileFacts {
  /** A path, or the key of the plan that holds the secret. */
  readonly where: string
  readonly state: 'inPlan' | 'missing' | 'unreadable' | 'damaged' | 'there'
  readonly mode?: number
}

export type CertificateFacts =
  /** None is named in the plan, and none was made yet. */
  | { readonly kind: 'toBeMade'; readonly file: string }
  | { readonly kind: 'unreadable'; readonly file: string; readonly code: string }
  | { readonly kind: 'mismatch'; readonly file: string }
  | {
      readonly kind: 'pair'
      readonly file: string
      readonly keyMode: number
      readonly startsAt: number
      readonly endsAt: number
      readonly coversName: boolean
      readonly names: string
    }

export interface NetworkFacts {
  readonly ports: readonly PortFacts[]
  readonly resolvers: readonly { readonly server: string; readonly code: string | undefined; readonly tookMs: number }[]
  readonly legacy: readonly { readonly host: string; readonly answer: StarttlsAnswer }[]
  readonly ses: SesReach
}

export interface PortFacts {
  /** 'gateway.port' */
  readonly key: string
  readonly address: string
  /** Undefined when it is free: EADDRINUSE, EACCES, EADDRNOTAVAIL … */
  readonly code: string | undefined
  readonly owner?: { readonly pid: number; readonly name: string }
}

export interface SesReach {
  /** 'email.ap-northeast-1.amazonaws.com:443' */
  readonly address: string
  /** Undefined when TLS stood and the certificate is the host's. */
  readonly code: string | undefined
  readonly account: 'notAsked' | AccountSeen | { readonly failed: string }
}

export interface AccountSeen {
  readonly sendingEnabled: boolean
  readonly productionAccess: boolean
  readonly maxPerSecond: number
}

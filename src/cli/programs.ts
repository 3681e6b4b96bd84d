// What the command line needs from wiring, as one value, so that its tests start nothing.
import type { Finding } from '../core/plan/finding.ts'
import type { Plan } from '../core/plan/plan.ts'
import type { DmarcRecord } from '../core/feedback/dmarc-record.ts'
import type { ArchiveReader } from '../core/watch/archive.ts'
import type { BackupPlace, BackupReport, RestorePlace, RestoreReport } from '../wiring/backup.ts'
import type { BaselineOptions, BaselineRun } from '../wiring/baseline.ts'
import type { BaselineReading } from '../wiring/baseline-file.ts'
import type { PlanReading } from '../wiring/config.ts'
import type { DoctorPlace, InstallationFacts } from '../wiring/doctor.ts'
import type { KeptKeys } from '../wiring/key-store.ts'
import type { GatewayOptions, Running, StandinOptions, UpOptions } from '../wiring/run.ts'

export interface Programs {
  readonly version: string
  /** The plan that is shipped. */
  readonly shippedPlan: string
  readonly readPlan: (file: string) => PlanReading
  /** Without it there is no `check --dns`. */
  readonly dnsFindings?: (plan: Plan, where: { readonly dataFolder?: string }) => Promise<readonly Finding[]>
  /** Without it there is no `check --ses`. */
  readonly sesFindings?: (
    plan: Plan,
    environment: Readonly<Record<string, string | undefined>>,
  ) => Promise<readonly Finding[]>
  readonly up: (options: UpOptions) => Promise<Running>
  readonly gateway: (options: GatewayOptions) => Promise<Running>
  readonly standin: (options: StandinOptions) => Promise<Running>
  /** Without it there are no `user` commands. */
  readonly users?: (file: string) => Promise<Users>
  /** Without it there is no `baseline`. */
  readonly baseline?: {
    readonly run: (options: BaselineOptions) => Promise<BaselineRun | Pick<BaselineRun, 'faults'>>
    readonly read: (file: string) => BaselineReading
  }
  /** Without it keys cannot be imported or sealed anew. */
  readonly keys?: (place: KeysPlace) => Promise<KeptKeys>
  /** Without it there are no `archive` commands. */
  readonly archive?: ArchiveOf
  /** Without it there are no `dmarc` commands. */
  readonly dmarc?: DmarcOf
  /** Without it there are no `backup` and `restore`. */
  readonly backups?: {
    readonly backUp: (place: BackupPlace) => Promise<BackupReport>
    readonly restore: (place: RestorePlace) => Promise<RestoreReport>
  }
  /** Without it there is no `doctor`. */
  readonly doctor?: (place: DoctorPlace) => Promise<InstallationFacts>
}

/** Undefined when the plan keeps no archive. */
export type ArchiveOf = (place: ArchivePlace) => ArchiveReader | undefined

/** Where an archive lies, and who we are there. */
export interface ArchivePlace {
  readonly plan: Plan
  readonly dataFolder: string
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** Undefined when no report was read yet; rejects when the record is damaged. */
export type DmarcOf = (dataFolder: string) => Promise<DmarcRecord | undefined>

/** Where the keys of a plan lie. */
export interface KeysPlace {
  readonly plan: Plan
  readonly planFile: string
  readonly dataFolder: string
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** The users that may send with AUTH. */
export interface Users {
  readonly list: () => Promise<readonly string[]>
  /** True when the user is new, false when the password was replaced. */
  readonly add: (name: string, password: string) => Promise<boolean>
  /** False when there is no such user. */
  readonly remove: (name: string) => Promise<boolean>
}

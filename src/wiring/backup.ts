// `watari backup` and `watari restore`: what of an installation is kept, and what is left out and why. The files are the
// adapter's matter.
import { existsSync } from 'node:fs'
import { basename, isAbsolute, join, relative } from 'node:path'
import { makeBackup } from '../adapters/local/backup.ts'
import type { LeaveOut } from '../adapters/local/backup-list.ts'
import type { BackupManifest } from '../adapters/local/backup-manifest.ts'
import { restoreBackup } from '../adapters/local/backup-restore.ts'
import { textOf } from '../adapters/local/record-file.ts'
import type { Plan } from '../core/plan/plan.ts'
import { archiveFolder } from './archive-place.ts'
import { besidePlan } from './split-key.ts'

const PLAN_FILE = 'plan.yaml'
const SEAL_KEY_FILE = 'dkim.key'

export interface BackupPlace {
  readonly plan: Plan
  readonly planFile: string
  readonly dataFolder: string
  readonly folder: string
  readonly program: string
  readonly nowMs: number
  /** With the queue, which must have no gateway then. */
  readonly mails: boolean
  /** With the key that opens the sealed DKIM keys, where it lies in the data folder. */
  readonly sealKey: boolean
}

export interface BackupReport {
  readonly folder: string
  readonly madeAt: number
  readonly files: number
  readonly octets: number
  readonly leftOut: readonly LeaveOut[]
}

export async function backUp(place: BackupPlace): Promise<BackupReport> {
  const { plan, planFile, dataFolder, folder, program, nowMs } = place
  const { keyFile } = plan.split
  const splitKey = keyFile === undefined ? [] : [{ file: besidePlan(planFile, keyFile), as: basename(keyFile) }]
  const manifest = await makeBackup({
    dataFolder,
    into: folder,
    leaveOut: leaveOut(place),
    beside: [{ file: planFile, as: PLAN_FILE }, ...splitKey],
    program,
    madeAt: nowMs,
  })
  return reportOf(manifest, folder)
}

function leaveOut(place: BackupPlace): readonly LeaveOut[] {
  const { plan, dataFolder, mails, sealKey } = place
  const archive = archiveFolder({ plan, dataFolder })
  const below = archive === undefined ? undefined : relative(dataFolder, archive)
  const isInside = below !== undefined && below !== '' && !below.startsWith('..') && !isAbsolute(below)
  return [
    ...(mails ? [] : [{ path: 'queue', why: 'mails that are not done: a copy of an hour ago would send them twice' }]),
    ...(isInside
      ? [{ path: below, why: 'the archive has its own files a day, which never change: copy them as they come' }]
      : []),
    { path: 'watari.log', why: 'the log' },
    ...(sealKey || !existsSync(join(dataFolder, SEAL_KEY_FILE))
      ? []
      : [{ path: SEAL_KEY_FILE, why: 'it opens the sealed DKIM keys: keep it elsewhere, or add it with --seal-key' }]),
  ]
}

export interface RestorePlace {
  readonly folder: string
  readonly dataFolder: string
  /** Where the plan goes; undefined leaves it in the backup. */
  readonly planFile: string | undefined
}

export interface RestoreReport extends BackupReport {
  /** The stage that the gateway will begin with; undefined when none was ever set. */
  readonly stagePercent: number | undefined
}

export async function restore({ folder, dataFolder, planFile }: RestorePlace): Promise<RestoreReport> {
  const besideOf =
    planFile === undefined ? undefined : (name: string) => (name === PLAN_FILE ? planFile : besidePlan(planFile, name))
  const manifest = await restoreBackup({ from: folder, dataFolder, besideOf })
  const stagePercent = stageIn(await textOf(join(dataFolder, 'stage.json')))
  return { ...reportOf(manifest, basename(folder)), stagePercent }
}

/** Only told here; the gateway reads it with care. */
function stageIn(text: string | undefined): number | undefined {
  try {
    const { percent } = JSON.parse(text ?? '{}') as { readonly percent?: unknown }
    return typeof percent === 'number' ? percent : undefined
  } catch {
    return undefined
  }
}

function reportOf({ madeAt, files, leftOut }: BackupManifest, folder: string): BackupReport {
  return { folder, madeAt, files: files.length, octets: files.reduce((sum, { octets }) => sum + octets, 0), leftOut }
}

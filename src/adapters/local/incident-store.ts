// Incidents on disk: `incidents.json`, replaced whole. One that cannot be read is set aside, never guessed and never in the way: a
// watch that does not start tells nobody anything, and the worst that can follow is one message more.
import { mkdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { ALERT_IDS } from '../../core/watch/alerts.ts'
import type { IncidentStore } from '../../core/watch/ports.ts'
import { EMPTY_RECORD, type Incident, type WatchRecord } from '../../core/watch/record.ts'
import { objectIn, replaceFile, textOf, type FileTrouble } from './record-file.ts'

const FILE = 'incidents.json'
/** The form of the file, so that a later Watari knows what it reads. */
const VERSION = 1

export async function fileIncidentStore(
  folder: string,
  onTrouble: (trouble: FileTrouble) => void = () => {},
): Promise<IncidentStore> {
  await mkdir(folder, { recursive: true })
  const path = join(folder, FILE)
  return {
    async load() {
      const text = await textOf(path)
      if (text === undefined) return EMPTY_RECORD
      const record = recordIn(text)
      if (record !== undefined) return record
      await rename(path, `${path}.damaged`)
      onTrouble({
        file: FILE,
        message: `${FILE} cannot be read and was moved to ${FILE}.damaged; incidents begin anew`,
      })
      return EMPTY_RECORD
    },
    save: (record) => replaceFile(path, `${JSON.stringify({ version: VERSION, ...record }, undefined, 1)}\n`),
  }
}

function recordIn(text: string): WatchRecord | undefined {
  const { version, ...record } = objectIn<WatchRecord & { readonly version: unknown }>(text) ?? {}
  const { incidents, mutes } = record
  if (version !== VERSION || !Array.isArray(incidents) || !Array.isArray(mutes)) return undefined
  return incidents.every(isIncident) ? { ...EMPTY_RECORD, ...record } : undefined
}

function isIncident({ id, alert, openedAt, round, opened, latest, channels }: Partial<Incident>): boolean {
  const words = typeof id === 'string' && alert !== undefined && ALERT_IDS.includes(alert)
  const numbers = [openedAt, round].every((number) => typeof number === 'number')
  return words && numbers && [opened, latest, channels].every((part) => typeof part === 'object')
}

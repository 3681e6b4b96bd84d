// What was counted of DMARC reports, in one small file that is replaced whole (core/feedback/dmarc-record.ts bounds it).
import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { DmarcStore } from '../../core/feedback/dmarc-intake.ts'
import type { DmarcRecord } from '../../core/feedback/dmarc-record.ts'
import { replaceFile, textOf } from './record-file.ts'

const VERSION = 1

export function fileDmarcStore(path: string): DmarcStore {
  return {
    async load() {
      const text = await textOf(path)
      return text === undefined ? undefined : recordIn(text, path)
    },
    async save(record) {
      await mkdir(dirname(path), { recursive: true })
      await replaceFile(path, `${JSON.stringify({ version: VERSION, ...record })}\n`)
    },
  }
}

function recordIn(text: string, path: string): DmarcRecord {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    value = undefined
  }
  if (typeof value !== 'object' || value === null || !('version' in value) || value.version !== VERSION) {
    throw new Error(`${path} is damaged or of another form: move it away, and put the reports in again`)
  }
  const { reports, lines } = value as Partial<DmarcRecord>
  if (!Array.isArray(reports) || !Array.isArray(lines)) throw new Error(`${path} is damaged: move it away`)
  return { reports, lines }
}

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { fileIncidentStore } from '../../src/adapters/local/incident-store.ts'
import { EMPTY_RECORD } from '../../src/core/watch/record.ts'
import { A_RECORD, incidentStoreContract } from './incident-store.contract.ts'

describe('incidents in a file', () => {
  incidentStoreContract(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'watari-incidents-'))
    return { open: () => fileIncidentStore(folder), end: async () => rmSync(folder, { recursive: true }) }
  })
})

test.each([
  ['cut', (text: string) => text.slice(0, 100)],
  ['empty', () => ''],
  ['of a later form', (text: string) => text.replace('"version": 1', '"version": 2')],
  ['of an alert nobody knows', (text: string) => text.replace('"alert": "BounceRate"', '"alert": "Tomorrow"')],
])('a file that is %s is set aside and told, and the watch begins anew', async (_, change) => {
  const folder = mkdtempSync(join(tmpdir(), 'watari-incidents-'))
  try {
    const troubles: string[] = []
    const store = await fileIncidentStore(folder, ({ message }) => troubles.push(message))
    await store.save(A_RECORD)
    const path = join(folder, 'incidents.json')
    writeFileSync(path, change(readFileSync(path, 'utf8')))
    expect(await store.load()).toEqual(EMPTY_RECORD)
    expect(readdirSync(folder)).toEqual(['incidents.json.damaged'])
    expect(troubles).toEqual([
      'incidents.json cannot be read and was moved to incidents.json.damaged; incidents begin anew',
    ])
  } finally {
    rmSync(folder, { recursive: true })
  }
})

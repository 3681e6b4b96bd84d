// Every ShiftStore passes the same contract.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileShiftStore } from '../../src/adapters/local/shift-store.ts'
import { shiftStoreContract } from './shift-store.contract.ts'

shiftStoreContract('a folder', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'watari-stage-'))
  return { reopen: () => fileShiftStore(folder), remove: () => rm(folder, { recursive: true }) }
})

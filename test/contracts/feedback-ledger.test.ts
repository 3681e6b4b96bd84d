// Every FeedbackLedger passes the same contract.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { lmdbLedger } from '../../src/adapters/local/ledger.ts'
import { hmacKeyedHash } from '../../src/adapters/node/keyed-hash.ts'
import { anEvent, SENT_AT } from '../support/feedback-events.ts'
import { feedbackLedgerContract } from './feedback-ledger.contract.ts'

const hash = hmacKeyedHash(Buffer.from('0123456789abcdef0123456789abcdef'))

feedbackLedgerContract('a folder of LMDB files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'watari-ledger-'))
  let now = SENT_AT
  return Promise.resolve({
    open: () =>
      lmdbLedger({
        folder,
        hash,
        days: 7,
        now: () => now,
        onTrouble: (message) => {
          throw new Error(message)
        },
      }),
    setNow: (at: number) => {
      now = at
    },
    remove: () => Promise.resolve(rmSync(folder, { recursive: true })),
  })
})

test('a file that is no ledger is set aside, said, and its day begins anew', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'watari-ledger-'))
  writeFileSync(join(folder, '2026-11-25.mdb'), 'x'.repeat(100_000))
  const said: string[] = []
  const options = { folder, hash, days: 7, now: () => SENT_AT, onTrouble: (message: string) => said.push(message) }
  const ledger = await lmdbLedger(options)
  expect(said).toEqual(['2026-11-25.mdb was damaged; it is set aside, and its day begins anew'])
  expect(readFileSync(join(folder, '2026-11-25.mdb.damaged'), 'latin1')).toBe('x'.repeat(100_000))
  expect(await ledger.fold([anEvent.send()])).toHaveLength(1)
  await ledger.close()
  rmSync(folder, { recursive: true })
})

test('a disk that fails is told to whoever waits, and the next event is taken', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'watari-ledger-'))
  const ledger = await lmdbLedger({ folder, hash, days: 7, now: () => SENT_AT, onTrouble: () => {} })
  rmSync(folder, { recursive: true })
  writeFileSync(folder, '')
  await expect(ledger.fold([anEvent.send()])).rejects.toThrow()
  rmSync(folder)
  mkdirSync(folder)
  expect(await ledger.fold([anEvent.send()])).toHaveLength(1)
  await ledger.close()
  rmSync(folder, { recursive: true })
})

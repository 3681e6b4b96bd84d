// A ring of files: the newest records stay, only the owner reads them, and a disk that fails stops nothing.
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fileRecordShelf } from './record-shelf.ts'

const record = (n: number) => ({ kind: 'unknown' as const, eventType: 'Foo', text: `${n} ${'x'.repeat(100)}` })

test('the newest records stay, within the limits', async () => {
  const folder = join(mkdtempSync(join(tmpdir(), 'watari-kept-')), 'kept')
  const shelf = fileRecordShelf(folder, () => {}, { fileOctets: 1_000, files: 3 })
  await Promise.all(Array.from({ length: 100 }, (_, n) => shelf.keep(n, record(n))))
  const files = readdirSync(folder).toSorted()
  expect(files.length).toBe(3)
  const lines = files.flatMap((file) => readFileSync(join(folder, file), 'utf8').trim().split('\n'))
  const numbers = lines.map((line) => Number((JSON.parse(line) as { text: string }).text.split(' ')[0]))
  expect(numbers.at(-1)).toBe(99)
  expect(numbers).toEqual(numbers.toSorted((a, b) => a - b))
  expect(numbers.length).toBeGreaterThan(8)
  expect(JSON.parse(lines.at(-1)!)).toMatchObject({
    keptAt: '1970-01-01T00:00:00.099Z',
    kind: 'unknown',
    eventType: 'Foo',
  })
  expect(statSync(join(folder, files[0]!)).mode & 0o777).toBe(0o600)
  rmSync(folder, { recursive: true })
})

test('a folder that is gone is told once', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'watari-kept-'))
  const told: string[] = []
  const shelf = fileRecordShelf(folder, (message) => told.push(message))
  rmSync(folder, { recursive: true })
  writeFileSync(folder, '')
  await shelf.keep(1, record(1))
  await shelf.keep(2, record(2))
  expect(told).toEqual([`a record could not be kept in ${folder} (ENOTDIR)`])
  rmSync(folder)
})

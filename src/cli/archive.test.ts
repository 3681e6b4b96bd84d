// `watari archive show` over a reader in memory: what is printed, and how it ends.
import { expect, test } from 'vitest'
import type { ArchivedRecord, ArchiveQuery, ArchiveReader } from '../core/watch/archive.ts'
import { readPlan } from '../wiring/config.ts'
import { runCommand } from './program.ts'

process.env['TZ'] = 'Asia/Tokyo'

const NOW = Date.UTC(2026, 10, 25, 12)
const notStarted = () => Promise.reject(new Error('not started in this test'))

async function show(line: string, reader: ArchiveReader | undefined) {
  let out = ''
  let error = ''
  const terminal = {
    out: (text: string) => void (out += text),
    error: (text: string) => void (error += text),
    color: false,
    errorColor: false,
    now: () => NOW,
  }
  const environment = { terminal, variables: {}, folder: '/', password: notStarted }
  const programs = { up: notStarted, gateway: notStarted, standin: notStarted, version: '0.1.0' }
  const shippedPlan = `${process.cwd()}/plans/goo.ne.jp.yaml`
  const args = ['archive', 'show', ...line.split(' ').filter((word) => word !== '')]
  const code = await runCommand(args, environment, { ...programs, shippedPlan, readPlan, archive: () => reader })
  return { code, out, error }
}

function readerOf(records: readonly ArchivedRecord[], asked: ArchiveQuery[] = []): ArchiveReader {
  return {
    async *read(query, onDamage) {
      asked.push(query)
      if (query.kind === 'logs') onDamage?.({ object: 'logs/2026/11/25/03', message: 'unexpected end of file' })
      yield* records.filter(({ kind }) => kind === query.kind)
    },
  }
}

const BROKEN: ArchiveReader = {
  // oxlint-disable-next-line require-yield -- it has nothing to give.
  async *read() {
    throw new Error('S3 gave no answer')
  },
}

const BOUNCE: ArchivedRecord = {
  kind: 'events',
  keptAt: Date.UTC(2026, 10, 25, 3, 4, 5),
  fields: {
    at: '2026-11-25T03:04:00.000Z',
    event: 'bounce',
    mail: '07QZ0000G0001',
    bounceType: 'Permanent',
    recipients: [{ address: 'tan***@***.***', status: '5.1.1' }],
    said: 'a\u001b[2J',
  },
}

test('prints a line for each record, in the time of the machine, and tells of damage', async () => {
  const { code, out, error } = await show('', readerOf([BOUNCE]))
  expect(code).toBe(0)
  expect(out).toBe(
    '2026-11-25 12:04:05 +09:00  bounce  07QZ0000G0001  bounceType=Permanent  recipients=[{"address":"tan***@***.***","status":"5.1.1"}]  said=a?[2J\n',
  )
  expect(error).toContain('logs/2026/11/25/03 is damaged (unexpected end of file)')
})

test('prints JSON lines for programs', async () => {
  const { out } = await show('--json --kind events', readerOf([BOUNCE]))
  expect(JSON.parse(out)).toEqual(JSON.parse(JSON.stringify(BOUNCE)))
})

test('asks for a day back, or for what is named', async () => {
  const asked: ArchiveQuery[] = []
  await show('--kind events', readerOf([BOUNCE], asked))
  await show(
    '--kind events --from 2026-11-01 --to 2026-11-02T06:30:15Z --mail 07qz0000g0001',
    readerOf([BOUNCE], asked),
  )
  expect(asked).toEqual([
    { kind: 'events', fromAt: NOW - 86_400_000, toAt: NOW },
    {
      kind: 'events',
      fromAt: Date.UTC(2026, 9, 31, 15),
      toAt: Date.UTC(2026, 10, 2, 6, 30, 15),
      mail: '07QZ0000G0001',
    },
  ])
})

test.each([
  ['', undefined, 1, /the plan keeps no archive/],
  ['--kind events', readerOf([]), 1, /nothing was kept in that time/],
  ['--kind logs', BROKEN, 75, /S3 gave no answer/],
  ['--from yesterday', readerOf([]), 64, /Write a day or a time/],
  ['--from 2026-11-31T99:00', readerOf([]), 64, /Write a day or a time/],
  ['--from 2026-11-25 --to 2026-11-24', readerOf([]), 64, /--from is not before --to/],
] as const)('%j ends in words', async (line, reader, expected, message) => {
  const { code, error } = await show(line, reader)
  expect(code).toBe(expected)
  expect(error).toMatch(message)
})

// C41: ISO stamps make old parsers see nothing; classic stamps have no year, so a January import dates December in the future.
import { describe, expect, test } from 'vitest'
import { readPostfixLog } from '../support/postfix-log.ts'

const sent = (stamp: string, id: string) =>
  `${stamp} mx1 postfix/smtp[1]: ${id}: to=<a@example.com>, relay=mx.example.com[192.0.2.5]:25, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (250 ok)`
const CLASSIC = [sent('Dec 31 23:59:58', '3ABCDE12345'), sent('Jan  1 00:00:03', '3ABCDE12346')]
const instants = (lines: readonly string[], options: Parameters<typeof readPostfixLog>[1] = {}) =>
  readPostfixLog([lines], options).outcomes.map(({ atMs }) => new Date(atMs).toISOString())

describe('classic stamps', () => {
  test.each([
    ['read soon after', '2025-01-02T03:00:00+09:00'],
    ['a file dated within the year before', '2025-11-30T00:00:00+09:00'],
  ])('are the same instants: %s', (_, writtenAt) => {
    expect(instants(CLASSIC, { writtenAt })).toEqual(['2024-12-31T14:59:58.000Z', '2024-12-31T15:00:03.000Z'])
  })

  test('follow the year of the first line when one is given', () => {
    expect(instants(CLASSIC, { baseYear: 2019, writtenAt: '2026-02-01T00:00:00Z' })).toEqual([
      '2019-12-31T14:59:58.000Z',
      '2019-12-31T15:00:03.000Z',
    ])
  })

  test('go on from file to file of one log when the year of the first line is given', () => {
    const { outcomes } = readPostfixLog([[CLASSIC[0]!], [CLASSIC[1]!]], { baseYear: 2019 })
    expect(outcomes.map(({ atMs }) => new Date(atMs).getUTCFullYear())).toEqual([2019, 2019])
    expect(outcomes[1]!.atMs - outcomes[0]!.atMs).toBe(5_000)
  })

  test('never lie in the future, and say so when they could not be placed', () => {
    const lines = [sent('Mar  1 10:00:00', 'A1'), sent('Dec 31 10:00:00', 'A2'), sent('Jan  5 10:00:00', 'A3')]
    const { outcomes, log } = readPostfixLog([lines], { baseYear: 2026, writtenAt: '2026-06-01T00:00:00Z' })
    for (const { atMs } of outcomes) expect(atMs).toBeLessThan(Date.parse('2027-01-01T00:00:00Z'))
    expect(log.clock.doubtful).toBe(1)
  })

  test('may come a little out of order around the new year', () => {
    const lines = [sent('Jan  1 00:00:00', 'A1'), sent('Dec 31 23:59:59', 'A2'), sent('Jan  1 00:00:01', 'A3')]
    expect(instants(lines, { writtenAt: '2025-01-02T00:00:00Z' })).toEqual([
      '2024-12-31T15:00:00.000Z',
      '2024-12-31T14:59:59.000Z',
      '2024-12-31T15:00:01.000Z',
    ])
  })

  test('belong to the zone of the logs, not of the machine that reads', () => {
    expect(instants([CLASSIC[0]!], { zone: 'UTC', writtenAt: '2025-01-02T00:00:00Z' })).toEqual([
      '2024-12-31T23:59:58.000Z',
    ])
    expect(instants([CLASSIC[0]!], { zone: 'America/New_York', writtenAt: '2025-01-02T00:00:00Z' })).toEqual([
      '2025-01-01T04:59:58.000Z',
    ])
  })
})

describe('ISO stamps', () => {
  test.each([
    ['2024-12-31T23:59:58.755361+09:00', '2024-12-31T14:59:58.755Z'],
    ['2024-12-31T23:59:58.7+09:00', '2024-12-31T14:59:58.700Z'],
    ['2024-12-31T23:59:58+09:00', '2024-12-31T14:59:58.000Z'],
    ['2024-12-31T23:59:58.75Z', '2024-12-31T23:59:58.750Z'],
    ['2024-12-31T23:59:58.755-0530', '2025-01-01T05:29:58.755Z'],
    ['2024-12-31T23:59:58', '2024-12-31T14:59:58.000Z'],
  ])('%s is %s', (stamp, instant) => {
    expect(instants([sent(stamp, '3ABCDE12345')])).toEqual([instant])
  })

  test('and classic ones may change from line to line', () => {
    const lines = [sent('2024-12-31T23:59:58+09:00', 'A1'), CLASSIC[0]!, sent('2024-12-31T23:59:59+09:00', 'A2')]
    expect(instants(lines, { writtenAt: '2025-01-02T00:00:00Z' })).toEqual([
      '2024-12-31T14:59:58.000Z',
      '2024-12-31T14:59:58.000Z',
      '2024-12-31T14:59:59.000Z',
    ])
  })
})

test('a line that is not understood is counted and shown, masked', () => {
  const { log } = readPostfixLog([[sent('Απρ  2 10:00:00', '3ABCDE12345'), ...CLASSIC]])
  expect(log.counts).toMatchObject({ lines: 3, unknown: 1 })
  expect(log.counts.samples).toHaveLength(1)
  expect(log.counts.samples[0]).toContain('to=<***@***.***>')
})

// How things look: tables that stand straight with Japanese in them, and ages, sizes and times as people say them.
import { describe, expect, it } from 'vitest'
import { duration, facts, grouped, localTime, paint, printable, size, table } from './output.ts'

process.env['TZ'] = 'Asia/Tokyo'

describe('a table', () => {
  it('stands straight, numbers to the right, wide letters counted as two', () => {
    expect(
      table(
        ['WHO', 'COUNT', 'WHY'],
        [
          ['佐藤', 5, '第一段階'],
          ['suzuki', 1_000, 'second'],
        ],
      ),
    ).toBe('WHO     COUNT  WHY\n佐藤        5  第一段階\nsuzuki   1000  second\n')
  })

  it('has its header when it is empty, and lets nobody move the cursor', () => {
    expect(table(['A', 'B'], [])).toBe('A  B\n')
    expect(table(['A'], [['x\u001b[2J\r\ny']])).toBe('A\nx?[2J??y\n')
  })
})

describe('facts', () => {
  it('stand behind their names, and lines of the same name behind nothing', () => {
    expect(
      facts([
        ['To', 'a'],
        ['', 'b'],
        ['Sizes', 3],
      ]),
    ).toBe('To:    a\n       b\nSizes: 3\n')
  })
})

describe('a duration', () => {
  it.each([
    [0, '0 s'],
    [999, '0 s'],
    [-5, '0 s'],
    [1_000, '1 s'],
    [61_000, '1 min 1 s'],
    [3_600_000, '1 h'],
    [3_599_999, '59 min 59 s'],
    [90_061_000, '1 d 1 h'],
    [40 * 86_400_000, '40 d'],
  ])('of %d ms is %s', (ms, text) => expect(duration(ms)).toBe(text))
})

describe('a size', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1_000, '1.0 kB'],
    [5_120, '5.1 kB'],
    [999_499, '999 kB'],
    [999_500, '1.0 MB'],
    [41_943_040, '41.9 MB'],
    [21_474_836_480, '21.5 GB'],
    [5e15, '5000 TB'],
  ])('of %d octets is %s', (octets, text) => expect(size(octets)).toBe(text))
})

describe('a time', () => {
  it('is local, with its offset', () => {
    expect(localTime(Date.UTC(2026, 10, 25, 15, 0, 0))).toBe('2026-11-26 00:00:00 +09:00')
    process.env['TZ'] = 'America/St_Johns'
    expect(localTime(Date.UTC(2026, 10, 25, 15, 0, 0))).toBe('2026-11-25 11:30:00 -03:30')
    process.env['TZ'] = 'Asia/Tokyo'
  })
})

it('counts are grouped, colors are given only where they are wanted, and control characters are shown as ?', () => {
  expect(grouped(10_000_000)).toBe('10,000,000')
  expect(paint(true, 'red', 'x')).toBe('\u001b[31mx\u001b[0m')
  expect(paint(false, 'red', 'x')).toBe('x')
  expect(printable('a\u009b\u0000b')).toBe('a??b')
})

// Texts on a screen of 80 columns, in both widths.
import { describe, expect, it } from 'vitest'
import { bar, padEnd, padStart, paragraph } from './columns.ts'

describe('padding', () => {
  it('counts a Japanese character as two columns', () => {
    expect(padEnd('予算', 6)).toBe('予算  ')
    expect(padStart('予算', 6)).toBe('  予算')
    expect(padStart('too long', 3)).toBe('too long')
  })
})

describe('a paragraph', () => {
  it('has a mark before its first line, and room before the others', () => {
    expect(paragraph('one two three four', '- ', 10)).toBe('- one two\n  three\n  four\n')
    expect(paragraph('予算を超えます。', '- ', 10)).toBe('- 予算を超\n  えます。\n')
  })

  it('keeps a percentage together', () => {
    expect(paragraph('of them 20.93 % go', '', 13)).toBe('of them\n20.93 % go\n')
  })
})

describe('a bar', () => {
  it.each([
    [0, '        '],
    [1, '▏       '],
    [50, '████    '],
    [100, '████████'],
    [200, '████████'],
  ])('of %i in 100', (value, expected) => {
    expect(bar(value, { most: 100, width: 8 })).toBe(expected)
  })

  it('has a line at the mark, inside and outside of it', () => {
    expect(bar(100, { most: 100, width: 8, mark: 50 })).toBe('████│███')
    expect(bar(25, { most: 100, width: 8, mark: 50 })).toBe('██  │   ')
    expect(bar(0, { most: 0, width: 4 })).toBe('    ')
  })
})

// Texts on a screen of 80 columns, in both widths.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bar, padEnd, padStart, wrapped } from './columns.ts'
import { widthOf } from '../core/base/wrap.ts'

describe('padding', () => {
  it('counts a Japanese character as two columns', () => {
    expect(padEnd('予算', 6)).toBe('予算  ')
    expect(padStart('予算', 6)).toBe('  予算')
    expect(padStart('too long', 3)).toBe('too long')
  })
})

describe('wrapping', () => {
  it('breaks at spaces, and indents what follows the first line', () => {
    expect(wrapped('one two three four', '- ', 10)).toBe('- one two\n  three\n  four\n')
  })

  it('breaks Japanese anywhere but before a full stop', () => {
    expect(wrapped('予算を超えます。', '- ', 10)).toBe('- 予算を超\n  えます。\n')
    expect(wrapped('予算を超。', '- ', 10)).toBe('- 予算を超。\n')
  })

  it('keeps a word that is longer than the line', () => {
    expect(wrapped('see https://aws.amazon.com/ses/pricing/ now', '', 12)).toBe(
      'see\nhttps://aws.amazon.com/ses/pricing/\nnow\n',
    )
  })

  it('loses no word and keeps the width', () => {
    const words = fc.array(fc.constantFrom('予算', 'SES', 'の', '1,000', '。', 'mail'), { minLength: 1, maxLength: 60 })
    fc.assert(
      fc.property(words, fc.integer({ min: 12, max: 80 }), (words, width) => {
        const text = words.join(' ')
        const lines = wrapped(text, '', width)
        expect(lines.replaceAll(/\s/g, '')).toBe(text.replaceAll(/\s/g, ''))
        // A full stop may hang over.
        for (const line of lines.split('\n')) expect(widthOf(line)).toBeLessThanOrEqual(width + 3)
      }),
    )
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

// Lines broken where readers of both languages expect it.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { widthOf, wrapped } from './wrap.ts'

describe('widthOf', () => {
  it.each([
    ['abc', 3],
    ['¥500,000', 8],
    ['予算', 4],
    ['「SPF」', 7],
    ['→×−…', 4],
    ['ｶﾅ', 2],
    ['𠮷', 2],
  ])('%s takes %i', (text, columns) => {
    expect(widthOf(text)).toBe(columns)
  })
})

describe('wrapped', () => {
  it.each<[string, number, readonly string[]]>([
    ['one two three', 7, ['one two', 'three']],
    ['移行中も、大半のメールは', 8, ['移行中', 'も、大半', 'のメール', 'は']],
    ['上限は（仮）です', 8, ['上限は', '（仮）で', 'す']],
    ['カスタム MAIL FROM を', 12, ['カスタム', 'MAIL FROM を']],
    ['https://example.jp/so-long', 10, ['https://example.jp/so-long']],
    ['', 10, []],
    ['  indented text', 10, ['  indented', 'text']],
  ])('%j in %i columns', (text, columns, lines) => {
    expect(wrapped(text, columns)).toEqual(lines)
  })

  it('loses nothing but blanks, and goes over the width only by one word', () => {
    const text = fc.array(fc.constantFrom('移', '行', '。', '（', 'SPF', 'mail', ' ', '50 %', 'ー'), { maxLength: 60 })
    fc.assert(
      fc.property(text, fc.integer({ min: 4, max: 40 }), (pieces, columns) => {
        const lines = wrapped(pieces.join(''), columns)
        expect(lines.join('').replaceAll(' ', '')).toBe(pieces.join('').replaceAll(' ', ''))
        // A number and its % are one word.
        const isOneWord = (line: string) => !line.trim().replaceAll(' %', '').includes(' ')
        for (const line of lines) expect(widthOf(line) <= columns || isOneWord(line)).toBe(true)
      }),
    )
  })
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fieldsOf, lineReader, type ImportFormat, type LineReading } from './import-lines.ts'

const instantOf = (text: string) => (/^\d{4}-/.test(text) ? Date.parse(text) : undefined)
const read = (format: ImportFormat, ...lines: readonly string[]): readonly LineReading[] => {
  const reader = lineReader(format, instantOf)
  return lines.map((line, i) => reader(line, i + 1))
}
const last = (format: ImportFormat, ...lines: readonly string[]) => read(format, ...lines).at(-1)!
const address = (line: number, more: object) => ({
  kind: 'address',
  imported: { line, count: 1, word: 'bounce', ...more },
})

describe('a list of SES', () => {
  test.each([
    ['tanaka@example.jp,BOUNCE', { address: 'tanaka@example.jp' }],
    ['tanaka@example.jp,COMPLAINT', { address: 'tanaka@example.jp', word: 'complaint' }],
    ['"""a,b""@example.jp",BOUNCE', { address: '"a,b"@example.jp' }],
    ['"a b"@example.jp,BOUNCE', { address: '"a b"@example.jp' }],
    ['  tanaka@example.jp  ', { address: 'tanaka@example.jp' }],
  ])('as CSV: %s', (line, more) => {
    expect(last('csv', line)).toEqual(address(1, more))
  })
  test('as newline JSON', () => {
    expect(last('json', '{"emailAddress":"tanaka@example.jp","reason":"COMPLAINT"}')).toEqual(
      address(1, { address: 'tanaka@example.jp', word: 'complaint' }),
    )
  })
})

describe('evidence', () => {
  const full = {
    address: 'tanaka@example.jp',
    status: '5.1.1',
    count: 4,
    firstAt: Date.UTC(2026, 7, 1),
    lastAt: Date.UTC(2026, 10, 25),
  }
  test('stands behind the reason, or under its head in any order', () => {
    expect(last('csv', 'tanaka@example.jp,BOUNCE,5.1.1,4,2026-08-01,2026-11-25')).toEqual(address(1, full))
    expect(
      read('csv', 'Last_At,count,name,E-Mail,first,status', '2026-11-25,4,x,tanaka@example.jp,2026-08-01,5.1.1'),
    ).toEqual([{ kind: 'nothing' }, address(2, full)])
  })
  test('of a baseline names what is only a candidate, which is passed over', () => {
    const line = (suppressed: boolean) =>
      `{"address":"tanaka@example.jp","suppressed":${suppressed},"bounces":4,"firstAt":"2026-08-01","lastAt":"2026-11-25","status":"5.1.1","reason":"userUnknown"}`
    expect(last('json', line(false))).toEqual({ kind: 'nothing' })
    expect(last('json', line(true))).toEqual(address(1, { ...full, word: 'userUnknown' }))
  })
  test('that is a sentence is not kept', () => {
    expect(last('csv', 'tanaka@example.jp,BOUNCE,550 tanaka@example.jp unknown')).toEqual(
      address(1, { address: 'tanaka@example.jp' }),
    )
  })
})

describe('a list of Cuenote', () => {
  const head = 'メールアドレス,最終ステータス,エラー回数,最終エラー日時'
  test.each([
    ['tanaka@example.jp,user_unknown,3,2026-11-25', { count: 3, lastAt: Date.UTC(2026, 10, 25) }],
    ['tanaka@example.jp,宛先不明,,', {}],
    ['tanaka@example.jp,迷惑メール報告,,', { word: 'complaint' }],
  ])('takes addresses that are dead or unwilling: %s', (line, more) => {
    expect(last('cuenote', head, line)).toEqual(address(2, { address: 'tanaka@example.jp', ...more }))
  })
  test.each(['success_hopeful', 'deferral', '一時エラー'])('passes over %s', (status) => {
    expect(last('cuenote', head, `tanaka@example.jp,${status},1,`)).toEqual({ kind: 'nothing' })
  })
  test('guesses nothing about a status of tomorrow', () => {
    expect(last('cuenote', head, 'tanaka@example.jp,謎,1,')).toMatchObject({
      kind: 'fault',
      what: 'has a status that Watari does not know',
    })
  })
  test('needs a head', () => {
    expect(last('cuenote', 'tanaka@example.jp,3')).toMatchObject({ what: 'has no column of addresses in its head' })
  })
  test('without a status column is a list of dead addresses', () => {
    expect(last('cuenote', 'メールアドレス,エラー回数', 'tanaka@example.jp,9')).toEqual(
      address(2, { address: 'tanaka@example.jp', count: 9 }),
    )
  })
})

test('a plain list has one address a line, and comments', () => {
  expect(read('plain', '# by sato', '', ' tanaka@example.jp ')).toEqual([
    { kind: 'nothing' },
    { kind: 'nothing' },
    address(3, { address: 'tanaka@example.jp' }),
  ])
})

describe('a line that is not understood', () => {
  test.each<[ImportFormat, string, string]>([
    ['csv', ',BOUNCE', 'names no address'],
    ['csv', 'tanaka@example.jp,{}', 'has a reason that is no word'],
    ['csv', 'tanaka@example.jp,BOUNCE,5.1.1,many', 'has a count that is no number'],
    ['csv', 'tanaka@example.jp,BOUNCE,5.1.1,99999999', 'has a count that is no number'],
    ['csv', 'tanaka@example.jp,BOUNCE,5.1.1,1,yesterday', 'has a date that is none'],
    ['csv', '"tanaka@example.jp,BOUNCE', 'has a quote that does not end'],
    ['json', 'tanaka@example.jp', 'is no JSON object'],
    ['json', '[1]', 'is no JSON object'],
    ['json', '{"reason":"BOUNCE"}', 'names no address'],
    ['plain', `${'x'.repeat(400)}@example.jp`, 'names no address'],
    ['plain', 'x'.repeat(5_000), 'has over 4096 characters'],
  ])('in %s: %s', (format, line, what) => {
    expect(last(format, line)).toMatchObject({ kind: 'fault', what })
  })
})

test('fields that were quoted are read back as they were', () => {
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`
  const text = fc.string({ maxLength: 12 }).filter((field) => !/[\r\n]/.test(field))
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 5 }), (fields) => {
      expect(fieldsOf(fields.map(quoted).join(','))).toEqual(fields)
    }),
  )
})

test('nothing that a file holds breaks a reader', () => {
  const format = fc.constantFrom<ImportFormat>('csv', 'json', 'cuenote', 'plain')
  fc.assert(
    fc.property(format, fc.array(fc.string({ unit: 'binary', maxLength: 40 })), (form, lines) => {
      for (const reading of read(form, ...lines)) expect(['address', 'nothing', 'fault']).toContain(reading.kind)
    }),
  )
})

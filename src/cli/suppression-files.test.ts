// `watari suppression import` and `export` against a control socket with a list in memory.
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { suppressionCli, type SuppressionCli } from '../../test/support/suppression-cli.ts'
import { instantOf } from './import-file.ts'

process.env['TZ'] = 'Asia/Tokyo'
const NOW = Date.UTC(2026, 10, 25, 3)

let cli: SuppressionCli
beforeEach(async () => {
  cli = await suppressionCli(NOW)
})
afterEach(() => cli.close())

const watari = (...args: readonly string[]) => cli.watari(...args)

const file = (name: string, content: string | Uint8Array) => writeFileSync(join(cli.folder, name), content)

describe('a file', () => {
  test('is taken line by line, and what is not understood is told with its number and how to mend it', async () => {
    file(
      'list.csv',
      'tanaka@example.jp,BOUNCE\r\nsuzuki,BOUNCE\r\n"x\r\nSato@Example.JP,COMPLAINT,5.7.1,2,2026/11/01\r\n',
    )
    expect(await watari('import', 'list.csv')).toEqual({
      code: 65,
      out: `list.csv: 4 lines
          2  new
          2  lines not understood
  line 2 names what is no mail address. Write one address such as tanaka@example.jp.
  line 3 has a quote that does not end. Close it; a quote inside a field is written twice.
`,
      error: 'watari: 2 lines were not understood; all others were taken. Mend them and import the file again.\n',
    })
    expect(cli.list.find('sato@example.jp')?.entry).toEqual({
      reason: 'imported',
      evidence: {
        word: 'complaint',
        status: '5.7.1',
        count: 2,
        firstAt: Date.UTC(2026, 9, 31, 15),
        source: 'list.csv',
      },
      addedAt: NOW,
      by: 'sato',
      spelling: 'Sato@Example.JP',
    })
    expect(JSON.stringify(cli.log.lines)).not.toMatch(/tanaka|suzuki|sato@/i)
  })

  test('as a dry run says the same and changes nothing', async () => {
    file('list.txt', 'tanaka@example.jp\n')
    expect((await watari('import', 'list.txt', '--dry-run')).out).toBe('list.txt: 1 lines\n          1  would be new\n')
    expect(cli.list.find('tanaka@example.jp')).toBeUndefined()
  })

  test('given twice, or anew after it was cut, changes nothing more', async () => {
    file('list.txt', 'tanaka@example.jp\nTANAKA@example.jp\n')
    expect((await watari('import', 'list.txt')).out).toBe(
      'list.txt: 2 lines\n          1  new\n          1  on the list\n',
    )
    const before = cli.list.page({ limit: 9 })
    expect((await watari('import', 'list.txt')).out).toContain('          2  on the list\n')
    expect(cli.list.page({ limit: 9 })).toEqual(before)
  })

  test('puts nobody back whom a person took off', async () => {
    file('list.txt', 'tanaka@example.jp\n')
    await watari('import', 'list.txt')
    await watari('remove', 'tanaka@example.jp', '--reason', 'works')
    expect((await watari('import', 'list.txt')).out).toContain(
      '          1  left off, because a person took them off\n',
    )
    expect(cli.list.find('tanaka@example.jp')?.entry).toBeUndefined()
  })

  test('may be packed, and several may be given at once; each is told as a JSON line', async () => {
    file('a.jsonl.gz', gzipSync('{"emailAddress":"a@example.jp","reason":"BOUNCE"}\n'))
    file('b.txt', 'b@example.jp')
    const answer = await watari('import', 'a.jsonl.gz', 'b.txt', '--json')
    const zero = { widened: 0, known: 0, keptOff: 0, passed: 0, faults: 0, firstFaults: [] }
    expect(
      answer.out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([
      { file: 'a.jsonl.gz', lines: 1, added: 1, ...zero },
      { file: 'b.txt', lines: 1, added: 1, ...zero },
    ])
  })
})

describe('a character set', () => {
  // Made by Python: メールアドレス,最終ステータス and tanaka@example.jp,宛先不明 in Shift_JIS.
  const SHIFT_JIS = Buffer.from('8381815b838b83418368838c83582c8dc58f4983588365815b835e83580a', 'hex')
  const line = Buffer.from('74616e616b61406578616d706c652e6a702c88b690e6957396be0a', 'hex')

  test('that is another is refused with what to do, and nothing of the file is taken', async () => {
    file('errors.csv', Buffer.concat([Buffer.from('first@example.jp,BOUNCE\n'), SHIFT_JIS]))
    expect(await watari('import', 'errors.csv')).toEqual({
      code: 65,
      out: '',
      error:
        'watari: errors.csv is not UTF-8. Lists by Cuenote or Excel are often Shift_JIS: add --encoding shift_jis. Nothing of this file was imported.\n',
    })
    expect(cli.list.find('first@example.jp')).toBeUndefined()
  })

  test('that is named is read', async () => {
    file('errors.csv', Buffer.concat([SHIFT_JIS, line]))
    expect(await watari('import', 'errors.csv', '--format', 'cuenote', '--encoding', 'shift_jis')).toMatchObject({
      code: 0,
    })
    expect(cli.list.find('tanaka@example.jp')?.entry).toMatchObject({
      reason: 'imported',
      evidence: { word: 'bounce' },
    })
  })

  test('with a byte order mark is UTF-8 all the same', async () => {
    file('bom.csv', '\ufeffaddress,reason\ntanaka@example.jp,BOUNCE\n')
    expect((await watari('import', 'bom.csv')).code).toBe(0)
    expect(cli.list.find('tanaka@example.jp')).toBeDefined()
  })
})

test.each([
  ['no.csv', 'there is no file no.csv. Check the path.'],
  ['folder', 'folder is a folder. Name the files in it.'],
  ['torn.csv.gz', 'torn.csv.gz is no whole gzip file. Copy it again, or unpack it first.'],
])('%s is refused in words', async (name, message) => {
  mkdirSync(join(cli.folder, 'folder'))
  file('torn.csv.gz', gzipSync('a@example.jp\n'.repeat(999)).subarray(0, 30))
  expect(await watari('import', name)).toEqual({ code: 65, out: '', error: `watari: ${message}\n` })
})

test.each([
  ['2026-11-25T12:00:00+09:00', NOW],
  ['2026-11-25T03:00:00Z', NOW],
  ['2026/11/25 12:00', NOW],
  ['2026-11-25 12:00:00', NOW],
  [String(NOW), NOW],
  ['25.11.2026', undefined],
  ['yesterday', undefined],
  ['2026/13/45', undefined],
])('the instant of %s', (text, at) => {
  expect(instantOf(text)).toBe(at)
})

describe('an export', () => {
  beforeEach(async () => {
    file('in.csv', 'Tanaka@example.jp,BOUNCE,5.1.1,3,,2026-11-01T00:00:00Z\n"""a,b""@example.jp",COMPLAINT\n')
    await watari('import', 'in.csv')
    await watari('add', 'gone@example.jp', '--reason', 'x')
    await watari('remove', 'gone@example.jp', '--reason', 'works')
    await cli.list.change(['tanaka@example.jp'], (record) => ({
      ...record!,
      account: { spelling: 'TANAKA@example.jp', reason: 'BOUNCE', seenAt: 1 },
    }))
  })
  const text = (name: string) => readFileSync(join(cli.folder, 'out', name), 'utf8')

  test('for SES has the spelling that SES knows, its two reasons, and the commands', async () => {
    expect(await watari('export', 'out', '--bucket', 'b1')).toMatchObject({
      code: 0,
      out: '2 addresses in 1 files in out\n',
    })
    expect(readdirSync(join(cli.folder, 'out')).toSorted()).toEqual(['commands.txt', 'suppression-0001.csv'])
    expect(text('suppression-0001.csv')).toBe('"""a,b""@example.jp",COMPLAINT\nTANAKA@example.jp,BOUNCE\n')
    expect(text('commands.txt')).toContain(
      "aws s3 cp suppression-0001.csv s3://b1/suppression/suppression-0001.csv\naws sesv2 create-import-job --region ap-northeast-1 --import-destination 'SuppressionListDestination={SuppressionListImportAction=PUT}' --import-data-source 'S3Url=s3://b1/suppression/suppression-0001.csv,DataFormat=CSV'\n",
    )
    expect(statSync(join(cli.folder, 'out/suppression-0001.csv')).mode & 0o777).toBe(0o600)
    expect(cli.log.lines.filter(({ event }) => event === 'addressesShown')).toMatchObject([
      { fields: { by: 'sato', suppressed: 2 } },
    ])
  })

  test('of what the account lacks, as JSON', async () => {
    await watari('export', 'out', '--missing', '--format', 'ses-json')
    expect(text('suppression-0001.jsonl')).toBe('{"emailAddress":"\\"a,b\\"@example.jp","reason":"COMPLAINT"}\n')
    expect(text('commands.txt')).toContain('DataFormat=JSON')
  })

  test('as CSV has the evidence, and can be imported again', async () => {
    await watari('export', 'out', '--format', 'csv')
    expect(text('suppression-0001.csv')).toBe(`address,reason,status,count,first,last,added,by,why
"""a,b""@example.jp",complaint,,1,,,2026-11-25T03:00:00.000Z,sato,imported
TANAKA@example.jp,bounce,5.1.1,3,,2026-11-01T00:00:00.000Z,2026-11-25T03:00:00.000Z,sato,imported
`)
    expect((await watari('import', 'out/suppression-0001.csv')).out).toContain('          2  on the list\n')
  })

  test('overwrites nothing', async () => {
    await watari('export', 'out')
    expect(await watari('export', 'out')).toMatchObject({
      code: 73,
      error: expect.stringContaining('is there already') as string,
    })
  })

  test('begins a new file after 100,000 lines', async () => {
    const addresses = Array.from({ length: 100_050 }, (_, i) => `p${String(i).padStart(6, '0')}@example.jp`)
    await cli.list.change(addresses, (_, i) => ({
      address: addresses[i]!,
      entry: { reason: 'imported', evidence: { word: 'bounce', count: 1 }, addedAt: NOW, by: 'sato' },
    }))
    expect(await watari('export', 'out')).toMatchObject({ code: 0, out: '100,052 addresses in 2 files in out\n' })
    expect(text('suppression-0001.csv').split('\n')).toHaveLength(100_001)
    expect(text('suppression-0002.csv').split('\n')).toHaveLength(53)
  })
})

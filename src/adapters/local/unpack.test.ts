// What strangers pack: bombs, lies in headers, damage. Zips are made here octet by octet, so that they can lie.
import { deflateRawSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { unpacked } from './unpack.ts'

interface Entry {
  readonly name?: string
  readonly text?: string
  readonly packed?: Buffer
  readonly method?: number
  readonly flags?: number
  /** What the headers claim. */
  readonly size?: number
}

function zip(entries: readonly Entry[], count = entries.length): Buffer {
  const locals: Buffer[] = []
  const directory: Buffer[] = []
  let at = 0
  for (const { name = 'report.xml', text = '<a/>', method = 8, flags = 0, size, packed } of entries) {
    const content = packed ?? (method === 8 ? deflateRawSync(text) : Buffer.from(text))
    const local = Buffer.alloc(30)
    local.writeUInt32BE(0x504b0304, 0)
    local.writeUInt16LE(name.length, 26)
    const central = Buffer.alloc(46)
    central.writeUInt32BE(0x504b0102, 0)
    central.writeUInt16LE(flags, 8)
    central.writeUInt16LE(method, 10)
    central.writeUInt32LE(content.length, 20)
    central.writeUInt32LE(size ?? text.length, 24)
    central.writeUInt16LE(name.length, 28)
    central.writeUInt32LE(at, 42)
    locals.push(local, Buffer.from(name), content)
    directory.push(central, Buffer.from(name))
    at += 30 + name.length + content.length
  }
  const end = Buffer.alloc(22)
  end.writeUInt32BE(0x504b0506, 0)
  end.writeUInt16LE(count, 10)
  end.writeUInt32LE(at, 16)
  return Buffer.concat([...locals, ...directory, end])
}

const reason = async (octets: Buffer) => {
  const result = await unpacked(octets)
  return result.kind === 'texts' ? result.texts : result.reason
}

describe('unpacks', () => {
  test.each<readonly [string, Buffer, readonly string[]]>([
    ['XML as it is', Buffer.from('<a>日本</a>'), ['<a>日本</a>']],
    ['gzip', gzipSync('<a>日本</a>'), ['<a>日本</a>']],
    ['a zip, deflated', zip([{ text: '<b/>' }]), ['<b/>']],
    ['a zip, stored', zip([{ method: 0, text: '<b/>' }]), ['<b/>']],
    ['only reports of a zip', zip([{ name: '__MACOSX/._r.xml' }, { name: 'r.txt' }, { text: '<b/>' }]), ['<b/>']],
    [
      'latin-1, as declared',
      Buffer.from('<?xml version="1.0" encoding="ISO-8859-1"?><a>\u00e9</a>', 'latin1'),
      ['<?xml version="1.0" encoding="ISO-8859-1"?><a>é</a>'],
    ],
    ['utf-16 by its mark', Buffer.from('\ufeff<a/>', 'utf16le'), ['<a/>']],
    [
      'an unknown encoding as utf-8',
      Buffer.from('<?xml version="1.0" encoding="klingon"?><a/>'),
      ['<?xml version="1.0" encoding="klingon"?><a/>'],
    ],
  ])('%s', async (_what, octets, expected) => {
    expect(await reason(octets)).toEqual(expected)
  })
})

const BOMB = Buffer.alloc(200 * 1_048_576, 0x20)

describe('refuses', () => {
  test.each<readonly [string, () => Buffer, string]>([
    ['a gzip bomb', () => gzipSync(BOMB), 'tooLarge'],
    ['a zip bomb that lies about its size', () => zip([{ packed: deflateRawSync(BOMB), size: 10 }]), 'tooLarge'],
    [
      'ten entries that are too much together',
      () => zip(Array.from({ length: 10 }, () => ({ packed: deflateRawSync(BOMB.subarray(0, 2 * 1_048_576)) }))),
      'tooLarge',
    ],
    ['a large plain file', () => BOMB.subarray(0, 17 * 1_048_576), 'tooLarge'],
    ['too many entries', () => zip(Array.from({ length: 11 }, () => ({}))), 'tooManyEntries'],
    ['a lie about the number of entries', () => zip([{}], 9), 'damaged'],
    ['an encrypted entry', () => zip([{ flags: 1 }]), 'encrypted'],
    ['another method', () => zip([{ method: 12 }]), 'damaged'],
    ['a zip without a report', () => zip([{ name: 'r.exe' }]), 'noReport'],
    ['a zip without its end', () => zip([{}]).subarray(0, 40), 'damaged'],
    [
      'an entry behind the file',
      () => zip([{ packed: Buffer.alloc(0) }]).fill(0xff, 34 + 4 + 20, 34 + 4 + 24),
      'damaged',
    ],
    ['a cut gzip', () => gzipSync(zip([{}])).subarray(0, -12), 'damaged'],
    ['one octet', () => Buffer.from('x'), 'damaged'],
    ['nothing', () => Buffer.alloc(0), 'damaged'],
  ])('%s', async (_what, octets, expected) => {
    expect(await reason(octets())).toBe(expected)
  })
})

test('any damage to a zip or a gzip is told and never thrown', async () => {
  const whole = [zip([{ text: '<a>text</a>' }, { method: 0 }]), gzipSync('<a>text</a>')]
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...whole),
      fc.nat(),
      fc.integer({ min: 0, max: 255 }),
      async (octets, at, value) => {
        const damaged = Buffer.from(octets)
        damaged[at % damaged.length] = value
        expect(['texts', 'unreadable']).toContain((await unpacked(damaged)).kind)
      },
    ),
    { numRuns: 500 },
  )
})

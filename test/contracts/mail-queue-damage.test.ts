// What the segment queue does with files that are not as it left them: nothing stops the start, nothing is skipped silently.
import * as fs from 'node:fs'
import * as path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { TestQueue } from './mail-queue.contract.ts'
import { aContent, aMail, aPlan, idOf, START_AT, textOf } from './mail-queue.builders.ts'
import { type SegmentWorld, segmentWorld } from './mail-queue.world.ts'

const LATER = START_AT + 1_000_000
/** One segment a mail, so that a test can damage one of them. */
const ONE_EACH = { segmentBytes: 1, groupBytes: 1 }

let world: SegmentWorld
let queue: TestQueue

beforeEach(async () => {
  world = await segmentWorld()
  world.clock.nowMs = START_AT + 500
})

afterEach(() => world.end())

const filesEnding = (end: string): string[] =>
  fs
    .readdirSync(world.directory)
    .filter((name) => name.endsWith(end))
    .sort()
    .map((name) => path.join(world.directory, name))

const setAside = (): string[] => fs.readdirSync(path.join(world.directory, 'damaged')).sort()

const claimAll = async (): Promise<string[]> =>
  (await queue.claim('ses', LATER, 1_000)).map(
    ({ mailId, content }) => `${mailId} ${textOf(content)?.split('\r\n')[0]}`,
  )

const expected = (...numbers: number[]): string[] => numbers.map((n) => `${idOf(n)} Subject: mail ${n}`)

/** Puts mails 1 to `count` and stops, with or without an orderly close. */
async function filled(count: number, options: { limits?: object; kill?: boolean } = {}): Promise<void> {
  queue = await world.open({ limits: { ...options.limits } })
  for (let n = 1; n <= count; n += 1) await queue.put(aMail(n))
  if (options.kill === true) await world.crash()
  else await queue.close()
}

function damage(file: string, find: string, replace: string): void {
  const bytes = fs.readFileSync(file)
  const at = bytes.indexOf(find)
  expect(at).toBeGreaterThan(0)
  bytes.write(replace, at)
  fs.writeFileSync(file, bytes)
}

describe('the end of the log after a hard stop', () => {
  it('is cut where the last whole record ends, and what is cut is kept and counted', async () => {
    await filled(3, { kill: true })
    const [segment] = filesEnding('.segment')
    const whole = fs.statSync(segment!).size
    fs.appendFileSync(segment!, fs.readFileSync(segment!).subarray(0, 70))
    queue = await world.open()
    expect(await claimAll()).toEqual(expected(1, 2, 3))
    expect(queue.counts().damaged).toBe(1)
    expect(fs.statSync(segment!).size).toBe(whole)
    expect(setAside()).toHaveLength(1)
    expect(fs.statSync(path.join(world.directory, 'damaged', setAside()[0]!)).size).toBe(70)
    expect(world.events).toContain('queueDamaged')
  })

  it('is counted once, however often the queue is opened', async () => {
    await filled(1, { kill: true })
    fs.appendFileSync(filesEnding('.segment')[0]!, 'half a record')
    for (let start = 0; start < 3; start += 1) {
      queue = await world.open()
      expect(queue.counts().damaged).toBe(1)
      await queue.close()
    }
  })

  it('may be anything: the mails before it are there at every length of it', async () => {
    await filled(2, { kill: true })
    const [segment] = filesEnding('.segment')
    const bytes = fs.readFileSync(segment!)
    const second = bytes.lastIndexOf('WQr1')
    for (let length = second + 1; length < bytes.length; length += 1) {
      fs.writeFileSync(segment!, bytes.subarray(0, length))
      for (const file of filesEnding('.rows')) fs.rmSync(file)
      queue = await world.open()
      expect(await claimAll()).toEqual(expected(1))
      expect(queue.counts().damaged).toBeGreaterThan(0)
      await queue.close()
      for (const file of filesEnding('.segment').slice(1)) fs.rmSync(file)
    }
  })

  it('of zeros, as a power cut leaves it, is cut too', async () => {
    await filled(2, { kill: true })
    fs.appendFileSync(filesEnding('.segment')[0]!, Buffer.alloc(5_000))
    queue = await world.open()
    expect(await claimAll()).toEqual(expected(1, 2))
    expect(queue.counts().damaged).toBe(1)
  })
})

describe('a segment that was closed', () => {
  it('gives its mails without its sidecar', async () => {
    await filled(5)
    for (const file of filesEnding('.rows')) fs.rmSync(file)
    queue = await world.open()
    expect(await claimAll()).toEqual(expected(1, 2, 3, 4, 5))
    expect(queue.counts().damaged).toBe(0)
    expect(filesEnding('.rows')).toHaveLength(1)
  })

  it.each([0, 3, 16, 20, 30, 64])('does not trust a sidecar whose octet %i is changed', async (at) => {
    await filled(5)
    const [file] = filesEnding('.rows')
    const bytes = fs.readFileSync(file!)
    bytes[at]! ^= 0xff
    fs.writeFileSync(file!, bytes)
    queue = await world.open()
    expect(await claimAll()).toEqual(expected(1, 2, 3, 4, 5))
    expect(queue.counts().damaged).toBe(0)
  })

  it('does not trust a sidecar that was cut or is empty', async () => {
    await filled(5)
    for (const size of [0, 10, 24, 64]) {
      fs.truncateSync(filesEnding('.rows')[0]!, size)
      queue = await world.open()
      expect(queue.counts().parts.ses.waiting).toBe(5)
      await queue.close()
    }
  })

  it('sets a damaged record aside and goes on at the next one', async () => {
    await filled(5)
    for (const file of filesEnding('.rows')) fs.rmSync(file)
    damage(filesEnding('.segment')[0]!, 'bounce+3@mail', 'bounce+3@mall')
    queue = await world.open()
    expect(queue.counts().damaged).toBe(1)
    expect(await claimAll()).toEqual(expected(1, 2, 4, 5))
    const [name] = setAside()
    expect(fs.readFileSync(path.join(world.directory, 'damaged', name!)).includes('bounce+3@mall')).toBe(true)
    expect(world.events).toEqual(['queueDamaged'])
  })

  it('sets aside a record whose length is damaged and goes on at the next one', async () => {
    await filled(5)
    for (const file of filesEnding('.rows')) fs.rmSync(file)
    const bytes = fs.readFileSync(filesEnding('.segment')[0]!)
    const second = bytes.indexOf('WQr1', 4)
    bytes.writeUInt32LE(0xffff_ffff, second + 8)
    fs.writeFileSync(filesEnding('.segment')[0]!, bytes)
    queue = await world.open()
    expect(await claimAll()).toEqual(expected(1, 3, 4, 5))
    expect(queue.counts().damaged).toBe(1)
  })

  it('quarantines a mail whose content is damaged and still shows its envelope', async () => {
    await filled(3)
    for (const file of filesEnding('.rows')) fs.rmSync(file)
    damage(filesEnding('.segment')[0]!, 'body of 2', 'bady of 2')
    for (let start = 0; start < 2; start += 1) {
      queue = await world.open()
      expect(queue.counts().damaged).toBe(1)
      const [part] = await queue.find(idOf(2))
      expect(part).toMatchObject({
        state: 'quarantined',
        sender: 'bounce+2@mail.example.jp',
        recipients: ['hanako@example.jp'],
      })
      expect(part?.reason).toMatch(/^damaged/)
      expect(await queue.contentOf(idOf(2))).toBeUndefined()
      await queue.close()
    }
    queue = await world.open()
    expect(await claimAll()).toEqual(expected(1, 3))
  })

  it('quarantines at the claim what its sidecar still believed in', async () => {
    await filled(3)
    damage(filesEnding('.segment')[0]!, 'body of 2', 'bady of 2')
    damage(filesEnding('.segment')[0]!, 'bounce+3', 'bonuce+3')
    queue = await world.open()
    expect(queue.counts().damaged).toBe(0)
    expect(await claimAll()).toEqual(expected(1))
    expect(queue.counts().damaged).toBe(2)
    expect(queue.counts().parts.ses).toMatchObject({ quarantined: 2, active: 1 })
    await queue.close()
    queue = await world.open()
    expect(queue.counts().parts.ses).toMatchObject({ quarantined: 2, unclear: 1 })
    expect(await queue.find(idOf(3))).toMatchObject([{ state: 'quarantined', sender: '', recipients: [] }])
    expect(queue.counts().damaged).toBe(2)
    expect(await queue.change({ mailId: idOf(3), part: 1 }, [])).toBe(true)
  })

  it('quarantines a part whose later state is damaged, for its recipients are not known any more', async () => {
    queue = await world.open()
    await queue.put(aMail(1, { parts: [aPlan({ recipients: ['first@x.jp', 'second@x.jp'] })] }))
    const [part] = await queue.claim('ses', LATER, 1)
    await queue.settle(part!, [aPlan({ recipients: ['second@x.jp'], reason: 'first is done' })])
    await queue.close()
    damage(filesEnding('.segment')[0]!, 'first is done', 'first is dome')
    queue = await world.open()
    expect(await queue.claim('ses', LATER, 10)).toEqual([])
    expect(queue.counts().parts.ses.quarantined).toBe(1)
    expect(queue.counts().damaged).toBe(1)
  })

  it('never takes the octets of a record inside a mail for a record', async () => {
    await filled(1)
    const stolen = fs.readFileSync(filesEnding('.segment')[0]!).toString('latin1')
    queue = await world.open()
    await queue.put(aMail(2, { content: { ...aContent(''), ...contentOfLatin1(stolen) } }))
    await queue.close()
    for (const file of filesEnding('.rows')) fs.rmSync(file)
    damage(filesEnding('.segment')[1]!, 'bounce+2', 'bonuce+2')
    queue = await world.open()
    expect(await claimAll()).toEqual(expected(1))
    expect(queue.counts().damaged).toBe(1)
  })
})

function contentOfLatin1(text: string): { chunks: Uint8Array[]; wireSize: number; size: number } {
  const bytes = Uint8Array.from(Buffer.from(text, 'latin1'))
  return { chunks: [bytes], wireSize: bytes.length, size: bytes.length }
}

describe('files that were cut', () => {
  it('to ten octets and to nothing do not stop the start, and the rest drains', async () => {
    await filled(5, { limits: ONE_EACH })
    const segments = filesEnding('.segment')
    fs.truncateSync(segments[1]!, 10)
    fs.truncateSync(segments[3]!, 0)
    for (let start = 0; start < 2; start += 1) {
      queue = await world.open()
      expect(queue.counts().damaged).toBe(2)
      expect(queue.counts().parts.ses).toMatchObject({ waiting: 3, quarantined: 2 })
      await queue.close()
    }
    queue = await world.open()
    expect(await claimAll()).toEqual(expected(1, 3, 5))
    expect((await queue.find(idOf(2)))[0]?.reason).toMatch(/^damaged/)
  })

  it('and have lost their sidecars are set aside and counted too', async () => {
    await filled(5, { limits: ONE_EACH })
    for (const file of filesEnding('.rows')) fs.rmSync(file)
    const segments = filesEnding('.segment')
    fs.truncateSync(segments[1]!, 10)
    fs.truncateSync(segments[3]!, 0)
    for (let start = 0; start < 2; start += 1) {
      queue = await world.open()
      expect(queue.counts().damaged).toBe(2)
      await queue.close()
    }
    queue = await world.open()
    expect(await claimAll()).toEqual(expected(1, 3, 5))
  })

  it('do not bring back a mail whose end they told', async () => {
    queue = await world.open({ limits: ONE_EACH })
    await queue.put(aMail(1))
    await queue.put(aMail(2))
    await queue.change({ mailId: idOf(2), part: 1 }, [])
    await queue.close()
    fs.truncateSync(filesEnding('.segment')[2]!, 10)
    queue = await world.open()
    expect(await claimAll()).toEqual(expected(1))
    expect(await queue.find(idOf(2))).toEqual([])
  })
})

describe('a folder with other things in it', () => {
  it('is opened all the same', async () => {
    await filled(2)
    fs.writeFileSync(path.join(world.directory, 'notes.txt'), 'by a person')
    fs.writeFileSync(path.join(world.directory, '0000000099-00000000.rows'), 'no segment')
    queue = await world.open()
    expect(await claimAll()).toEqual(expected(1, 2))
    expect(fs.existsSync(path.join(world.directory, 'notes.txt'))).toBe(true)
    expect(fs.existsSync(path.join(world.directory, '0000000099-00000000.rows'))).toBe(false)
  })

  it('is refused when a later version wrote into it, rather than read by half', async () => {
    await filled(1, { kill: true })
    const [segment] = filesEnding('.segment')
    fs.appendFileSync(segment!, recordOfKind(9, Number.parseInt(path.basename(segment!).slice(11, 19), 16)))
    await expect(world.open()).rejects.toThrow(/newer version/)
  })
})

/** A whole record of a kind that this version does not know. */
function recordOfKind(kind: number, salt: number): Buffer {
  const header = Buffer.alloc(24)
  header.write('WQr1')
  header.writeUInt32LE(kind, 4)
  header.writeUInt32LE(crc(Buffer.alloc(0), crc(header.subarray(0, 20), salt)), 20)
  return header
}

/** CRC-32 as RFC 1952 8 writes it down, so that the format is proved by other code than its own. */
function crc(bytes: Buffer, before: number): number {
  let value = before ^ 0xffff_ffff
  for (const byte of bytes) {
    value ^= byte
    for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb8_8320 : value >>> 1
  }
  return (value ^ 0xffff_ffff) >>> 0
}

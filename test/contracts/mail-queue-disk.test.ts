// What the segment queue does when the disk says no, and how it gives space back.
import * as fs from 'node:fs'
import * as path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { nodeQueueFiles, type QueueFiles } from '../../src/adapters/local/mail-queue-files.ts'
import type { TestQueue } from './mail-queue.contract.ts'
import { aContent, aMail, aPlan, idOf, START_AT, textOf } from './mail-queue.builders.ts'
import { type SegmentWorld, segmentWorld } from './mail-queue.world.ts'

const LATER = START_AT + 1_000_000

/** A disk that fails when told to. `left` is how many octets still fit. */
interface Disk {
  left: number
  syncFails: boolean
  readFails: boolean
  truncateFails: boolean
  readonly files: QueueFiles
}

function aDisk(): Disk {
  const failure = (code: string): Error => Object.assign(new Error(`injected ${code}`), { code })
  const disk: Disk = {
    left: Infinity,
    syncFails: false,
    readFails: false,
    truncateFails: false,
    files: {
      ...nodeQueueFiles,
      async write(handle, buffers, position) {
        const bytes = Buffer.concat(buffers)
        const fits = bytes.subarray(0, Math.min(bytes.length, disk.left))
        disk.left -= fits.length
        await nodeQueueFiles.write(handle, [fits], position)
        if (fits.length < bytes.length) throw failure('ENOSPC')
      },
      async sync(handle) {
        if (disk.syncFails) throw failure('EIO')
        await nodeQueueFiles.sync(handle)
      },
      async truncate(handle, size) {
        if (disk.truncateFails) throw failure('EIO')
        await nodeQueueFiles.truncate(handle, size)
      },
      async read(handle, buffer, position) {
        if (disk.readFails) throw failure('EIO')
        return nodeQueueFiles.read(handle, buffer, position)
      },
    },
  }
  return disk
}

let world: SegmentWorld
let disk: Disk
let queue: TestQueue

beforeEach(async () => {
  disk = aDisk()
  world = await segmentWorld({ files: disk.files })
  world.clock.nowMs = START_AT + 500
})

afterEach(async () => {
  Object.assign(disk, { left: Infinity, syncFails: false, readFails: false, truncateFails: false })
  await world.end()
})

const filesEnding = (end: string): string[] =>
  fs
    .readdirSync(world.directory)
    .filter((name) => name.endsWith(end))
    .sort()

const claimNumbers = async (limit = 1_000): Promise<string[]> =>
  (await queue.claim('ses', LATER, limit)).map(
    ({ mailId, content }) => `${mailId} ${textOf(content)?.split('\r\n')[0]}`,
  )

const expected = (...numbers: number[]): string[] => numbers.map((n) => `${idOf(n)} Subject: mail ${n}`)

describe('a full disk', () => {
  it('rejects the mail, keeps nothing of it, and takes the next when there is room', async () => {
    queue = await world.open()
    await queue.put(aMail(1))
    const before = queue.counts().diskBytes
    disk.left = 100
    await expect(queue.put(aMail(2))).rejects.toMatchObject({ code: 'ENOSPC' })
    expect(await queue.find(idOf(2))).toEqual([])
    expect(queue.counts().diskBytes).toBe(before)
    expect(world.events).toEqual(['queueWriteFailed'])
    disk.left = Infinity
    await queue.put(aMail(3))
    expect(await claimNumbers()).toEqual(expected(1, 3))
    await world.crash()
    queue = await world.open()
    expect(queue.counts()).toMatchObject({ damaged: 0 })
    expect(await queue.find(idOf(2))).toEqual([])
  })

  it('raises one alarm for one incident, and another for the next', async () => {
    queue = await world.open()
    disk.left = 0
    for (const n of [1, 2, 3]) await expect(queue.put(aMail(n))).rejects.toThrow()
    expect(world.events).toEqual(['queueWriteFailed'])
    disk.left = Infinity
    await queue.put(aMail(4))
    disk.left = 0
    await expect(queue.put(aMail(5))).rejects.toThrow()
    expect(world.events).toEqual(['queueWriteFailed', 'queueWriteFailed'])
  })

  it('still lets out what it holds: a claim goes through while mail is refused beside it', async () => {
    queue = await world.open()
    await queue.put(aMail(1))
    disk.left = 400
    const big = queue.put(aMail(2, { content: aContent('x'.repeat(5_000)) }))
    const claim = claimNumbers()
    await expect(big).rejects.toMatchObject({ code: 'ENOSPC' })
    disk.left = 400
    expect(await claim.catch(() => claimNumbers())).toEqual(expected(1))
  })

  it('gives a part back when its claim could not be written', async () => {
    queue = await world.open()
    await queue.put(aMail(1))
    disk.left = 0
    await expect(queue.claim('ses', LATER, 1)).rejects.toMatchObject({ code: 'ENOSPC' })
    expect(queue.counts().parts.ses).toMatchObject({ waiting: 1, active: 0 })
    expect(queue.nextDueAt('ses')).toBe(START_AT + 1)
    disk.left = Infinity
    expect(await claimNumbers()).toEqual(expected(1))
  })

  it('undoes a change that could not be written', async () => {
    queue = await world.open()
    await queue.put(aMail(1))
    disk.left = 0
    await expect(queue.change({ mailId: idOf(1), part: 1 }, [])).rejects.toMatchObject({ code: 'ENOSPC' })
    disk.left = Infinity
    expect(await queue.find(idOf(1))).toMatchObject([{ state: 'waiting' }])
    expect(await claimNumbers()).toEqual(expected(1))
  })

  it('remembers what was delivered until it can be written', async () => {
    queue = await world.open({ limits: { retryCommitMs: 5 } })
    await queue.put(aMail(1))
    await queue.put(aMail(2))
    const [first, second] = await queue.claim('ses', LATER, 2)
    disk.left = 0
    const settled = [
      queue.settle(first!, []),
      queue.settle(second!, [aPlan({ recipients: ['left@x.jp'], dueAt: LATER })]),
    ]
    await expect(queue.put(aMail(3))).rejects.toThrow()
    expect(await queue.claim('ses', LATER, 10)).toEqual([])
    disk.left = Infinity
    await Promise.all(settled)
    expect(await queue.find(idOf(1))).toEqual([])
    expect(await queue.claim('ses', LATER, 10)).toMatchObject([{ mailId: idOf(2), recipients: ['left@x.jp'] }])
    await world.crash()
    queue = await world.open()
    expect(await queue.find(idOf(1))).toEqual([])
  })

  it('that does not mend is told by close, and the part is unclear at the next start', async () => {
    queue = await world.open({ limits: { retryCommitMs: 60_000 } })
    await queue.put(aMail(1))
    const [first] = await queue.claim('ses', LATER, 1)
    disk.left = 0
    void queue.settle(first!, [])
    await expect(queue.close()).rejects.toThrow(/could not be written/)
    disk.left = Infinity
    queue = await world.open()
    expect(await queue.find(idOf(1))).toMatchObject([{ state: 'unclear' }])
  })
})

describe('a failed sync', () => {
  it('rejects the mail and never appends to that file again', async () => {
    queue = await world.open()
    await queue.put(aMail(1))
    const size = fs.statSync(path.join(world.directory, filesEnding('.segment')[0]!)).size
    disk.syncFails = true
    await expect(queue.put(aMail(2))).rejects.toMatchObject({ code: 'EIO' })
    disk.syncFails = false
    await queue.put(aMail(3))
    const segments = filesEnding('.segment')
    expect(segments).toHaveLength(2)
    expect(fs.statSync(path.join(world.directory, segments[0]!)).size).toBe(size)
    await world.crash()
    queue = await world.open()
    expect(await claimNumbers()).toEqual(expected(1, 3))
    expect(queue.counts().damaged).toBe(0)
  })

  it('keeps nothing of the mail even when the file cannot be cut', async () => {
    queue = await world.open()
    await queue.put(aMail(1))
    Object.assign(disk, { syncFails: true, truncateFails: true })
    await expect(queue.put(aMail(2))).rejects.toMatchObject({ code: 'EIO' })
    Object.assign(disk, { syncFails: false, truncateFails: false })
    await queue.put(aMail(3))
    await queue.close()
    queue = await world.open()
    expect(await claimNumbers()).toEqual(expected(1, 3))
  })
})

describe('a failed read', () => {
  it('says nothing about the mail: the part is due again after a while', async () => {
    queue = await world.open({ limits: { cacheBytes: 0, retryReadMs: 7_000 } })
    await queue.put(aMail(1))
    disk.readFails = true
    expect(await claimNumbers()).toEqual([])
    expect(world.events).toEqual(['queueReadFailed'])
    disk.readFails = false
    expect(queue.counts().parts.ses).toMatchObject({ waiting: 1, quarantined: 0 })
    expect(queue.nextDueAt('ses')).toBe(START_AT + 500 + 7_000)
    expect(await claimNumbers()).toEqual(expected(1))
  })
})

describe('space', () => {
  /** Lets the reclaiming that goes on behind the commits come to its end. */
  async function until(condition: () => boolean): Promise<void> {
    for (let turn = 0; turn < 2_000 && !condition(); turn += 1) await new Promise((resolve) => setImmediate(resolve))
    expect(condition()).toBe(true)
  }

  const aBigMail = (n: number) => aMail(n, { content: aContent(`Subject: mail ${n}\r\n\r\n${'x'.repeat(10_000)}`) })

  async function throughput(from: number, to: number): Promise<void> {
    for (let n = from; n <= to; n += 1) {
      await queue.put(aBigMail(n))
      for (const part of await queue.claim('ses', LATER, 10)) await queue.settle(part, [])
    }
  }

  it('of settled mails is given back', async () => {
    queue = await world.open({ limits: { segmentBytes: 100_000 } })
    await throughput(1, 100)
    await until(() => filesEnding('.segment').length <= 2)
    expect(queue.counts().diskBytes).toBeLessThan(250_000)
    expect(filesEnding('.rows').length).toBeLessThanOrEqual(2)
  })

  it('is given back though a few stuck mails are older than all else, and they stay whole', async () => {
    queue = await world.open({ limits: { segmentBytes: 100_000, deadBytes: 300_000 } })
    await queue.put(aBigMail(1))
    await queue.change({ mailId: idOf(1), part: 1 }, [
      aPlan({ state: 'held', recipients: ['one@x.jp'], reason: 'operator: wait' }),
      aPlan({ route: 'legacy', recipients: ['two@x.jp'], dueAt: LATER + 1, attempts: 3, reason: 'deferred: later' }),
    ])
    let most = 0
    for (let n = 2; n <= 400; n += 1) {
      await throughput(n, n)
      most = Math.max(most, queue.counts().diskBytes)
    }
    expect(most).toBeLessThan(1_500_000)
    const stuck = [
      {
        part: 2,
        state: 'held',
        recipients: ['one@x.jp'],
        reason: 'operator: wait',
        sender: 'bounce+1@mail.example.jp',
      },
      { part: 3, route: 'legacy', state: 'waiting', recipients: ['two@x.jp'], attempts: 3, reason: 'deferred: later' },
    ]
    expect(await queue.find(idOf(1))).toMatchObject(stuck)
    expect(Number(filesEnding('.segment')[0]!.slice(0, 10))).toBeGreaterThan(5)
    await world.crash()
    queue = await world.open()
    expect(await queue.find(idOf(1))).toMatchObject(stuck)
    expect(textOf(await queue.contentOf(idOf(1)))).toMatch(/^Subject: mail 1\r\n\r\nx{10000}$/)
    expect((await queue.list({ limit: 10 })).parts.map(({ mailId, part }) => [mailId, part])).toEqual([
      [idOf(1), 2],
      [idOf(1), 3],
    ])
  })

  it('keeps a mail that was moved once, whatever of old and new place a crash leaves', async () => {
    queue = await world.open({ limits: { segmentBytes: 100_000, deadBytes: 300_000 } })
    await queue.put(aBigMail(1))
    await queue.change({ mailId: idOf(1), part: 1 }, [aPlan({ state: 'held' })])
    const old = filesEnding('.segment')[0]!
    fs.copyFileSync(path.join(world.directory, old), path.join(world.directory, 'kept'))
    await throughput(2, 200)
    await until(() => !filesEnding('.segment').includes(old))
    await queue.close()
    fs.renameSync(path.join(world.directory, 'kept'), path.join(world.directory, old))
    queue = await world.open()
    expect(await queue.find(idOf(1))).toMatchObject([{ part: 1, state: 'held' }])
    expect(queue.counts().parts.ses).toMatchObject({ waiting: 0, held: 1, unclear: 0 })
  })

  it('is given back though a stuck mail is damaged, and nothing empty is sent in its place', async () => {
    queue = await world.open({ limits: { segmentBytes: 100_000, deadBytes: 300_000, cacheBytes: 0 } })
    await queue.put(aBigMail(1))
    await queue.change({ mailId: idOf(1), part: 1 }, [aPlan({ state: 'held' })])
    const old = path.join(world.directory, filesEnding('.segment')[0]!)
    const bytes = fs.readFileSync(old)
    bytes[bytes.indexOf('xxxx')] = 0x79
    fs.writeFileSync(old, bytes)
    await throughput(2, 200)
    await until(() => !fs.existsSync(old))
    expect(queue.counts()).toMatchObject({ damaged: 1, parts: { ses: { quarantined: 1 } } })
    await queue.close()
    for (const file of filesEnding('.rows')) fs.rmSync(path.join(world.directory, file))
    queue = await world.open()
    expect(queue.counts()).toMatchObject({ damaged: 1, parts: { ses: { quarantined: 1 } } })
    const [part] = await queue.find(idOf(1))
    expect(part).toMatchObject({ state: 'quarantined', recipients: ['hanako@example.jp'] })
    expect(await queue.contentOf(idOf(1))).toBeUndefined()
    await queue.change(part!, [aPlan()])
    expect(await queue.claim('ses', LATER, 10)).toEqual([])
    expect(queue.counts().parts.ses.quarantined).toBe(1)
  })
})

describe('two processes', () => {
  it('cannot have one queue: the second is told what to do, and the first goes on', async () => {
    queue = await world.open()
    await expect(world.open()).rejects.toThrow(/in use by process \d+: stop that gateway/)
    await queue.put(aMail(1))
    await queue.close()
    queue = await world.open()
    expect(await claimNumbers()).toEqual(expected(1))
  })

  it.each([
    ['of a process that is gone', '999999999 boot start\n'],
    ['of a process whose number another one has now', `${process.pid} another-boot 1\n`],
    ['that was torn', ''],
  ])('do not stop each other by a lock %s', async (_what, lock) => {
    fs.mkdirSync(world.directory, { recursive: true })
    fs.writeFileSync(path.join(world.directory, 'lock'), lock)
    queue = await world.open()
    await queue.put(aMail(1))
    expect(fs.readFileSync(path.join(world.directory, 'lock'), 'utf8')).toMatch(new RegExp(`^${process.pid} `))
    await queue.close()
    expect(fs.existsSync(path.join(world.directory, 'lock'))).toBe(false)
  })
})

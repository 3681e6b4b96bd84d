// Following logs: rotation, truncation, a restart, syslog in every framing, and what becomes of the figures.
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { appendFileSync, mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { fakeClock, type FakeClock } from '../../../test/support/fakes.ts'
import type { FigureSink } from '../../core/base/figures.ts'
import type { FilePosition } from './follow-file.ts'
import { followLogs, type FollowedLogs, type FollowOptions } from './follow.ts'
import { SyslogFrames, syslogLine } from './syslog-message.ts'

const NOW = Date.parse('2026-11-25T12:00:00+09:00')
let folder: string
let file: string
let followed: FollowedLogs | undefined
let counts: string[]
let alarms: string[]
let kept: Readonly<Record<string, FilePosition>>
let clock: FakeClock

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'watari-follow-'))
  file = join(folder, 'mail.log')
  counts = []
  alarms = []
  kept = {}
  clock = fakeClock(NOW)
})
afterEach(async () => {
  await followed?.stop()
  followed = undefined
  rmSync(folder, { recursive: true })
})

const figures: FigureSink = {
  count: (_, { route, domain, stream }, what, by = 1) => void counts.push(`${route} ${domain} ${stream} ${what} ${by}`),
  latency: (_, { domain }, kind, ms) => void counts.push(`${domain} ${kind} ${ms}`),
}

async function follow(more: Partial<FollowOptions> = {}): Promise<FollowedLogs> {
  const log = {
    debug() {},
    info: (event: string) => void alarms.push(event),
    warn() {},
    alarm: (event: string) => void alarms.push(event),
  }
  followed = await followLogs({
    files: [file],
    zone: 'Asia/Tokyo',
    isGateway: (address) => address === '192.0.2.1',
    silentMs: 60_000,
    figures,
    clock,
    log,
    positions: kept,
    keep: async (positions) => void (kept = positions),
    ...more,
  })
  return followed
}

const STAMP = 'Nov 25 11:59:59 mx1 postfix'
const sent = (id: string, to = 'u@example.net') =>
  `${STAMP}/smtp[1]: ${id}: to=<${to}>, relay=mx.example.net[192.0.2.5]:25, delay=2, delays=0/0/0/2, dsn=2.0.0, status=sent (250 ok)\n`
const active = (id: string) => `${STAMP}/qmgr[1]: ${id}: from=<news@goo.ne.jp>, size=900, nrcpt=1 (queue active)\n`
const client = (id: string, address: string) => `${STAMP}/smtpd[1]: ${id}: client=app[${address}]\n`
const DIRECT = ['legacy example.net  delivered 1', 'legacy example.net  sent 1', 'example.net delivery 2000']

describe('outcomes', () => {
  test('of mail that clients gave to the host are sent as well', async () => {
    writeFileSync(file, '')
    const logs = await follow()
    appendFileSync(file, client('A1', '192.0.2.9') + active('A1') + sent('A1'))
    await logs.look()
    expect(counts).toEqual([
      'legacy example.net goo.ne.jp delivered 1',
      'legacy example.net goo.ne.jp sent 1',
      'example.net delivery 2000',
    ])
  })

  test('of mail that a gateway gave are not, because it was counted then', async () => {
    writeFileSync(file, '')
    const logs = await follow()
    appendFileSync(file, client('A1', '192.0.2.1') + active('A1') + sent('A1'))
    await logs.look()
    expect(counts).toEqual(['legacy example.net goo.ne.jp delivered 1', 'example.net delivery 2000'])
  })

  test('that are deferred, refused and given up have their words', async () => {
    writeFileSync(file, '')
    const logs = await follow()
    appendFileSync(
      file,
      active('A1') +
        sent('A1').replace('sent (250 ok)', 'deferred (connect to x: Connection refused)') +
        `${STAMP}/qmgr[1]: A1: from=<news@goo.ne.jp>, status=expired, returned to sender\n` +
        sent('A2').replace('sent (250 ok)', 'bounced (no)'),
    )
    await logs.look()
    expect(counts).toEqual([
      'legacy example.net goo.ne.jp delayed 1',
      'legacy example.net goo.ne.jp softBounced 1',
      'legacy example.net goo.ne.jp sent 1',
      'legacy example.net  hardBounced 1',
      'legacy example.net  sent 1',
    ])
  })
})

describe('a file', () => {
  test('that is there at the first start is followed from its end, lines cut anywhere', async () => {
    writeFileSync(file, sent('OLD'.replace('OLD', 'A0')))
    const logs = await follow()
    const line = sent('A1')
    appendFileSync(file, line.slice(0, 50))
    await logs.look()
    expect(counts).toEqual([])
    appendFileSync(file, line.slice(50))
    await logs.look()
    expect(counts).toEqual(DIRECT)
  })

  test('that is renamed is read to its end, then the new one from its beginning', async () => {
    writeFileSync(file, '')
    const logs = await follow()
    renameSync(file, `${file}.1`)
    appendFileSync(`${file}.1`, sent('A1'))
    writeFileSync(file, sent('A2'))
    await logs.look()
    await logs.look()
    expect(counts).toEqual([...DIRECT, ...DIRECT])
  })

  test('that is truncated is read from its beginning, even when it has grown past the old place', async () => {
    writeFileSync(file, '')
    const logs = await follow()
    appendFileSync(file, sent('A1'))
    await logs.look()
    truncateSync(file)
    appendFileSync(file, sent('B1', 'other@example.org') + sent('B2', 'other@example.org'))
    await logs.look()
    expect(counts.filter((count) => count.includes('delivered'))).toEqual([
      'legacy example.net  delivered 1',
      'legacy example.org  delivered 1',
      'legacy example.org  delivered 1',
    ])
  })

  test.each([
    ['under its own name', () => {}],
    [
      'under a rotated name',
      () => {
        renameSync(file, `${file}.1`)
        writeFileSync(file, sent('A3'))
      },
    ],
  ])('is taken up where it was left, %s', async (_, rotate) => {
    writeFileSync(file, '')
    const before = await follow()
    appendFileSync(file, sent('A1') + sent('A9').slice(0, 20))
    await before.look()
    await before.stop()
    followed = undefined
    appendFileSync(file, sent('A9').slice(20))
    rotate()
    const logs = await follow()
    await logs.look()
    await logs.look()
    const expected = rotate.toString().includes('renameSync') ? 3 : 2
    expect(counts.filter((count) => count.includes('delivered'))).toHaveLength(expected)
  })

  test('that is missing or silent is dead: one alarm, and one word when it is back', async () => {
    const logs = await follow()
    await logs.look()
    expect(logs.status()).toMatchObject({ dead: 1, sources: [{ state: 'missing', lines: 0 }] })
    await clock.advance(61_000)
    await logs.look()
    await logs.look()
    expect(alarms).toEqual(['legacyLogDead'])
    writeFileSync(file, sent('A1'))
    await logs.look()
    expect(alarms).toEqual(['legacyLogDead', 'legacyLogBack'])
    expect(logs.status()).toMatchObject({ dead: 0, outcomes: 1, sources: [{ state: 'following', lines: 1 }] })
    await clock.advance(61_000)
    expect(logs.status().sources).toMatchObject([{ state: 'silent' }])
  })
})

describe('syslog', () => {
  const syslog = { host: '127.0.0.1', port: 0, allows: (address: string) => address === '127.0.0.1' }
  const line = sent('A1').trimEnd()
  const newer = `<22>1 2026-11-25T11:59:59.123+09:00 mx2 postfix/smtp 7 - [a@1 b="x\\]"] ${line.slice(line.indexOf('A1:'))}`

  test('is heard by UDP and TCP, in counted octets and in lines, old and new', async () => {
    const logs = await follow({ files: [], syslog })
    const port = Number(logs.address!.split(':')[1])
    const datagrams = createSocket('udp4')
    datagrams.send(`<22>${line}`, port, '127.0.0.1')
    const socket = connect(port, '127.0.0.1')
    await once(socket, 'connect')
    socket.end(`<22>${line}\n${newer.length} ${newer}<22>${line}\nrubbish\n`)
    await expect.poll(() => counts.filter((count) => count.includes('delivered')).length).toBe(4)
    await expect.poll(() => logs.status().refused).toBe(1)
    datagrams.close()
    expect(
      logs
        .status()
        .sources.map(({ name, lines }) => [name, lines])
        .toSorted(),
    ).toEqual([
      ['mx1', 3],
      ['mx2', 1],
    ])
  })

  test('of somebody who is not listed is not heard', async () => {
    const logs = await follow({ files: [], syslog: { ...syslog, allows: () => false } })
    const port = Number(logs.address!.split(':')[1])
    const datagrams = createSocket('udp4')
    datagrams.send(`<22>${line}`, port, '127.0.0.1')
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => {})
    await expect.poll(() => logs.status().refused).toBe(2)
    datagrams.close()
    socket.destroy()
    expect(logs.status().lines).toBe(0)
  })

  test.each([
    [`<22>${line}`, line],
    ['<22>1 2026-11-25T11:59:59Z h p 7 - - text', '2026-11-25T11:59:59Z h p[7]: text'],
    ['<22>1 - h p - - - \u00ef\u00bb\u00bftext', '2026-11-25T03:00:00.000Z h p: text'],
    ['<22>1 2026-11-25T11:59:59Z h p 7 - [a b="', undefined],
    ['no priority', undefined],
    ['<22>', undefined],
  ])('%s is a line', (message, expected) => {
    expect(syslogLine(message, NOW)).toBe(expected)
  })

  test('frames are the same however the stream is cut', () => {
    const messages = [`<22>${line}`, newer, '<1>x']
    const stream = Buffer.from(`${messages[0]}\n${messages[1]!.length} ${messages[1]}${messages[2]}\n`)
    fc.assert(
      fc.property(fc.array(fc.nat(stream.length), { maxLength: 8 }), (cuts) => {
        const heard: string[] = []
        const frames = new SyslogFrames((message) => void heard.push(message))
        const places = [0, ...cuts.toSorted((a, b) => a - b), stream.length]
        for (let i = 1; i < places.length; i += 1) frames.push(stream.subarray(places[i - 1], places[i]))
        expect(heard).toEqual(messages)
      }),
    )
  })

  test('a stream without an end of line is given up', () => {
    const frames = new SyslogFrames(() => {})
    expect(frames.push(Buffer.alloc(70_000, 'x'))).toBe(false)
    expect(new SyslogFrames(() => {}).push(Buffer.from('999999 <22>x'))).toBe(false)
  })
})

import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { fakeClock } from '../../../test/support/fakes.ts'
import { openZoneFile, type ZoneFileOptions } from './zone-file.ts'
import { nextSerial } from './zone-apex.ts'

const NAME = 's1.dkim.example'
const STARTED_AT = Date.UTC(2026, 10, 25)
const STARTED_SECONDS = 1_795_564_800
let folder = ''
let path = ''
let troubles: string[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'watari-zone-'))
  path = join(folder, 'dkim.example.zone')
  troubles = []
})
afterEach(() => rmSync(folder, { recursive: true }))

const clock = fakeClock(STARTED_AT)
const open = (options: Partial<ZoneFileOptions> = {}) =>
  openZoneFile({
    path,
    apex: 'DKIM.example.',
    nameServers: [{ name: 'ns1.dkim.example', addresses: ['192.0.2.1', '2001:db8::1'] }],
    contact: 'dns@goo.example',
    clock,
    onTrouble: (message) => void troubles.push(message),
    ...options,
  })
const put = (zone: Awaited<ReturnType<typeof open>>, text: string) => zone.put({ name: NAME, text, ttlSeconds: 300 })
const serialOf = async (zone: Awaited<ReturnType<typeof open>>) => (await zone.contents()).soa.serial
const textOf = async (zone: Awaited<ReturnType<typeof open>>) => {
  const [record] = await zone.read({ name: NAME, type: 'TXT' })
  return record?.type === 'TXT' ? record.strings.join('') : undefined
}

describe('the file of a zone', () => {
  test('begins with SOA, name servers and their addresses', async () => {
    await open()
    expect(readFileSync(path, 'utf8').split('\n').slice(1, -2)).toEqual([
      `dkim.example. 3600 IN SOA ns1.dkim.example. dns.goo.example. ${STARTED_SECONDS} 3600 600 1209600 60`,
      'dkim.example. 3600 IN NS ns1.dkim.example.',
      'ns1.dkim.example. 3600 IN A 192.0.2.1',
      'ns1.dkim.example. 3600 IN AAAA 2001:db8::1',
    ])
  })

  test('has no address of a name server that is not in the zone', async () => {
    await open({ nameServers: [{ name: 'ns.other.example', addresses: [] }] })
    expect(readFileSync(path, 'utf8')).not.toMatch(/ IN A /)
  })

  test('has a higher serial after every change, and the same after none', async () => {
    const zone = await open()
    const begun = await serialOf(zone)
    await put(zone, 'a')
    expect(await serialOf(zone)).toBe(begun + 1)
    await put(zone, 'a')
    expect(await serialOf(zone)).toBe(begun + 1)
    await zone.remove('not-there.dkim.example')
    expect(await serialOf(zone)).toBe(begun + 1)
    await zone.remove(NAME)
    expect(await serialOf(zone)).toBe(begun + 2)
    expect(await serialOf(await open())).toBe(begun + 2)
  })

  test.each([
    [0, STARTED_SECONDS],
    [STARTED_SECONDS - 1, STARTED_SECONDS],
    [STARTED_SECONDS, STARTED_SECONDS + 1],
    [STARTED_SECONDS + 9, STARTED_SECONDS + 10],
    [0xffff_ffff, 1],
  ])('follows the serial %i by %i', (serial, next) => {
    expect(nextSerial(serial, STARTED_AT)).toBe(next)
  })

  test('counts on after 2106, when seconds no longer fit', () => {
    expect(nextSerial(4_294_967_290, 4_300_000_000_000)).toBe(4_294_967_291)
    expect(nextSerial(0, 4_300_000_000_000)).toBe(1)
  })

  test('is as it was after a crash that left half a new one beside it', async () => {
    await put(await open(), 'kept')
    writeFileSync(`${path}.new`, readFileSync(path).subarray(0, 90))
    const zone = await open()
    expect(await textOf(zone)).toBe('kept')
    await put(zone, 'next')
    expect(await textOf(await open())).toBe('next')
    expect(readdirSync(folder)).toEqual(['dkim.example.zone'])
  })

  test('is read again when another process has replaced it', async () => {
    const reader = await open()
    const writer = await open()
    await put(writer, 'from elsewhere')
    expect(await textOf(reader)).toBe('from elsewhere')
  })

  test('shows a change to whoever asks after it, however many ask meanwhile', async () => {
    const zone = await open()
    for (let i = 0; i < 20; i += 1) {
      const asking = Array.from({ length: 10 }, () => zone.contents())
      await put(zone, `text ${i}`)
      expect(await textOf(zone)).toBe(`text ${i}`)
      await Promise.all(asking)
    }
    expect(await serialOf(zone)).toBe(STARTED_SECONDS + 20)
  })

  test('takes over name servers and contact when the plan has changed, and keeps its texts', async () => {
    const zone = await open()
    await put(zone, 'kept')
    const begun = await serialOf(zone)
    const changed = await open({
      nameServers: [{ name: 'ns9.other.example', addresses: [] }],
      contact: 'x@other.example',
    })
    expect(readFileSync(path, 'utf8')).toContain(`SOA ns9.other.example. x.other.example. ${begun + 1} `)
    expect(readFileSync(path, 'utf8')).not.toContain('ns1.dkim.example')
    expect(await textOf(changed)).toBe('kept')
  })

  test('keeps what it had when the file is damaged under it, says so once, and mends it at the next change', async () => {
    const zone = await open()
    await put(zone, 'kept')
    writeFileSync(path, 'dkim.example. IN SOA rubbish\n')
    expect(await textOf(zone)).toBe('kept')
    expect(await textOf(zone)).toBe('kept')
    expect(troubles).toEqual([expect.stringMatching(/dkim\.example\.zone: the zone file is cut short\. Restore it/)])
    await put(zone, 'kept')
    expect(await textOf(await open())).toBe('kept')
    expect(troubles).toHaveLength(1)
  })

  test('is written anew when it was taken away', async () => {
    const zone = await open()
    await put(zone, 'kept')
    renameSync(path, join(folder, 'away'))
    expect(await textOf(zone)).toBe('kept')
    expect(troubles).toEqual([expect.stringMatching(/is gone/)])
    await put(zone, 'kept')
    expect(await textOf(await open())).toBe('kept')
  })

  test('is not opened when it is damaged: serving half of it would deny the other half', async () => {
    writeFileSync(path, 'rubbish\n')
    await expect(open()).rejects.toThrow(/Restore it from a backup/)
  })

  test('is not opened without a name server, a needed address or a contact', async () => {
    await expect(open({ nameServers: [] })).rejects.toThrow(/needs a name server/)
    await expect(open({ nameServers: [{ name: 'ns.dkim.example', addresses: [] }] })).rejects.toThrow(
      /needs an address/,
    )
    for (const contact of ['dns', 'a.b@goo.example', '@goo.example', 'dns@']) {
      await expect(open({ contact })).rejects.toThrow(/mailbox@domain/)
    }
  })

  test('keeps its old text when the disk refuses the new one', async () => {
    const zone = await open()
    await put(zone, 'kept')
    rmSync(`${path}.new`, { force: true })
    // A folder in the place of the temporary file: it can be neither opened nor replaced.
    const { mkdirSync } = await import('node:fs')
    mkdirSync(`${path}.new`)
    await expect(put(zone, 'lost')).rejects.toThrow()
    expect(await textOf(zone)).toBe('kept')
    rmSync(`${path}.new`, { recursive: true })
    await put(zone, 'next')
    expect(await textOf(zone)).toBe('next')
  })
})

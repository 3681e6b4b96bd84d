// What every Zone promises, wherever it is kept: records are replaced whole, read back as they will be answered, and refused
// with a sentence when a name or value cannot be.
import { describe, expect, it } from 'vitest'
import type { Zone } from '../../src/core/base/dns.ts'

export interface ZoneUnderTest {
  /** Opens the same zone again, as a restart does. Its apex is dkim.example. */
  readonly reopen: () => Promise<Zone>
  readonly remove: () => Promise<void>
}

const NAME = 's1.goo.dkim.example'

export function zoneContract(title: string, make: () => Promise<ZoneUnderTest>): void {
  const withZone = (test: (parts: ZoneUnderTest & { readonly zone: Zone }) => Promise<void>) => async () => {
    const parts = await make()
    try {
      await test({ ...parts, zone: await parts.reopen() })
    } finally {
      await parts.remove()
    }
  }
  const textOf = (zone: Zone, name = NAME) => zone.read({ name, type: 'TXT' })

  describe(`${title} as a zone`, () => {
    it(
      'begins with its SOA and name servers, and no text',
      withZone(async ({ zone }) => {
        expect(zone.apex).toBe('dkim.example')
        expect(await zone.read({ name: 'dkim.example', type: 'SOA' })).toHaveLength(1)
        expect((await zone.read({ name: 'dkim.example', type: 'NS' })).length).toBeGreaterThan(0)
        expect(await textOf(zone)).toEqual([])
      }),
    )

    it(
      'keeps a text over a restart',
      withZone(async ({ zone, reopen }) => {
        await zone.put({ name: NAME, text: 'v=DKIM1; k=rsa; p=MIIB', ttlSeconds: 300 })
        const expected = [{ name: NAME, type: 'TXT', ttlSeconds: 300, strings: ['v=DKIM1; k=rsa; p=MIIB'] }]
        expect(await textOf(zone)).toEqual(expected)
        expect(await textOf(await reopen())).toEqual(expected)
      }),
    )

    it(
      'replaces the text of a name, and never has two',
      withZone(async ({ zone }) => {
        await zone.put({ name: NAME, text: 'old', ttlSeconds: 300 })
        await zone.put({ name: NAME, text: 'new', ttlSeconds: 60 })
        expect(await textOf(zone)).toEqual([{ name: NAME, type: 'TXT', ttlSeconds: 60, strings: ['new'] }])
      }),
    )

    it(
      'splits a text into strings of at most 255 octets that join to it again',
      withZone(async ({ zone }) => {
        await zone.put({ name: NAME, text: 'a'.repeat(255) + 'b'.repeat(255) + 'c', ttlSeconds: 300 })
        const [record] = await textOf(zone)
        expect(record).toMatchObject({ strings: ['a'.repeat(255), 'b'.repeat(255), 'c'] })
      }),
    )

    for (const text of ['', '"', '\\', '\\"', '\\065', 'a;b', ' spaced  out ', '\u0000\u00ff\n', 'x'.repeat(4_000)]) {
      it(
        `gives back ${JSON.stringify(text.length > 20 ? `${text.length} octets` : text)} octet by octet`,
        withZone(async ({ zone, reopen }) => {
          await zone.put({ name: NAME, text, ttlSeconds: 0 })
          const [record] = await textOf(await reopen())
          expect(record?.type === 'TXT' && record.strings.join('')).toBe(text)
        }),
      )
    }

    it(
      'knows a name in any case and with its final dot',
      withZone(async ({ zone }) => {
        await zone.put({ name: 'S1.GOO.dkim.example.', text: 'v', ttlSeconds: 300 })
        expect(await textOf(zone)).toEqual([{ name: NAME, type: 'TXT', ttlSeconds: 300, strings: ['v'] }])
        await zone.remove('s1.GOO.DKIM.example.')
        expect(await textOf(zone)).toEqual([])
      }),
    )

    it(
      'removes a text, over a restart, and does nothing when there is none',
      withZone(async ({ zone, reopen }) => {
        await zone.put({ name: NAME, text: 'v', ttlSeconds: 300 })
        await zone.put({ name: `x.${NAME}`, text: 'other', ttlSeconds: 300 })
        await zone.remove(NAME)
        await zone.remove(NAME)
        const again = await reopen()
        expect(await textOf(again)).toEqual([])
        expect(await textOf(again, `x.${NAME}`)).toHaveLength(1)
      }),
    )

    it(
      'keeps all of several changes that come at once, the last of one name winning',
      withZone(async ({ zone, reopen }) => {
        await Promise.all([
          ...['a', 'b', 'c', 'd'].map((label) =>
            zone.put({ name: `${label}.dkim.example`, text: label, ttlSeconds: 300 }),
          ),
          zone.put({ name: 'a.dkim.example', text: 'last', ttlSeconds: 300 }),
          zone.remove('d.dkim.example'),
        ])
        const again = await reopen()
        const texts = await Promise.all(
          ['a', 'b', 'c', 'd'].map(async (label) => {
            const [record] = await textOf(again, `${label}.dkim.example`)
            return record?.type === 'TXT' ? record.strings.join('') : undefined
          }),
        )
        expect(texts).toEqual(['last', 'b', 'c', undefined])
      }),
    )

    for (const name of [
      'dkim.example',
      'example',
      'sdkim.example',
      's1.dkim.example.com',
      's1..dkim.example',
      '.dkim.example',
      'a b.dkim.example',
      '-a.dkim.example',
      'é.dkim.example',
      `${'a'.repeat(64)}.dkim.example`,
      `${'a.'.repeat(130)}dkim.example`,
    ]) {
      it(
        `refuses the name ${name.slice(0, 40)}`,
        withZone(async ({ zone }) => {
          await expect(zone.put({ name, text: 'v', ttlSeconds: 300 })).rejects.toThrow(/text record of the zone/)
          await expect(zone.remove(name)).rejects.toThrow(/text record of the zone/)
        }),
      )
    }

    it(
      'refuses texts that are too long or no octets, and TTLs that are none',
      withZone(async ({ zone }) => {
        await expect(zone.put({ name: NAME, text: 'x'.repeat(4_001), ttlSeconds: 300 })).rejects.toThrow(/4000 octets/)
        await expect(zone.put({ name: NAME, text: 'ー', ttlSeconds: 300 })).rejects.toThrow(/octets/)
        for (const ttlSeconds of [-1, 0.5, Number.NaN, 2_147_483_648]) {
          await expect(zone.put({ name: NAME, text: 'v', ttlSeconds })).rejects.toThrow(/TTL/)
        }
        expect(await textOf(zone)).toEqual([])
      }),
    )
  })
}

// What every key store promises (D6). The local one and its siblings run this.
import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import type { KeyStore } from '../../src/core/dkim/ports.ts'

export interface KeyStoreWorld {
  /** The store, and again after a restart. */
  open(): Promise<KeyStore & { privateKey(selector: string): Promise<string> }>
  end(): Promise<void>
}

export function keyStoreContract(worldOf: () => Promise<KeyStoreWorld>): void {
  const inWorld = async (act: (world: KeyStoreWorld) => Promise<void>): Promise<void> => {
    const world = await worldOf()
    try {
      await act(world)
    } finally {
      await world.end()
    }
  }

  test('a new store has no key', () => inWorld(async (world) => expect(await (await world.open()).keys()).toEqual([])))

  test('a key that was made is there after a restart, with both halves', () =>
    inWorld(async (world) => {
      const made = await (await world.open()).make('watari1')
      expect(made).toMatchObject({ selector: 'watari1', bits: 2_048 })
      const again = await world.open()
      expect(await again.keys()).toEqual([made])
      expect(await again.privateKey('watari1')).toMatch(/^[A-Za-z0-9+/]{1500,1700}={0,2}$/)
    }))

  test('a selector that has a key keeps it, however often and by how many one is made', () =>
    inWorld(async (world) => {
      const store = await world.open()
      const made = await Promise.all([store.make('watari1'), store.make('watari1'), store.make('watari1')])
      expect(new Set(made.map(({ publicKey }) => publicKey)).size).toBe(1)
      expect(await store.make('watari1')).toEqual(made[0])
      expect(await store.keys()).toHaveLength(1)
    }))

  test('a destroyed key is gone, again is no fault, and another may take its place', () =>
    inWorld(async (world) => {
      const store = await world.open()
      const first = await store.make('watari1')
      await store.destroy('watari1')
      await store.destroy('watari1')
      expect(await (await world.open()).keys()).toEqual([])
      await expect(store.privateKey('watari1')).rejects.toThrow('watari1')
      expect((await store.make('watari1')).publicKey).not.toBe(first.publicKey)
    }))

  test.each(['sel_1', 'a.b', '../x', '-x', ''])('the selector %j is refused', (selector) =>
    inWorld(async (world) => {
      const store = await world.open()
      await expect((async () => store.make(selector))()).rejects.toThrow('selector')
    }),
  )

  test('shows nothing of a private half to whoever prints it', () =>
    inWorld(async (world) => {
      const store = await world.open()
      await store.make('watari1')
      // Behind the modulus, which is public (RFC 8017 A.1.2).
      const half = (await store.privateKey('watari1')).slice(600, 660)
      const shown = [
        inspect(store, { depth: 9, showHidden: true }),
        JSON.stringify(store),
        JSON.stringify(await store.keys()),
      ]
      expect(shown.join('')).not.toContain(half)
    }))
}

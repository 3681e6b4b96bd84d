// Ends a run of the reconciler before or after its nth touch of the world, as a kill would: what was written is written.
import type { Hands } from '../../src/core/dkim/hands.ts'

export class Killed extends Error {
  override readonly name = 'Killed'
}

export interface Kill {
  /** Counted from 0. */
  readonly touch: number
  readonly when: 'before' | 'after'
}

/** The same hands, and the names of what they touched. Looking is not touching. */
export function killedAt(hands: Hands, kill: Kill): { readonly hands: Hands; readonly touched: string[] } {
  const touched: string[] = []
  const touch =
    <A extends readonly unknown[], R>(name: string, act: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      const number = touched.push(name) - 1
      if (number === kill.touch && kill.when === 'before') throw new Killed(`before ${name}`)
      const result = await act(...args)
      if (number === kill.touch && kill.when === 'after') throw new Killed(`after ${name}`)
      return result
    }
  const { keyStore, signing, traffic, store, ownZone, team } = hands
  return {
    touched,
    hands: {
      ...hands,
      keyStore: {
        ...keyStore,
        make: touch('keyStore.make', (selector) => keyStore.make(selector)),
        destroy: touch('keyStore.destroy', (selector) => keyStore.destroy(selector)),
      },
      signing: {
        ...signing,
        useKey: touch('signing.useKey', (domain, selector) => signing.useKey(domain, selector)),
        enableSigning: touch('signing.enableSigning', (domain) => signing.enableSigning(domain)),
        useMailFrom: touch('signing.useMailFrom', (domain, name) => signing.useMailFrom(domain, name)),
      },
      traffic: { ...traffic, hold: touch('traffic.hold', (reason) => traffic.hold(reason)) },
      store: { ...store, save: touch('store.save', (record, entry) => store.save(record, entry)) },
      ...(ownZone === undefined
        ? {}
        : { ownZone: { ...ownZone, put: touch('ownZone.put', (record) => ownZone.put(record)) } }),
      team: team.map((notifier) => ({ ...notifier, send: touch('team.send', (notice) => notifier.send(notice)) })),
    },
  }
}

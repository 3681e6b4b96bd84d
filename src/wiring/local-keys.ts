// The key store of a data folder: where it is, what opens it, and what a person may do with it while no gateway needs to run.
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { fileKeyStore, sealKeyIn, type LocalKeyStore } from '../adapters/local/key-store.ts'
import type { SealSecret } from '../adapters/local/sealing.ts'
import { forgeKey, publicHalfOf, readPrivateKey } from '../adapters/node/dkim-key.ts'
import type { DkimPlan } from '../core/plan/keys-plan.ts'
import type { Plan } from '../core/plan/plan.ts'
import type { StoredKey } from '../core/dkim/ports.ts'
import type { Environment } from './ses-place.ts'
import { besidePlan } from './split-key.ts'

export interface LocalKeysPlace {
  readonly plan: Plan
  readonly planFile: string
  readonly dataFolder: string
  readonly environment: Environment
}

const MADE_KEY_FILE = 'dkim.key'
const MADE_KEY_OCTETS = 32

/** Opens every key once: a passphrase that is missing must be known at the start, not at a switch months later. */
export async function localKeyStore(place: LocalKeysPlace, dkim: DkimPlan, now: () => number): Promise<LocalKeyStore> {
  const { plan, dataFolder } = place
  const store = await fileKeyStore({
    folder: join(dataFolder, 'dkim-keys'),
    domain: plan.domain,
    secret: await secretOf(place, dkim),
    forge: forgeKey,
    publicOf: publicHalfOf,
    now,
  })
  for (const { selector } of await store.keys()) await store.privateKey(selector)
  return store
}

async function secretOf({ planFile, dataFolder, environment }: LocalKeysPlace, dkim: DkimPlan): Promise<SealSecret> {
  const passphrase = environment[dkim.passphraseVariable]
  if (passphrase !== undefined && passphrase !== '') return { kind: 'passphrase', passphrase }
  const path = dkim.keyFile === undefined ? join(dataFolder, MADE_KEY_FILE) : besidePlan(planFile, dkim.keyFile)
  return { kind: 'key', key: await sealKeyIn(path, () => randomBytes(MADE_KEY_OCTETS)) }
}

export interface LocalKeys {
  /** Takes a key that was made elsewhere; a running gateway finds it at its next look. Rejects with what is wrong with it. */
  readonly take: (selector: string, text: string) => Promise<StoredKey>
  /** Seals every key anew under another passphrase. */
  readonly reseal: (passphrase: string) => Promise<number>
}

/** For the command line. Rejects when the plan has no section `dkim`. */
export async function localKeys(place: LocalKeysPlace, now: () => number): Promise<LocalKeys> {
  const { dkim } = place.plan
  if (dkim === undefined) throw new Error('the plan has no section "dkim", so there is no key store')
  const store = await localKeyStore(place, dkim, now)
  return {
    async take(selector, text) {
      const reading = readPrivateKey(text)
      if (reading.kind === 'refused') throw new Error(reading.message)
      return store.take(selector, reading.key)
    },
    async reseal(passphrase) {
      await store.reseal({ kind: 'passphrase', passphrase })
      return (await store.keys()).length
    },
  }
}

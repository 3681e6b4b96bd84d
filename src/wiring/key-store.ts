// The key store of the plan: a folder of sealed files, or AWS Secrets Manager; and what a person may do with it while no gateway
// needs to run.
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { secretsKeyStore, type SecretsKeyStore } from '../adapters/aws/key-store.ts'
import { fileKeyStore, sealKeyIn, type LocalKeyStore } from '../adapters/local/key-store.ts'
import type { SealSecret } from '../adapters/local/sealing.ts'
import { forgeKey, publicHalfOf, readPrivateKey } from '../adapters/node/dkim-key.ts'
import type { DkimPlan } from '../core/plan/keys-plan.ts'
import type { Plan } from '../core/plan/plan.ts'
import type { StoredKey } from '../core/dkim/ports.ts'
import { awsPlace, type Environment } from './ses-place.ts'
import { besidePlan } from './split-key.ts'

export interface KeysPlace {
  readonly plan: Plan
  readonly planFile: string
  readonly dataFolder: string
  readonly environment: Environment
}

export interface KeyStoreUse {
  readonly now: () => number
  /** Selectors that have a key by what is written down. */
  readonly expected: () => Promise<readonly string[]>
  /** A store that can be mended while mail flows must not hold up the start. */
  readonly onTrouble: (message: string) => void
}

type OpenKeyStore = SecretsKeyStore & Partial<Pick<LocalKeyStore, 'reseal'>>

const MADE_KEY_FILE = 'dkim.key'
const MADE_KEY_OCTETS = 32

/**
 * Opens every key once: what is missing, a passphrase or a permission, must be known at the start, not at a switch months
 * later. Files that cannot be opened reject; that AWS does not answer is told, because mail needs no key from there.
 */
export async function keyStoreOf(place: KeysPlace, dkim: DkimPlan, use: KeyStoreUse): Promise<OpenKeyStore> {
  if (dkim.keys === 'secretsManager') {
    const store = secretsStore(place, dkim, use)
    void openAll(store).catch((error: unknown) => use.onTrouble(error instanceof Error ? error.message : 'unknown'))
    return store
  }
  const store = await localStore(place, dkim, use.now)
  await openAll(store)
  return { ...store, stop: () => undefined }
}

async function openAll(store: LocalKeyStore | SecretsKeyStore): Promise<void> {
  for (const { selector } of await store.keys()) await store.privateKey(selector)
}

function secretsStore({ plan, environment }: KeysPlace, dkim: DkimPlan, use: KeyStoreUse): SecretsKeyStore {
  return secretsKeyStore({
    ...awsPlace(plan, environment),
    domain: plan.domain,
    prefix: dkim.secretPrefix,
    ...(dkim.kmsKey === undefined ? {} : { kmsKey: dkim.kmsKey }),
    forge: forgeKey,
    publicOf: publicHalfOf,
    now: use.now,
    expected: use.expected,
  })
}

async function localStore(place: KeysPlace, dkim: DkimPlan, now: () => number): Promise<LocalKeyStore> {
  const { plan, dataFolder } = place
  return fileKeyStore({
    folder: join(dataFolder, 'dkim-keys'),
    domain: plan.domain,
    secret: await secretOf(place, dkim),
    forge: forgeKey,
    publicOf: publicHalfOf,
    now,
  })
}

async function secretOf({ planFile, dataFolder, environment }: KeysPlace, dkim: DkimPlan): Promise<SealSecret> {
  const passphrase = environment[dkim.passphraseVariable]
  if (passphrase !== undefined && passphrase !== '') return { kind: 'passphrase', passphrase }
  const path = dkim.keyFile === undefined ? join(dataFolder, MADE_KEY_FILE) : besidePlan(planFile, dkim.keyFile)
  return { kind: 'key', key: await sealKeyIn(path, () => randomBytes(MADE_KEY_OCTETS)) }
}

export interface KeptKeys {
  /** Takes a key that was made elsewhere; a running gateway finds it at its next look. Rejects with what is wrong with it. */
  readonly take: (selector: string, text: string) => Promise<StoredKey>
  /** Seals every key anew under another passphrase. */
  readonly reseal: (passphrase: string) => Promise<number>
}

/** For the command line. Rejects when the plan has no section `dkim`. */
export async function keptKeys(place: KeysPlace, now: () => number): Promise<KeptKeys> {
  const { dkim } = place.plan
  if (dkim === undefined) throw new Error('the plan has no section "dkim", so there is no key store')
  // What is wrong with the store, the order itself will say.
  const store = await keyStoreOf(place, dkim, { now, expected: async () => [], onTrouble: () => undefined })
  return {
    async take(selector, text) {
      const reading = readPrivateKey(text)
      if (reading.kind === 'refused') throw new Error(reading.message)
      return store.take(selector, reading.key)
    },
    async reseal(passphrase) {
      if (store.reseal === undefined) {
        throw new Error('the keys lie in Secrets Manager, sealed by KMS: there is no passphrase to change')
      }
      await store.reseal({ kind: 'passphrase', passphrase })
      return (await store.keys()).length
    },
  }
}

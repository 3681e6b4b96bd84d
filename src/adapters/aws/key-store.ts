// DKIM keys in AWS Secrets Manager (D6): one secret a key, its public half in the secret's description. Its rules: the private
// half is in the secret, in the request that makes it and in the answer that gives it away, and nowhere else; a secret is made
// once and never written to; what is read back is checked against its public half.
import type { KeyStore, StoredKey } from '../../core/dkim/ports.ts'
import { selectorFault } from '../../core/dkim/selector.ts'
import type { AwsPlace } from './place.ts'
import { secretCalls } from './secret-calls.ts'
import { keyIn, privateKeyIn, publicText, secretText } from './secret-text.ts'

/** A key with its private half; only between the adapters. */
export interface KeyPair {
  /** PKCS#1 DER, base64 in one line. */
  readonly privateKey: string
  readonly publicKey: string
  readonly bits: number
}

export interface SecretsKeyStoreOptions extends AwsPlace {
  readonly domain: string
  /** The secrets are named 'prefix/domain/selector'. */
  readonly prefix: string
  /** Id, ARN or alias of a KMS key; without it the account's own key of Secrets Manager. */
  readonly kmsKey?: string
  readonly forge: () => Promise<KeyPair>
  /** The public half of a private one, to check what is read back. */
  readonly publicOf: (privateKey: string) => string | undefined
  readonly now: () => number
  /**
   * Selectors that have a key by what else is known. A list of Secrets Manager may lack the last five minutes (API reference,
   * ListSecrets), so these are asked for by name: a key that seems lost is an alarm.
   */
  readonly expected: () => Promise<readonly string[]>
}

export interface SecretsKeyStore extends KeyStore {
  /** The private half for the sibling that gives it to SES: PKCS#1, base64 in one line. */
  privateKey(selector: string): Promise<string>
  /** Takes a key that was made elsewhere. Rejects when the selector has another key already. */
  take(selector: string, pair: KeyPair): Promise<StoredKey>
  stop(): void
}

export function secretsKeyStore(options: SecretsKeyStoreOptions): SecretsKeyStore {
  const secrets = keySecrets(options)
  // One change after another: two makers of one selector in this process end with one key. Of two processes, Secrets Manager
  // refuses the second, which then has the key of the first.
  let last: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(act: () => Promise<T>): Promise<T> => {
    const turn = last.then(act)
    last = turn.catch(() => undefined)
    return turn
  }
  // Made here, and not in the list yet.
  const made = new Set<string>()
  const keyOf = async (selector: string, pair: () => Promise<KeyPair>): Promise<StoredKey> => {
    const key = (await secrets.find(selector)) ?? (await secrets.create(selector, await pair()))
    made.add(selector)
    return key
  }
  return {
    async keys() {
      const listed = await secrets.selectors()
      const found = []
      for (const selector of [...new Set([...listed, ...(await options.expected()), ...made])].toSorted()) {
        found.push(await secrets.find(selector))
      }
      return found.filter((key) => key !== undefined)
    },
    make: (selector) => inTurn(() => keyOf(selector, options.forge)),
    take: (selector, pair) =>
      inTurn(async () => {
        const key = await keyOf(selector, async () => pair)
        if (key.publicKey === pair.publicKey) return key
        throw new Error(`${selector} has another key already: choose another selector`)
      }),
    destroy: (selector) =>
      inTurn(async () => {
        await secrets.destroy(selector)
        made.delete(selector)
      }),
    privateKey: (selector) => secrets.open(selector),
    stop: () => secrets.stop(),
  }
}

/** The secrets, each by its selector. */
function keySecrets(options: SecretsKeyStoreOptions) {
  const { domain, prefix, kmsKey, publicOf, now } = options
  const calls = secretCalls(options)
  const folder = `${prefix}/${domain}/`
  const nameOf = (selector: string) => `${folder}${checked(selector)}`
  const find = async (selector: string): Promise<StoredKey | undefined> => {
    const name = nameOf(selector)
    const description = await calls.describe(name)
    return description === undefined ? undefined : keyIn(description, { name, domain, selector })
  }
  const there = async (selector: string): Promise<StoredKey> => {
    const key = await find(selector)
    if (key === undefined) throw new Error(`there is no key ${selector}: no secret is named ${nameOf(selector)}`)
    return key
  }
  return {
    find,
    stop: () => calls.stop(),
    async selectors(): Promise<readonly string[]> {
      const names = (await calls.names(folder)).map((name) => name.slice(folder.length))
      return names.filter((name) => selectorFault(name) === undefined)
    },
    /** The key that the selector has then: this one, or one that somebody else made in the same moment. */
    async create(selector: string, { privateKey, publicKey, bits }: KeyPair): Promise<StoredKey> {
      const stored = { selector, publicKey, bits, madeAt: now() }
      const secret = {
        name: nameOf(selector),
        description: publicText({ domain, ...stored }),
        text: secretText({ domain, selector, publicKey, privateKey }),
        ...(kmsKey === undefined ? {} : { kmsKey }),
      }
      return (await calls.create(secret)) ? stored : await there(selector)
    },
    async open(selector: string): Promise<string> {
      const { publicKey } = await there(selector)
      const name = nameOf(selector)
      const privateKey = privateKeyIn(await calls.value(name), { domain, selector })
      if (privateKey !== undefined && publicOf(privateKey) === publicKey) return privateKey
      throw new Error(`the secret ${name} does not hold the private half of its key: put back its first version`)
    },
    destroy: (selector: string): Promise<void> => calls.destroy(nameOf(selector)),
  }
}

function checked(selector: string): string {
  const fault = selectorFault(selector)
  if (fault !== undefined) throw new Error(fault)
  return selector
}

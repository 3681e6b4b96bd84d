// What stands in a secret and in its description. Both are bound to domain and selector, so that no secret takes the place of
// another; what cannot be read is told by the secret's name and never by what is in it.
import type { StoredKey } from '../../core/dkim/ports.ts'

/** The form, so that a later Watari knows what it reads. */
const VERSION = 1

interface Bound {
  readonly domain: string
  readonly selector: string
}

/** For the description, which who may list secrets may read: at most 2,048 characters, of which a key of 2048 bits takes 500. */
export function publicText({ domain, selector, publicKey, bits, madeAt }: Bound & StoredKey): string {
  return JSON.stringify({ version: VERSION, domain, selector, publicKey, bits, madeAt })
}

export function secretText({
  domain,
  selector,
  publicKey,
  privateKey,
}: Bound & { readonly publicKey: string; readonly privateKey: string }): string {
  return JSON.stringify({ version: VERSION, domain, selector, publicKey, privateKey })
}

/** Throws when it is no key of ours: to pass over it would make a second key in its place. */
export function keyIn(description: string, { name, domain, selector }: Bound & { readonly name: string }): StoredKey {
  const found = fieldsIn(description)
  const { publicKey, bits, madeAt } = found
  if (typeof publicKey !== 'string' || typeof bits !== 'number' || typeof madeAt !== 'number') {
    throw new Error(`the description of the secret ${name} is damaged: put it back, or move the secret away`)
  }
  if (found.version !== VERSION) {
    throw new Error(`the secret ${name} has the form ${String(found.version)}; this Watari reads ${VERSION}`)
  }
  if (found.domain === domain && found.selector === selector) return { selector, publicKey, bits, madeAt }
  throw new Error(`the secret ${name} is the key of another name: give it back its own`)
}

export function privateKeyIn(text: string, { domain, selector }: Bound): string | undefined {
  const found = fieldsIn(text)
  const isOurs = found.version === VERSION && found.domain === domain && found.selector === selector
  return isOurs && typeof found.privateKey === 'string' ? found.privateKey : undefined
}

type Fields = Partial<Record<keyof StoredKey | 'version' | 'domain' | 'privateKey', unknown>>

function fieldsIn(text: string): Fields {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    return {}
  }
}

// The keys that SNS signs with: each certificate is fetched once and kept for a day. One that cannot be had is not asked for
// again at once, because every message names it.
import { X509Certificate, type KeyObject } from 'node:crypto'
import { DAY_MS, SECOND_MS } from '../../core/base/clock.ts'

/** SNS has one certificate a Region at a time. */
const KEPT_MAX = 20
const KEPT_MS = DAY_MS
const FAILED_MS = 5 * SECOND_MS
/** A certificate of SNS has two kilobytes. */
const OCTETS_MAX = 16_384
const ANSWER_MS = 10_000

/** What is asked of SNS by HTTPS. Both reject when there is no good answer. */
export interface SnsWeb {
  /** PEM. */
  readonly certificate: (url: string) => Promise<string>
  readonly confirm: (url: string) => Promise<void>
}

export interface SnsKeys {
  /** Rejects when the certificate cannot be had or is none. */
  readonly keyOf: (url: string) => Promise<KeyObject>
}

interface Kept {
  readonly key: Promise<KeyObject>
  until: number
  isGood: boolean
}

export function snsKeys(web: Pick<SnsWeb, 'certificate'>, now: () => number): SnsKeys {
  const kept = new Map<string, Kept>()
  return {
    keyOf(url) {
      const known = kept.get(url)
      if (known !== undefined && known.until > now()) return known.key
      const key = web.certificate(url).then(keyIn)
      const entry: Kept = { key, until: now() + KEPT_MS, isGood: false }
      key.then(
        () => (entry.isGood = true),
        () => (entry.until = now() + FAILED_MS),
      )
      kept.delete(url)
      makeRoom(kept)
      kept.set(url, entry)
      return key
    },
  }
}

/** Whoever knows our topic may name certificates that there are none of: they drive out one another, and never one of SNS. */
function makeRoom(kept: Map<string, Kept>): void {
  if (kept.size < KEPT_MAX) return
  const names = [...kept.keys()]
  kept.delete(names.find((name) => kept.get(name)?.isGood === false) ?? names[0]!)
}

function keyIn(pem: string): KeyObject {
  if (pem.length > OCTETS_MAX) throw new Error('the certificate of SNS is too long to be one')
  const key = new X509Certificate(pem).publicKey
  if (key.asymmetricKeyType !== 'rsa') throw new Error('the certificate of SNS has no RSA key')
  return key
}

/** SNS itself. Redirects are not followed: they could lead anywhere. */
export function snsWeb(): SnsWeb {
  return {
    certificate: async (url) => (await answerOf(url)).text(),
    confirm: async (url) => {
      const answer = await answerOf(url)
      await answer.body?.cancel()
    },
  }
}

async function answerOf(url: string): Promise<Response> {
  const answer = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(ANSWER_MS) })
  const octets = Number(answer.headers.get('content-length') ?? 0)
  if (answer.ok && octets <= OCTETS_MAX) return answer
  await answer.body?.cancel()
  throw new Error(`SNS answered ${answer.status} with ${octets} octets`)
}

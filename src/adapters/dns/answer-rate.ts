// How many UDP answers one network gets in a second. A UDP sender can be forged, so a server that answers without end can be
// aimed at somebody else; above the limit askers are told to come by TCP, which a resolver does and a forger cannot.
import { isIPv4 } from 'node:net'
import { SECOND_MS } from '../../core/base/clock.ts'

/** A resolver that caches asks a few times an hour; hosts behind one address may be many. */
const ANSWERS_A_SECOND = 100
/** Networks counted in one second; when there are more, forged ones are among them, and all get short answers. */
const NETWORKS_MAX = 10_000

export interface AnswerRate {
  /** Counts one answer; false when this network has had enough for this second. */
  take(address: string, nowMs: number): boolean
}

export function answerRate(): AnswerRate {
  let second = 0
  const counts = new Map<string, number>()
  return {
    take(address, nowMs) {
      const now = Math.floor(nowMs / SECOND_MS)
      if (now !== second) counts.clear()
      second = now
      const network = networkOf(address)
      const count = (counts.get(network) ?? 0) + 1
      if (count === 1 && counts.size >= NETWORKS_MAX) return false
      counts.set(network, count)
      return count <= ANSWERS_A_SECOND
    },
  }
}

/** A /24, or a /64: what one party usually holds. */
function networkOf(address: string): string {
  if (isIPv4(address)) return address.slice(0, address.lastIndexOf('.'))
  const [head = ''] = address.split('::')
  const groups = [...head.split(':'), '0', '0', '0', '0']
  return groups.slice(0, 4).join(':')
}

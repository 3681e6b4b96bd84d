// Counts failed logins by client over all its sessions, a minute at a time: guessing passwords must not pay.
import { MINUTE_MS } from '../../core/base/clock.ts'

/** More addresses than this guess together only from many networks; then the oldest counts are let go. */
const ADDRESSES_MAX = 10_000

export interface LoginLimiter {
  /** False when this address has failed too often within the minute. */
  mayTry(address: string): boolean
  failed(address: string): void
}

export function loginLimiter(options: { readonly perMinute: number; readonly now: () => number }): LoginLimiter {
  const failures = new Map<string, { count: number; readonly since: number }>()
  const found = (key: string) => {
    const entry = failures.get(key)
    if (entry !== undefined && options.now() - entry.since >= MINUTE_MS) {
      failures.delete(key)
      return undefined
    }
    return entry
  }
  return {
    mayTry: (address) => (found(networkOf(address))?.count ?? 0) < options.perMinute,
    failed: (address) => {
      const key = networkOf(address)
      const entry = found(key)
      if (entry !== undefined) {
        entry.count += 1
        return
      }
      // A Map keeps the order of insertion, so the first one is the oldest.
      if (failures.size >= ADDRESSES_MAX) failures.delete(failures.keys().next().value!)
      failures.set(key, { count: 1, since: options.now() })
    },
  }
}

/** One host may use all addresses of its /64 (RFC 4291 2.5.4), so of IPv6 the first four groups count. */
function networkOf(address: string): string {
  if (!address.includes(':')) return address
  const [head = '', tail] = address.split('::')
  const groups = head.split(':').filter((group) => group !== '')
  const behind = tail === undefined ? [] : tail.split(':').filter((group) => group !== '')
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - groups.length - behind.length)
  return [...groups, ...Array.from({ length: zeros }, () => '0'), ...behind].slice(0, 4).join(':')
}

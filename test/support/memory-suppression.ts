// A suppression list in memory, for tests of what is in front of it. Passes the contract of the real one.
import {
  SUPPRESSION_REASONS,
  type SuppressionReason,
  type SuppressionRecord,
} from '../../src/core/feedback/suppression.ts'
import type { ReconcileMemory, SuppressionList } from '../../src/core/feedback/suppression-list.ts'

export function memorySuppressionList(): SuppressionList {
  const records = new Map<string, SuppressionRecord>()
  let kept: ReconcileMemory = {}
  return {
    find: (address) => records.get(address),
    async change(addresses, decide, memory) {
      addresses.forEach((address, i) => {
        const after = decide(records.get(address), i)
        if (after !== undefined) records.set(address, after)
      })
      if (memory !== undefined) kept = memory
    },
    page({ after, limit }) {
      const all = [...records.values()].sort((a, b) => (a.address < b.address ? -1 : 1))
      const from = after === undefined ? 0 : all.findIndex(({ address }) => address > after)
      const found = from < 0 ? [] : all.slice(from, from + limit)
      const more = from >= 0 && from + limit < all.length
      return { records: found, ...(more ? { next: found.at(-1)!.address } : {}) }
    },
    counts() {
      const entries = Object.fromEntries(SUPPRESSION_REASONS.map((reason) => [reason, 0])) as Record<
        SuppressionReason,
        number
      >
      const all = [...records.values()]
      for (const { entry } of all) if (entry !== undefined) entries[entry.reason] += 1
      return { entries, removals: all.filter(({ removal }) => removal !== undefined).length }
    },
    memory: () => kept,
  }
}

// The account's suppression list. Entries keep the case they came with (the domain is lower-cased); looking one up
// needs the exact spelling, sending ignores case (AWS guide, "sending-email-suppression-list").

export type SuppressionReason = 'BOUNCE' | 'COMPLAINT'

export interface SuppressedDestination {
  readonly address: string
  readonly reason: SuppressionReason
  readonly updatedAt: number
  readonly messageId?: string
  readonly feedbackId?: string
}

export interface SuppressionList {
  put(entry: SuppressedDestination): void
  get(address: string): SuppressedDestination | undefined
  remove(address: string): boolean
  /** The entry that stops a send to this address when its reason is among these. */
  match(address: string, reasons: readonly SuppressionReason[]): SuppressedDestination | undefined
  /** In order of entry. */
  all(): IterableIterator<SuppressedDestination>
  readonly size: number
}

const stored = (address: string): string => {
  const trimmed = address.trim()
  const at = trimmed.lastIndexOf('@')
  return trimmed.slice(0, at) + trimmed.slice(at).toLowerCase()
}

export function createSuppressionList(): SuppressionList {
  const exact = new Map<string, SuppressedDestination>()
  /** Lower-cased address to the spellings on the list. */
  const folded = new Map<string, Set<string>>()
  return {
    put(entry) {
      const address = stored(entry.address)
      exact.set(address, { ...entry, address })
      const spellings = folded.get(address.toLowerCase()) ?? new Set()
      folded.set(address.toLowerCase(), spellings.add(address))
    },
    get: (address) => exact.get(stored(address)),
    remove(address) {
      const spelling = stored(address)
      const spellings = folded.get(spelling.toLowerCase())
      spellings?.delete(spelling)
      if (spellings?.size === 0) folded.delete(spelling.toLowerCase())
      return exact.delete(spelling)
    },
    match(address, reasons) {
      const spellings = [...(folded.get(address.toLowerCase()) ?? [])]
      return spellings.map((spelling) => exact.get(spelling)!).find(({ reason }) => reasons.includes(reason))
    },
    all: () => exact.values(),
    get size() {
      return exact.size
    },
  }
}

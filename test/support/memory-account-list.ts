// The account's list in memory, as SES keeps it: by exact spelling, with pages and tokens. Fails when it is told to.
import type { AccountItem, AccountList, AccountTrouble } from '../../src/core/feedback/suppression-list.ts'

export interface MemoryAccountList extends AccountList {
  readonly items: Map<string, AccountItem>
  /** Every call so far: 'page', 'put a@b', 'remove a@b'. */
  readonly calls: string[]
  /** From the nth call on (counted from now), this answer. */
  failAfter(calls: number, trouble: AccountTrouble): void
  /** All is well again; tokens given so far may have become too old. */
  mend(options?: { readonly tokensExpired?: boolean }): void
}

export const UNREACHABLE: AccountTrouble = { kind: 'again', reason: 'unreachable', message: 'SES gave no answer' }

export function memoryAccountList(options: {
  readonly now: () => number
  readonly pageSize?: number
}): MemoryAccountList {
  const items = new Map<string, AccountItem>()
  const calls: string[] = []
  const pageSize = options.pageSize ?? 2
  let left = Number.POSITIVE_INFINITY
  let trouble: AccountTrouble = UNREACHABLE
  let firstToken = 0
  let tokens = 0
  const asked = (call: string): AccountTrouble | undefined => {
    calls.push(call)
    left -= 1
    return left < 0 ? trouble : undefined
  }
  return {
    items,
    calls,
    failAfter(count, answer) {
      left = count
      trouble = answer
    },
    mend({ tokensExpired = false } = {}) {
      left = Number.POSITIVE_INFINITY
      if (tokensExpired) firstToken = tokens + 1
    },
    async page({ since = 0, token }) {
      const failed = asked('page')
      if (failed !== undefined) return failed
      const [number, from] = token === undefined ? [firstToken, 0] : token.split(':').map(Number)
      if (number! < firstToken) return { kind: 'expired' }
      const all = [...items.values()].filter(({ updatedAt }) => updatedAt >= since)
      const end = from! + pageSize
      tokens += 1
      return { kind: 'page', items: all.slice(from, end), ...(end < all.length ? { next: `${tokens}:${end}` } : {}) }
    },
    async put(spelling, reason) {
      const failed = asked(`put ${spelling}`)
      if (failed !== undefined) return failed
      const at = spelling.lastIndexOf('@')
      const stored = spelling.slice(0, at) + spelling.slice(at).toLowerCase()
      items.set(stored, { spelling: stored, reason, updatedAt: options.now() })
      return { kind: 'done' }
    },
    async remove(spelling) {
      return asked(`remove ${spelling}`) ?? { kind: 'done', found: items.delete(spelling) }
    },
  }
}

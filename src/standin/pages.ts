// Lists a page at a time, with a token that names where the next begins.
import { ApiError, badRequest } from './api-errors.ts'

/** The most that one page holds, and what it holds when not asked (service model, PageSize). */
const PAGE_MAX = 1_000

export interface Page<T> {
  readonly items: readonly T[]
  readonly next?: string
}

export function pageOf<T>(
  all: readonly T[],
  query: { readonly NextToken?: string; readonly PageSize?: string },
): Page<T> {
  const size = query.PageSize === undefined || query.PageSize === '' ? PAGE_MAX : Number(query.PageSize)
  if (!Number.isInteger(size) || size < 1 || size > PAGE_MAX) throw badRequest(`Invalid page size ${query.PageSize}.`)
  const start = query.NextToken === undefined ? 0 : startOf(query.NextToken)
  const items = all.slice(start, start + size)
  const end = start + items.length
  return end < all.length ? { items, next: Buffer.from(`page:${end}`).toString('base64') } : { items }
}

function startOf(token: string): number {
  const [, start] = /^page:(\d{1,9})$/.exec(Buffer.from(token, 'base64').toString('latin1')) ?? []
  if (start === undefined) {
    throw new ApiError({
      status: 400,
      type: 'InvalidNextTokenException',
      message: 'The specified request includes an invalid or expired token.',
    })
  }
  return Number(start)
}

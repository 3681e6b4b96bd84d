import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeMailId, encodeMailId, mailIds } from './mail-id.ts'

const AT = Date.UTC(2026, 10, 25)

describe('mail ids', () => {
  test('are 13 characters that a person can say, and sort by time', () => {
    const next = mailIds({ gateway: 3 })
    const ids = [AT, AT + 1, AT + 1, AT + 90_000].map(next)
    expect(ids.every((id) => /^[0-9A-HJKMNP-TV-Z]{13}$/.test(id))).toBe(true)
    expect([...ids].sort()).toEqual(ids)
  })

  test('are unique through a burst, a clock that goes back, and two gateways', () => {
    const [one, two] = [mailIds({ gateway: 1 }), mailIds({ gateway: 2 })]
    const ids = Array.from({ length: 20_000 }, (_, i) => [one(AT - (i % 7)), two(AT)]).flat()
    expect(new Set(ids).size).toBe(40_000)
  })

  test('survive being written and read', () => {
    fc.assert(
      fc.property(fc.nat(0xffff_ffff), fc.nat(0xffff_ffff), (high, low) => {
        expect(decodeMailId(encodeMailId({ high, low }))).toEqual({ high, low })
      }),
    )
  })

  test('are read in lower case too, because people type', () => {
    const id = mailIds({ gateway: 1 })(AT)
    expect(decodeMailId(id.toLowerCase())).toEqual(decodeMailId(id))
  })

  test.each(['', 'short', '07QZ0000G000U', '07QZ0000G00000', 'ZZZZZZZZZZZZZ', '07QZ 000G0000'])(
    '%j is no id',
    (text) => {
      expect(decodeMailId(text)).toBeUndefined()
    },
  )
})

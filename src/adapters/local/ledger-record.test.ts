// The octets of the ledger, written and read back.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FACTS, type Facts } from '../../core/feedback/recipient-state.ts'
import { factsFrom, factsText, idFrom, packedId } from './ledger-record.ts'

describe('facts', () => {
  it('are letters and instants', () => {
    expect(factsText({ sent: 1_795_575_600_000, hardBounce: 1_795_575_602_000 })).toBe('s:mwvjco00 h:mwvjcpjk')
  })

  it('come back as they were', () => {
    const facts = fc.dictionary(fc.constantFrom(...FACTS), fc.nat(4_000_000_000_000), { minKeys: 1 })
    fc.assert(
      fc.property(facts, (some) => {
        expect(factsFrom(factsText(some as Facts))).toEqual({ ...some })
      }),
    )
  })

  it.each(['', 's', 's:', 'x:1', 's-1', 's:1 ', 's:*', 'hello'])('are not guessed from %j', (text) => {
    expect(factsFrom(text)).toBeUndefined()
  })
})

describe('an id of SES', () => {
  it('of its usual form takes 28 octets', () => {
    const id = '0106018f3a5d0c11-11111111-2222-3333-4444-555555555555-000000'
    expect(packedId(id).toString('hex')).toBe('010106018f3a5d0c1111111111222233334444555555555555000000')
    expect(idFrom(packedId(id))).toBe(id)
  })

  it.each(['a', 'EXAMPLE7c191be45-e9aedb9a-02f9-4d12-a87d-dd0099a07f8a-000000', '0106018F3A5D0C11-x', 'é'])(
    'of another form comes back too: %s',
    (id) => {
      expect(idFrom(packedId(id))).toBe(id)
    },
  )
})

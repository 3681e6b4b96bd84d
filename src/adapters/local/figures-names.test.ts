// Who keeps a name in the figures: a flood of made-up domains takes nobody's place who has real mail.
import { describe, expect, it } from 'vitest'
import { countSlot, emptyCube, vectorIn, type Cube } from './figures-cube.ts'
import { figureNames } from './figures-names.ts'

const LIMIT = { max: 100, pinned: new Set(['docomo.ne.jp']) }

/** The sums of an hour, as the store makes them of these labels. */
function hour(counts: Readonly<Record<string, number>>): Cube {
  const cube = emptyCube()
  for (const [label, count] of Object.entries(counts)) vectorIn(cube, 'domain', label, 1)[countSlot('sent')] = count
  return cube
}

describe('names of receiving domains', () => {
  it('are kept for as many as there is room for, first come, and the others are one', () => {
    const names = figureNames('domain', LIMIT)
    for (let i = 1; i <= 99; i += 1) expect(names.labelOf(`d${i}.example`)).toBe(`d${i}.example`)
    expect(names.labelOf('late.example')).toBe('other')
    expect(names.labelOf('d1.example')).toBe('d1.example')
  })

  it('of the plan are kept whatever comes before them', () => {
    const names = figureNames('domain', LIMIT)
    for (let i = 0; i < 1_000; i += 1) names.labelOf(`made-up-${i}.example`)
    expect(names.labelOf('docomo.ne.jp')).toBe('docomo.ne.jp')
  })

  it('that have mail every hour are not pushed out by a flood, however early in the hour it comes', () => {
    const names = figureNames('domain', LIMIT)
    for (const domain of ['gmail.com', 'yahoo.co.jp']) expect(names.labelOf(domain)).toBe(domain)
    names.turn(hour({ 'gmail.com': 40_000, 'yahoo.co.jp': 30_000 }))
    for (let round = 0; round < 72; round += 1) {
      const flood: Record<string, number> = {}
      for (let i = 0; i < 500; i += 1) {
        const label = names.labelOf(`made-up-${round}-${i}.example`)
        flood[label] = (flood[label] ?? 0) + 1
      }
      expect(names.labelOf('gmail.com')).toBe('gmail.com')
      expect(names.labelOf('yahoo.co.jp')).toBe('yahoo.co.jp')
      names.turn(hour({ ...flood, 'gmail.com': 40_000 }))
    }
  })

  it('with mail once a day are kept from one day to the next', () => {
    const names = figureNames('domain', LIMIT)
    names.turn(hour({ 'daily.example': 1_000 }))
    for (let i = 0; i < 24; i += 1) {
      names.turn(hour(Object.fromEntries(Array.from({ length: 99 }, (_, n) => [`small-${i}-${n}.example`, 3]))))
    }
    for (let i = 0; i < 500; i += 1) names.labelOf(`made-up-${i}.example`)
    expect(names.labelOf('daily.example')).toBe('daily.example')
  })

  it('that found no place and have much mail get one in the next hour, in the middle of a flood', () => {
    const names = figureNames('domain', LIMIT)
    for (let i = 0; i < 2_000; i += 1) {
      names.labelOf(`made-up-${i}.example`)
      if (i > 200 && i % 10 === 0) expect(names.labelOf('new-carrier.example')).toBe('other')
    }
    names.turn(hour({ other: 2_000 }))
    for (let i = 0; i < 500; i += 1) names.labelOf(`next-${i}.example`)
    expect(names.labelOf('new-carrier.example')).toBe('new-carrier.example')
  })

  it('leave a quarter of the places to newcomers', () => {
    const names = figureNames('domain', LIMIT)
    names.turn(hour(Object.fromEntries(Array.from({ length: 99 }, (_, n) => [`d${n}.example`, 100 + n]))))
    const kept = Array.from({ length: 99 }, (_, n) => names.labelOf(`new-${n}.example`)).filter(
      (label) => label !== 'other',
    )
    expect(kept).toHaveLength(25)
  })

  it('that are longer than DNS allows are nobody’s', () => {
    expect(figureNames('domain', LIMIT).labelOf('a'.repeat(254))).toBe('other')
  })
})

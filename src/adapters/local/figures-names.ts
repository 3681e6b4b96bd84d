// Which receiving domains and streams keep their name in the figures, when there are more than can be kept.
// Rule: made-up names may take each other's place, never that of a name in the plan or of one that has real mail.
import { OTHER_LABEL } from '../../core/base/figures.ts'
import type { Cube, LabelLimit } from './figures-cube.ts'
import { sumOf } from './figures-cube.ts'
import type { FigureGroup } from '../../core/base/figures.ts'

/** Of all names, the part that stays free for newcomers of the hour: a quarter. */
const NEWCOMERS_SHARE = 0.25
/** What an hour still weighs one hour later: half after a day, so that a domain with mail once a day keeps its name. */
const WEIGHT_AFTER_AN_HOUR = 0.5 ** (1 / 24)
/** DNS allows 253 (RFC 1035 2.3.4); a longer label is nobody's. */
const LABEL_CHARACTERS_MAX = 253

export interface Names {
  /** The label of a name for the rest of this hour: itself, or `other`. Counts the name when it has no label. */
  labelOf(name: string): string
  /** An hour has ended: who keeps a name in the next is judged by this hour and those before it. */
  turn(ended: Cube): void
}

/**
 * Three kinds have a name: those of the plan, always; those with most mail of late, three quarters of the places; and
 * newcomers, first come, until the hour ends. A name that found no place is counted (Misra and Gries 1982), so that one
 * with much mail gets a place in the next hour even while made-up names fill every hour's last quarter.
 */
export function figureNames(group: FigureGroup, { max, pinned }: LabelLimit): Names {
  const placesOfWeight = Math.floor((max - pinned.size) * (1 - NEWCOMERS_SHARE))
  const weights = new Map<string, number>()
  let named = new Set(pinned)
  const nameless = heavyNames(max)
  return {
    labelOf(name) {
      if (named.has(name)) return name
      if (name.length > LABEL_CHARACTERS_MAX) return OTHER_LABEL
      if (named.size < max) {
        named.add(name)
        return name
      }
      nameless.add(name)
      return OTHER_LABEL
    },
    turn(ended) {
      for (const [name, weight] of weights) weights.set(name, weight * WEIGHT_AFTER_AN_HOUR)
      const counts = [...hourCounts(group, ended), ...nameless.drain()]
      for (const [name, count] of counts) weights.set(name, (weights.get(name) ?? 0) + count)
      weights.delete(OTHER_LABEL)
      const heaviest = [...weights]
        .filter(([name]) => !pinned.has(name))
        .toSorted(([a, weightA], [b, weightB]) => weightB - weightA || (a < b ? -1 : 1))
      for (const [name] of heaviest.slice(placesOfWeight)) weights.delete(name)
      named = new Set([...pinned, ...heaviest.slice(0, placesOfWeight).map(([name]) => name)])
    },
  }
}

function hourCounts(group: FigureGroup, { labels }: Cube): (readonly [string, number])[] {
  return [...labels[group]].map(
    ([label, pair]) =>
      [label, pair.reduce((sum, vector) => sum + (vector === undefined ? 0 : sumOf(vector)), 0)] as const,
  )
}

/** Finds every name that makes up more than one in `places` of all that is added, in that many places. */
function heavyNames(places: number) {
  let counts = new Map<string, number>()
  return {
    add(name: string): void {
      const count = counts.get(name)
      if (count !== undefined) counts.set(name, count + 1)
      else if (counts.size < places) counts.set(name, 1)
      else {
        for (const [other, left] of counts) {
          if (left === 1) counts.delete(other)
          else counts.set(other, left - 1)
        }
      }
    },
    drain(): readonly (readonly [string, number])[] {
      const found = [...counts]
      counts = new Map()
      return found
    },
  }
}

// The rates that mail is judged by, as counts of counts: what is bad, and of how many. A rate is a fraction from 0 to 1
// wherever it is computed or compared (W4); only people read percent.
import { counted, type FigureCell } from './figures.ts'

/** How many of how many. */
export interface Share {
  readonly count: number
  readonly of: number
}

/** Recipients whose mail came back for good, of those whose end is known. */
export function bounceShare(cell: FigureCell): Share {
  return { count: counted(cell, 'hardBounced'), of: endsKnown(cell) }
}

/** Complaints of the mails that arrived: only who got a mail can complain. */
export function complaintShare(cell: FigureCell): Share {
  return { count: counted(cell, 'complained'), of: counted(cell, 'delivered') }
}

/**
 * What arrived or was refused for good by its receiver, of all whose end is known: a receiver that knows no such address is
 * no failure of sending. (The design's success > 99.5 % beside bounces up to 5 % can hold in no other sense.)
 */
export function successShare(cell: FigureCell): Share {
  const count = counted(cell, 'delivered') + counted(cell, 'hardBounced')
  return { count, of: count + counted(cell, 'softBounced') + counted(cell, 'refused') }
}

function endsKnown(cell: FigureCell): number {
  return counted(cell, 'delivered') + counted(cell, 'hardBounced') + counted(cell, 'softBounced')
}

/** A fraction from 0 to 1; undefined when there is nothing to divide by. */
export function rateOf({ count, of }: Share): number | undefined {
  return of <= 0 ? undefined : Math.min(1, count / of)
}

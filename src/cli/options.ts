// Values of options that several commands take.
import { InvalidArgumentError } from 'commander'

/** Nobody bounces more often in the time that logs are kept. */
export const BOUNCES_MAX = 1_000

/** Reads a whole number from 1 on. */
export function wholeOf(most: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (!/^\d+$/.test(text) || value < 1 || value > most)
      throw new InvalidArgumentError(`a whole number from 1 to ${most}.`)
    return value
  }
}

// What must be true. A failed assertion is a mistake in this program, never bad input: bad input is answered with a value.

export function assert(condition: unknown, why: string): asserts condition {
  if (!condition) throw new Error(`assertion failed: ${why}`)
}

/** The end of an exhaustive switch. */
export function never(value: never): never {
  throw new Error(`unexpected value ${JSON.stringify(value)}`)
}

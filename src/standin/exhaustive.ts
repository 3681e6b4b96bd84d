// The end of an exhaustive switch: the compiler sees that nothing comes here.

export function never(value: never): never {
  throw new Error(`unexpected value ${JSON.stringify(value)}`)
}

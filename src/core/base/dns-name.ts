// Domain names as this folder handles them: lower case, no final dot, '' for the root.

/** RFC 1035 2.3.4 */
const LABEL_OCTETS_MAX = 63
/** 255 octets in wire form (RFC 1035 2.3.4), which is 253 characters without the final dot. */
const NAME_CHARACTERS_MAX = 253
/** What may be asked: no dot or escape within a label, because the codec could not tell them apart. */
const LABEL = /^[!-[\]-~]+$/

export function canonicalName(name: string): string {
  const lower = name.toLowerCase()
  return lower.endsWith('.') ? lower.slice(0, -1) : lower
}

/** True for a name that can be put into a question and be told from every other name. */
export function isAskable(name: string): boolean {
  if (name === '') return true
  return (
    name.length <= NAME_CHARACTERS_MAX &&
    name.split('.').every((label) => label.length <= LABEL_OCTETS_MAX && LABEL.test(label))
  )
}

/** True when `name` is `apex` or lies below it. */
export function isWithin(name: string, apex: string): boolean {
  return apex === '' || name === apex || name.endsWith(`.${apex}`)
}

/** The name one label up, or undefined at the root. */
export function parentOf(name: string): string | undefined {
  if (name === '') return undefined
  const dot = name.indexOf('.')
  return dot === -1 ? '' : name.slice(dot + 1)
}

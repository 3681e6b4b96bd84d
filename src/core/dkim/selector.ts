// What SES takes as a selector (API reference, DkimSigningAttributes): one DNS label, narrower than RFC 6376 allows.

const LENGTH_MAX = 63

/** Why SES would not take this selector, with what to do, or undefined when it would. */
export function selectorFault(selector: string): string | undefined {
  if (selector === '') return 'the selector is empty: choose letters and digits, such as watari1'
  if (selector.length > LENGTH_MAX) {
    return `the selector has ${selector.length} characters: a DNS label has at most ${LENGTH_MAX}`
  }
  const strange = /[^a-z0-9-]/i.exec(selector)?.[0]
  if (strange !== undefined) {
    return `the selector holds ${JSON.stringify(strange)}: SES takes letters, digits and inner hyphens only, no dot and no underscore`
  }
  if (selector.startsWith('-') || selector.endsWith('-')) {
    return 'the selector begins or ends with a hyphen: put a letter or digit there'
  }
  return undefined
}

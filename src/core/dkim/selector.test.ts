import { expect, test } from 'vitest'
import { selectorFault } from './selector.ts'

// C30.
test.each(['s2025', 'watari1', 'a', 'a-b', '1', 'x'.repeat(63)])('%s is a selector', (selector) => {
  expect(selectorFault(selector)).toBeUndefined()
})

test.each([
  ['sel_2025', 'the selector holds "_": SES takes letters, digits and inner hyphens only, no dot and no underscore'],
  ['a.b', 'the selector holds ".": SES takes letters, digits and inner hyphens only, no dot and no underscore'],
  ['-x', 'the selector begins or ends with a hyphen: put a letter or digit there'],
  ['x-', 'the selector begins or ends with a hyphen: put a letter or digit there'],
  ['x'.repeat(64), 'the selector has 64 characters: a DNS label has at most 63'],
  ['', 'the selector is empty: choose letters and digits, such as watari1'],
  ['例', 'the selector holds "例": SES takes letters, digits and inner hyphens only, no dot and no underscore'],
])('%s is refused, with how to mend it', (selector, fault) => {
  expect(selectorFault(selector)).toBe(fault)
})

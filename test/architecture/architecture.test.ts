import { describe, expect, test } from 'vitest'
import { faultsIn } from './rules.ts'
import { parseSource, readSources } from './source.ts'

const root = process.cwd()

test('the source keeps the rules of ARCHITECTURE.md', () => {
  const files = readSources(root, 'src')
  expect(files.length).toBeGreaterThan(10)
  expect(faultsIn(files)).toEqual([])
})

describe('the rules can fail: a planted fault is found', () => {
  const planted: readonly [string, string, string, RegExp][] = [
    ['a node module in core', 'src/core/mail/x.ts', "import { readFile } from 'node:fs'\n", /core-is-pure/],
    ['an adapter in core', 'src/core/mail/x.ts', "import { a } from '../../adapters/node/log.ts'\n", /core-is-pure/],
    ['dkim seen by mail', 'src/core/mail/x.ts', "import { a } from '../dkim/decide.ts'\n", /mail-asks-shift/],
    ['mail seen by shift', 'src/core/shift/x.ts', "import { a } from '../mail/mail.ts'\n", /stand-alone/],
    ['shift seen by feedback', 'src/core/feedback/x.ts', "import { a } from '../shift/stage.ts'\n", /feedback-knows/],
    ['one adapter in another', 'src/adapters/ses/x.ts', "import { a } from '../smtp/courier.ts'\n", /siblings/],
    ['the SDK in the gateway', 'src/gateway/x.ts', "import { a } from '@aws-sdk/client-sesv2'\n", /aws-sdk/],
    ['ours in the stand-in', 'src/standin/x.ts', "import { a } from '../core/mail/mail.ts'\n", /stand-in-shares/],
    ['an adapter in the cli', 'src/cli/x.ts', "import { a } from '../adapters/node/log.ts'\n", /only-wiring-wires/],
    ['wiring in an adapter', 'src/adapters/node/x.ts', "import { a } from '../../wiring/local.ts'\n", /entry-points/],
    ['a clock in core', 'src/core/mail/x.ts', 'export const at = () => Date.now()\n', /no clock/],
    ['chance in core', 'src/core/mail/x.ts', 'export const r = () => Math.random()\n', /no chance/],
    ['a timer in core', 'src/core/mail/x.ts', 'setTimeout(() => {}, 1)\n', /Clock/],
    ['an over-long file', 'src/core/mail/x.ts', 'export {}\n'.repeat(301), /301 lines/],
    ['an over-long handler', 'src/lambda/x.ts', 'export {}\n'.repeat(41), /41 lines/],
    [
      'an SES error name out of its file',
      'src/core/mail/x.ts',
      "if (n === 'TooManyRequestsException') f()\n",
      /outcomes/,
    ],
    ['a dynamic import', 'src/core/mail/x.ts', "const a = await import('node:fs')\n", /core-is-pure/],
  ]
  test.each(planted)('%s', (_name, path, text, expected) => {
    expect(faultsIn([parseSource(path, text)]).join('\n')).toMatch(expected)
  })

  test('a circle of three files', () => {
    const faults = faultsIn([
      parseSource('src/core/base/a.ts', "import { b } from './b.ts'\n"),
      parseSource('src/core/base/b.ts', "import { c } from './c.ts'\n"),
      parseSource('src/core/base/c.ts', "import { a } from './a.ts'\n"),
    ])
    expect(faults).toEqual([
      'src/core/base/a.ts -> src/core/base/b.ts -> src/core/base/c.ts -> src/core/base/a.ts: a circle means two files are one idea',
    ])
  })

  test('a clock named in a comment is no clock', () => {
    expect(faultsIn([parseSource('src/core/mail/x.ts', '// never Date.now() here\nexport const a = 1\n')])).toEqual([])
  })
})

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { anchorsOf, deadLinksIn, linksOf, pagesNamedIn, type Document } from './links.ts'
import { readSources } from './source.ts'

const root = process.cwd()
const NOT_OURS = new Set(['node_modules', 'dist', 'data'])

test('every relative link of every document leads to a file and a heading that are there', () => {
  const documents = readDocuments()
  expect(documents.length).toBeGreaterThan(20)
  expect(deadLinksIn(documents, (path) => existsSync(join(root, path)))).toEqual([])
})

test('every page that the program names is there', () => {
  const named = readSources(root, 'src').flatMap(({ path, text }) =>
    pagesNamedIn(text).map((page) => ({
      path: `${path} as if`,
      text: `[](${'../'.repeat(path.split('/').length - 1)}${page})`,
    })),
  )
  const pages = readDocuments()
  expect(named.length).toBeGreaterThan(10)
  expect(deadLinksIn([...pages, ...named], (path) => existsSync(join(root, path)))).toEqual([])
})

test('the index of docs leads to every page in it', () => {
  const listed = new Set(linksOf(readFileSync(join(root, 'docs/README.md'), 'utf8')))
  const pages = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md') && name !== 'README.md')
  expect(pages.filter((name) => !listed.has(name))).toEqual([])
})

describe('a planted fault is found', () => {
  const page: Document = { path: 'docs/a.md', text: '# The watch\n\n## At `night`, alone\n' }
  const planted: readonly [string, string, string[]][] = [
    ['a file that is not there', '[x](docs/b.md)', ['README.md: docs/b.md leads to no file']],
    [
      'a heading that is not there',
      '[x](docs/a.md#noon)',
      ['README.md: docs/a.md#noon leads to no heading of docs/a.md'],
    ],
    ['a heading of the page itself', '[x](#noon)', ['README.md: #noon leads to no heading of README.md']],
    ['nothing in a right link', '[x](docs/a.md#at-night-alone)', []],
    ['nothing in another site', '[x](https://example.jp/b.md#c)', []],
    ['nothing in code', '```\n[x](docs/b.md)\n```\n`[x](docs/c.md)`', []],
  ]
  test.each(planted)('%s', (_name, text, expected) => {
    expect(
      deadLinksIn([{ path: 'README.md', text }, page], (path) => path === 'docs/a.md' || path === 'README.md'),
    ).toEqual(expected)
  })

  test('headings have the anchors of GitHub: a second one of a name gets a number, Japanese stays', () => {
    expect([...anchorsOf('# A, b (c)\n## A b c\n## 鍵の一生、2\n<a id="e"></a>\n')]).toEqual([
      'a-b-c',
      'a-b-c-1',
      '鍵の一生2',
      'e',
    ])
  })
})

function readDocuments(): Document[] {
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => !entry.name.startsWith('.') && !NOT_OURS.has(entry.name))
    .flatMap((entry) => (entry.isDirectory() ? below(entry.name) : [entry.name]))
    .filter((path) => path.endsWith('.md'))
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))
}

function below(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path))
}

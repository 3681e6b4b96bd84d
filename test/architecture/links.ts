// Reads documents as text: their headings as anchors, and their links. Knows no file but what it is given.
import { dirname, join, normalize } from 'node:path'

export interface Document {
  /** Path from the root of the project, with forward slashes. */
  readonly path: string
  readonly text: string
}

/** What readers of a page may jump to: its headings as GitHub names them, and anchors that are written out. */
export function anchorsOf(text: string): Set<string> {
  const anchors = new Set<string>()
  for (const heading of withoutCode(text).matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)) {
    const name = anchorOf(heading[1] ?? '')
    let unique = name
    for (let again = 1; anchors.has(unique); again++) unique = `${name}-${again}`
    anchors.add(unique)
  }
  for (const written of text.matchAll(/<a\s+(?:id|name)="([^"]+)"/g)) anchors.add(written[1] ?? '')
  return anchors
}

/** Every link that leads nowhere, as one sentence each. `exists` is asked for paths from the root of the project. */
export function deadLinksIn(documents: readonly Document[], exists: (path: string) => boolean): string[] {
  const anchors = new Map(documents.map((document) => [document.path, anchorsOf(document.text)]))
  return documents.flatMap(({ path, text }) =>
    linksOf(text).flatMap((link) => {
      const [file = '', anchor] = link.split('#')
      const target = file === '' ? path : normalize(join(dirname(path), file))
      if (!exists(target)) return [`${path}: ${link} leads to no file`]
      if (anchor === undefined || anchors.get(target)?.has(decodeURIComponent(anchor)) !== false) return []
      return [`${path}: ${link} leads to no heading of ${target}`]
    }),
  )
}

/** Pages that a text names by their path from the root, such as `docs/plan.md`. */
export function pagesNamedIn(text: string): string[] {
  return [...text.matchAll(/(?<![\w/.-])docs\/[\w./-]+\.md(?:#[\w-]+)?/g)].map((match) => match[0])
}

/** Relative links; those to other sites are not looked at. */
export function linksOf(text: string): string[] {
  return [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)]
    .map((match) => match[1] ?? '')
    .filter((link) => !/^[a-z][a-z0-9+.-]*:/i.test(link))
}

// Fences first, because what stands in them may hold single backticks. Headings keep what their backticks hold.
function withoutCode(text: string): string {
  return text
    .replace(/^(`{3,})[^\n]*\n[\s\S]*?^\1`*\s*$/gm, '')
    .replace(/`[^`\n]*`/g, (code) => code.replace(/[[\]()]/g, ''))
}

function anchorOf(heading: string): string {
  const words = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
  return words
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
    .replaceAll(' ', '-')
}

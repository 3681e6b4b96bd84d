// A small strict reader of XML for reports that strangers send: elements and their text, nothing else. Its rule: nothing is
// ever fetched or expanded. A DOCTYPE is refused, and of entities only those that XML itself has are known.
import type { Pausing } from './pauses.ts'

export interface XmlElement {
  /** Without its namespace prefix, lower case: reporters differ in both. */
  readonly name: string
  readonly children: readonly XmlElement[]
  /** Its own text, white space at the ends taken off. */
  readonly text: string
}

export type XmlReading =
  | { readonly kind: 'read'; readonly root: XmlElement }
  /** `message` completes "the XML …". */
  | {
      readonly kind: 'refused'
      readonly reason: 'doctype' | 'tooDeep' | 'tooMany' | 'malformed'
      readonly message: string
    }

/** A DMARC report has six levels. */
const DEPTH_MAX = 32
/** Some thirty elements a row: 30,000 rows. */
const ELEMENTS_MAX = 1_000_000

/** A few milliseconds of work. */
const ELEMENTS_BETWEEN_PAUSES = 2_000

interface Open {
  readonly name: string
  readonly children: XmlElement[]
  text: string
}

/**
 * https://www.w3.org/TR/xml, without DTDs; attributes are skipped. A large text takes long (some 50 ms a MiB), so the reading
 * pauses now and then: whoever has nothing else to do goes on at once (base/pauses.ts).
 */
export function* xmlReading(text: string): Pausing<XmlReading> {
  const stack: Open[] = [{ name: '', children: [], text: '' }]
  let elements = 0
  let at = text.startsWith('\ufeff') ? 1 : 0
  while (at < text.length) {
    const open = text.indexOf('<', at)
    const top = stack.at(-1)!
    const said = text.slice(at, open < 0 ? text.length : open)
    if (said.trim() !== '') {
      if (stack.length === 1) return malformed('has text outside of its elements')
      top.text += unescaped(said)
    }
    if (open < 0) break
    const step = stepAt(text, open)
    if (typeof step === 'object' && 'kind' in step) return step
    at = step.end
    if (step.text !== undefined) top.text += step.text
    if (step.opens !== undefined) {
      elements += 1
      if (elements % ELEMENTS_BETWEEN_PAUSES === 0) yield
      if (elements > ELEMENTS_MAX) return refused('tooMany', `has more than ${ELEMENTS_MAX} elements`)
      if (stack.length > DEPTH_MAX) return refused('tooDeep', `is more than ${DEPTH_MAX} elements deep`)
      stack.push({ name: step.opens, children: [], text: '' })
    }
    if (step.closes !== undefined) {
      const closed = stack.pop()!
      const parent = stack.at(-1)
      if (parent === undefined || closed.name !== step.closes) return malformed(`closes </${step.closes}> out of turn`)
      parent.children.push({ name: closed.name, children: closed.children, text: closed.text.trim() })
    }
  }
  const [root, ...others] = stack[0]!.children
  if (stack.length > 1) return malformed(`ends inside of <${stack.at(-1)!.name}>`)
  if (root === undefined || others.length > 0) return malformed('has not exactly one root element')
  return { kind: 'read', root }
}

interface Step {
  readonly end: number
  readonly opens?: string
  readonly closes?: string
  readonly text?: string
}

function stepAt(text: string, open: number): Step | Extract<XmlReading, { kind: 'refused' }> {
  if (text.startsWith('<!--', open)) return skipped(text, open + 4, '-->')
  if (text.startsWith('<![CDATA[', open)) {
    const end = text.indexOf(']]>', open)
    return end < 0 ? malformed('ends inside of CDATA') : { end: end + 3, text: text.slice(open + 9, end) }
  }
  if (text.startsWith('<?', open)) return skipped(text, open + 2, '?>')
  if (text.startsWith('<!', open))
    return refused('doctype', 'has a DOCTYPE, by which files could be fetched or blown up')
  const end = tagEnd(text, open)
  if (end < 0) return malformed('ends inside of a tag')
  const tag = text.slice(open + 1, end)
  const closing = /^\/\s*([^\s/>]+)\s*$/.exec(tag)?.[1]
  if (closing !== undefined) return { end: end + 1, closes: localName(closing) }
  const name = /^([A-Za-z_][\w.:-]{0,127})(?=[\s/]|$)/.exec(tag)?.[1]
  if (name === undefined) return malformed('has a tag without a name')
  const opens = localName(name)
  return tag.endsWith('/') ? { end: end + 1, opens, closes: opens } : { end: end + 1, opens }
}

/** The `>` of a tag; one inside a quoted attribute does not count. */
function tagEnd(text: string, open: number): number {
  const end = text.indexOf('>', open)
  // Most tags have no attributes, and reports have a million tags.
  if (end >= 0 && !/["'<]/.test(text.slice(open + 1, end))) return end
  let quote = ''
  for (let at = open + 1; at < text.length; at += 1) {
    const char = text[at]!
    if (quote !== '') {
      if (char === quote) quote = ''
    } else if (char === '"' || char === "'") quote = char
    else if (char === '>') return at
    else if (char === '<') return -1
  }
  return -1
}

function skipped(text: string, from: number, until: string): Step | Extract<XmlReading, { kind: 'refused' }> {
  const end = text.indexOf(until, from)
  return end < 0 ? malformed('ends inside of a comment or an instruction') : { end: end + until.length }
}

function localName(name: string): string {
  return name.slice(name.lastIndexOf(':') + 1).toLowerCase()
}

const PREDEFINED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

/** The five entities of XML and character numbers; another name stays as it stands. */
function unescaped(text: string): string {
  if (!text.includes('&')) return text
  return text.replaceAll(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(\w{1,8}));/gi, (whole, decimal, hex, name) => {
    if (typeof name === 'string') return Object.hasOwn(PREDEFINED, name) ? PREDEFINED[name]! : whole
    const code = typeof decimal === 'string' ? Number(decimal) : Number.parseInt(String(hex), 16)
    return code <= 0x10_ffff ? String.fromCodePoint(code) : whole
  })
}

function refused(
  reason: Extract<XmlReading, { kind: 'refused' }>['reason'],
  message: string,
): Extract<XmlReading, { kind: 'refused' }> {
  return { kind: 'refused', reason, message }
}

function malformed(message: string): Extract<XmlReading, { kind: 'refused' }> {
  return refused('malformed', message)
}

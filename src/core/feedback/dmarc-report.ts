// An aggregate report of a receiver (RFC 7489 appendix C) as values. Reporters differ in namespaces, case, and in what they
// leave out; a row that cannot be read is counted, and what a report lacks to be one at all is told in a sentence.
import type { Pausing } from '../base/pauses.ts'
import { xmlReading, type XmlElement } from '../base/xml.ts'

export interface DmarcReport {
  /** Who saw these mails. */
  readonly reporter: string
  /** Given by the reporter; unique for it. */
  readonly reportId: string
  readonly beginAt: number
  readonly endAt: number
  /** Whose policy was applied. */
  readonly domain: string
  readonly rows: readonly DmarcRow[]
  /** Rows without a count or a source. */
  readonly unreadableRows: number
}

export interface DmarcRow {
  readonly sourceIp: string
  readonly mails: number
  readonly disposition: string
  readonly headerFrom: string
  /** The verdicts with alignment, as DMARC counts them. */
  readonly dkimPass: boolean
  readonly spfPass: boolean
  /** Of every signature that the receiver tried. */
  readonly signatures: readonly DmarcSignature[]
}

export interface DmarcSignature {
  readonly domain: string
  /** '' when the reporter does not tell. */
  readonly selector: string
  readonly result: string
}

export type DmarcReading =
  | { readonly kind: 'report'; readonly report: DmarcReport }
  | { readonly kind: 'unreadable'; readonly reason: string; readonly message: string }

/** A count over this is a fault of the reporter: more than the whole world sends us in a day. */
const MAILS_MAX = 1_000_000_000
const WORD_MAX = 255
/** A few milliseconds of work. */
const ROWS_BETWEEN_PAUSES = 200

/** Pauses now and then, because a report may have many thousand rows. */
export function* dmarcReading(text: string): Pausing<DmarcReading> {
  const xml = yield* xmlReading(text)
  if (xml.kind === 'refused') return { kind: 'unreadable', reason: xml.reason, message: `the XML ${xml.message}` }
  const { root } = xml
  if (root.name !== 'feedback') return unreadable('noReport', 'it is no aggregate report: its root is not <feedback>')
  const metadata = child(root, 'report_metadata')
  const range = child(metadata, 'date_range')
  const beginAt = instantOf(word(range, 'begin'))
  const endAt = instantOf(word(range, 'end'))
  const domain = word(child(root, 'policy_published'), 'domain').toLowerCase()
  if (beginAt === undefined || endAt === undefined)
    return unreadable('noRange', 'it does not say which time it is about')
  if (domain === '') return unreadable('noDomain', 'it does not say whose policy it is about')
  const reporter = nobodyIn(word(metadata, 'org_name')) || nobodyIn(word(metadata, 'email')) || 'unknown'
  const records = childrenOf(root, 'record')
  const rows: DmarcRow[] = []
  for (const [i, record] of records.entries()) {
    if (i % ROWS_BETWEEN_PAUSES === ROWS_BETWEEN_PAUSES - 1) yield
    const row = rowOf(record, domain)
    if (row !== undefined) rows.push(row)
  }
  return {
    kind: 'report',
    report: {
      reporter,
      // One reporter sends one report of one domain and one time, should it give no id.
      reportId: word(metadata, 'report_id') || `${domain} ${beginAt} ${endAt}`,
      beginAt,
      endAt,
      domain,
      rows,
      unreadableRows: records.length - rows.length,
    },
  }
}

function rowOf(record: XmlElement, policyDomain: string): DmarcRow | undefined {
  const row = child(record, 'row')
  const evaluated = child(row, 'policy_evaluated')
  const identifiers = child(record, 'identifiers') ?? child(record, 'identities')
  const results = child(record, 'auth_results')
  const sourceIp = word(row, 'source_ip')
  const mails = Number(word(row, 'count') || 'none')
  if (!/^[0-9a-f.:]{2,45}$/i.test(sourceIp) || !Number.isInteger(mails) || mails < 0 || mails > MAILS_MAX)
    return undefined
  const headerFrom = word(identifiers, 'header_from').toLowerCase() || policyDomain
  const signatures = childrenOf(results, 'dkim').map((one) => ({
    domain: word(one, 'domain').toLowerCase(),
    selector: nobodyIn(word(one, 'selector')),
    result: word(one, 'result').toLowerCase(),
  }))
  const spf = childrenOf(results, 'spf').map((one) => ({
    domain: word(one, 'domain').toLowerCase(),
    result: word(one, 'result').toLowerCase(),
  }))
  const pass = (of: readonly { readonly domain: string; readonly result: string }[]) =>
    of.some(({ domain, result }) => result === 'pass' && isAligned(domain, headerFrom))
  return {
    sourceIp,
    mails,
    disposition: word(evaluated, 'disposition').toLowerCase() || 'none',
    headerFrom,
    dkimPass: verdict(word(evaluated, 'dkim')) ?? pass(signatures),
    spfPass: verdict(word(evaluated, 'spf')) ?? pass(spf),
    signatures,
  }
}

/** Undefined when the reporter leaves it out; then the results are all there is. */
function verdict(text: string): boolean | undefined {
  return text === '' ? undefined : text.toLowerCase() === 'pass'
}

/** Relaxed alignment without a list of public suffixes: the same domain, or one under the other. */
export function isAligned(domain: string, headerFrom: string): boolean {
  if (domain === '' || !domain.includes('.')) return false
  return domain === headerFrom || domain.endsWith(`.${headerFrom}`) || headerFrom.endsWith(`.${domain}`)
}

/** Seconds since 1970, as the schema has it, or a date, as some write. */
function instantOf(text: string): number | undefined {
  const at = /^\d{1,12}(\.\d+)?$/.test(text) ? Math.floor(Number(text)) * 1_000 : Date.parse(text)
  return Number.isFinite(at) && at > 0 ? at : undefined
}

function child(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return element?.children.find((one) => one.name === name)
}

function childrenOf(element: XmlElement | undefined, name: string): readonly XmlElement[] {
  return element?.children.filter((one) => one.name === name) ?? []
}

/** The text of a child, short and in one line: it is shown to people. */
function word(element: XmlElement | undefined, name: string): string {
  return (child(element, name)?.text ?? '').replaceAll(/\s+/g, ' ').slice(0, WORD_MAX)
}

/** Of an address the domain: who reports is a receiver, and no person's name belongs into a log. */
function nobodyIn(text: string): string {
  return text.replaceAll(/(?:"[^"]*"|[^\s<>"]+)@/g, '')
}

function unreadable(reason: string, message: string): DmarcReading {
  return { kind: 'unreadable', reason, message }
}

// Reads a plan file: YAML, then the schema, then the rules over several keys. All faults at once, each with its place.
// Nothing here starts anything or reads a secret.
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { LineCounter, parseDocument, type Document } from 'yaml'
import type { Plan } from '../core/plan/plan.ts'
import { faultAt, faultsOf, keyPosition, renderFault, type PlanFault, type PlanSource } from './plan-faults.ts'
import type { KeyPath } from '../core/plan/finding.ts'
import { brokenRules, warningsOf } from './plan-rules.ts'
import { planSchema, type PlanInput } from './plan-schema.ts'

/** A plan is written by hand; a larger file is not one. */
const PLAN_OCTETS_MAX = 1_048_576
/** More faults than a person mends in one go. */
const FAULTS_SHOWN_MAX = 20
/** YAML aliases can blow a small file up; a plan needs none. */
const ALIASES_MAX = 100

export type PlanReading =
  | { readonly kind: 'plan'; readonly plan: Plan; readonly warnings: readonly string[]; readonly placeOf: PlaceOf }
  | { readonly kind: 'faulty'; readonly faults: readonly string[] }

/** Where a key of the plan stands in its file; the file's first line for a key that is not written. */
export type PlaceOf = (path: KeyPath) => { readonly line: number; readonly column: number }

/** The plan in a file, or what is wrong with it, a sentence each. */
export function readPlan(file: string): PlanReading {
  let text: string
  try {
    const octets = readFileSync(file)
    if (octets.length > PLAN_OCTETS_MAX)
      return faulty(file, `is over ${PLAN_OCTETS_MAX} octets`, 'This is no plan file.')
    text = new TextDecoder('utf-8', { fatal: true }).decode(octets)
  } catch (error) {
    return unreadable(file, error)
  }
  return parsePlan(text, { file, hostname: hostname() })
}

export function parsePlan(text: string, from: { readonly file: string; readonly hostname: string }): PlanReading {
  const lines = new LineCounter()
  const document = parsed(text, lines)
  if (document === undefined)
    return faulty(from.file, 'is nested too deeply to read', 'A plan has five levels at most.')
  const broken = [...document.errors, ...document.warnings]
  if (broken.length > 0) {
    const faults = broken.map(({ pos: [offset], message }) => yamlFault(lines, offset, message))
    return { kind: 'faulty', faults: rendered(from.file, faults) }
  }
  let values: unknown
  try {
    values = document.toJS({ maxAliasCount: ALIASES_MAX })
  } catch {
    return faulty(from.file, `has more than ${ALIASES_MAX} uses of aliases`, 'Write the values out.')
  }
  return judge({ document, lines, values }, from)
}

/** Undefined when the parser runs out of stack. */
function parsed(text: string, lines: LineCounter): Document | undefined {
  try {
    return parseDocument(text, { lineCounter: lines, prettyErrors: false })
  } catch {
    return undefined
  }
}

function judge(source: PlanSource, from: { readonly file: string; readonly hostname: string }): PlanReading {
  const { values } = source
  if (typeof values !== 'object' || values === null || Array.isArray(values)) {
    return faulty(
      from.file,
      values === null ? 'is empty' : 'is no plan',
      'Begin with "domain: example.jp"; docs/plan.md lists all keys.',
    )
  }
  const schema = planSchema(from.hostname)
  const parsed = schema.safeParse(values)
  if (!parsed.success) {
    const faults = parsed.error.issues.flatMap((issue) => faultsOf(issue, source, schema))
    return { kind: 'faulty', faults: rendered(from.file, faults) }
  }
  const plan = completed(parsed.data, values as Readonly<Record<string, unknown>>)
  const place = ({ path, what, mend }: ReturnType<typeof brokenRules>[number]) => faultAt(source, path, what, mend)
  const faults = brokenRules(plan).map(place)
  if (faults.length > 0) return { kind: 'faulty', faults: rendered(from.file, faults) }
  const warnings = rendered(from.file, warningsOf(plan).map(place))
  return { kind: 'plan', plan, warnings, placeOf: (path) => keyPosition(source, path) }
}

/** Defaults that depend on other keys. */
function completed(input: PlanInput, values: Readonly<Record<string, unknown>>): Plan {
  const written = (section: string, key: string) => {
    const at = values[section]
    return typeof at === 'object' && at !== null && Object.hasOwn(at, key)
  }
  return {
    ...input,
    gateway: {
      ...input.gateway,
      senderDomains: written('gateway', 'senderDomains') ? input.gateway.senderDomains : [input.domain],
    },
    // Names from mails are looked up in these, and `constructor` is a name too.
    shares: {
      ...input.shares,
      byDomain: withoutPrototype(input.shares.byDomain),
      byStream: withoutPrototype(input.shares.byStream),
    },
    addresses: { ...input.addresses, dotAddresses: withoutPrototype(input.addresses.dotAddresses) },
    ses: {
      ...input.ses,
      identities: written('ses', 'identities') ? input.ses.identities : [input.domain],
      // https://docs.aws.amazon.com/ses/latest/dg/smtp-connect.html
      smtpHost: input.ses.smtpHost ?? `email-smtp.${input.region}.amazonaws.com`,
    },
  }
}

function withoutPrototype<T>(record: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  return Object.assign(Object.create(null) as Record<string, T>, record)
}

function yamlFault(lines: LineCounter, offset: number, message: string): PlanFault {
  const { line, col } = lines.linePos(offset)
  const what = `this is not YAML: ${message.split('\n')[0]!.replace(/\.$/, '')}`
  return { line: Math.max(line, 1), column: Math.max(col, 1), key: '', what, mend: '' }
}

function rendered(file: string, faults: readonly PlanFault[]): readonly string[] {
  const inOrder = faults.toSorted((a, b) => a.line - b.line || a.column - b.column)
  const shown = inOrder.slice(0, FAULTS_SHOWN_MAX).map((fault) => renderFault(file, fault))
  const more = faults.length - shown.length
  return more > 0 ? [...shown, `${file}: and ${more} more`] : shown
}

function faulty(file: string, what: string, mend: string): PlanReading {
  return { kind: 'faulty', faults: [`${file}: ${what}. ${mend}`] }
}

function unreadable(file: string, error: unknown): PlanReading {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
  if (code === 'ENOENT') return faulty(file, 'there is no such file', 'Name the plan with --plan FILE.')
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return faulty(file, 'is not UTF-8', 'Save it as UTF-8.')
  return faulty(file, `cannot be read (${code})`, 'Check the path and its permissions.')
}

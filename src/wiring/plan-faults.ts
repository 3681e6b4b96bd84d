// A fault in a plan file as a person needs it: where, which key, what is wrong, and how to mend it.
// Values are shown only where they cannot be secret: a text is quoted for names and choices, never for keys and credentials.
import { isMap, isNode, isScalar, type Document, type LineCounter, type Node } from 'yaml'
import type { z } from 'zod'
import type { KeyPath } from '../core/plan/finding.ts'
import { descriptionAt, keysAt, nearest, whereElse } from './plan-keys.ts'

export interface PlanFault {
  readonly line: number
  readonly column: number
  /** 'gateway.limits.recipients'; '' for the file as a whole. */
  readonly key: string
  readonly what: string
  readonly mend: string
}

/** A parsed file: the document for positions, its values for what was found. */
export interface PlanSource {
  readonly document: Document
  readonly lines: LineCounter
  readonly values: unknown
}

const SECRET = /^(split|ses\.credentials|ses\.apiEndpoint)(\.|$)/
const SHOWN_MAX = 60
/** Known keys are listed when there are few enough to read. */
const KEYS_LISTED_MAX = 24

export function faultsOf(issue: z.core.$ZodIssue, source: PlanSource, schema: z.ZodType): readonly PlanFault[] {
  const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)))
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((name) => unknownKey({ name, path }, source, schema))
  }
  if (issue.code === 'invalid_key') {
    const why = issue.issues[0]?.message ?? 'is not allowed here'
    return [
      {
        ...keyPosition(source, path),
        key: keyText(path),
        what: `this key ${why}`,
        mend: mendAt(schema, path.slice(0, -1)),
      },
    ]
  }
  const value = valueAt(source.values, path)
  if (value === undefined) {
    return [{ ...keyPosition(source, path), key: keyText(path), what: 'is missing', mend: mendAt(schema, path) }]
  }
  return [
    { ...position(source, path), key: keyText(path), what: wrong(issue, value, path), mend: mendAt(schema, path) },
  ]
}

/** A fault that a rule over several keys found. */
export function faultAt(source: PlanSource, path: KeyPath, what: string, mend: string): PlanFault {
  return { ...position(source, path), key: keyText(path), what, mend }
}

export function renderFault(file: string, fault: PlanFault): string {
  const key = fault.key === '' ? '' : `${fault.key} `
  return `${file}:${fault.line}:${fault.column}: ${key}${fault.what}. ${fault.mend}`.trimEnd()
}

function unknownKey(at: { name: string; path: KeyPath }, source: PlanSource, schema: z.ZodType): PlanFault {
  const path = [...at.path, at.name]
  return {
    ...keyPosition(source, path),
    key: keyText(path),
    what: 'is no key of a plan',
    mend: mendUnknown(at.name, at.path, schema),
  }
}

function mendUnknown(name: string, parent: KeyPath, schema: z.ZodType): string {
  const known = keysAt(schema, parent)
  const near = nearest(name, known)
  if (near !== undefined) return `Did you mean ${near}?`
  const elsewhere = whereElse(schema, name)
  if (elsewhere !== undefined) return `Did you mean ${elsewhere}?`
  return known.length <= KEYS_LISTED_MAX ? `Known here: ${known.join(', ')}.` : 'docs/plan.md lists all keys.'
}

function mendAt(schema: z.ZodType, path: KeyPath): string {
  const description = descriptionAt(schema, path)
  if (description !== undefined) return `Write ${description}.`
  const keys = keysAt(schema, path)
  return keys.length > 0 ? `Write a section with its keys indented below it: ${keys.join(', ')}.` : ''
}

function wrong(issue: z.core.$ZodIssue, value: unknown, path: KeyPath): string {
  const found = shown(value, path)
  switch (issue.code) {
    case 'invalid_type':
      return `is ${kindOf(value)}`
    case 'too_small':
      return `is ${measured(value, path)}, the least is ${String(issue.minimum)}`
    case 'too_big':
      return `is ${measured(value, path)}, the most is ${String(issue.maximum)}`
    case 'invalid_value':
      return `cannot be ${found}${suggestion(issue.values, value)}`
    case 'invalid_format':
    case 'custom':
      return found === '' ? issue.message : `${found} ${issue.message}`
    default:
      return 'is not right'
  }
}

function suggestion(values: readonly unknown[], value: unknown): string {
  const near = typeof value === 'string' ? nearest(value, values.map(String)) : undefined
  return near === undefined ? '' : ` (did you mean ${near}?)`
}

function measured(value: unknown, path: KeyPath): string {
  if (typeof value === 'string') return value === '' ? 'empty' : `${value.length} characters long`
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${value.length}`
  return shown(value, path)
}

function shown(value: unknown, path: KeyPath): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (typeof value !== 'string' || SECRET.test(keyText(path)))
    return typeof value === 'string' ? 'this text' : kindOf(value)
  return JSON.stringify(value.length > SHOWN_MAX ? `${value.slice(0, SHOWN_MAX)}…` : value)
}

function kindOf(value: unknown): string {
  if (value === null) return 'empty'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'string') return 'a text'
  if (typeof value === 'boolean') return `${value}, a yes or no`
  if (typeof value === 'number') return Number.isFinite(value) ? `the number ${value}` : 'a number without end'
  return 'a section'
}

function keyText(path: KeyPath): string {
  return path.map((step, i) => (typeof step === 'number' ? `[${step + 1}]` : i === 0 ? step : `.${step}`)).join('')
}

function valueAt(values: unknown, path: KeyPath): unknown {
  let value = values
  for (const step of path) {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, step)) return undefined
    value = (value as Record<string | number, unknown>)[step]
  }
  return value
}

function position(source: PlanSource, path: KeyPath): { readonly line: number; readonly column: number } {
  const node: unknown = source.document.getIn(path, true)
  return isNode(node) && node.range ? lineOf(source, node.range[0]) : keyPosition(source, path)
}

/** Where the key itself stands, or the nearest key above that exists. Lines and columns count from 1. */
export function keyPosition(source: PlanSource, path: KeyPath): { readonly line: number; readonly column: number } {
  for (let depth = path.length; depth > 0; depth -= 1) {
    const node = keyNode(source.document, path.slice(0, depth))
    if (node?.range) return lineOf(source, node.range[0])
  }
  return { line: 1, column: 1 }
}

function keyNode(document: Document, path: KeyPath): Node | undefined {
  const parent: unknown = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true)
  const name = path.at(-1)
  if (typeof name === 'number') {
    const item: unknown = document.getIn(path, true)
    return isNode(item) ? item : undefined
  }
  if (!isMap(parent)) return undefined
  const key = parent.items.map((pair) => pair.key).find((key) => isScalar(key) && String(key.value) === name)
  return isNode(key) ? key : undefined
}

function lineOf(source: PlanSource, offset: number): { readonly line: number; readonly column: number } {
  const { line, col } = source.lines.linePos(offset)
  return { line: Math.max(line, 1), column: Math.max(col, 1) }
}

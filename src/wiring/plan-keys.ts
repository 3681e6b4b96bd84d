// Asks the plan's schema which keys it knows and what belongs there. Only reads; knows nothing of files.
import type { z } from 'zod'
import type { KeyPath } from '../core/plan/finding.ts'

interface Definition {
  readonly type: string
  readonly innerType?: z.ZodType
  readonly in?: z.ZodType
  readonly shape?: Readonly<Record<string, z.ZodType>>
  readonly element?: z.ZodType
  readonly valueType?: z.ZodType
}

const definitionOf = (schema: z.ZodType) => schema._zod.def as unknown as Definition

/** Behind defaults, options and transformations. */
function bare(schema: z.ZodType): z.ZodType {
  const definition = definitionOf(schema)
  const inner = definition.innerType ?? definition.in
  return inner === undefined ? schema : bare(inner)
}

function stepInto(schema: z.ZodType, step: string | number): z.ZodType | undefined {
  const definition = definitionOf(bare(schema))
  if (definition.shape !== undefined) return Object.hasOwn(definition.shape, step) ? definition.shape[step] : undefined
  return definition.element ?? definition.valueType
}

function schemaAt(schema: z.ZodType, path: KeyPath): z.ZodType | undefined {
  return path.reduce<z.ZodType | undefined>((at, step) => at && stepInto(at, step), schema)
}

/** What to write there, or undefined for a section. */
export function descriptionAt(schema: z.ZodType, path: KeyPath): string | undefined {
  const at = schemaAt(schema, path)
  return at && descriptionOf(at)
}

function descriptionOf(schema: z.ZodType): string | undefined {
  if (schema.description !== undefined) return schema.description
  const definition = definitionOf(schema)
  const inner = definition.innerType ?? definition.in
  return inner && descriptionOf(inner)
}

export function keysAt(schema: z.ZodType, path: KeyPath): readonly string[] {
  const at = schemaAt(schema, path)
  return at ? Object.keys(definitionOf(bare(at)).shape ?? {}) : []
}

/** All keys, sections included, as dotted names; list entries are written as `[]`. */
export function allKeys(schema: z.ZodType, prefix = ''): readonly string[] {
  const definition = definitionOf(bare(schema))
  if (definition.element !== undefined) return allKeys(definition.element, `${prefix}[]`)
  if (definition.valueType !== undefined) return allKeys(definition.valueType, `${prefix}.*`)
  return Object.entries(definition.shape ?? {}).flatMap(([name, inner]) => {
    const key = prefix === '' ? name : `${prefix}.${name}`
    return [key, ...allKeys(inner, key)]
  })
}

/** The full name of a key that stands at another place of the plan; undefined when there is none or more than one. */
export function whereElse(schema: z.ZodType, name: string): string | undefined {
  const found = allKeys(schema).filter((key) => key === name || key.endsWith(`.${name}`))
  return found.length === 1 ? found[0] : undefined
}

/** A third of the letters may be wrong, at least one and at most three: more is another word. */
export function nearest(name: string, candidates: readonly string[]): string | undefined {
  const most = Math.min(3, Math.max(1, Math.ceil(name.length / 3)))
  const [best] = candidates
    .map((candidate) => ({ candidate, distance: distanceBetween(name.toLowerCase(), candidate.toLowerCase(), most) }))
    .filter(({ distance }) => distance <= most)
    .sort((a, b) => a.distance - b.distance)
  return best?.candidate
}

/** Levenshtein's distance; a name much longer or shorter is not looked at. */
function distanceBetween(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return Infinity
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const change = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(change, row[j]! + 1, next[j - 1]! + 1))
    }
    row = next
  }
  return row[b.length]!
}

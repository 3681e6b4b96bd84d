// Reads the lines of files that name addresses to suppress: SES's two forms, our own export, lists of Cuenote, plain lists.
// Its rule: a line that is not understood is a fault with its number and how to mend it, never a guess.
import { cuenoteColumns, cuenoteMeaning } from './import-cuenote.ts'

export const IMPORT_FORMATS = ['csv', 'json', 'cuenote', 'plain'] as const
export type ImportFormat = (typeof IMPORT_FORMATS)[number]

export interface ImportedLine {
  readonly line: number
  readonly address: string
  /** 'bounce', 'complaint', or the file's own word. */
  readonly word: string
  readonly status?: string
  readonly count: number
  readonly firstAt?: number
  readonly lastAt?: number
}

export type LineReading =
  | { readonly kind: 'address'; readonly imported: ImportedLine }
  /** A head, a comment, an empty line, or a line about a mail that arrived. */
  | { readonly kind: 'nothing' }
  | { readonly kind: 'fault'; readonly what: string; readonly mend: string }

export type ReadLine = (text: string, line: number) => LineReading

/** An instant in words, in epoch milliseconds; undefined for what is none. */
export type InstantOf = (text: string) => number | undefined

/** Longer lines are no lists of addresses. */
export const LINE_CHARACTERS_MAX = 4_096
/** RFC 5321 4.5.3.1: 64 octets, an @ and 255. */
const ADDRESS_CHARACTERS_MAX = 320
const COUNT_MAX = 1_000_000
const WORD = /^[\p{L}\p{N}][\p{L}\p{N}_/ -]{0,39}$/u
const STATUS = /^[245]\.\d{1,3}\.\d{1,3}$/

/** A reader for one file: it remembers the head. */
export function lineReader(format: ImportFormat, instantOf: InstantOf): ReadLine {
  const read = READERS[format](instantOf)
  return (text, line) => {
    if (text.length > LINE_CHARACTERS_MAX)
      return fault(`has over ${LINE_CHARACTERS_MAX} characters`, 'Write one address a line.')
    return text.trim() === '' ? NOTHING : read(text, line)
  }
}

const NOTHING: LineReading = { kind: 'nothing' }
const fault = (what: string, mend: string): LineReading => ({ kind: 'fault', what, mend })

const READERS: Readonly<Record<ImportFormat, (instantOf: InstantOf) => ReadLine>> = {
  plain: () => (text, line) => {
    const address = text.trim()
    return address.startsWith('#') ? NOTHING : imported(line, { address, word: 'bounce' }, () => undefined)
  },
  csv: (instantOf) => tableReader(instantOf, { columns: CSV_COLUMNS, needsHead: false }),
  cuenote: (instantOf) => tableReader(instantOf, { columns: cuenoteColumns, needsHead: true }),
  json: (instantOf) => (text, line) => {
    const value = objectIn(text)
    if (value === undefined)
      return fault('is no JSON object', 'Write one object a line: {"emailAddress":"…","reason":"BOUNCE"}.')
    if (value['suppressed'] === false) return NOTHING
    const text_ = (...names: readonly string[]) => names.map((name) => value[name]).find((found) => found !== undefined)
    return imported(
      line,
      {
        address: asText(text_('emailAddress', 'address')),
        word: asText(text_('reason')) || 'bounce',
        status: asText(text_('status')),
        count: asText(text_('count', 'bounces')),
        firstAt: asText(text_('firstAt', 'first')),
        lastAt: asText(text_('lastAt', 'last')),
      },
      instantOf,
    )
  },
}

type Column = 'address' | 'word' | 'status' | 'count' | 'firstAt' | 'lastAt' | 'meaning'
type Columns = ReadonlyMap<string, Column>

/** Heads in lower case, without spaces, _ and -. The order without a head is that of the first of each. */
const CSV_COLUMNS: Columns = new Map<string, Column>([
  ['address', 'address'],
  ['emailaddress', 'address'],
  ['email', 'address'],
  ['reason', 'word'],
  ['status', 'status'],
  ['count', 'count'],
  ['times', 'count'],
  ['bounces', 'count'],
  ['first', 'firstAt'],
  ['firstat', 'firstAt'],
  ['last', 'lastAt'],
  ['lastat', 'lastAt'],
  ['lastupdatetime', 'lastAt'],
])
const CSV_ORDER: readonly (Column | undefined)[] = ['address', 'word', 'status', 'count', 'firstAt', 'lastAt']

function tableReader(
  instantOf: InstantOf,
  { columns, needsHead }: { readonly columns: Columns; readonly needsHead: boolean },
): ReadLine {
  let order: readonly (Column | undefined)[] | undefined
  return (text, line) => {
    const fields = fieldsOf(text)
    if (fields === undefined)
      return fault('has a quote that does not end', 'Close it; a quote inside a field is written twice.')
    if (order === undefined) {
      const head = fields.map((field) =>
        columns.get(
          field
            .trim()
            .toLowerCase()
            .replaceAll(/[\s_-]/g, ''),
        ),
      )
      if (head.includes('address')) {
        order = head
        return NOTHING
      }
      if (needsHead)
        return fault(
          'has no column of addresses in its head',
          'The first line names the columns; one is メールアドレス.',
        )
      order = CSV_ORDER
    }
    const row: Partial<Record<Column, string>> = {}
    order.forEach((column, i) => {
      const field = fields[i]?.trim() ?? ''
      if (column !== undefined && field !== '') row[column] ??= field
    })
    if (row.meaning === undefined) return imported(line, row, instantOf)
    const word = cuenoteMeaning(row.meaning)
    if (word === 'other') return NOTHING
    return word === 'unknown'
      ? fault(
          'has a status that Watari does not know',
          'Keep only lines of addresses that do not exist, and leave the status column out.',
        )
      : imported(line, { ...row, word }, instantOf)
  }
}

interface Raw {
  readonly address?: string
  readonly word?: string
  readonly status?: string
  readonly count?: string
  readonly firstAt?: string
  readonly lastAt?: string
}

function imported(line: number, raw: Raw, instantOf: InstantOf): LineReading {
  const { address, word = 'bounce', status, count = '' } = raw
  if (address === undefined || address === '' || address.length > ADDRESS_CHARACTERS_MAX)
    return fault('names no address', 'Put the address first.')
  if (!WORD.test(word)) return fault('has a reason that is no word', 'Write BOUNCE or COMPLAINT.')
  if (count !== '' && !(/^\d{1,7}$/.test(count) && Number(count) <= COUNT_MAX))
    return fault('has a count that is no number', 'Write how often it bounced, or leave it empty.')
  const firstAt = instantIn(raw.firstAt, instantOf)
  const lastAt = instantIn(raw.lastAt, instantOf)
  if (firstAt === 'none' || lastAt === 'none')
    return fault('has a date that is none', 'Write 2026-11-25T12:00:00+09:00 or 2026/11/25 12:00, or leave it empty.')
  return {
    kind: 'address',
    imported: {
      line,
      address,
      word: WORDS_OF_SES.get(word) ?? word,
      // Another text in that column is a sentence, and sentences are not kept.
      ...(status !== undefined && STATUS.test(status) ? { status } : {}),
      count: Math.max(1, Number(count)),
      ...(firstAt === undefined ? {} : { firstAt }),
      ...(lastAt === undefined ? {} : { lastAt }),
    },
  }
}

/** SES's two reasons (CreateImportJob), and our own words for the same. */
const WORDS_OF_SES: ReadonlyMap<string, string> = new Map([
  ['BOUNCE', 'bounce'],
  ['COMPLAINT', 'complaint'],
  ['hardBounce', 'bounce'],
])

function instantIn(text: string | undefined, instantOf: InstantOf): number | undefined | 'none' {
  return text === undefined || text === '' ? undefined : (instantOf(text) ?? 'none')
}

/** The fields of one line of CSV (RFC 4180); undefined when a quote does not end on it. */
export function fieldsOf(text: string): readonly string[] | undefined {
  const fields: string[] = []
  for (let at = 0; ;) {
    if (text[at] !== '"') {
      const comma = text.indexOf(',', at)
      fields.push(text.slice(at, comma < 0 ? undefined : comma))
      if (comma < 0) return fields
      at = comma + 1
      continue
    }
    const quoted = /"((?:[^"]|"")*)"([^,]*)(,|$)/y
    quoted.lastIndex = at
    const match = quoted.exec(text)
    if (match === null) return undefined
    // `"a b"@example.jp` is a quoted local part, not a quoted field.
    fields.push(match[2] === '' ? match[1]!.replaceAll('""', '"') : `"${match[1]}"${match[2]}`)
    if (match[3] === '') return fields
    at = quoted.lastIndex
  }
}

function objectIn(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined
  } catch {
    return undefined
  }
}

function asText(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

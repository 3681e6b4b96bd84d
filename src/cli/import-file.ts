// The lines of a file that a person hands over: UTF-8 or what is named, gzip or not, never a guess at a character set.
import { createReadStream } from 'node:fs'
import { basename } from 'node:path'
import type { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import type { ImportReport } from '../core/feedback/import-batch.ts'
import { CommandError, EXIT } from './exit.ts'

export const ENCODINGS = ['utf-8', 'shift_jis', 'euc-jp', 'utf-16le'] as const
export type Encoding = (typeof ENCODINGS)[number]

/** A longer line is cut: it is told as a fault, and must not fill memory. */
const CHARACTERS_MAX = 65_536

/** Every line with its number, from 1. Rejects with what to do when the file is not in that character set. */
export async function* linesOf(path: string, encoding: Encoding): AsyncGenerator<readonly [string, number], void> {
  const decoder = new TextDecoder(encoding, { fatal: true })
  let line = 0
  let rest = ''
  try {
    for await (const chunk of octetsOf(path)) {
      rest += decoder.decode(chunk as Buffer, { stream: true })
      const lines = rest.split(/\r\n|\n|\r(?!$)/)
      rest = lines.pop()!
      for (const text of lines) yield [text, (line += 1)]
      if (rest.length > CHARACTERS_MAX) rest = rest.slice(0, CHARACTERS_MAX)
    }
    rest += decoder.decode()
  } catch (error) {
    throw translated(error, path, encoding)
  }
  if (rest !== '') yield [rest.replace(/\r$/, ''), line + 1]
}

function octetsOf(path: string): Readable {
  const file = createReadStream(path)
  if (!path.endsWith('.gz')) return file
  const plain = createGunzip()
  file.once('error', (error) => plain.destroy(error))
  return file.pipe(plain)
}

function translated(error: unknown, path: string, encoding: Encoding): Error {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const name = basename(path)
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') {
    const mend =
      encoding === 'utf-8'
        ? 'Lists by Cuenote or Excel are often Shift_JIS: add --encoding shift_jis. Nothing of this file was imported.'
        : `Name its character set with --encoding: ${ENCODINGS.join(', ')}. Nothing of this file was imported.`
    return new CommandError(
      EXIT.data,
      'wrongEncoding',
      `${name} is not ${encoding === 'utf-8' ? 'UTF-8' : encoding}`,
      mend,
    )
  }
  if (code === 'ENOENT') return new CommandError(EXIT.data, 'noSuchFile', `there is no file ${name}`, 'Check the path.')
  if (code === 'EISDIR') return new CommandError(EXIT.data, 'noFile', `${name} is a folder`, 'Name the files in it.')
  if (code.startsWith('Z_'))
    return new CommandError(EXIT.data, 'notGzip', `${name} is no whole gzip file`, 'Copy it again, or unpack it first.')
  return error instanceof Error ? error : new Error('the file cannot be read')
}

/** ISO 8601, or what lists in Japan write: 2026/11/25 12:00:00. Without a zone the machine's is meant. */
export function instantOf(text: string): number | undefined {
  if (/^\d{13}$/.test(text)) return Number(text)
  if (!/^\d{4}[-/]\d{1,2}[-/]\d{1,2}([T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?)?\s*(Z|[+-]\d{2}:?\d{2})?$/.test(text))
    return undefined
  const at = Date.parse(text.includes('T') ? text : text.replaceAll('-', '/'))
  return Number.isNaN(at) || at < 0 ? undefined : at
}

export interface LineFault {
  readonly line: number
  readonly what: string
  readonly mend: string
}

/** What became of one file. */
export interface FileReport extends Omit<ImportReport, 'faulty'> {
  readonly file: string
  readonly lines: number
  /** Lines that say nothing against an address: heads, comments, empty ones, mails that arrived. */
  readonly passed: number
  readonly faults: number
  readonly firstFaults: readonly LineFault[]
}

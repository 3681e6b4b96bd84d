// Small files that must survive a crash: one replaced whole, one appended a line at a time.
// Their rule: what has resolved is on disk, and a reader never sees half of it.
import { closeSync, fsyncSync, openSync } from 'node:fs'
import { open, readFile, rename } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Only this user and its group need to know. */
export const FILE_MODE = 0o640

/** Replaces a file: the new one is on disk before the old one goes. */
export async function replaceFile(path: string, content: string | Uint8Array, mode = FILE_MODE): Promise<void> {
  const temporary = `${path}.new`
  const file = await open(temporary, 'w', mode)
  try {
    await file.writeFile(content)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(temporary, path)
  syncFolder(dirname(path))
}

/** Appends a line. One that a crash tore does not swallow the next. */
export async function appendLine(path: string, line: string): Promise<void> {
  const file = await open(path, 'a+', FILE_MODE)
  try {
    const { size } = await file.stat()
    const torn = size > 0 && (await file.read(Buffer.alloc(1), 0, 1, size - 1)).buffer[0] !== 0x0a
    await file.appendFile(`${torn ? '\n' : ''}${line}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** The last lines of a file, as many as `octetsMax` octets hold; empty when there is no such file. */
export async function lastLines(path: string, octetsMax: number): Promise<readonly string[]> {
  let file
  try {
    file = await open(path, 'r')
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
  try {
    const { size } = await file.stat()
    const from = Math.max(0, size - octetsMax)
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size - from), 0, size - from, from)
    const text = buffer.toString('utf8', 0, bytesRead)
    const whole = from === 0 ? text : text.slice(text.indexOf('\n') + 1)
    return whole.split('\n').filter((line) => line !== '')
  } finally {
    await file.close()
  }
}

/** The whole text, or undefined when there is no such file. */
export async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

/** The object that a text is in JSON; undefined for anything else, so that nobody reads half a line as a whole. */
export function objectIn<T extends object>(text: string): Partial<T> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}

/** Throws when the file has the form of another Watari, whose words this one would misread. */
export function refuseOtherVersion(version: unknown, ours: number, path: string): void {
  if (typeof version !== 'number' || version === ours) return
  throw new Error(`${path} has the form ${version}; this Watari reads ${ours}: use the Watari that wrote it`)
}

/** The records of lines that could be read; how many could not is told. */
export function readable<T>(
  records: readonly (T | undefined)[],
  file: string,
  told: (trouble: FileTrouble) => void,
): readonly T[] {
  const whole = records.filter((record) => record !== undefined)
  const damaged = records.length - whole.length
  if (damaged > 0) told({ file, message: `${file} has ${damaged} damaged lines; they are left out` })
  return whole
}

/** What was found on disk and could not be read; wiring says it to the log. */
export interface FileTrouble {
  readonly file: string
  readonly message: string
}

/** A rename or an unlink is on disk only when its folder is. */
export function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}

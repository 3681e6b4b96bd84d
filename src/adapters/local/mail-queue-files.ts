// The file operations the queue is built from, as a value: tests put a full or failing disk in their place.
// Rule: a write is all or an error, and nothing here decides what a failure means.
import * as fs from 'node:fs'

export interface QueueFiles {
  /** Creates a new file for appending and reading; fails when it exists. */
  create(file: string): Promise<number>
  openForReading(file: string): Promise<number>
  openForCutting(file: string): Promise<number>
  /** Writes all buffers at `position`, or rejects. */
  write(handle: number, buffers: readonly Uint8Array[], position: number): Promise<void>
  /** The bytes, and what is needed to find them again, are on disk. */
  sync(handle: number): Promise<void>
  truncate(handle: number, size: number): Promise<void>
  /** Fills `buffer` from `position` as far as the file goes; returns how many bytes that were. */
  read(handle: number, buffer: Uint8Array, position: number): Promise<number>
  close(handle: number): Promise<void>
  /** Undefined when there is no such file. */
  size(file: string): Promise<number | undefined>
  names(directory: string): Promise<readonly string[]>
  rename(from: string, to: string): Promise<void>
  remove(file: string): Promise<void>
  makeDirectory(directory: string): Promise<void>
  /** New, renamed and removed names of this directory are on disk. */
  syncDirectory(directory: string): Promise<void>
}

// Mail is personal data: only the owner may read what is made here.
const OWNER_ONLY = 0o600
const OWNER_ONLY_DIRECTORY = 0o700

type Done<T> = (error: Error | null, value: T) => void

function once<T>(start: (done: Done<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    start((error, value) => (error ? reject(error) : resolve(value)))
  })
}

const onceVoid = (start: (done: (error: Error | null) => void) => void): Promise<void> =>
  once<void>((done) => start((error) => done(error)))

/** The operations on the real file system. */
export const nodeQueueFiles: QueueFiles = {
  create: (file) => once((done) => fs.open(file, 'wx+', OWNER_ONLY, done)),
  openForReading: (file) => once((done) => fs.open(file, 'r', done)),
  openForCutting: (file) => once((done) => fs.open(file, 'r+', done)),
  write: writeAll,
  sync: (handle) => onceVoid((done) => fs.fdatasync(handle, done)),
  truncate: (handle, size) => onceVoid((done) => fs.ftruncate(handle, size, done)),
  read: readAll,
  close: (handle) => onceVoid((done) => fs.close(handle, (error) => done(error ?? null))),
  size: async (file) => {
    try {
      return (await fs.promises.stat(file)).size
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw error
    }
  },
  names: (directory) => fs.promises.readdir(directory),
  rename: (from, to) => fs.promises.rename(from, to),
  remove: (file) => fs.promises.rm(file, { force: true }),
  makeDirectory: async (directory) => {
    await fs.promises.mkdir(directory, { recursive: true, mode: OWNER_ONLY_DIRECTORY })
  },
  syncDirectory: async (directory) => {
    const handle = await fs.promises.open(directory, 'r')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  },
}

async function writeAll(handle: number, buffers: readonly Uint8Array[], position: number): Promise<void> {
  let left = withoutFirst(buffers, 0)
  let at = position
  while (left.length > 0) {
    // libuv divides by IOV_MAX itself; what comes back short is a disk that is filling up, and the next call says why.
    const written = await once<number>((done) =>
      fs.writev(handle, left as readonly NodeJS.ArrayBufferView[], at, (error, bytes) => done(error, bytes)),
    )
    if (written === 0) throw Object.assign(new Error('the disk took no bytes'), { code: 'ENOSPC' })
    at += written
    left = withoutFirst(left, written)
  }
}

function withoutFirst(buffers: readonly Uint8Array[], bytes: number): readonly Uint8Array[] {
  let skip = bytes
  for (let i = 0; i < buffers.length; i += 1) {
    const buffer = buffers[i]!
    if (skip < buffer.length) return skip === 0 && i === 0 ? buffers : [buffer.subarray(skip), ...buffers.slice(i + 1)]
    skip -= buffer.length
  }
  return []
}

async function readAll(handle: number, buffer: Uint8Array, position: number): Promise<number> {
  let filled = 0
  while (filled < buffer.length) {
    const bytes = await once<number>((done) =>
      fs.read(handle, buffer, filled, buffer.length - filled, position + filled, done),
    )
    if (bytes === 0) break
    filled += bytes
  }
  return filled
}

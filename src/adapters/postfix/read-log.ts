// Reads a log file, plain or gzip, chunk by chunk. What a file is is told by its octets, not by its name.
import { closeSync, createReadStream, openSync, readSync } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { createGunzip } from 'node:zlib'
import { SECOND_MS } from '../../core/base/clock.ts'

/** Large enough that calls cost nothing, small enough for a cache. */
const CHUNK_OCTETS = 262_144
const HEAD_OCTETS = 10
const GZIP = 0x1f8b
/** Packed forms that Node does not read, by their first octets. */
const PACKED: readonly (readonly [string, string])[] = [
  ['fd377a58', 'xz'],
  ['28b52ffd', 'zstd'],
  ['425a68', 'bzip2'],
  ['504b0304', 'zip'],
]

export type FileReading =
  | { readonly kind: 'read'; readonly octets: number }
  /** What was read before stays read. */
  | { readonly kind: 'broken'; readonly octets: number; readonly why: string }

export interface OpenedLog {
  readonly file: string
  readonly gzip: boolean
  /** None of its lines is later: when it was last written, as far as anybody knows. */
  readonly writtenMs: number
}

/** Looks at a file's date and first octets. */
export async function openLog(file: string): Promise<OpenedLog | { readonly why: string }> {
  let handle: FileHandle
  try {
    handle = await open(file)
  } catch (error) {
    return { why: error instanceof Error ? error.message : 'cannot be opened' }
  }
  try {
    const { mtimeMs } = await handle.stat()
    const head = Buffer.alloc(HEAD_OCTETS)
    const { bytesRead } = await handle.read(head, 0, HEAD_OCTETS, 0)
    const packed = PACKED.find(([magic]) => head.toString('hex').startsWith(magic))
    if (packed !== undefined) return { why: `is packed with ${packed[1]}; unpack it first` }
    const gzip = bytesRead === HEAD_OCTETS && head.readUInt16BE(0) === GZIP
    // RFC 1952 2.3: MTIME of the file that was packed; it outlives a copy.
    const packedMs = gzip ? head.readUInt32LE(4) * SECOND_MS : 0
    return { file, gzip, writtenMs: packedMs > 0 ? Math.min(packedMs, mtimeMs) : mtimeMs }
  } finally {
    await handle.close()
  }
}

/** Hands every chunk over; a chunk is only good while it is handed over. */
export async function readChunks(log: OpenedLog, take: (chunk: Buffer) => void): Promise<FileReading> {
  return log.gzip ? readGzip(log.file, take) : readPlain(log.file, take)
}

/** On this thread, because octets that another one read come to this one's cache a second time. */
function readPlain(file: string, take: (chunk: Buffer) => void): FileReading {
  const descriptor = openSync(file, 'r')
  const buffer = Buffer.allocUnsafe(CHUNK_OCTETS)
  let octets = 0
  try {
    for (;;) {
      const read = readSync(descriptor, buffer, 0, CHUNK_OCTETS, octets)
      if (read === 0) return { kind: 'read', octets }
      octets += read
      take(buffer.subarray(0, read))
    }
  } catch (error) {
    return { kind: 'broken', octets, why: error instanceof Error ? error.message : 'cannot be read' }
  } finally {
    closeSync(descriptor)
  }
}

async function readGzip(file: string, take: (chunk: Buffer) => void): Promise<FileReading> {
  let octets = 0
  const source = createReadStream(file, { highWaterMark: CHUNK_OCTETS })
  const unpacked = source.pipe(createGunzip({ chunkSize: CHUNK_OCTETS }))
  source.on('error', (error) => unpacked.destroy(error))
  try {
    for await (const chunk of unpacked) {
      octets += (chunk as Buffer).length
      take(chunk as Buffer)
    }
    return { kind: 'read', octets }
  } catch (error) {
    return { kind: 'broken', octets, why: error instanceof Error ? error.message : 'cannot be unpacked' }
  }
}

// Follows one log file as it grows, through rotation by rename (another inode under the name) and by copytruncate (the same
// inode, shorter or with another beginning). Where it is can be kept and taken up again after a restart.
import { dirname, join } from 'node:path'
import { open, readdir, stat, type FileHandle } from 'node:fs/promises'

/** Where a file was read to: all before is understood. */
export interface FilePosition {
  readonly device: number
  readonly inode: number
  readonly offset: number
  /** The first octets of the file in base64, by which a truncated and refilled one is told apart. */
  readonly beginning: string
}

export interface FollowSink {
  /** Octets as they come; a chunk is only good while it is handed over. */
  readonly take: (chunk: Buffer) => void
  /** The file ended; what comes next is another one. */
  readonly ended: () => void
}

const CHUNK_OCTETS = 262_144
const BEGINNING_OCTETS = 64

interface OpenFile {
  readonly handle: FileHandle
  readonly device: number
  readonly inode: number
  offset: number
  beginning: Buffer
}

export class FollowedFile {
  readonly #path: string
  readonly #sink: FollowSink
  readonly #chunk = Buffer.allocUnsafe(CHUNK_OCTETS)
  #file: OpenFile | undefined

  constructor(path: string, sink: FollowSink) {
    this.#path = path
    this.#sink = sink
  }

  /** Undefined before the file was there. `unfinished`: octets of a line that has not ended. */
  position(unfinished: number): FilePosition | undefined {
    if (this.#file === undefined) return undefined
    const { device, inode, offset, beginning } = this.#file
    return { device, inode, offset: Math.max(0, offset - unfinished), beginning: beginning.toString('base64') }
  }

  /** Takes up an old position; without one a file that is there already is followed from its end. */
  async begin(position: FilePosition | undefined): Promise<void> {
    if (position === undefined) {
      await this.#open()
      if (this.#file !== undefined) this.#file.offset = (await this.#file.handle.stat()).size
      return
    }
    const old = await this.#findOld(position)
    if (old !== undefined) this.#file = old
  }

  /** Reads all that came since. False when there is no file, or it cannot be read. */
  async read(): Promise<boolean> {
    try {
      const current = await stat(this.#path).catch(() => undefined)
      if (this.#file !== undefined) {
        if (current !== undefined && current.ino === this.#file.inode && (await this.#wasCut(current.size)))
          this.#restart()
        await this.#readOn(this.#file)
        const replaced =
          current !== undefined && (current.ino !== this.#file.inode || current.dev !== this.#file.device)
        if (replaced) await this.close()
      }
      if (this.#file === undefined && current !== undefined) {
        await this.#open()
        if (this.#file !== undefined) await this.#readOn(this.#file)
      }
      return current !== undefined && this.#file !== undefined
    } catch {
      return false
    }
  }

  async close(): Promise<void> {
    const file = this.#file
    this.#file = undefined
    if (file === undefined) return
    this.#sink.ended()
    await file.handle.close()
  }

  async #open(): Promise<void> {
    const handle = await open(this.#path).catch(() => undefined)
    if (handle === undefined) return
    const { dev, ino } = await handle.stat()
    this.#file = { handle, device: dev, inode: ino, offset: 0, beginning: await beginningOf(handle) }
  }

  /** The file of a position, under its own name or a rotated one beside it. */
  async #findOld({ device, inode, offset, beginning }: FilePosition): Promise<OpenFile | undefined> {
    const folder = dirname(this.#path)
    const names = await readdir(folder).catch(() => [])
    for (const path of [this.#path, ...names.map((name) => join(folder, name))]) {
      const found = await stat(path).catch(() => undefined)
      if (found === undefined || found.ino !== inode || found.dev !== device || found.size < offset) continue
      const handle = await open(path)
      const now = await beginningOf(handle)
      const known = Buffer.from(beginning, 'base64')
      if (now.subarray(0, known.length).equals(known)) return { handle, device, inode, offset, beginning: now }
      await handle.close()
    }
    return undefined
  }

  async #wasCut(size: number): Promise<boolean> {
    const file = this.#file!
    if (size < file.offset) return true
    const now = await beginningOf(file.handle)
    const changed = !now.subarray(0, file.beginning.length).equals(file.beginning)
    if (!changed) file.beginning = now
    return changed
  }

  #restart(): void {
    const file = this.#file!
    this.#sink.ended()
    file.offset = 0
    file.beginning = Buffer.alloc(0)
  }

  async #readOn(file: OpenFile): Promise<void> {
    for (;;) {
      const { bytesRead } = await file.handle.read(this.#chunk, 0, CHUNK_OCTETS, file.offset)
      if (bytesRead === 0) return
      if (file.offset < BEGINNING_OCTETS) file.beginning = await beginningOf(file.handle)
      file.offset += bytesRead
      this.#sink.take(this.#chunk.subarray(0, bytesRead))
    }
  }
}

async function beginningOf(handle: FileHandle): Promise<Buffer> {
  const octets = Buffer.alloc(BEGINNING_OCTETS)
  const { bytesRead } = await handle.read(octets, 0, BEGINNING_OCTETS, 0)
  return octets.subarray(0, bytesRead)
}

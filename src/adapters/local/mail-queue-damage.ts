// What cannot be read is set aside, counted and shown, never skipped. Each piece is a file in the folder `damaged`, named
// after the place it stood in, so that finding it again at the next start does not count it twice.
import * as path from 'node:path'
import type { Log } from '../../core/base/log.ts'
import type { Meter } from '../../core/watch/metrics.ts'
import type { QueueFiles } from './mail-queue-files.ts'
import type { Segment } from './mail-queue-segment.ts'

/** `cutTail` is the end of the newest segment, mostly of mail that no client was told about; the others held accepted mail. */
export type DamageReason = 'cutTail' | 'damagedRecord' | 'damagedContent' | 'cutSegment' | 'emptySegment'

export interface DamagedPiece {
  readonly segment: Segment
  readonly offset: number
  readonly bytes: Uint8Array
  readonly reason: DamageReason
}

export class DamageFolder {
  count = 0
  private readonly directory: string
  private readonly files: QueueFiles
  private readonly log: Log
  private readonly meter: Meter
  private known = new Set<string>()

  constructor(options: { directory: string; files: QueueFiles; log: Log; meter: Meter }) {
    this.directory = path.join(options.directory, 'damaged')
    this.files = options.files
    this.log = options.log
    this.meter = options.meter
  }

  async open(): Promise<void> {
    await this.files.makeDirectory(this.directory)
    this.known = new Set((await this.files.names(this.directory)).filter((name) => name.endsWith('.bytes')))
    this.count = this.known.size
  }

  /** Keeps a piece. False when the disk did not take it: then it must stay where it is. */
  async setAside(piece: DamagedPiece): Promise<boolean> {
    const { segment, offset, bytes, reason } = piece
    const name = `${path.basename(segment.file, '.segment')}-${offset}-${reason}.bytes`
    if (this.known.has(name)) return true
    this.known.add(name)
    this.count += 1
    this.meter.count('watari_quarantined_total', { reason })
    const facts = { reason, segment: segment.number, offset, bytes: bytes.length, file: `damaged/${name}` }
    this.log.alarm('queueDamaged', facts)
    try {
      await this.keep(path.join(this.directory, name), bytes)
      return true
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? 'unknown'
      this.log.alarm('queueDamagedNotKept', { ...facts, code })
      return false
    }
  }

  /** Under its name it is whole: a crash leaves the piece where it was and a file that the next start writes again. */
  private async keep(file: string, bytes: Uint8Array): Promise<void> {
    const unfinished = `${file}.unfinished`
    await this.files.remove(unfinished)
    const handle = await this.files.create(unfinished)
    try {
      await this.files.write(handle, [bytes], 0)
      await this.files.sync(handle)
    } finally {
      await this.files.close(handle)
    }
    await this.files.rename(unfinished, file)
    await this.files.syncDirectory(this.directory)
  }
}

// Gives disk space back. The oldest segment goes when nothing needs it; when a few stuck mails keep it and much behind it is
// dead, those mails are written again at the end of the log, with their parts as they are, and then it goes too.
// Rule: a mail is at its new place on disk before its old one is given up, and whoever reads both takes the later.
import type { Content } from '../../core/mail/mail.ts'
import type { QueueCore } from './mail-queue-core.ts'
import type { QueueFiles } from './mail-queue-files.ts'
import type { Move } from './mail-queue-group.ts'
import { quarantine } from './mail-queue-quarantine.ts'
import { ROUTES, STATE_CODE, STATES, type StoredEnvelope, type StoredPart } from './mail-queue-record.ts'
import { MARK, MARK_REASONS } from './mail-queue-row.ts'
import { type Segment, sidecarFile } from './mail-queue-segment.ts'
import type { Place } from './mail-queue-shelf.ts'

/** Contents held at once while mails are moved. */
const BATCH_BYTES = 4 * 1024 * 1024
/** Space is looked at again after so many commits; it costs a pass over the list of segments. */
const COMMITS_BETWEEN_LOOKS = 64

export class Reclaimer {
  private readonly core: QueueCore
  private readonly files: QueueFiles
  private readonly directory: string
  private running: Promise<void> | undefined
  private commits = 0
  private stopped = false

  constructor(core: QueueCore, options: { readonly files: QueueFiles; readonly directory: string }) {
    this.core = core
    this.files = options.files
    this.directory = options.directory
  }

  /** Called after each commit. */
  look(): void {
    this.commits += 1
    if (this.running !== undefined || this.stopped) return
    const { table } = this.core
    if (table.removable() === undefined && (this.commits % COMMITS_BETWEEN_LOOKS !== 0 || !this.muchIsDead())) return
    this.running = this.reclaim().finally(() => (this.running = undefined))
  }

  async stop(): Promise<void> {
    this.stopped = true
    await this.running
  }

  private async reclaim(): Promise<void> {
    try {
      await this.removeUnneeded()
      while (!this.stopped && this.muchIsDead() && (await this.moveOldest())) await this.removeUnneeded()
    } catch (error) {
      // Nothing is lost, and the next commit tries again; a full disk raises its own alarm.
      const code = (error as NodeJS.ErrnoException).code ?? 'unknown'
      this.core.log.warn('queueReclaimFailed', { code })
    }
  }

  /** Each name is gone for good before the next goes: a newer segment may not vanish while an older one comes back. */
  private async removeUnneeded(): Promise<void> {
    const { table, reader } = this.core
    for (let segment = table.removable(); segment !== undefined; segment = table.removable()) {
      await reader.forget(segment)
      await this.files.remove(segment.file)
      await this.files.remove(sidecarFile(segment))
      await this.files.syncDirectory(this.directory)
      table.remove(segment)
    }
  }

  private muchIsDead(): boolean {
    const { table, limits } = this.core
    let live = 0
    let dead = 0
    for (const { bytes, references, referencesMost, sealed } of table.segments) {
      const share = referencesMost === 0 ? 0 : references / referencesMost
      live += sealed ? bytes * share : bytes
      dead += sealed ? bytes * (1 - share) : 0
    }
    return dead > limits.deadBytes && dead > live
  }

  /** Moves the live mails of the oldest segment; false when some could not be moved now. */
  private async moveOldest(): Promise<boolean> {
    const oldest = this.core.table.segments[0]
    if (oldest === undefined || !oldest.sealed) return false
    let batch: PreparedMove[] = []
    let bytes = 0
    for (const mail of this.mailsIn(oldest)) {
      if (this.stopped) return false
      const prepared = await this.prepare(mail.high, mail.low)
      if (prepared === undefined) continue
      batch.push(prepared)
      bytes += prepared.content?.wireSize ?? 0
      if (bytes < BATCH_BYTES) continue
      await this.write(batch)
      batch = []
      bytes = 0
    }
    await this.write(batch)
    return oldest.references === 0
  }

  private mailsIn(segment: Segment): { readonly high: number; readonly low: number }[] {
    const { index } = this.core
    const mails: { readonly high: number; readonly low: number }[] = []
    index.each((slot) => {
      const block = index.block(slot)
      const i = index.at(slot)
      if (block.mailSegment[i] !== segment.number) return
      const high = block.high[i]!
      const low = block.low[i]!
      // Parts of one mail are neighbours.
      const last = mails.at(-1)
      if (last?.high !== high || last.low !== low) mails.push({ high, low })
    })
    return mails
  }

  /** Reads one mail with its parts, or undefined when it left meanwhile. What cannot be read is quarantined on the way. */
  private async prepare(high: number, low: number): Promise<PreparedMove | undefined> {
    const { core } = this
    const slots = core.index.partsOf(high, low)
    const parts: PreparedPart[] = []
    let envelope: StoredEnvelope | undefined
    for (const slot of slots) {
      const place = core.shelf.placeOf(slot)
      const found = await core.shelf.part(slot)
      if (found === 'gone') return undefined
      if (found === 'damaged') await this.quarantineUnlessActive(slot)
      else envelope ??= found.envelope
      parts.push({ place, stored: found === 'damaged' ? undefined : found.stored })
    }
    if (slots[0] === undefined) return undefined
    const content = envelope === undefined ? 'damaged' : await core.shelf.content(slots[0])
    if (content === 'gone') return undefined
    if (content === 'damaged') for (const slot of slots) await this.quarantineUnlessActive(slot)
    return { parts, envelope, content: content === 'damaged' ? undefined : content }
  }

  private async quarantineUnlessActive(slot: number): Promise<void> {
    const block = this.core.index.block(slot)
    const i = this.core.index.at(slot)
    if (block.state[i] !== STATE_CODE.active && block.mark[i] !== MARK.damaged) await quarantine(this.core, slot)
  }

  /** Puts moves into one group, each with its parts as they are at this moment, and waits for the disk. */
  private async write(batch: readonly PreparedMove[]): Promise<void> {
    const moves = batch.filter((prepared) => this.holdsStill(prepared)).map((prepared) => this.moveOf(prepared))
    if (moves.length === 0) return
    const group = this.core.committer.gather()
    group.moves.push(...moves)
    for (const move of moves) group.bytes += move.content.wireSize
    await group.mailsStored.promise
  }

  /** Parts that changed, or are changing, since they were read are moved another time. */
  private holdsStill({ parts }: PreparedMove): boolean {
    const { index, shelf } = this.core
    const { high, low } = parts[0]!.place
    return (
      index.partsOf(high, low).length === parts.length &&
      parts.every(({ place }) => shelf.isCurrent(place) && index.block(place.slot).changing[index.at(place.slot)] === 0)
    )
  }

  private moveOf({ parts, envelope, content }: PreparedMove): Move {
    const { index } = this.core
    const { slot, high, low } = parts[0]!.place
    const lost = content === undefined
    const acceptedAt = index.block(slot).acceptedAt[index.at(slot)]!
    const lastPart = index.block(slot).lastPart[index.at(slot)]!
    const current = parts.map((part) => this.storedNow(part, lost || part.stored === undefined))
    return {
      lost,
      content: content ?? NO_CONTENT,
      envelope: { ...(envelope ?? { ...NO_ENVELOPE, high, low, acceptedAt }), lastPart, parts: current },
    }
  }

  private storedNow({ place, stored }: PreparedPart, lost: boolean): StoredPart {
    const { index } = this.core
    const block = index.block(place.slot)
    const i = index.at(place.slot)
    const mark = lost ? MARK.damaged : block.mark[i]!
    return {
      part: place.part,
      route: ROUTES[block.route[i]!]!,
      state: lost ? 'quarantined' : STATES[block.state[i]!]!,
      dueAt: block.dueAt[i]!,
      attempts: block.attempts[i]!,
      recipients: stored?.recipients ?? [],
      reason: mark === MARK.none ? (stored?.reason ?? '') : MARK_REASONS[mark]!,
    }
  }
}

interface PreparedPart {
  readonly place: Place
  /** Undefined when its record is damaged. */
  readonly stored: StoredPart | undefined
}

interface PreparedMove {
  readonly parts: readonly PreparedPart[]
  readonly envelope: StoredEnvelope | undefined
  readonly content: Content | undefined
}

const NO_CONTENT: Content = {
  chunks: [],
  wireSize: 0,
  size: 0,
  dotStuffed: false,
  eightBit: false,
  longestLine: 0,
}

const NO_ENVELOPE: Omit<StoredEnvelope, 'high' | 'low' | 'acceptedAt'> = {
  sender: '',
  stream: '',
  size: 0,
  longestLine: 0,
  dotStuffed: false,
  eightBit: false,
  lastPart: 0,
  parts: [],
}

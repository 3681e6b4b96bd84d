// From a slot of the index to the mail it stands for: out of the cache, or off the disk.
// Rule: what does not prove itself is never handed out. A location that changed meanwhile is read again before that is said.
import type { Content, NewMail, PartSummary } from '../../core/mail/mail.ts'
import { encodeMailId } from '../../core/mail/mail-id.ts'
import type { ContentCache } from './mail-queue-cache.ts'
import type { PartIndex } from './mail-queue-index.ts'
import type { RecordReader, StoredRecord } from './mail-queue-reader.ts'
import {
  KIND,
  readMailHead,
  readPartsHead,
  ROUTES,
  STATES,
  type StoredEnvelope,
  type StoredPart,
} from './mail-queue-record.ts'
import { MARK_REASONS } from './mail-queue-row.ts'

/** A part as it was read: its mail's envelope, what is stored of itself, and where its content stands. */
export interface ShelvedPart {
  readonly envelope: StoredEnvelope
  readonly stored: StoredPart
}

/** Which part a slot stands for at this moment, and where its bytes are. */
export interface Place {
  readonly slot: number
  readonly high: number
  readonly low: number
  readonly part: number
  readonly mailSegment: number
  readonly mailOffset: number
  readonly stateSegment: number
  readonly stateOffset: number
}

export class Shelf {
  private readonly index: PartIndex
  private readonly cache: ContentCache
  private readonly reader: RecordReader

  constructor(index: PartIndex, cache: ContentCache, reader: RecordReader) {
    this.index = index
    this.cache = cache
    this.reader = reader
  }

  placeOf(slot: number): Place {
    const block = this.index.block(slot)
    const i = this.index.at(slot)
    return {
      slot,
      high: block.high[i]!,
      low: block.low[i]!,
      part: block.part[i]!,
      mailSegment: block.mailSegment[i]!,
      mailOffset: block.mailOffset[i]!,
      stateSegment: block.stateSegment[i]!,
      stateOffset: block.stateOffset[i]!,
    }
  }

  /** True while the part of `place` is still here and its bytes still stand there. */
  isCurrent(place: Place): boolean {
    if (this.index.find(place.high, place.low, place.part) !== place.slot) return false
    const now = this.placeOf(place.slot)
    return (
      now.mailSegment === place.mailSegment &&
      now.mailOffset === place.mailOffset &&
      now.stateSegment === place.stateSegment &&
      now.stateOffset === place.stateOffset
    )
  }

  /** Envelope and state of a part, 'gone' when it left meanwhile, or 'damaged'. */
  async part(slot: number): Promise<ShelvedPart | 'gone' | 'damaged'> {
    return this.settled(slot, (place) => this.read(place))
  }

  /** The same with the content of its mail. */
  async whole(slot: number): Promise<(ShelvedPart & { readonly content: Content }) | 'gone' | 'damaged'> {
    return this.settled(slot, async (place) => {
      const shelved = await this.read(place)
      const content = shelved === undefined ? undefined : await this.readContent(place)
      return shelved === undefined || content === undefined ? undefined : { ...shelved, content }
    })
  }

  /** The content of a part's mail, 'gone' or 'damaged'. */
  async content(slot: number): Promise<Content | 'gone' | 'damaged'> {
    return this.cached(slot)?.content ?? this.settled(slot, (place) => this.readContent(place))
  }

  /** The mail of a part as it came, when it is still in memory. */
  cached(slot: number): NewMail | undefined {
    return this.cache.get(this.index.block(slot).cached[this.index.at(slot)]!)
  }

  /** What the desk shows of a part; texts that cannot be read are empty, and the reason says so. */
  async summary(place: Place): Promise<PartSummary | undefined> {
    const { slot } = place
    if (this.index.find(place.high, place.low, place.part) !== slot) return undefined
    const cached = this.cached(slot)
    if (cached !== undefined && place.stateSegment === 0) {
      const plan = cached.parts[place.part - 1]!
      return this.describe(place, { ...cached, ...plan, size: cached.content.size })
    }
    const found = await this.part(slot)
    if (found === 'gone' || this.index.find(place.high, place.low, place.part) !== slot) return undefined
    if (found === 'damaged')
      return this.describe(place, { sender: '', stream: '', size: 0, recipients: [], reason: '' })
    const { envelope, stored } = found
    return this.describe(place, { ...envelope, recipients: stored.recipients, reason: stored.reason })
  }

  private describe(place: Place, texts: Texts): PartSummary {
    const block = this.index.block(place.slot)
    const i = this.index.at(place.slot)
    return {
      mailId: encodeMailId(place),
      part: place.part,
      route: ROUTES[block.route[i]!]!,
      state: STATES[block.state[i]!]!,
      sender: texts.sender,
      recipients: texts.recipients,
      stream: texts.stream,
      acceptedAt: block.acceptedAt[i]!,
      dueAt: block.dueAt[i]!,
      attempts: block.attempts[i]!,
      reason: block.mark[i] === 0 ? texts.reason : MARK_REASONS[block.mark[i]!]!,
      size: texts.size,
    }
  }

  private async read(place: Place): Promise<ShelvedPart | undefined> {
    const mail = await this.mailRecord(place)
    if (mail === undefined) return undefined
    const envelope = readMailHead(mail.buffer, mail.headAt, mail.headEnd)
    const parts = place.stateSegment === 0 ? envelope.parts : await this.storedParts(place)
    const stored = parts?.find(({ part }) => part === place.part)
    const same = envelope.high === place.high && envelope.low === place.low
    return stored === undefined || !same ? undefined : { envelope, stored }
  }

  private async readContent(place: Place): Promise<Content | undefined> {
    const mail = await this.mailRecord(place)
    if (mail === undefined) return undefined
    const { size, longestLine, dotStuffed, eightBit } = readMailHead(mail.buffer, mail.headAt, mail.headEnd)
    const bytes = await this.reader.content(place.mailSegment, place.mailOffset, mail.header)
    if (bytes === undefined) return undefined
    return { chunks: [bytes], wireSize: bytes.length, size, longestLine, dotStuffed, eightBit }
  }

  private async mailRecord(place: Place): Promise<StoredRecord | undefined> {
    const record = await this.reader.record(place.mailSegment, place.mailOffset)
    return record?.header.kind === KIND.mail ? record : undefined
  }

  private async storedParts(place: Place): Promise<readonly StoredPart[] | undefined> {
    const record = await this.reader.record(place.stateSegment, place.stateOffset)
    if (record?.header.kind !== KIND.parts) return undefined
    const head = readPartsHead(record.buffer, record.headAt, record.headEnd)
    return head.high === place.high && head.low === place.low ? head.parts : undefined
  }

  /** Reads until the place held still for one whole reading: compaction may move a mail and remove its old segment. */
  private async settled<T>(
    slot: number,
    read: (place: Place) => Promise<T | undefined>,
  ): Promise<T | 'gone' | 'damaged'> {
    let place = this.placeOf(slot)
    for (;;) {
      const found = await read(place).catch((error: unknown) => {
        if (this.isCurrent(place)) throw error
        return undefined
      })
      if (found !== undefined) return found
      if (this.index.find(place.high, place.low, place.part) !== slot) return 'gone'
      if (this.isCurrent(place)) return 'damaged'
      place = this.placeOf(slot)
    }
  }
}

interface Texts {
  readonly sender: string
  readonly stream: string
  readonly size: number
  readonly recipients: readonly string[]
  readonly reason: string
}

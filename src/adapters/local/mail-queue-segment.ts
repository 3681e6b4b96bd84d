// The segments of a queue: which files there are, how long they are, and how many parts still need each of them.
// Rule: a segment goes only when it is the oldest and nothing needs it. A newer one may hold the word that a mail of an
// older one is done, and without that word the mail would come back.

export interface Segment {
  readonly number: number
  /** Begins every checksum of its records. In the name, so that no damage inside the file can take it away. */
  readonly salt: number
  readonly file: string
  /** Octets that are known to be on disk. */
  bytes: number
  sidecarBytes: number
  /** Parts whose mail or whose latest state stands here; a part with both here counts twice. */
  references: number
  /** The most references it has had, to tell how much of it is dead. */
  referencesMost: number
  /** Nothing is appended any more. */
  sealed: boolean
}

const NAME = /^(\d{10})-([0-9a-f]{8})\.segment$/

export function segmentName(number: number, salt: number): string {
  return `${String(number).padStart(10, '0')}-${salt.toString(16).padStart(8, '0')}.segment`
}

export function parseSegmentName(name: string): { readonly number: number; readonly salt: number } | undefined {
  const match = NAME.exec(name)
  return match === null ? undefined : { number: Number(match[1]), salt: Number.parseInt(match[2]!, 16) }
}

export function sidecarFile(segment: Pick<Segment, 'file'>): string {
  return segment.file.replace(/segment$/, 'rows')
}

export function newSegment(number: number, salt: number, file: string): Segment {
  return { number, salt, file, bytes: 0, sidecarBytes: 0, references: 0, referencesMost: 0, sealed: false }
}

export class SegmentTable {
  /** Ascending by number. */
  readonly segments: Segment[] = []
  private readonly byNumber = new Map<number, Segment>()
  private latest: Segment | undefined

  add(segment: Segment): void {
    this.segments.push(segment)
    this.byNumber.set(segment.number, segment)
  }

  get(number: number): Segment | undefined {
    if (this.latest?.number === number) return this.latest
    const segment = this.byNumber.get(number)
    if (segment !== undefined) this.latest = segment
    return segment
  }

  remove(segment: Segment): void {
    if (!this.byNumber.delete(segment.number)) return
    this.segments.splice(this.segments.indexOf(segment), 1)
    if (this.latest === segment) this.latest = undefined
  }

  hold(number: number): void {
    const segment = this.get(number)
    if (segment === undefined) return
    segment.references += 1
    if (segment.references > segment.referencesMost) segment.referencesMost = segment.references
  }

  release(number: number): void {
    const segment = this.get(number)
    if (segment !== undefined) segment.references -= 1
  }

  nextNumber(): number {
    return (this.segments.at(-1)?.number ?? 0) + 1
  }

  /** The oldest segment, when nothing needs it any more. */
  removable(): Segment | undefined {
    const oldest = this.segments[0]
    return oldest !== undefined && oldest.sealed && oldest.references === 0 ? oldest : undefined
  }

  diskBytes(): number {
    let bytes = 0
    for (const segment of this.segments) bytes += segment.bytes + segment.sidecarBytes
    return bytes
  }
}

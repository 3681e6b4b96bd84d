// Figures as octets: one record holds the sums of one minute or hour. A log is records one after another, an hour's object
// is one record alone. Rule: nothing is believed whose checksum is wrong.
//
//   0 magic   4 version   8 start of the minute or hour   16 octets of each of the three sections   28 their checksums
//   40 checksum of bytes 0 to 39   44 the sections, deflated: route, stream, domain
//
// A section: number of labels; each label as length and text, which routes it has (1 legacy, 2 ses), and for each the
// number of slots that are not zero, then for each the gap to the slot before it and its value. Numbers are LEB128.
import { promisify } from 'node:util'
import { crc32, deflateRaw, inflateRaw } from 'node:zlib'
import type { FigureGroup } from '../../core/base/figures.ts'
import {
  GROUPS,
  keptLabel,
  VECTOR_SLOTS,
  vectorIn,
  type Cube,
  type LabelReading,
  type Labels,
  type Vector,
} from './figures-cube.ts'

const deflate = promisify(deflateRaw)
const inflate = promisify(inflateRaw)

const MAGIC = 0x47_49_46_57
const VERSION = 1
export const HEAD_OCTETS = 44
/** A full hour of 2,000 domains on two routes has under 700,000; more is damage that must not eat memory. */
const SECTION_OCTETS_MAX = 16 * 1_048_576

/** The head of a record: what it is about, and where its sections are. */
export interface RecordHead {
  readonly atMs: number
  readonly from: number
  readonly sections: Readonly<Record<FigureGroup, StoredSection>>
  /** Octets of the whole record. */
  readonly octets: number
}

interface StoredSection {
  readonly offset: number
  readonly octets: number
  readonly crc: number
}

export async function encodeRecord(atMs: number, cube: Cube): Promise<Buffer> {
  const sections: Buffer[] = []
  for (const group of GROUPS) {
    const labels = cube.labels[group]
    sections.push(labels.size === 0 ? Buffer.alloc(0) : await deflate(encodeLabels(labels)))
  }
  const head = Buffer.alloc(HEAD_OCTETS)
  head.writeUInt32LE(MAGIC, 0)
  head.writeUInt32LE(VERSION, 4)
  head.writeDoubleLE(atMs, 8)
  sections.forEach((section, i) => {
    head.writeUInt32LE(section.length, 16 + 4 * i)
    head.writeUInt32LE(crc32(section), 28 + 4 * i)
  })
  head.writeUInt32LE(crc32(head.subarray(0, 40)), 40)
  return Buffer.concat([head, ...sections])
}

/** The head at `at`, or undefined when there is none to be trusted. */
export function readHead(octets: Buffer, at = 0): RecordHead | undefined {
  if (octets.length - at < HEAD_OCTETS || octets.readUInt32LE(at) !== MAGIC) return undefined
  if (octets.readUInt32LE(at + 40) !== crc32(octets.subarray(at, at + 40))) return undefined
  if (octets.readUInt32LE(at + 4) !== VERSION) return undefined
  let offset = at + HEAD_OCTETS
  const sectionAt = (i: number) => {
    const section = { offset, octets: octets.readUInt32LE(at + 16 + 4 * i), crc: octets.readUInt32LE(at + 28 + 4 * i) }
    offset += section.octets
    return section
  }
  const sections = { route: sectionAt(0), stream: sectionAt(1), domain: sectionAt(2) }
  return { atMs: octets.readDoubleLE(at + 8), from: at, sections, octets: offset - at }
}

/** The records of a log: those that are whole, and the pieces between and after them that are not. */
export function recordsIn(log: Buffer): {
  readonly heads: readonly RecordHead[]
  readonly damaged: readonly { readonly from: number; readonly to: number }[]
} {
  const heads: RecordHead[] = []
  const damaged: { from: number; to: number }[] = []
  let at = 0
  while (at < log.length) {
    const head = wholeRecordAt(log, at)
    if (head !== undefined) {
      heads.push(head)
      at += head.octets
      continue
    }
    const next = nextRecord(log, at + 1)
    damaged.push({ from: at, to: next })
    at = next
  }
  return { heads, damaged }
}

function wholeRecordAt(log: Buffer, at: number): RecordHead | undefined {
  const head = readHead(log, at)
  if (head === undefined || at + head.octets > log.length) return undefined
  const whole = GROUPS.every((group) => {
    const { offset, octets } = head.sections[group]
    return isWhole(log.subarray(offset, offset + octets), head.sections[group])
  })
  return whole ? head : undefined
}

export function isWhole(stored: Buffer, { octets, crc }: StoredSection): boolean {
  return stored.length === octets && crc32(stored) === crc
}

const MAGIC_OCTETS = Buffer.from([0x57, 0x46, 0x49, 0x47])

function nextRecord(log: Buffer, from: number): number {
  for (let at = log.indexOf(MAGIC_OCTETS, from); at >= 0; at = log.indexOf(MAGIC_OCTETS, at + 1)) {
    if (wholeRecordAt(log, at) !== undefined) return at
  }
  return log.length
}

/** Adds a section as it is stored to the labels of a cube. Rejects when it is damaged in spite of its checksum. */
export async function addSection(cube: Cube, stored: Buffer, reading: LabelReading): Promise<void> {
  if (stored.length === 0) return
  const octets = await inflate(stored, { maxOutputLength: SECTION_OCTETS_MAX })
  decodeLabels(octets, cube, reading)
}

function encodeLabels(labels: Labels): Buffer {
  const out = new Writer()
  out.number(labels.size)
  for (const [label, pair] of [...labels].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    out.text(label)
    out.number((pair[0] === undefined ? 0 : 1) + (pair[1] === undefined ? 0 : 2))
    for (const vector of pair) if (vector !== undefined) writeVector(out, vector)
  }
  return out.done()
}

function writeVector(out: Writer, vector: Vector): void {
  let filled = 0
  for (let slot = 0; slot < VECTOR_SLOTS; slot += 1) if (vector[slot] !== 0) filled += 1
  out.number(filled)
  let last = 0
  for (let slot = 0; slot < VECTOR_SLOTS; slot += 1) {
    const value = vector[slot]!
    if (value === 0) continue
    out.number(slot - last)
    out.number(value)
    last = slot
  }
}

function decodeLabels(octets: Buffer, cube: Cube, { group, wanted, limit }: LabelReading): void {
  const from = new Reader(octets)
  for (let left = from.number(); left > 0; left -= 1) {
    const label = from.text()
    const routes = from.number()
    const keep = wanted === undefined || wanted.has(label)
    const kept = keep ? keptLabel(cube.labels[group], label, limit) : label
    for (const route of [0, 1] as const) {
      if ((routes & (1 << route)) === 0) continue
      addSlots(from, keep ? vectorIn(cube, group, kept, route) : undefined)
    }
  }
}

function addSlots(from: Reader, vector: Vector | undefined): void {
  let slot = 0
  for (let left = from.number(); left > 0; left -= 1) {
    slot += from.number()
    const value = from.number()
    if (vector !== undefined && slot < VECTOR_SLOTS) vector[slot]! += value
  }
}

class Writer {
  #octets = Buffer.allocUnsafe(65_536)
  #used = 0

  number(value: number): void {
    this.#room(5)
    let left = value
    while (left >= 0x80) {
      this.#octets[this.#used++] = (left & 0x7f) | 0x80
      left >>>= 7
    }
    this.#octets[this.#used++] = left
  }

  text(value: string): void {
    const octets = Buffer.byteLength(value)
    this.number(octets)
    this.#room(octets)
    this.#used += this.#octets.write(value, this.#used)
  }

  done(): Buffer {
    return this.#octets.subarray(0, this.#used)
  }

  #room(octets: number): void {
    if (this.#used + octets <= this.#octets.length) return
    const larger = Buffer.allocUnsafe(2 * this.#octets.length + octets)
    this.#octets.copy(larger, 0, 0, this.#used)
    this.#octets = larger
  }
}

class Reader {
  readonly #octets: Buffer
  #at = 0

  constructor(octets: Buffer) {
    this.#octets = octets
  }

  number(): number {
    let value = 0
    for (let shift = 0; shift < 35; shift += 7) {
      const octet = this.#octets[this.#at++]
      if (octet === undefined) throw new Error('a section of figures ends too early')
      value += (octet & 0x7f) * 2 ** shift
      if (octet < 0x80) return value
    }
    throw new Error('a section of figures has a number that is none')
  }

  text(): string {
    const octets = this.number()
    if (this.#at + octets > this.#octets.length) throw new Error('a section of figures ends too early')
    this.#at += octets
    return this.#octets.toString('utf8', this.#at - octets, this.#at)
  }
}

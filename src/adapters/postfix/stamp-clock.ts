// Reads the stamp that begins a log line: `Dec 31 23:59:58 ` (no year, no zone) and `2024-12-31T23:59:58.755361+09:00 `.
// Its rule: the same line is the same instant on whichever day it is read, and never in the future. The hour is kept from
// line to line, because a busy log writes thousands of lines an hour.
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../core/base/clock.ts'
import { instantOf } from '../../core/base/zoned-time.ts'
import { COLON, COMMA, DOT, SPACE, twoDigits, ZERO } from './octets.ts'

export interface StampOptions {
  /** IANA name: where the clocks of the logs stand. Stamps with an offset do not need it. */
  readonly zone: string
  /** The year of the first line; without it the file's date tells. */
  readonly baseYear?: number
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const T = 0x54
const Z = 0x5a
const PLUS = 0x2b
const MINUS = 0x2d
/** A file's date may be a little behind its last line: another clock, or a copy. */
const AHEAD_MS = DAY_MS
const FIRST_LATE_DAY = 28

/** One log, its files in order. */
export class StampClock {
  /** Of the last stamp that was read. */
  atMs = 0
  /** Stamps that could only be read as lying in the future, and were put into the year before. */
  doubtful = 0
  readonly #options: StampOptions
  #latestMs = 0
  #year: number | undefined
  #month = 0
  #day = 0
  #hourMs = 0
  // The octets of the hour that #hourMs belongs to, packed by fours.
  #a = 0
  #b = 0
  #c = 0
  #d = -1

  constructor(options: StampOptions) {
    this.#options = options
    this.#year = options.baseYear
  }

  /** The first file of a log begins. */
  startLog(): void {
    this.#year = this.#options.baseYear
    this.#month = 0
  }

  /** A log is followed live: no line is later than now. */
  live(nowMs: number): void {
    this.#latestMs = nowMs + AHEAD_MS
  }

  /** A new file begins. `writtenMs` is the date of the file: none of its lines is later. */
  startFile(writtenMs: number): void {
    this.#latestMs = writtenMs + AHEAD_MS
    this.#d = -1
    if (this.#options.baseYear === undefined) {
      this.#year = undefined
      this.#month = 0
    }
  }

  /** Where the text behind the stamp begins, or -1 when there is no stamp at `at`. */
  read(octets: Uint8Array, at: number): number {
    const first = octets[at]! - ZERO
    return first >= 0 && first <= 9 ? this.#iso(octets, at) : this.#classic(octets, at)
  }

  #classic(octets: Uint8Array, at: number): number {
    const a = packed(octets, at)
    const b = packed(octets, at + 4)
    const c = octets[at + 8]!
    if (a !== this.#a || b !== this.#b || c !== this.#c || this.#d !== 0) {
      if (octets[at + 3] !== SPACE || octets[at + 6] !== SPACE || !this.#classicHour(octets, at)) return -1
      this.#a = a
      this.#b = b
      this.#c = c
      this.#d = 0
    }
    const seconds = this.#minuteAndSecond(octets, at + 9)
    if (seconds < 0) return -1
    this.atMs = this.#hourMs + seconds * SECOND_MS
    const behind = fractionEnd(octets, at + 15)
    return octets[behind] === SPACE ? behind + 1 : -1
  }

  #minuteAndSecond(octets: Uint8Array, at: number): number {
    const minute = twoDigits(octets, at + 1)
    const second = twoDigits(octets, at + 4)
    if (octets[at] !== COLON || octets[at + 3] !== COLON || minute > 59 || second > 60) return -1
    return minute * 60 + second
  }

  #classicHour(octets: Uint8Array, at: number): boolean {
    const name = String.fromCharCode(octets[at]!, octets[at + 1]!, octets[at + 2]!).toLowerCase()
    const month = MONTHS.indexOf(name) + 1
    const day = twoDigits(octets, at + 4)
    const hour = twoDigits(octets, at + 7)
    if (month === 0 || day < 1 || day > 31 || hour > 23) return false
    const hourMs = (year: number) => instantOf({ year, month, day, hour, minute: 0 }, this.#options.zone)
    this.#year = this.#yearOf(month, day, hourMs)
    this.#month = month
    this.#day = day
    this.#hourMs = hourMs(this.#year)
    return true
  }

  #yearOf(month: number, day: number, hourMs: (year: number) => number): number {
    const before = this.#year
    if (before === undefined || this.#month === 0) {
      let year = before ?? new Date(this.#latestMs).getUTCFullYear() + 1
      while (hourMs(year) > this.#latestMs) year -= 1
      return year
    }
    // Processes write at the same time, so the last day of a month may follow the first of the next one for a moment.
    const backAcross = this.#day === 1 && day >= FIRST_LATE_DAY
    if (this.#month === 1 && month === 12 && backAcross) return before - 1
    if (month >= this.#month || (this.#month - month === 1 && backAcross)) return before
    if (hourMs(before + 1) <= this.#latestMs) return before + 1
    this.doubtful += 1
    return before
  }

  #iso(octets: Uint8Array, at: number): number {
    const a = packed(octets, at)
    const b = packed(octets, at + 4)
    const c = packed(octets, at + 8)
    const d = octets[at + 12]!
    if (d !== this.#d || c !== this.#c || b !== this.#b || a !== this.#a) {
      if (!this.#isoHour(octets, at)) return -1
      this.#a = a
      this.#b = b
      this.#c = c
      this.#d = d
    }
    const seconds = this.#minuteAndSecond(octets, at + 13)
    if (seconds < 0) return -1
    return this.#isoZone(octets, fractionEnd(octets, at + 19), seconds * SECOND_MS + fractionMs(octets, at + 19))
  }

  #isoHour(octets: Uint8Array, at: number): boolean {
    const year = twoDigits(octets, at) * 100 + twoDigits(octets, at + 2)
    const month = twoDigits(octets, at + 5)
    const day = twoDigits(octets, at + 8)
    const hour = twoDigits(octets, at + 11)
    const joined = octets[at + 4] === MINUS && octets[at + 7] === MINUS
    const parted = octets[at + 10] === T || octets[at + 10] === SPACE
    if (!joined || !parted || month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || year > 9_999) return false
    this.#hourMs = Date.UTC(year, month - 1, day, hour)
    return true
  }

  /** RFC 3339 5.6, and without a colon as journald writes it. A stamp without an offset is of the zone of the logs. */
  #isoZone(octets: Uint8Array, at: number, pastHourMs: number): number {
    const sign = octets[at]
    let end = at
    let asUtc = this.#hourMs
    if (sign === Z) end += 1
    else if (sign === PLUS || sign === MINUS) {
      const colon = octets[at + 3] === COLON ? 1 : 0
      const offset = twoDigits(octets, at + 1) * HOUR_MS + twoDigits(octets, at + 3 + colon) * MINUTE_MS
      if (offset > DAY_MS) return -1
      asUtc += sign === PLUS ? -offset : offset
      end += 5 + colon
    } else asUtc = this.#zoned(asUtc)
    if (octets[end] !== SPACE) return -1
    this.atMs = asUtc + pastHourMs
    return end + 1
  }

  #zoned(asUtc: number): number {
    const date = new Date(asUtc)
    const [year, month, day, hour] = [
      date.getUTCFullYear(),
      date.getUTCMonth() + 1,
      date.getUTCDate(),
      date.getUTCHours(),
    ]
    return instantOf({ year, month, day, hour, minute: 0 }, this.#options.zone)
  }
}

function packed(octets: Uint8Array, at: number): number {
  return octets[at]! | (octets[at + 1]! << 8) | (octets[at + 2]! << 16) | (octets[at + 3]! << 24)
}

function fractionEnd(octets: Uint8Array, at: number): number {
  if (octets[at] !== DOT && octets[at] !== COMMA) return at
  let end = at + 1
  while (octets[end]! >= ZERO && octets[end]! <= ZERO + 9) end += 1
  return end
}

/** Milliseconds of up to nine digits; what is finer is cut off. */
function fractionMs(octets: Uint8Array, at: number): number {
  if (octets[at] !== DOT && octets[at] !== COMMA) return 0
  let ms = 0
  let worth = 100
  for (let i = at + 1; worth >= 1; i += 1, worth /= 10) {
    const digit = octets[i]! - ZERO
    if (!(digit >= 0 && digit <= 9)) break
    ms += digit * worth
  }
  return Math.round(ms)
}

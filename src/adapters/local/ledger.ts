// The feedback ledger on this machine's disk: a file a day, so that forgetting a day is deleting a file. A message belongs to
// the day it was sent, whenever its events come. Many events share one transaction and one fdatasync.
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { KeyedHash } from '../../core/base/hash.ts'
import { DAY_MS } from '../../core/base/clock.ts'
import { oneSpelling } from '../../core/feedback/address-key.ts'
import type { FeedbackEvent } from '../../core/feedback/event.ts'
import type { FeedbackLedger, LedgerQuery, LedgerRow, OwedChange } from '../../core/feedback/ports.ts'
import { openLedgerDay, type LedgerDay } from './ledger-day.ts'
import { setAsideIfDamaged } from './ledger-file.ts'

/** Events in one transaction: some ten milliseconds' work, during which nothing else runs. */
const BATCH_EVENTS = 1_000
const DAY_FILE = /^(\d{4}-\d{2}-\d{2})\.mdb$/
const FOLDER_MODE = 0o700

export interface LedgerOptions {
  readonly folder: string
  readonly hash: KeyedHash
  readonly days: number
  readonly now: () => number
  readonly onTrouble: (message: string) => void
}

interface Waiting {
  readonly events: readonly FeedbackEvent[]
  readonly resolve: (changes: readonly OwedChange[]) => void
  readonly reject: (error: unknown) => void
}

/** Rejects when a day's file cannot be opened; a damaged one is set aside and said. */
export async function lmdbLedger(options: LedgerOptions): Promise<FeedbackLedger> {
  mkdirSync(options.folder, { recursive: true, mode: FOLDER_MODE })
  const days = new DayFiles(options)
  for (const name of days.onDisk()) days.open(name)
  const batches = batching((events) => days.fold(events))
  let closed = false
  const ledger: FeedbackLedger = {
    fold(events) {
      if (closed) return Promise.reject(new Error('the ledger is closed'))
      return events.length === 0 ? Promise.resolve([]) : batches.add(events)
    },
    owed: (limit) =>
      Promise.resolve(
        days
          .all()
          .flatMap((day) => day.owed(limit))
          .slice(0, limit),
      ),
    async settle(changes) {
      const receipts = changes.flatMap(({ receipt }) => receipt ?? [])
      await Promise.all(
        days.all().map((day) => {
          const keys = receipts.filter((receipt) => receipt.startsWith(`${day.name}/`))
          return day.settle(keys.map((receipt) => Number(receipt.slice(day.name.length + 1))))
        }),
      )
    },
    find: (query, limit) => Promise.resolve(found(days, options, query, limit)),
    takenOf: (mailId, part, addresses) => {
      const taken = new Set(days.all().flatMap((day) => day.takenWith(mailId, part)))
      return Promise.resolve(addresses.filter((address) => taken.has(options.hash.pseudonym(oneSpelling(address)))))
    },
    expire: () => days.expire(),
    size: () => ({ days: days.onDisk(), diskBytes: days.diskBytes() }),
    async close() {
      closed = true
      await batches.end()
      await days.close()
    },
  }
  await ledger.expire()
  return ledger
}

function found(days: DayFiles, { hash }: LedgerOptions, query: LedgerQuery, limit: number): readonly LedgerRow[] {
  const newestFirst = days.all().toReversed()
  const rows = newestFirst.flatMap((day) => {
    if ('address' in query) return day.ofAddress(hash.pseudonym(oneSpelling(query.address)), limit)
    if ('sesMessageId' in query) return day.ofMessage(query.sesMessageId, limit)
    return day.ofMail(query.mailId, query.part, limit)
  })
  return rows.slice(0, limit)
}

interface Failure {
  readonly error: unknown
}

type Folded = OwedChange | undefined | Failure

function isFailure(folded: Folded): folded is Failure {
  return folded !== undefined && 'error' in folded
}

/** The open files, by name of day. */
class DayFiles {
  readonly #options: LedgerOptions
  readonly #open = new Map<string, LedgerDay>()

  constructor(options: LedgerOptions) {
    this.#options = options
  }

  open(name: string): LedgerDay {
    const known = this.#open.get(name)
    if (known !== undefined) return known
    const { hash, onTrouble } = this.#options
    if (setAsideIfDamaged(this.#path(name)))
      onTrouble(`${name}.mdb was damaged; it is set aside, and its day begins anew`)
    const day = openLedgerDay({
      name,
      path: this.#path(name),
      pseudonym: (address) => hash.pseudonym(oneSpelling(address)),
      onDamage: onTrouble,
    })
    this.#open.set(name, day)
    return day
  }

  /** Oldest first. */
  all(): readonly LedgerDay[] {
    return [...this.#open.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1))
  }

  /** What each event changed, or what kept its day from being written. */
  async fold(events: readonly FeedbackEvent[]): Promise<readonly Folded[]> {
    const places = new Map<string, number[]>()
    for (const [i, event] of events.entries()) {
      const name = this.#dayOf(event)
      const known = places.get(name)
      if (known === undefined) places.set(name, [i])
      else known.push(i)
    }
    const folded: Folded[] = []
    for (const [name, at] of places) {
      const some = await this.#foldDay(
        name,
        at.map((i) => events[i]!),
      )
      for (const [n, i] of at.entries()) folded[i] = 'error' in some ? some : some[n]
    }
    return folded
  }

  async #foldDay(
    name: string,
    events: readonly FeedbackEvent[],
  ): Promise<readonly (OwedChange | undefined)[] | Failure> {
    try {
      return await this.open(name).fold(events)
    } catch (error) {
      return { error }
    }
  }

  /**
   * The day the message was sent. Without that instant, or when it is forgotten already or lies in the future, the day of
   * the event, and failing that today: a complaint after weeks is kept and counted like any other, only apart.
   */
  #dayOf({ mail, at }: FeedbackEvent): string {
    const now = this.#options.now()
    const first = nameOf(now - this.#options.days * DAY_MS)
    const last = nameOf(now + DAY_MS)
    const names = [mail.sentAt, at, now].flatMap((instant) => (instant === undefined ? [] : [nameOf(instant)]))
    return names.find((name) => name >= first && name <= last)!
  }

  onDisk(): readonly string[] {
    return readdirSync(this.#options.folder)
      .flatMap((file) => DAY_FILE.exec(file)?.[1] ?? [])
      .toSorted()
  }

  diskBytes(): number {
    return this.onDisk().reduce(
      (sum, name) => sum + (statSync(this.#path(name), { throwIfNoEntry: false })?.size ?? 0),
      0,
    )
  }

  async expire(): Promise<void> {
    const first = nameOf(this.#options.now() - this.#options.days * DAY_MS)
    for (const day of this.all().filter(({ name }) => name < first)) {
      this.#open.delete(day.name)
      await day.close()
      for (const path of [this.#path(day.name), `${this.#path(day.name)}-lock`]) rmSync(path, { force: true })
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.all().map((day) => day.close()))
    this.#open.clear()
  }

  #path(name: string): string {
    return join(this.#options.folder, `${name}.mdb`)
  }
}

/** UTC, so that a file's name does not depend on where it is read. */
function nameOf(instant: number): string {
  return new Date(instant).toISOString().slice(0, 10)
}

interface Batches {
  add(events: readonly FeedbackEvent[]): Promise<readonly OwedChange[]>
  end(): Promise<void>
}

/** While one batch is written the next one gathers. */
function batching(write: (events: readonly FeedbackEvent[]) => Promise<readonly Folded[]>): Batches {
  const waiting: Waiting[] = []
  let running: Promise<void> | undefined
  const run = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = waiting.splice(0, BATCH_EVENTS)
      const folded = await write(batch.flatMap(({ events }) => events))
      let from = 0
      for (const { events, resolve, reject } of batch) {
        const own = folded.slice(from, from + events.length)
        from += events.length
        const failed = own.find(isFailure)
        if (failed === undefined) resolve(own.flatMap((one) => (one === undefined || isFailure(one) ? [] : one)))
        else reject(failed.error)
      }
    }
    running = undefined
  }
  return {
    add: (events) =>
      new Promise((resolve, reject) => {
        waiting.push({ events, resolve, reject })
        running ??= Promise.resolve().then(run)
      }),
    async end() {
      await running
    },
  }
}

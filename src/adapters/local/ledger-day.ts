// One day of the ledger: one LMDB file with four tables. What an event changes is written in one transaction; the news that
// somebody must be told of lie in the same file, so that a crash can lose neither without the other.
import { open, type Database, type RootDatabase } from 'lmdb'
import { isNews, type Change } from '../../core/feedback/change.ts'
import type { FeedbackEvent } from '../../core/feedback/event.ts'
import type { LedgerRow, OwedChange } from '../../core/feedback/ports.ts'
import { NO_FACTS, notesOf, withFact, type Note } from '../../core/feedback/recipient-state.ts'
import { durableWrites, OWN_BATCHES } from './lmdb-commit.ts'
import {
  behind,
  factsFrom,
  factsText,
  idFrom,
  packedId,
  PART_OCTETS,
  partPrefix,
  PSEUDONYM_OCTETS,
} from './ledger-record.ts'

/** Messages that one part can have become: its attempts. */
const ATTEMPTS_MAX = 1_000

/** Undefined when the event changed nothing. */
type FoldedEvent = OwedChange | undefined

export interface LedgerDay {
  readonly name: string
  /** Resolves, with a place for each event, when committed and flushed. */
  fold(events: readonly FeedbackEvent[]): Promise<readonly FoldedEvent[]>
  owed(limit: number): readonly OwedChange[]
  settle(keys: readonly number[]): Promise<void>
  ofMessage(sesMessageId: string, limit: number): readonly LedgerRow[]
  ofAddress(pseudonym: string, limit: number): readonly LedgerRow[]
  ofMail(mailId: string, part: number | undefined, limit: number): readonly LedgerRow[]
  /** Pseudonyms of those that SES named as recipients of a part. */
  takenWith(mailId: string, part: number): readonly string[]
  close(): Promise<void>
}

export interface LedgerDayOptions {
  readonly name: string
  readonly path: string
  /** 16 hexadecimal digits for an address, the same for all its spellings. */
  readonly pseudonym: (address: string) => string
  /** A row that cannot be read: it is begun anew, and said. */
  readonly onDamage: (message: string) => void
}

type Table = Database<string, Buffer>

interface Tables {
  readonly root: RootDatabase
  /** Packed id and pseudonym: facts. */
  readonly recipients: Table
  /** Pseudonym and packed id, for looking up by address. */
  readonly addresses: Table
  /** Mail, part and packed id: pseudonyms of the recipients. For looking up by our own id. */
  readonly parts: Table
  readonly owed: Database<OwedChange, number>
}

export function openLedgerDay(options: LedgerDayOptions): LedgerDay {
  const root = open({ path: options.path, encoding: 'binary', noSubdir: true, ...OWN_BATCHES })
  const table = (name: string): Table => root.openDB({ name, encoding: 'string', keyEncoding: 'binary' })
  const tables: Tables = {
    root,
    recipients: table('recipients'),
    addresses: table('addresses'),
    parts: table('parts'),
    owed: root.openDB({ name: 'owed', encoding: 'json', keyEncoding: 'uint32' }),
  }
  const pages = queries(tables, options)
  const written = durableWrites(root)
  return {
    name: options.name,
    fold: (events) => written(() => foldAll(tables, options, events)),
    owed: (limit) =>
      [...tables.owed.getRange({ limit })].map(({ key, value }) => ({ ...value, receipt: `${options.name}/${key}` })),
    async settle(keys) {
      if (keys.length === 0) return
      // What is settled must stay so: after a power cut it would be told again, and its report has left.
      await written(() => {
        for (const key of keys) void tables.owed.remove(key)
      })
    },
    ...pages,
    close: () => root.close(),
  }
}

function foldAll(tables: Tables, options: LedgerDayOptions, events: readonly FeedbackEvent[]): FoldedEvent[] {
  let next = nextKey(tables)
  return events.map((event) => {
    rememberPart(tables, options, event)
    const changes = notesOf(event).flatMap((note) => foldOne(tables, options, event, note) ?? [])
    if (changes.length === 0) return undefined
    const change = { event, changes }
    if (!isNews(change)) return change
    const key = next
    next += 1
    void tables.owed.put(key, change)
    return { ...change, receipt: `${options.name}/${key}` }
  })
}

function nextKey({ owed }: Tables): number {
  for (const key of owed.getKeys({ reverse: true, limit: 1 })) return key + 1
  return 1
}

function rememberPart({ parts }: Tables, { pseudonym }: LedgerDayOptions, { mail }: FeedbackEvent): void {
  const { mailId, part, sesMessageId, destinations } = mail
  if (mailId === undefined || part === undefined) return
  const key = Buffer.concat([partPrefix(mailId, part), packedId(sesMessageId)])
  if (!parts.doesExist(key)) void parts.put(key, destinations.map(pseudonym).join(' '))
}

/** Undefined when nothing changed but perhaps an instant. */
function foldOne(tables: Tables, options: LedgerDayOptions, event: FeedbackEvent, note: Note): Change | undefined {
  const id = packedId(event.mail.sesMessageId)
  const who = Buffer.from(options.pseudonym(note.recipient.address), 'hex')
  const key = Buffer.concat([id, who])
  const text = tables.recipients.get(key)
  if (text === undefined) void tables.addresses.put(Buffer.concat([who, id]), '')
  const before = text === undefined ? NO_FACTS : factsFrom(text)
  if (before === undefined) options.onDamage(`a row of ${options.name} cannot be read; it begins anew`)
  const known = before ?? NO_FACTS
  const after = withFact(known, note.fact, event.at)
  if (after === known) return undefined
  void tables.recipients.put(key, factsText(after))
  return known[note.fact] === undefined ? { ...note, before: known, after } : undefined
}

type Queries = Pick<LedgerDay, 'ofMessage' | 'ofAddress' | 'ofMail' | 'takenWith'>

function queries({ recipients, addresses, parts }: Tables, { onDamage, name }: LedgerDayOptions): Queries {
  const row = (id: Buffer, who: Buffer): readonly LedgerRow[] => {
    const text = recipients.get(Buffer.concat([id, who]))
    const facts = text === undefined ? undefined : factsFrom(text)
    if (facts === undefined) {
      onDamage(`a row of ${name} cannot be read; it is left out`)
      return []
    }
    return [{ sesMessageId: idFrom(id), recipient: who.toString('hex'), facts }]
  }
  const ofPacked = (id: Buffer, limit: number) =>
    keys(recipients, id, limit).flatMap((key) => row(id, key.subarray(-PSEUDONYM_OCTETS)))
  return {
    ofMessage: (sesMessageId, limit) => ofPacked(packedId(sesMessageId), limit),
    ofAddress(pseudonym, limit) {
      const who = Buffer.from(pseudonym, 'hex')
      return keys(addresses, who, limit).flatMap((key) => row(key.subarray(PSEUDONYM_OCTETS), who))
    },
    ofMail(mailId, part, limit) {
      const from = partPrefix(mailId).length + PART_OCTETS
      return keys(parts, partPrefix(mailId, part), limit).flatMap((key) => ofPacked(key.subarray(from), limit))
    },
    takenWith: (mailId, part) =>
      keys(parts, partPrefix(mailId, part), ATTEMPTS_MAX).flatMap((key) => (parts.get(key) ?? '').split(' ')),
  }
}

function keys(table: Table, prefix: Buffer, limit: number): readonly Buffer[] {
  return [...table.getKeys({ start: prefix, end: behind(prefix), limit })].map((key) => Buffer.from(key))
}

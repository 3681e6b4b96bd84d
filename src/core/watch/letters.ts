// Letters: what is said at its time, once on each channel. Its rule is that of incidents: what is due and every attempt are written
// down first, so that a report comes late rather than twice, and not for ever.
import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { Notice, NoticeOutcome, Notifier } from '../base/notice.ts'
import { describeError } from './describe-error.ts'
import { LETTER_LIFE_MS, lettersDue, type DueLetter } from './calendar.ts'
import { LETTERS_KEPT, type ChannelState, type Letter, type WatchRecord } from './record.ts'
import { attempted, settled } from './telling.ts'

/** Changes what is written down, one change after another; resolves when it is on disk. */
export type Change = (make: (record: WatchRecord, nowMs: number) => WatchRecord) => Promise<WatchRecord>

export type Compose = (letter: DueLetter) => Promise<Notice>

export interface LetterOptions {
  readonly notifiers: readonly Notifier[]
  readonly change: Change
  readonly compose: Compose
  readonly clock: Pick<Clock, 'now'>
  readonly log: Log
  readonly timeZone: string
}

const ONCE = { kind: 'open', round: 0 } as const

export async function tellLetters(options: LetterOptions): Promise<void> {
  const { change, timeZone, notifiers, clock } = options
  const { letters } = await change((record, nowMs) => withDue(record, nowMs, timeZone))
  // One after another: each is made once, and none is in a hurry.
  for (const letter of letters) {
    const nowMs = clock.now()
    if (nowMs - letter.dueAt >= LETTER_LIFE_MS) continue
    const waiting = notifiers.filter(({ channel }) => isDue(letter.channels[channel], nowMs))
    if (waiting.length > 0) await tellOne(options, letter, waiting)
  }
}

/** A first look begins the calendar: what was due before it is nobody's news. */
function withDue(record: WatchRecord, nowMs: number, timeZone: string): WatchRecord {
  const since = record.since ?? nowMs
  const known = new Set(record.letters.map(({ id }) => id))
  const due = lettersDue(nowMs, timeZone).filter(({ id, dueAt }) => dueAt >= since && !known.has(id))
  if (due.length === 0 && record.since !== undefined) return record
  const letters = [...record.letters, ...due.map((letter) => ({ ...letter, channels: {} }))]
  return { ...record, since, letters: letters.slice(-LETTERS_KEPT) }
}

function isDue(state: ChannelState | undefined, nowMs: number): boolean {
  return state?.said === undefined && (state?.trying === undefined || state.trying.nextAt <= nowMs)
}

async function tellOne(options: LetterOptions, letter: Letter, notifiers: readonly Notifier[]): Promise<void> {
  const { change, compose, log } = options
  const channels = notifiers.map(({ channel }) => channel)
  await change((record, nowMs) =>
    withStates(record, letter.id, channels, (state) => attempted(state, letter.id, nowMs)),
  )
  let notice: Notice | undefined
  try {
    notice = await compose(letter)
  } catch (error) {
    log.warn('letterFailed', { what: letter.id, ...describeError(error) })
  }
  await Promise.all(
    notifiers.map(async (notifier) => {
      const { channel } = notifier
      const outcome: NoticeOutcome =
        notice === undefined
          ? { kind: 'failed', channel, again: true, message: 'it could not be made' }
          : await notifier.send(notice)
      await change((record, nowMs) =>
        withStates(record, letter.id, [channel], (state) => settled(state, ONCE, outcome, nowMs)),
      )
      if (outcome.kind === 'failed') log.warn('noticeFailed', { what: letter.id, channel, why: outcome.message })
    }),
  )
}

function withStates(
  record: WatchRecord,
  id: string,
  channels: readonly string[],
  make: (state: ChannelState) => ChannelState,
): WatchRecord {
  const changed = (letter: Letter): Letter => ({
    ...letter,
    channels: {
      ...letter.channels,
      ...Object.fromEntries(channels.map((channel) => [channel, make(letter.channels[channel] ?? { reminders: 0 })])),
    },
  })
  return { ...record, letters: record.letters.map((letter) => (letter.id === id ? changed(letter) : letter)) }
}

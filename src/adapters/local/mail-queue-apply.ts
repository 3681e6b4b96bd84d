// What memory learns when a group is on disk. Rule: nothing is taken in before that, but claims and marks, which were made
// in memory first so that no part is given out twice.
import type { NewMail } from '../../core/mail/mail.ts'
import { enqueue, nextDueAt, type QueueCore } from './mail-queue-core.ts'
import type { Group } from './mail-queue-group.ts'
import { NONE } from './mail-queue-index.ts'
import { ROUTES, STATE_CODE } from './mail-queue-record.ts'
import { MARK, ROW, Row, type RowBuffer } from './mail-queue-row.ts'
import type { Segment } from './mail-queue-segment.ts'

export interface Written {
  readonly rows: RowBuffer
  /** The group's first row. */
  readonly from: number
  readonly segment: Segment
}

/** Takes in a group that is on disk. Its rows stand in the order in which the encoder wrote them: mails, moves, the rest. */
export function applyGroup(core: QueueCore, group: Group, written: Written): void {
  const before = ROUTES.map((_, code) => nextDueAt(core, code) ?? Infinity)
  const afterMails = applyMails(core, group.mails, written)
  const afterMoves = applyMoves(core, group, { ...written, from: afterMails })
  applyRest(core, { ...written, from: afterMoves })
  ROUTES.forEach((route, code) => {
    if ((nextDueAt(core, code) ?? Infinity) < before[code]!) core.announce(route)
  })
}

const row = new Row()

function applyMails(core: QueueCore, mails: readonly NewMail[], { rows, from, segment }: Written): number {
  const nowMs = core.now()
  let at = from
  for (const mail of mails) {
    const reference = core.cache.add(mail, wantedSoon(mail, nowMs))
    for (let p = 0; p < mail.parts.length; p += 1) {
      rows.read(at++, row)
      const slot = core.fold.apply(row, segment.number)
      if (isWantedSoon(row.state, row.dueAt, nowMs)) core.index.block(slot).cached[core.index.at(slot)] = reference
      enqueue(core, slot)
    }
  }
  return at
}

/** How many parts of a mail will be claimed before long, and so are worth keeping its content in memory. */
function wantedSoon(mail: NewMail, nowMs: number): number {
  let wanted = 0
  for (const part of mail.parts) if (isWantedSoon(STATE_CODE[part.state], part.dueAt, nowMs)) wanted += 1
  return wanted
}

function isWantedSoon(state: number, dueAt: number, nowMs: number): boolean {
  return state === STATE_CODE.waiting && dueAt <= nowMs
}

/** Moved mails are where they were but for their place on disk; what has happened to their parts meanwhile stays. */
function applyMoves(core: QueueCore, group: Group, { rows, from, segment }: Written): number {
  const { index } = core
  let at = from
  for (const move of group.moves) {
    for (let p = 0; p < move.envelope.parts.length; p += 1) {
      rows.read(at++, row)
      const slot = index.find(row.high, row.low, row.part)
      if (slot === NONE) continue
      index.place(slot, 'mail', segment.number, row.offset)
      index.place(slot, 'state', 0, 0)
      if (index.block(slot).mark[index.at(slot)] !== MARK.damaged) index.block(slot).mark[index.at(slot)] = MARK.none
    }
  }
  return at
}

function applyRest(core: QueueCore, { rows, from, segment }: Written): void {
  for (let at = from; at < rows.length; at += 1) {
    rows.read(at, row)
    if (row.kind !== ROW.parts && row.kind !== ROW.gone) continue
    const slot = core.fold.apply(row, segment.number)
    if (slot !== NONE) enqueue(core, slot)
  }
}

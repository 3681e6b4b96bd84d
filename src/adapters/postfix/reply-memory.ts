// What the replies in a log mean. Receivers repeat themselves by the million, so a text that was understood is remembered,
// without the names and addresses in it that change from mail to mail.
import { dsnText, type LegacyOutcome } from '../../core/base/legacy-outcome.ts'
import { legacyReason, legacyStage, type LegacyReason, type LegacyStage } from '../../core/base/legacy-reason.ts'
import { classify } from '../../core/feedback/classify.ts'

export interface ReplyMeaning {
  readonly reason: LegacyReason
  readonly stage: LegacyStage
  /** Undefined until a bounce asks for it. */
  mailbox: LegacyOutcome['mailbox'] | undefined
}

export interface LoggedReply {
  /** The text in brackets behind the status. */
  readonly text: string
  /** As in LegacyOutcome. */
  readonly dsn: number
  readonly recipient: string
  readonly bounced: boolean
}

const SAID = ' said: '
const IN_REPLY = ' (in reply to '
/** Texts with numbers of their own push the others out, all at once. */
const REMEMBERED = 4_096
/** Enough of a text of Postfix's own to tell `connect to` from `lost connection`. */
const OPENING = 12

export class ReplyMemory {
  readonly #remembered = new Map<string, ReplyMeaning>()

  /** The answer is remembered and shared: nobody changes it. */
  meaningOf({ text, dsn, recipient, bounced }: LoggedReply): ReplyMeaning {
    const said = text.indexOf(SAID)
    const key = keyOf(text, said, bounced ? `${dsn} ${domainOf(recipient)} ` : `${dsn} `)
    let meaning = this.#remembered.get(key)
    if (meaning === undefined) {
      if (this.#remembered.size >= REMEMBERED) this.#remembered.clear()
      meaning = { reason: legacyReason(dsn, text), stage: legacyStage(text), mailbox: undefined }
      this.#remembered.set(key, meaning)
    }
    if (bounced) meaning.mailbox ??= mailboxAfter(said < 0 ? '' : wordsOf(text, said + SAID.length), recipient, dsn)
    return meaning
  }
}

/** A receiver's words without the first address in them; Postfix's own words without the host in them. */
function keyOf(text: string, said: number, before: string): string {
  if (said < 0) {
    const host = text.lastIndexOf(']')
    return host < 0 ? before + text : `${before}${text.slice(0, OPENING)} ${text.slice(host)}`
  }
  const start = said + SAID.length
  const open = text.indexOf('<', start)
  const close = open < 0 ? -1 : text.indexOf('>', open)
  return close < 0 ? before + text.slice(said) : `${before}${text.slice(said, open)} ${text.slice(close)}`
}

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1).toLowerCase()
}

/** By the table that SES's bounces are read with. Without a receiver's words Postfix itself speaks, and its code says all. */
function mailboxAfter(words: string, address: string, dsn: number): LegacyOutcome['mailbox'] {
  const meaning = classify({
    address,
    ...(words === '' ? {} : { diagnosticCode: words }),
    ...(dsn === 0 ? {} : { status: dsnText(dsn) }),
  })
  if (meaning.kind !== 'hard') return 'unknown'
  return meaning.doubtful === true ? 'doubtful' : 'gone'
}

function wordsOf(text: string, start: number): string {
  const end = text.lastIndexOf(IN_REPLY)
  return end > start ? text.slice(start, end) : text.slice(start)
}

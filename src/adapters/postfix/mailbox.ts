// What a bounce says of the address, by the same table that SES's bounces are read with.
import { dsnText, type LegacyOutcome } from '../../core/base/legacy-outcome.ts'
import { classify } from '../../core/feedback/classify.ts'

const SAID = ' said: '
const IN_REPLY = ' (in reply to '

/** `reply` is the text in brackets of a `status=bounced` line. */
export function mailboxAfter(reply: string, address: string, dsn: number): LegacyOutcome['mailbox'] {
  const said = reply.indexOf(SAID)
  // Without a receiver's words Postfix itself speaks: its code says all, and its text is about hosts.
  const words = said < 0 ? {} : { diagnosticCode: wordsOf(reply, said + SAID.length) }
  const meaning = classify({ address, ...words, ...(dsn === 0 ? {} : { status: dsnText(dsn) }) })
  if (meaning.kind !== 'hard') return 'unknown'
  return meaning.doubtful === true ? 'doubtful' : 'gone'
}

function wordsOf(reply: string, start: number): string {
  const end = reply.lastIndexOf(IN_REPLY)
  return end > start ? reply.slice(start, end) : reply.slice(start)
}

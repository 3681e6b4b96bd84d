// The copy of a mail that goes to SES: some header fields left out, on the SMTP wire two put in, every other octet as it was.
// Its rule: nothing is refolded or re-encoded (M4), and the body is shared with the original, not copied.
import { assert } from '../base/assert.ts'
import { latin1Bytes } from '../base/bytes.ts'
import { type Field, fieldName, type Header, scanHeader } from './header.ts'
import type { Content } from './mail.ts'

/** Names of our message tags. Events carry them back, so that feedback finds its mail without a search. */
export const MAIL_TAG = 'watari-mail'
export const PART_TAG = 'watari-part'
/** The envelope sender in base64url, on the API wire only: there SES does not say that `mail.source` is what we gave. */
export const SENDER_TAG = 'watari-sender'
/** Longest value of a tag (MessageTagValue); a sender that does not fit is found by its mail id. */
export const TAG_CHARACTERS_MAX = 256

/** On the SMTP wire the configuration set and the tags are header fields, on the API wire parameters of the call. */
export type SesWire = 'smtp' | 'api'

export interface SesCopyOptions {
  readonly wire: SesWire
  readonly mailId: string
  readonly part: number
  /** Without one SES uses the identity's own default, and no events come if it has none. */
  readonly configurationSet?: string
}

export interface SesCopy {
  readonly content: Content
  /** What was left out, a stable word for each field: 'removed-bcc', 'duplicate-message-id'. */
  readonly repairs: readonly string[]
}

/**
 * Left out always. Bcc would show hidden recipients; Return-Path is the envelope's business and would be checked as an
 * identity; a signature of ours is broken when SES replaces Date and Message-ID, and a second one is refused.
 */
const REMOVED: ReadonlySet<string> = new Set(['bcc', 'resent-bcc', 'return-path', 'dkim-signature'])

/** A client must not steer SES: its events would vanish into another configuration set. */
const SES_PREFIX = 'x-ses-'

/**
 * Fields of which SES refuses a second copy, names compared without case
 * (https://docs.aws.amazon.com/ses/latest/dg/header-fields.html). The first is kept, because it is what readers show.
 * Content-Type is not here: two of them are ambiguous, and `sesFault` keeps such a mail off SES.
 */
const ONLY_ONCE: ReadonlySet<string> = new Set(
  `accept-language acceptlanguage archived-at auto-submitted bounces-to comments content-alternative content-base
  content-class content-description content-disposition content-duration content-id content-language content-length
  content-location content-md5 content-transfer-encoding date delivered-to disposition-notification-options
  disposition-notification-to domainkey-signature errors-to from importance in-reply-to keywords list-archive list-help
  list-id list-owner list-post list-subscribe list-unsubscribe list-unsubscribe-post message-context message-id
  mime-version organization original-from original-message-id original-recipient original-subject precedence priority
  references reply-to return-receipt-to sender solicitation subject thread-index thread-topic user-agent vbr-info`.split(
    /\s+/,
  ),
)

const DOT = 0x2e

/** SES takes these characters in tags and set names, and no others (MessageTagName, ConfigurationSetName). */
const TAG_CHARACTERS = /^[A-Za-z0-9_-]{1,256}$/
const SET_CHARACTERS = /^[A-Za-z0-9_-]{1,64}$/

/** Makes the copy for SES. Pass the header when it has been scanned already. */
export function sesCopy(content: Content, options: SesCopyOptions, header: Header = scanHeader(content)): SesCopy {
  assert(header.fault === undefined, 'a header that cannot be read to its end may hide a Bcc: it never goes to SES')
  const { dropped, repairs } = whatGoes(header)
  const added = options.wire === 'smtp' ? addedLines(options) : []
  if (dropped.length === 0 && added.length === 0) return { content, repairs }
  const head = copyHead(header, dropped, added)
  const chunks = [head, ...chunksFrom(content.chunks, header.end)]
  const grown = head.length - header.end
  return {
    content: {
      chunks,
      wireSize: content.wireSize + grown,
      size: content.size + grown + dropped.filter((field) => header.octets[field.start] === DOT).length,
      dotStuffed: content.dotStuffed,
      eightBit: content.eightBit,
      // What was removed may have held the longest line; saying it is longer than it is harms nobody.
      longestLine: Math.max(content.longestLine, ...added.map((line) => line.length - 2)),
    },
    repairs,
  }
}

function whatGoes(header: Header): { readonly dropped: readonly Field[]; readonly repairs: readonly string[] } {
  const dropped: Field[] = []
  const repairs: string[] = []
  const seen = new Set<string>()
  for (const field of header.fields) {
    const name = fieldName(header, field)
    const repair = repairFor(name, seen)
    seen.add(name)
    if (repair === undefined) continue
    dropped.push(field)
    repairs.push(repair)
  }
  return { dropped, repairs }
}

function repairFor(name: string, seen: ReadonlySet<string>): string | undefined {
  if (REMOVED.has(name)) return `removed-${name}`
  if (name.startsWith(SES_PREFIX)) return 'removed-x-ses'
  if (seen.has(name) && ONLY_ONCE.has(name)) return `duplicate-${name}`
  return undefined
}

function addedLines(options: SesCopyOptions): readonly string[] {
  const { configurationSet, mailId, part } = options
  assert(TAG_CHARACTERS.test(mailId), 'a mail id is made of characters that SES allows in a tag')
  assert(Number.isInteger(part) && part > 0, 'parts are numbered from 1')
  assert(configurationSet === undefined || SET_CHARACTERS.test(configurationSet), 'the plan checks the set name')
  const tags = `X-SES-MESSAGE-TAGS: ${MAIL_TAG}=${mailId}, ${PART_TAG}=${part}\r\n`
  return configurationSet === undefined ? [tags] : [`X-SES-CONFIGURATION-SET: ${configurationSet}\r\n`, tags]
}

/** The header without the dropped fields and with the added lines above it, in memory of its own. */
function copyHead(header: Header, dropped: readonly Field[], added: readonly string[]): Uint8Array {
  const above = latin1Bytes(added.join(''))
  const head = new Uint8Array(above.length + header.end - octetsOfFields(dropped))
  head.set(above, 0)
  let to = above.length
  let from = 0
  for (const field of [...dropped, { start: header.end, end: header.end }]) {
    head.set(header.octets.subarray(from, field.start), to)
    to += field.start - from
    from = field.end
  }
  return head
}

function octetsOfFields(fields: readonly Field[]): number {
  return fields.reduce((sum, field) => sum + field.end - field.start, 0)
}

/** The chunks of the content from an offset on, sharing its memory. */
function chunksFrom(chunks: readonly Uint8Array[], offset: number): Uint8Array[] {
  const rest: Uint8Array[] = []
  let skip = offset
  for (const chunk of chunks) {
    if (skip === 0) rest.push(chunk)
    else if (skip < chunk.length) rest.push(chunk.subarray(skip))
    skip = Math.max(0, skip - chunk.length)
  }
  return rest
}

// Fields of the JSON of SES, each of which may be missing or of a wrong kind: a sample in a document is no promise (C23).
import type { EventRecipient, FeedbackMail } from '../../core/feedback/event.ts'
import { MAIL_TAG, PART_TAG, SENDER_TAG } from '../../core/mail/ses-copy.ts'
import { isObject, type Json } from './limited-json.ts'

/** SES takes 50 recipients a message; whatever names more is cut, so that one record cannot hold up the others. */
const RECIPIENTS_MAX = 50
/** RFC 3461 4.4 allows diagnostic texts of any length; this holds what receivers say. */
const TEXT_MAX = 2_000
/** RFC 5321 4.5.3.1.3: 256 octets, and quotes and a display name around it. */
const ADDRESS_MAX = 1_000

export function text(json: Json, name: string): string | undefined {
  const value = json[name]
  return typeof value === 'string' && value !== '' ? value.slice(0, TEXT_MAX) : undefined
}

export function object(json: Json, name: string): Json {
  const value = json[name]
  return isObject(value) ? value : {}
}

export function instant(json: Json, name: string): number | undefined {
  const value = text(json, name)
  const at = value === undefined ? Number.NaN : Date.parse(value)
  return Number.isFinite(at) ? at : undefined
}

export function count(json: Json, name: string): number | undefined {
  const value = json[name]
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined
}

/** Only what is there: exact optional fields must not hold `undefined`. */
export function present<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const kept: Record<string, unknown> = {}
  for (const [name, item] of Object.entries(value)) if (item !== undefined) kept[name] = item
  return kept as { [K in keyof T]: Exclude<T[K], undefined> }
}

/** Recipients as objects (bounces, complaints, delays) or as bare addresses (deliveries). */
export function recipients(json: Json, name: string): readonly EventRecipient[] {
  return list(json, name).flatMap((item) => {
    if (typeof item === 'string') return recipientOf({ emailAddress: item })
    return isObject(item) ? recipientOf(item) : []
  })
}

/** How many of those named are none of the recipients that were read. */
export function unreadRecipients(json: Json, name: string): number {
  const value = json[name]
  return (Array.isArray(value) ? value.length : 0) - recipients(json, name).length
}

function list(json: Json, name: string): readonly unknown[] {
  const value = json[name]
  return Array.isArray(value) ? (value.slice(0, RECIPIENTS_MAX) as unknown[]) : []
}

function recipientOf(json: Json): readonly EventRecipient[] {
  const address = addressOf(json['emailAddress'])
  if (address === undefined) return []
  return [
    present({
      address,
      action: text(json, 'action'),
      status: text(json, 'status'),
      diagnosticCode: text(json, 'diagnosticCode'),
    }) as EventRecipient,
  ]
}

/** `"Taro" <taro@example.jp>`, as a destination is sometimes written, is taro@example.jp. */
function addressOf(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > ADDRESS_MAX) return undefined
  const address = /<([^<>]*)>\s*$/.exec(value)?.[1] ?? value.trim()
  return address === '' ? undefined : address
}

/** The mail that every event carries; undefined without SES's id, because nothing else names a mail for certain. */
export function mailOf(json: Json): FeedbackMail | undefined {
  const sesMessageId = text(json, 'messageId')
  if (sesMessageId === undefined || !/^[\w@.+-]{1,200}$/.test(sesMessageId)) return undefined
  const tags = object(json, 'tags')
  const part = Number(tag(tags, PART_TAG))
  return present({
    sesMessageId,
    sentAt: instant(json, 'timestamp'),
    sender: taggedSender(tags) ?? addressOf(json['source']) ?? '',
    destinations: list(json, 'destination').flatMap((item) => addressOf(item) ?? []),
    mailId: tag(tags, MAIL_TAG),
    part: Number.isInteger(part) && part > 0 ? part : undefined,
    messageIdField: messageIdField(json),
  }) as FeedbackMail
}

/** A tag has a list of values; ours have one. */
export function tag(tags: Json, name: string): string | undefined {
  const values = tags[name]
  const value: unknown = Array.isArray(values) ? values[0] : undefined
  return typeof value === 'string' && /^[\w-]{1,256}$/.test(value) ? value : undefined
}

function taggedSender(tags: Json): string | undefined {
  const value = tag(tags, SENDER_TAG)
  if (value === undefined) return undefined
  return addressOf(Buffer.from(value, 'base64url').toString('latin1'))
}

/** `headers` holds the client's own field; `commonHeaders.messageId` is the id that SES gave. */
function messageIdField(json: Json): string | undefined {
  const { headers } = json
  if (!Array.isArray(headers)) return undefined
  for (const field of headers as unknown[]) {
    if (isObject(field) && text(field, 'name')?.toLowerCase() === 'message-id') return text(field, 'value')
  }
  return undefined
}

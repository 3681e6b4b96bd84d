// A mail as it was handed in, by either interface, with what the headers that steer SES said.
import type { Message } from './message.ts'

export interface Submission {
  readonly via: 'smtp' | 'api'
  /** SMTP: the envelope sender. API: where feedback goes. In every event as `mail.source`. */
  readonly source: string
  readonly recipients: readonly string[]
  readonly message: Message
  /** API: what the call named beside the headers; must be verified like them. */
  readonly senders: readonly string[]
  readonly configurationSetName?: string
  readonly tags: ReadonlyMap<string, string>
  readonly accessKeyId: string
  readonly sourceAddress: string
}

/** Consumed by SES and never delivered (AWS guide, "event-publishing-send-email"). */
const STEERING_PREFIX = 'x-ses-'
/** Bcc is taken out, and what SES writes anew is not kept (AWS guide, "header-fields"). */
const REPLACED = new Set(['bcc', 'return-path', 'message-id', 'date'])

export function isSteering(key: string): boolean {
  return key.startsWith(STEERING_PREFIX)
}

export function isReplaced(key: string): boolean {
  return REPLACED.has(key)
}

/** The set named by the header; the header is the only way over SMTP. */
export function configurationSetHeader(message: Message): string | undefined {
  const value = message.fields.find((field) => field.key === 'x-ses-configuration-set')?.value
  return value === '' ? undefined : value
}

const TAG_PART = /^[A-Za-z0-9_-]{1,256}$/

export interface TagsFault {
  readonly fault: string
}

/** Tags of the header, or what is wrong with them. Allowed characters: API reference, MessageTag. */
export function tagsHeader(message: Message): ReadonlyMap<string, string> | TagsFault {
  const value = message.fields.find((field) => field.key === 'x-ses-message-tags')?.value ?? ''
  const tags = new Map<string, string>()
  for (const pair of value.split(',')) {
    if (pair.trim() === '') continue
    const equals = pair.indexOf('=')
    const [name, content] = [pair.slice(0, Math.max(0, equals)).trim(), pair.slice(equals + 1).trim()]
    const fault = tagFault(name, content)
    if (fault) return { fault }
    tags.set(name, content)
  }
  return tags
}

export function tagFault(name: string, value: string): string | undefined {
  if (!TAG_PART.test(name)) {
    return `Invalid tag name <${name}>: only alphanumeric ASCII characters, '_', and '-' are allowed.`
  }
  if (!TAG_PART.test(value)) {
    return `Invalid tag value <${value}>: only alphanumeric ASCII characters, '_', and '-' are allowed.`
  }
  return undefined
}

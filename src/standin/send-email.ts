// SendEmail: from the call's parameters to a submission. Parameters beat headers; tags are not merged with the header's.
import { addressFault, mailboxesIn } from './addresses.ts'
import { ApiError, badRequest, notFound, readShape } from './api-errors.ts'
import { SEND_EMAIL, type SendEmail } from './api-shapes.ts'
import { fieldNamed, parseMessage, withCrlf, type Message } from './message.ts'
import { apiFault } from './refusals.ts'
import type { Sending } from './sending.ts'
import { simpleMessage } from './simple-message.ts'
import type { Account } from './state.ts'
import { configurationSetHeader, tagFault, tagsHeader, type Submission } from './submission.ts'

export interface Caller {
  readonly accessKeyId: string
  readonly sourceAddress: string
}

/** Reads the call; throws what the service answers to a call that is wrong in itself. */
export function submissionOf(account: Account, body: unknown, caller: Caller): Submission {
  const request = readShape(SEND_EMAIL, body)
  const message = messageOf(request)
  const recipients = recipientsOf(account, request, message)
  const from = request.FromEmailAddress ?? undefined
  const feedback = request.FeedbackForwardingEmailAddress ?? undefined
  const returnPath = fieldNamed(message, 'return-path')?.value
  const source =
    feedback ?? bareAddress(from) ?? bareAddress(returnPath) ?? bareAddress(fieldNamed(message, 'from')?.value)
  const set = request.ConfigurationSetName ?? configurationSetHeader(message)
  return {
    via: 'api',
    source: source ?? '',
    recipients,
    message,
    senders: [from, feedback].flatMap((address) => bareAddress(address) ?? []),
    ...(set === undefined || set === '' ? {} : { configurationSetName: set }),
    tags: tagsOf(request, message),
    ...caller,
  }
}

function messageOf(request: SendEmail): Message {
  const { Raw: raw, Simple: simple, Template: template } = request.Content
  const kinds = [raw, simple, template].filter((content) => content !== undefined)
  if (kinds.length !== 1) throw badRequest('Exactly one of Raw, Simple and Template must be given as content.')
  if (template !== undefined) {
    const name = template['TemplateName']
    throw notFound(`Template ${typeof name === 'string' ? name : ''} does not exist.`)
  }
  if (raw !== undefined) return parseMessage(withCrlf(decoded(raw.Data)))
  if (request.FromEmailAddress === undefined) throw badRequest("Missing required header 'From'.")
  return parseMessage(simpleMessage(simple!, request))
}

function decoded(base64: string): Buffer {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(base64)) {
    throw new ApiError({ status: 400, type: 'SerializationException', message: 'Blob values must be base64.' })
  }
  return Buffer.from(base64, 'base64')
}

/** The call's destination; a raw message without one has its recipients in its headers. */
function recipientsOf(account: Account, request: SendEmail, message: Message): string[] {
  const { Destination: destination } = request
  const given = [destination?.ToAddresses, destination?.CcAddresses, destination?.BccAddresses].flatMap(
    (list) => list ?? [],
  )
  const headers = ['to', 'cc', 'bcc'].flatMap((key) => message.fields.filter((field) => field.key === key))
  const named = request.Content.Raw && given.length === 0 ? headers.map(({ value }) => value) : given
  const recipients = named.flatMap((text) => {
    const mailboxes = mailboxesIn(text)
    // One bad address refuses the whole message; an empty one is answered with these words.
    if (mailboxes.length === 0) throw badRequest(`Invalid email address ${text}.`)
    return mailboxes.map(({ address }) => address)
  })
  if (recipients.length === 0) throw badRequest('Invalid email address .')
  for (const address of recipients) {
    const fault = addressFault(address, account.settings.dotAddresses)
    if (fault) throw badRequest(fault)
  }
  return recipients
}

function bareAddress(value: string | undefined): string | undefined {
  const [mailbox] = mailboxesIn(value ?? '')
  return mailbox?.address === '' ? undefined : mailbox?.address
}

function tagsOf(request: SendEmail, message: Message): ReadonlyMap<string, string> {
  if (request.EmailTags && request.EmailTags.length > 0) {
    const fault = request.EmailTags.map(({ Name, Value }) => tagFault(Name, Value)).find((one) => one !== undefined)
    if (fault) throw badRequest(fault)
    return new Map(request.EmailTags.map(({ Name, Value }) => [Name, Value]))
  }
  const tags = tagsHeader(message)
  if ('fault' in tags) throw badRequest(tags.fault)
  return tags
}

/** Sends, and answers or throws as the API does. */
export function sendEmail(account: Account, sending: Sending, submission: Submission): object {
  const sent = sending.send(submission)
  if ('refusal' in sent) throw new ApiError(apiFault(sent.refusal, account.region, account.settings.throttlingName))
  return { MessageId: sent.messageId }
}

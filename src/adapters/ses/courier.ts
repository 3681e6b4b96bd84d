// The SES route by API: SESv2 SendEmail with the raw message, one call a part. See docs/ses-wires.md for the choice of wire.
// Its rule: recipients come from the envelope only (C17), and one bad address of fifty never bounces the other forty-nine.
import { SendEmailCommand, type SendEmailCommandInput, type SESv2Client } from '@aws-sdk/client-sesv2'
import { assert } from '../../core/base/assert.ts'
import type { ClaimedPart } from '../../core/mail/mail.ts'
import { messageForm } from '../../core/mail/message-form.ts'
import { allOf, type Delivery, type Outcome, type Reading } from '../../core/mail/outcome.ts'
import type { Courier } from '../../core/mail/ports.ts'
import { MAIL_TAG, PART_TAG, SENDER_TAG, TAG_CHARACTERS_MAX } from '../../core/mail/ses-copy.ts'
import { type CallReading, readCallFailure } from './call-failure.ts'
import { hostOf, sesClient, type SesPlace } from './client.ts'
import type { CallProgress } from './http-handler.ts'
import type { SesReadings } from './outcomes.ts'
import type { PrepareForSes } from './preparation.ts'
import { deliverInGroups } from './recipient-search.ts'

/** SES takes 50 recipients a message (https://docs.aws.amazon.com/ses/latest/dg/quotas.html); parts are made to fit. */
const RECIPIENTS_MAX = 50

export interface SesCourierOptions extends SesPlace {
  readonly readings: SesReadings
  readonly prepare: PrepareForSes
  readonly configurationSet?: string
  /** Connections, and so parts, at once. A call takes 50 to 150 ms, so 32 carry 200 a second. */
  readonly connections: number
  /** From the call to a connection with TLS. */
  readonly connectTimeoutMs?: number
  /** Without an octet in either direction, once connected. A call that ends so is unclear. */
  readonly answerTimeoutMs?: number
}

/** What is in flight when the courier stops has so long for its answer; then its connections go, and it is unclear. */
const STOP_MS = 20_000

/** The courier of the API wire. */
export function sesCourier(options: SesCourierOptions): Courier {
  const client = sesClient(options, options)
  const inFlight = new Set<Promise<unknown>>()
  let stopping: Promise<void> | undefined
  return {
    capacity: () => options.connections,
    async deliver(part) {
      if (stopping !== undefined) return notStarted(part)
      const delivery = deliver(part, client, options)
      inFlight.add(delivery)
      return await delivery.finally(() => inFlight.delete(delivery))
    },
    stop() {
      stopping ??= finish(inFlight, client)
      return stopping
    },
  }
}

async function finish(inFlight: ReadonlySet<Promise<unknown>>, client: SESv2Client): Promise<void> {
  const timer = setTimeout(() => client.destroy(), STOP_MS)
  await Promise.allSettled(inFlight)
  clearTimeout(timer)
  client.destroy()
}

function notStarted(part: ClaimedPart): Delivery {
  const outcome: Outcome = { kind: 'deferred', reason: 'stopping' }
  return { outcomes: allOf(part.recipients, outcome), signal: { kind: 'healthy' }, counts: false }
}

async function deliver(part: ClaimedPart, client: SESv2Client, options: SesCourierOptions): Promise<Delivery> {
  assert(part.recipients.length <= RECIPIENTS_MAX, 'parts for SES are split before they are queued')
  const prepared = options.prepare(part)
  if ('outcome' in prepared) {
    return { outcomes: allOf(part.recipients, prepared.outcome), signal: { kind: 'healthy' }, counts: true }
  }
  const call = { ...callFor(part, options), Content: { Raw: { Data: Buffer.concat(messageForm(prepared.content)) } } }
  const delivery = await deliverInGroups(part.recipients, (recipients) => send(client, { call, recipients, options }))
  if (delivery.outcomes.some(({ kind }) => kind === 'delivered')) prepared.delivered()
  return delivery
}

/** Everything of the call that does not depend on the recipients or the content. */
function callFor(part: ClaimedPart, { configurationSet }: SesCourierOptions): Partial<SendEmailCommandInput> {
  const sender = Buffer.from(part.sender, 'latin1').toString('base64url')
  const tags = [
    { Name: MAIL_TAG, Value: part.mailId },
    { Name: PART_TAG, Value: String(part.part) },
  ]
  return {
    // Not FromEmailAddress: with raw content SES writes it over the From header, name and all.
    FeedbackForwardingEmailAddress: part.sender,
    EmailTags: sender.length > TAG_CHARACTERS_MAX ? tags : [...tags, { Name: SENDER_TAG, Value: sender }],
    ...(configurationSet !== undefined && { ConfigurationSetName: configurationSet }),
  }
}

interface Send {
  readonly call: Partial<SendEmailCommandInput>
  readonly recipients: readonly string[]
  readonly options: SesCourierOptions
}

async function send(client: SESv2Client, { call, recipients, options }: Send): Promise<CallReading> {
  const progress: CallProgress = { sent: false, status: undefined }
  const host = hostOf(options)
  const input = { ...call, Destination: { ToAddresses: [...recipients] } } as SendEmailCommandInput
  try {
    // The SDK hands its send options to the request handler, and so `progress` comes to ours (http-handler.ts).
    const answer = await client.send(new SendEmailCommand(input), { progress } as object)
    return taken(answer.MessageId, answer.$metadata.requestId ?? 'none', host)
  } catch (error) {
    return readCallFailure(error, progress, { readings: options.readings, host })
  }
}

function taken(messageId: string | undefined, requestId: string, host: string): Reading {
  const outcome: Outcome =
    messageId === undefined || messageId === ''
      ? { kind: 'unclear', reason: 'answerWithoutId' }
      : {
          kind: 'delivered',
          reply: { code: 200, text: `Ok ${messageId} (request ${requestId})`, host, command: 'SendEmail' },
          remoteId: messageId,
        }
  return { outcome, signal: { kind: 'healthy' }, counts: true }
}

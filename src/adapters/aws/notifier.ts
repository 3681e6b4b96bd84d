// Notices to an SNS topic, for whoever has subscribed: a pager, a queue, a mail address. One message a notice, with its level as
// an attribute, so that a subscription can choose. Its rule: what SNS cannot carry in a subject is in the message.
// https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
import { createHash } from 'node:crypto'
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns'
import type { Notice, NoticeOutcome, Notifier } from '../../core/base/notice.ts'
import { answerName, clientSettings, whatCame, type AwsPlace } from './place.ts'

export interface TopicNotifierOptions extends Omit<AwsPlace, 'region'> {
  readonly channel: string
  /** 'arn:aws:sns:ap-northeast-1:123456789012:watari'; its Region is the topic's. */
  readonly topicArn: string
}

/** Publish, Subject: fewer than 100 characters of ASCII, no line breaks or control characters, a letter or a sign first. */
const SUBJECT_MAX = 99
const SUBJECT_TEXT = /^[!-~][ -~]*$/
/** Publish, Message: 262,144 octets; attributes count too, and have some hundreds. */
const MESSAGE_OCTETS_MAX = 260_000
const CUT = '\n… The rest was left out: a message of SNS has at most 256 KiB.\n'

export function topicNotifier({ channel, topicArn, ...place }: TopicNotifierOptions): Notifier {
  const client = new SNSClient(clientSettings({ ...place, region: topicArn.split(':')[3] ?? '' }))
  return {
    channel,
    async send(notice) {
      try {
        await client.send(
          new PublishCommand({
            TopicArn: topicArn,
            Subject: subjectOf(notice),
            Message: messageOf(notice),
            MessageAttributes: {
              level: { DataType: 'String', StringValue: notice.level },
              id: { DataType: 'String', StringValue: notice.id },
            },
            ...(topicArn.endsWith('.fifo') ? order(notice) : {}),
          }),
        )
        return { kind: 'sent', channel }
      } catch (error) {
        return failure(error, channel)
      }
    },
  }
}

/** A topic in order drops the same notice said again within five minutes. */
function order({ id }: Notice): { readonly MessageGroupId: string; readonly MessageDeduplicationId: string } {
  return { MessageGroupId: 'watari', MessageDeduplicationId: createHash('sha256').update(id).digest('hex') }
}

/** A subject in Japanese cannot be: level and id stand for it, and it is the first line of the message. */
export function subjectOf({ subject, level, id }: Notice): string {
  const text = SUBJECT_TEXT.test(subject) ? subject : `[Watari] ${level.toUpperCase()} ${id}`
  return text.length <= SUBJECT_MAX ? text : `${text.slice(0, SUBJECT_MAX - 3)}...`
}

function messageOf({ subject, text }: Notice): string {
  const whole = `${subject}\n\n${text}`
  const octets = Buffer.from(whole)
  if (octets.length <= MESSAGE_OCTETS_MAX) return whole
  // A decoder that is told of more to come holds back a character that was cut.
  const head = octets.subarray(0, MESSAGE_OCTETS_MAX - Buffer.byteLength(CUT))
  return `${new TextDecoder().decode(head, { stream: true })}${CUT}`
}

function failure(error: unknown, channel: string): NoticeOutcome {
  const name = answerName(error)
  const again = name === undefined || /Throttl|InternalError|ServiceUnavailable/.test(name)
  const mend = MENDING[name ?? '']
  const hint = again ? ': it is tried again' : mend === undefined ? '' : `: ${mend}`
  return { kind: 'failed', channel, again, message: `${whatCame('SNS', error)}${hint}` }
}

const KMS = 'allow kms:GenerateDataKey and kms:Decrypt on the key of the topic to these credentials'
const MENDING: Readonly<Record<string, string>> = {
  AuthorizationErrorException: 'allow sns:Publish on the topic to these credentials',
  NotFoundException: 'there is no such topic: see notify.topicArn',
  KMSAccessDeniedException: KMS,
  KMSDisabledException: KMS,
  KMSNotFoundException: KMS,
}

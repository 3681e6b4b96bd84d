// A signer of SNS messages for tests, written after the SNS guide and sharing nothing with what it tests.
import { createSign } from 'node:crypto'
import { generate } from 'selfsigned'
import { snsEnvelope, TOPIC_ARN } from './feedback-events.ts'

export interface TestSigner {
  readonly certificate: string
  /** A notification in its envelope, signed; `values` are in place before it is signed. */
  readonly notification: (message: string, values?: Readonly<Record<string, unknown>>) => Record<string, unknown>
  readonly confirmation: (values?: Readonly<Record<string, unknown>>) => Record<string, unknown>
}

export async function testSigner(): Promise<TestSigner> {
  const made = await generate([{ name: 'commonName', value: 'sns.amazonaws.com' }])
  const signed = (json: Record<string, unknown>, keys: readonly string[]) => {
    const text = keys.flatMap((key) => (typeof json[key] === 'string' ? [key, json[key]] : [])).join('\n')
    const signer = createSign(json['SignatureVersion'] === '2' ? 'RSA-SHA256' : 'RSA-SHA1')
    return { ...json, Signature: signer.update(`${text}\n`).sign(made.private, 'base64') }
  }
  return {
    certificate: made.cert,
    notification: (message, values = {}) =>
      signed(snsEnvelope(message, values), ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type']),
    confirmation: (values = {}) =>
      signed(
        snsEnvelope('You have chosen to subscribe to the topic.', {
          Type: 'SubscriptionConfirmation',
          Token: 'token-1',
          SubscribeURL: `https://sns.ap-northeast-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=${TOPIC_ARN}&Token=token-1`,
          ...values,
        }),
        ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'],
      ),
  }
}

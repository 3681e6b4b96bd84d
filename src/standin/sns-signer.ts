// Signs SNS messages as SNS does (SNS guide, "sns-verify-signature-of-message"), with a key and a certificate made at the start.
// Signing is the dearest step of an event, so it is done beside the main thread.
import { createHash, createPrivateKey, sign } from 'node:crypto'
import { generate } from 'selfsigned'
import type { Json } from './event-shapes.ts'

export interface SnsSigner {
  /** PEM; its address stands in every message. */
  readonly certificate: string
  readonly certificateUrl: string
  /** The message with its signature. */
  signed(message: Json, version: SnsSignatureVersion): Promise<Json>
}

export type SnsSignatureVersion = '1' | '2'

const HASHES: Readonly<Record<SnsSignatureVersion, string>> = { '1': 'sha1', '2': 'sha256' }
const KEYS: Readonly<Record<string, readonly string[]>> = {
  Notification: ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'],
  SubscriptionConfirmation: ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'],
}

export async function createSnsSigner(region: string): Promise<SnsSigner> {
  const made = await generate([{ name: 'commonName', value: 'sns.amazonaws.com' }], { keySize: 2_048 })
  const key = createPrivateKey(made.private)
  const serial = createHash('md5').update(made.cert).digest('hex')
  const certificateUrl = `https://sns.${region}.amazonaws.com/SimpleNotificationService-${serial}.pem`
  return {
    certificate: made.cert,
    certificateUrl,
    async signed(message, version) {
      const whole = { ...message, SignatureVersion: version, SigningCertURL: certificateUrl }
      const octets = Buffer.from(textToSign(whole))
      const signature = await new Promise<Buffer>((resolve, reject) => {
        sign(HASHES[version], octets, key, (error, made) => (error === null ? resolve(made) : reject(error)))
      })
      return { ...whole, Signature: signature.toString('base64') }
    },
  }
}

/** Names and values of the message, each on a line of its own, in the order that the guide lists. */
function textToSign(message: Json): string {
  let text = ''
  for (const name of KEYS[String(message['Type'])] ?? []) {
    const value = message[name]
    if (typeof value === 'string') text += `${name}\n${value}\n`
  }
  return text
}

// Whether an SNS message was signed by SNS (SNS guide, "sns-verify-signature-of-message"). Addresses in it are the sender's
// words: a certificate and a confirmation are fetched from the one host that SNS has in the topic's Region, or not at all.
import { verify, type KeyObject } from 'node:crypto'
import type { Json } from './limited-json.ts'

/** In this order, each with its value, each line ended; a Subject only when there is one. */
const NOTIFICATION = ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type']
const CONFIRMATION = ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type']
/** SignatureVersion 1 and 2. */
const ALGORITHMS: Readonly<Record<string, string>> = { '1': 'RSA-SHA1', '2': 'RSA-SHA256' }

/** The text that SNS signs, final newline included. */
function canonicalText(json: Json): string {
  const names = json['Type'] === 'Notification' ? NOTIFICATION : CONFIRMATION
  return names
    .flatMap((name) => {
      const value = json[name]
      return typeof value === 'string' ? [`${name}\n${value}\n`] : []
    })
    .join('')
}

/** Reckoned beside the main thread: it is the dearest step of an event. */
export async function isSignedBy(json: Json, key: KeyObject): Promise<boolean> {
  const { Signature: signature, SignatureVersion: version } = json
  if (typeof signature !== 'string' || typeof version !== 'string' || !Object.hasOwn(ALGORITHMS, version)) return false
  const octets = Buffer.from(canonicalText(json))
  return new Promise((resolve, reject) => {
    verify(ALGORITHMS[version], octets, key, Buffer.from(signature, 'base64'), (error, isRight) => {
      if (error === null) resolve(isRight)
      else reject(error)
    })
  })
}

const TOPIC_ARN = /^arn:aws:sns:([a-z]{2}(?:-[a-z]+)+-\d):\d{12}:[A-Za-z0-9_-]{1,256}$/

/** The host that SNS has in the Region of a topic. */
function snsHost(topicArn: string): string | undefined {
  const region = TOPIC_ARN.exec(topicArn)?.[1]
  return region === undefined ? undefined : `sns.${region}.amazonaws.com`
}

const CERTIFICATE_PATH = /^\/SimpleNotificationService-[0-9a-f]{1,64}\.pem$/

/** The exact host and path of a signing certificate; undefined for anything else. */
export function certificateUrl(text: unknown, topicArn: string): string | undefined {
  const url = snsUrl(text, topicArn)
  return url !== undefined && CERTIFICATE_PATH.test(url.pathname) && url.search === '' ? url.href : undefined
}

/** Where to say that a topic may send here; undefined when it is not SNS that would hear it, or another topic. */
export function subscribeUrl(text: unknown, topicArn: string): string | undefined {
  const url = snsUrl(text, topicArn)
  if (url === undefined || url.pathname !== '/') return undefined
  const { searchParams } = url
  const isConfirmation = searchParams.get('Action') === 'ConfirmSubscription'
  return isConfirmation && searchParams.get('TopicArn') === topicArn ? url.href : undefined
}

function snsUrl(text: unknown, topicArn: string): URL | undefined {
  if (typeof text !== 'string' || !URL.canParse(text)) return undefined
  const url = new URL(text)
  const isBare = url.username === '' && url.password === '' && url.port === '' && url.hash === ''
  return url.protocol === 'https:' && url.host === snsHost(topicArn) && isBare ? url : undefined
}

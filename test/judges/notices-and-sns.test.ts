// Notices by SNS against an emulator that others wrote: what a queue that has subscribed to the topic gets.
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns'
import { CreateQueueCommand, DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { topicNotifier } from '../../src/adapters/aws/notifier.ts'
import type { Notice } from '../../src/core/base/notice.ts'
import { describeJudged } from '../support/judge.ts'
import { freePort } from '../support/loopback-relay.ts'
import { MOTO_CREDENTIALS, motoJudge, startMoto, type Moto } from '../support/moto.ts'

const REGION = 'ap-northeast-1'
let moto: Moto | undefined
let sns: SNSClient
let sqs: SQSClient
let topics = 0

interface Subscribed {
  readonly send: (notice: Partial<Notice>) => Promise<unknown>
  readonly got: () => Promise<readonly SnsMessage[]>
}

interface SnsMessage {
  readonly Subject: string
  readonly Message: string
  readonly MessageAttributes: Readonly<Record<string, { readonly Value: string }>>
}

async function subscribed(filter?: object, fifo = false): Promise<Subscribed> {
  const name = `watari-${(topics += 1)}${fifo ? '.fifo' : ''}`
  const attributes = fifo ? { Attributes: { FifoTopic: 'true' } } : {}
  const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: name, ...attributes }))
  const { QueueUrl } = await sqs.send(
    new CreateQueueCommand({ QueueName: name, ...(fifo ? { Attributes: { FifoQueue: 'true' } } : {}) }),
  )
  await sns.send(
    new SubscribeCommand({
      TopicArn,
      Protocol: 'sqs',
      Endpoint: `arn:aws:sqs:${REGION}:123456789012:${name}`,
      ...(filter === undefined ? {} : { Attributes: { FilterPolicy: JSON.stringify(filter) } }),
    }),
  )
  const { endpoint } = moto!
  const notifier = topicNotifier({ channel: 'SNS', topicArn: TopicArn, endpoint, credentials: MOTO_CREDENTIALS })
  return {
    send: (change) =>
      notifier.send({ id: 'bounce-1', level: 'critical', subject: 'Bounces', text: 'Look.\n', ...change }),
    async got() {
      const found: SnsMessage[] = []
      for (;;) {
        const { Messages = [] } = await sqs.send(
          new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 0 }),
        )
        if (Messages.length === 0) return found
        for (const { Body = '', ReceiptHandle } of Messages) {
          found.push(JSON.parse(Body) as SnsMessage)
          await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))
        }
      }
    },
  }
}

describeJudged('SNS', motoJudge, () => {
  beforeAll(async () => {
    moto = await startMoto()
    const settings = { region: REGION, endpoint: moto.endpoint, credentials: MOTO_CREDENTIALS }
    sns = new SNSClient(settings)
    sqs = new SQSClient(settings)
  })
  afterAll(async () => {
    sns.destroy()
    sqs.destroy()
    await moto?.stop()
  })

  test('a notice is one message, with its subject, its text, its level and its id', async () => {
    const { send, got } = await subscribed()
    expect(await send({})).toEqual({ kind: 'sent', channel: 'SNS' })
    const [message, ...more] = await got()
    expect(more).toEqual([])
    expect(message).toMatchObject({ Subject: 'Bounces', Message: 'Bounces\n\nLook.\n' })
    expect(message!.MessageAttributes).toMatchObject({ level: { Value: 'critical' }, id: { Value: 'bounce-1' } })
  })

  test('a Japanese subject stands in the message, and level and id in its place', async () => {
    const { send, got } = await subscribed()
    await send({ subject: '[Watari] 重大 goo.ne.jp: 不達が多い', text: '本文\n' })
    expect(await got()).toMatchObject([
      { Subject: '[Watari] CRITICAL bounce-1', Message: '[Watari] 重大 goo.ne.jp: 不達が多い\n\n本文\n' },
    ])
  })

  test.each([
    ['99 characters long', 'a'.repeat(99), 'a'.repeat(99)],
    ['100 characters long', 'a'.repeat(100), `${'a'.repeat(96)}...`],
    ['of two lines', 'one\ntwo', '[Watari] CRITICAL bounce-1'],
    ['one that begins with a space', ' one', '[Watari] CRITICAL bounce-1'],
    ['empty', '', '[Watari] CRITICAL bounce-1'],
  ])('a subject that is %s goes as SNS takes it', async (_, subject, expected) => {
    const { send, got } = await subscribed()
    expect(await send({ subject })).toEqual({ kind: 'sent', channel: 'SNS' })
    expect((await got()).map(({ Subject }) => Subject)).toEqual([expected])
  })

  test('a text over what SNS takes is cut between two characters, and says so', async () => {
    const { send, got } = await subscribed()
    expect(await send({ text: '不'.repeat(100_000) })).toEqual({ kind: 'sent', channel: 'SNS' })
    const [{ Message }] = (await got()) as [SnsMessage]
    expect(Buffer.byteLength(Message)).toBeLessThanOrEqual(260_000)
    expect(Message).toMatch(/^Bounces\n\n不+\n… The rest was left out: a message of SNS has at most 256 KiB\.\n$/)
  })

  test('a subscription can choose by level', async () => {
    const { send, got } = await subscribed({ level: ['critical'] })
    await send({ level: 'info', id: 'report' })
    await send({ level: 'critical', id: 'alarm' })
    expect((await got()).map(({ MessageAttributes }) => MessageAttributes['id']!.Value)).toEqual(['alarm'])
  })

  test('a topic in order takes the same notice once', async () => {
    const { send, got } = await subscribed(undefined, true)
    await send({})
    await send({})
    await send({ id: 'bounce-2' })
    expect((await got()).map(({ MessageAttributes }) => MessageAttributes['id']!.Value)).toEqual([
      'bounce-1',
      'bounce-2',
    ])
  })

  test('a topic that is not there is told, and not tried again', async () => {
    const topicArn = `arn:aws:sns:${REGION}:123456789012:nowhere`
    const { endpoint } = moto!
    const outcome = await topicNotifier({ channel: 'SNS', topicArn, endpoint, credentials: MOTO_CREDENTIALS }).send({
      id: 'n',
      level: 'info',
      subject: 's',
      text: 't',
    })
    expect(outcome).toMatchObject({ kind: 'failed', channel: 'SNS', again: false })
    expect(outcome).toHaveProperty('message', expect.stringContaining('see notify.topicArn'))
  })

  test('SNS that does not answer is tried again', async () => {
    const topicArn = `arn:aws:sns:${REGION}:123456789012:watari`
    const endpoint = `http://127.0.0.1:${await freePort(['127.0.0.1'])}`
    const outcome = await topicNotifier({ channel: 'SNS', topicArn, endpoint, credentials: MOTO_CREDENTIALS }).send({
      id: 'n',
      level: 'info',
      subject: 's',
      text: 't',
    })
    expect(outcome).toMatchObject({ kind: 'failed', again: true })
    expect(outcome).toHaveProperty('message', expect.stringContaining('SNS gave no answer'))
  })
})

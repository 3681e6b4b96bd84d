// C17: the Bcc field never reaches SES, and who gets the mail is read from the envelope only.
import * as http from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { sesCourier } from '../../src/adapters/ses/courier.ts'
import { sesReadings } from '../../src/adapters/ses/outcomes.ts'
import { sesPreparation } from '../../src/adapters/ses/preparation.ts'
import { contentOf } from '../support/corpus.ts'
import { recordedMeter } from '../support/fakes.ts'

test('three recipients of the envelope get the mail, nobody of the headers, and no Bcc line goes out', async () => {
  const bodies: string[] = []
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      bodies.push(Buffer.concat(chunks).toString())
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"MessageId":"id-1"}')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const courier = sesCourier({
    region: 'ap-northeast-1',
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'synthetic' },
    readings: sesReadings({ identities: ['example.com'] }),
    prepare: sesPreparation({ wire: 'api', meter: recordedMeter() }),
    connections: 1,
  })
  const text =
    'From: news@example.com\r\nTo: a@example.com\r\nbCc: b@example.com,\r\n\tc@example.com\r\nCc: z@example.com\r\n\r\nhello\r\n'
  const recipients = ['a@example.com', 'b@example.com', 'c@example.com']
  const delivery = await courier.deliver({
    mailId: '0KD5X2M7A0001',
    part: 1,
    route: 'ses',
    state: 'active',
    sender: 'news@example.com',
    recipients,
    stream: 'example.com',
    acceptedAt: 0,
    dueAt: 0,
    attempts: 1,
    reason: 'accepted',
    size: text.length,
    content: contentOf(text),
  })
  await courier.stop()
  await new Promise((resolve) => server.close(resolve))

  expect(delivery.outcomes.map(({ kind }) => kind)).toEqual(['delivered', 'delivered', 'delivered'])
  expect(bodies).toHaveLength(1)
  const body = JSON.parse(bodies[0]!) as {
    readonly Destination: object
    readonly Content: { readonly Raw: { readonly Data: string } }
  }
  expect(body.Destination).toEqual({ ToAddresses: recipients })
  expect(Buffer.from(body.Content.Raw.Data, 'base64').toString('latin1')).toBe(
    'From: news@example.com\r\nTo: a@example.com\r\nCc: z@example.com\r\n\r\nhello\r\n',
  )
})

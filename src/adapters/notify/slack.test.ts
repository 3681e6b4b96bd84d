import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import type { Notice } from '../../core/base/notice.ts'
import { slackNotifier } from './slack.ts'

const NOTICE: Notice = { id: 'n1', level: 'critical', subject: 'DKIM of <example.jp> & more', text: 'It is gone.\n' }

async function withSlack(
  answer: { status: number; location?: string },
  act: (webhook: string, got: () => unknown[]) => Promise<void>,
): Promise<void> {
  const got: unknown[] = []
  const server = createServer((request, response) => {
    let text = ''
    request.on('data', (chunk: Buffer) => (text += chunk.toString()))
    request.on('end', () => {
      got.push(JSON.parse(text))
      response.writeHead(answer.status, answer.location === undefined ? {} : { location: answer.location }).end('ok')
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    await act(
      `http://127.0.0.1:${(server.address() as AddressInfo).port}/services/T0/B0/secret-of-the-webhook`,
      () => got,
    )
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

describe('a notice on Slack', () => {
  test('goes as text when it has no blocks, with the three characters escaped that Slack reads', () =>
    withSlack({ status: 200 }, async (webhook, got) => {
      expect(await slackNotifier({ channel: 'Slack', webhook }).send(NOTICE)).toEqual({
        kind: 'sent',
        channel: 'Slack',
      })
      expect(got()).toEqual([{ text: '*DKIM of &lt;example.jp&gt; &amp; more*\nIt is gone.\n' }])
    }))

  test('goes with its blocks, at most fifty, and says when some were left out', () =>
    withSlack({ status: 200 }, async (webhook, got) => {
      const slackBlocks = Array.from({ length: 60 }, (_, index) => ({ type: 'section', n: index }))
      await slackNotifier({ channel: 'Slack', webhook }).send({ ...NOTICE, slackBlocks })
      const [{ blocks }] = got() as [{ blocks: { n?: number; text?: { text: string } }[] }]
      expect(blocks).toHaveLength(50)
      expect(blocks.at(-1)?.text?.text).toBe('… 11 more blocks were left out')
    }))

  test.each([
    [429, true],
    [500, true],
    [503, true],
    [403, false],
    [404, false],
    [410, false],
  ])('answered %i may be sent again: %s', (status, again) =>
    withSlack({ status }, async (webhook) => {
      const outcome = await slackNotifier({ channel: 'Slack', webhook }).send(NOTICE)
      expect(outcome).toMatchObject({ kind: 'failed', again })
      expect(JSON.stringify(outcome)).not.toContain('secret-of-the-webhook')
    }),
  )

  test('is carried to nobody else by a redirect', () =>
    withSlack({ status: 200 }, (other, got) =>
      withSlack({ status: 302, location: other }, async (webhook) => {
        expect(await slackNotifier({ channel: 'Slack', webhook }).send(NOTICE)).toMatchObject({
          kind: 'failed',
          again: false,
        })
        expect(got()).toEqual([])
      }),
    ))

  test('that nobody takes may be sent again, and the address of the webhook is told to nobody', async () => {
    const outcome = await slackNotifier({ channel: 'Slack', webhook: 'http://127.0.0.1:1/secret-of-the-webhook' }).send(
      NOTICE,
    )
    expect(outcome).toEqual({ kind: 'failed', channel: 'Slack', again: true, message: 'Slack gave no answer' })
  })
})

// A whole day of one incident, on a clock that is moved by hand, over the real ways to people: a mail by SMTP and a message to a
// chat's webhook. Each gets one Critical and one that it is over, and nothing else.
import { createServer } from 'node:http'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fileIncidentStore } from '../../src/adapters/local/incident-store.ts'
import { mailNotifier } from '../../src/adapters/notify/mail.ts'
import { slackNotifier } from '../../src/adapters/notify/slack.ts'
import { startStandin } from '../../src/standin/standin.ts'
import { anObservation, BOUNCING, watchWorld } from '../support/watch-world.ts'

interface SlackMessage {
  readonly text: string
  readonly blocks: readonly { readonly type: string; readonly text?: { readonly text: string } }[]
}

async function slackSink(): Promise<{ url: string; got: SlackMessage[]; stop: () => void }> {
  const got: SlackMessage[] = []
  const server = createServer((request, response) => {
    let text = ''
    request.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
    request.on('end', () => {
      got.push(JSON.parse(text) as SlackMessage)
      response.end('ok')
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/services/T0/B0/secret`
  return { url, got, stop: () => server.close() }
}

function subjectOf(content: Uint8Array): string {
  const header = Buffer.from(content).toString('utf8').split('\r\n\r\n')[0]!
  const folded = /^Subject: ((?:.*\r\n[ \t])*.*)$/m.exec(header)![1]!
  return folded
    .replaceAll(/\?=\s+=\?/g, '?==?')
    .replaceAll(/=\?UTF-8\?([BQ])\?([^?]*)\?=/gi, (_, how: string, text: string) =>
      how.toUpperCase() === 'B'
        ? Buffer.from(text, 'base64').toString('utf8')
        : Buffer.from(
            text
              .replaceAll('_', ' ')
              .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16))),
            'latin1',
          ).toString('utf8'),
    )
}

test('a day of one lasting incident is one Critical and one closing message on each channel', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'watari-day-'))
  const [standin, slack] = await Promise.all([startStandin(), slackSink()])
  try {
    const store = await fileIncidentStore(folder)
    const notifiers = [
      mailNotifier({
        channel: 'mail to the operators',
        host: '127.0.0.1',
        port: standin.legacyPort,
        tls: 'never',
        from: 'watari@goo.example.jp',
        to: ['night-duty@example.net'],
      }),
      slackNotifier({ channel: 'Slack of the operators', webhook: slack.url }),
    ]
    const world = watchWorld({ store, notifiers })
    world.see = (nowMs) => anObservation({ nowMs, figures: BOUNCING })
    // Twenty-two hours, with a restart in each.
    for (let hour = 0; hour < 22; hour += 1) {
      await world.minutes(60)
      world.restart()
    }
    world.see = (nowMs) => anObservation({ nowMs })
    await world.minutes(120)

    const subjects = standin.knobs.legacy
      .mails()
      .toReversed()
      .map(({ content }) => subjectOf(content))
    expect(subjects).toEqual([
      '[Watari] 【重大】 example.jp: バウンス率がしきい値を超過',
      '[Watari] 【復旧】 example.jp: バウンス率がしきい値を超過',
    ])
    expect(slack.got.map(({ text }) => text)).toEqual(subjects)
    const sections = slack.got[0]!.blocks.map(({ text }) => text?.text ?? '').join('\n')
    expect(sections).toContain('SES経路のバウンス率は6 %(22,000件中1,320件)です。しきい値は5 %です。')
    expect(sections).toContain('6 % of the mails by SES came back for good in the last hour')
    if (process.env['WATARI_SHOW'] !== undefined) {
      writeFileSync(
        process.env['WATARI_SHOW'],
        standin.knobs.legacy
          .mails()
          .map(({ content }) => Buffer.from(content))
          .join('\n\n'),
      )
    }
  } finally {
    slack.stop()
    await standin.stop()
    rmSync(folder, { recursive: true })
  }
})

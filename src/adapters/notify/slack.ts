// Notices to a Slack channel by an incoming webhook (https://api.slack.com/messaging/webhooks). Its rule: the address of the
// webhook is a credential, so it is in no message, no outcome and no error.
import type { Notice, NoticeOutcome, Notifier } from '../../core/base/notice.ts'

export interface SlackNotifierOptions {
  readonly channel: string
  readonly webhook: string
}

const ANSWER_TIMEOUT_MS = 10_000
/** Slack's own limits: blocks a message, and characters of a section and of the text. */
const BLOCKS_MAX = 50
const TEXT_MAX = 3_000

export function slackNotifier({ channel, webhook }: SlackNotifierOptions): Notifier {
  return {
    channel,
    async send(notice) {
      let status: number
      try {
        const response = await fetch(webhook, {
          method: 'POST',
          headers: { 'content-type': 'application/json; charset=utf-8' },
          body: JSON.stringify(payload(notice)),
          // A redirect would carry the notice to somebody else.
          redirect: 'manual',
          signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
        })
        status = response.status
        await response.body?.cancel()
      } catch {
        return { kind: 'failed', channel, again: true, message: 'Slack gave no answer' }
      }
      return outcome(channel, status)
    },
  }
}

function payload({ subject, text, slackBlocks }: Notice): object {
  const words = shortened(`*${escaped(subject)}*\n${escaped(text)}`)
  return slackBlocks === undefined
    ? { text: words }
    : { text: shortened(escaped(subject)), blocks: fitting(slackBlocks) }
}

/** The last block says that more was left out, because what is silently cut is believed to be all. */
function fitting(blocks: NonNullable<Notice['slackBlocks']>): NonNullable<Notice['slackBlocks']> {
  if (blocks.length <= BLOCKS_MAX) return blocks
  const note = {
    type: 'section',
    text: { type: 'mrkdwn', text: `… ${blocks.length - BLOCKS_MAX + 1} more blocks were left out` },
  }
  return [...blocks.slice(0, BLOCKS_MAX - 1), note]
}

function shortened(text: string): string {
  return text.length <= TEXT_MAX ? text : `${text.slice(0, TEXT_MAX - 1)}…`
}

/** https://api.slack.com/reference/surfaces/formatting#escaping */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

function outcome(channel: string, status: number): NoticeOutcome {
  if (status >= 200 && status < 300) return { kind: 'sent', channel }
  const again = status === 429 || status >= 500
  const hint = again ? 'it is tried again' : 'make a new webhook and set its variable'
  return { kind: 'failed', channel, again, message: `Slack answered ${status}: ${hint}` }
}

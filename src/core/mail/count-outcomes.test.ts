// Which word each outcome is counted by, and that nothing is counted before it is known.
import { describe, expect, it } from 'vitest'
import { aMail, aPlan, aReply } from '../../../test/support/fakes.ts'
import type { FigureSink } from '../base/figures.ts'
import { countAccepted, countAttempt } from './count-outcomes.ts'
import type { Outcome, Reply } from './outcome.ts'

function sink() {
  const counts: string[] = []
  const figures: FigureSink = {
    count: (at, { route, domain, stream }, what, by = 1) =>
      void counts.push([at, route, domain, stream, what, by].join(' ')),
    latency: (at, { route, domain }, kind, ms) => void counts.push([at, route, domain, kind, ms].join(' ')),
  }
  return { figures, counts }
}

const AT = 1_000_000
const part = { route: 'legacy' as const, stream: 'news', acceptedAt: AT - 250 }
const delivered: Outcome = { kind: 'delivered', reply: aReply(250, 'Ok') }
const reply = (code: number, command: string, enhanced?: string): Reply => ({
  ...aReply(code, 'no', command),
  ...(enhanced === undefined ? {} : { enhanced }),
})

function wordFor(reason: string, answer?: Reply): string {
  const { figures, counts } = sink()
  const failures = [{ recipient: 'a@docomo.ne.jp', reason, reply: answer }]
  countAttempt(figures, { part: { ...part, recipients: ['a@docomo.ne.jp'] }, outcomes: [], failures }, AT)
  return counts.join('\n')
}

describe('the figures of the flow of a mail', () => {
  it('count every recipient of an accepted mail, for the route it was given to', () => {
    const { figures, counts } = sink()
    const parts = [
      aPlan({ route: 'ses', recipients: ['a@Docomo.ne.jp', 'b@example.jp'] }),
      aPlan({ route: 'legacy', recipients: ['c@example.jp'] }),
    ]
    countAccepted(figures, aMail({ acceptedAt: AT, stream: 'news', parts }))
    expect(counts).toEqual([
      '1000000 ses docomo.ne.jp news accepted 1',
      '1000000 ses example.jp news accepted 1',
      '1000000 legacy example.jp news accepted 1',
    ])
  })

  it('count what the next hop took, with the time since our 250; of what is deferred or in doubt nothing is known yet', () => {
    const { figures, counts } = sink()
    const outcomes: Outcome[] = [
      delivered,
      { kind: 'deferred', reason: 'deferredByHost' },
      { kind: 'unclear', reason: 'noAnswer' },
    ]
    const recipients = ['a@x.example', 'b@x.example', 'c@x.example']
    countAttempt(figures, { part: { ...part, recipients }, outcomes, failures: [] }, AT)
    expect(counts).toEqual(['1000000 legacy x.example news sent 1', '1000000 legacy x.example sending 250'])
  })

  it.each([
    ['rejectedByHost', reply(550, 'RCPT TO', '5.1.1'), 'hardBounced'],
    ['rejectedByHost', reply(550, 'RCPT TO'), 'hardBounced'],
    ['rejectedByHost', reply(552, 'end of DATA', '5.2.2'), 'hardBounced'],
    ['rejectedByHost', reply(552, 'MAIL FROM', '5.3.4'), 'refused'],
    ['rejectedByHost', reply(554, 'end of DATA'), 'refused'],
    ['rejectedByHost', reply(550, 'RCPT TO', '5.7.1'), 'refused'],
    ['recipientAddressRefused', reply(400, 'SendEmail'), 'hardBounced'],
    ['lifetimeExceeded', reply(451, 'RCPT TO', '4.2.0'), 'refused'],
    ['lifetimeExceeded', undefined, 'refused'],
    ['suppressed', reply(550, 'RCPT TO', '5.1.1'), 'suppressed'],
  ])('count %s %j as %s', (reason, answer, word) => {
    expect(wordFor(reason, answer)).toBe(`1000000 legacy docomo.ne.jp news ${word} 1`)
  })
})

// The private Postfix of the tests itself: what we judge with must work before it judges.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeJudged } from '../support/judge.ts'
import { POSTFIX, startPostfix, type Postfix } from '../support/postfix.ts'

describeJudged('a private Postfix', POSTFIX, () => {
  let sink: Postfix
  let relay: Postfix
  beforeAll(async () => {
    sink = await startPostfix({ sinkMaildir: true })
    relay = await startPostfix({ relayhost: sink.address })
  })
  afterAll(async () => {
    await relay.stop()
    await sink.stop()
  })

  test('relays a mail to another one, which keeps it in a Maildir', async () => {
    await relay.submit('Subject: through two\n\nbody \u00e9\n', { from: 'a@src.example', to: ['b@dst.example'] })
    const [mail] = await sink.mails(1)
    expect(mail!.recipient).toBe('b@dst.example')
    expect(mail!.raw.toString('utf8')).toContain('Return-Path: <a@src.example>')
    expect(mail!.raw.toString('utf8')).toContain('\n\nbody \u00e9\n')
    await relay.logged(/to=<b@dst\.example>.*status=sent/)
    await relay.drained()
    expect(await relay.queued()).toBe(0)
  })

  test('writes a log whose lines can be waited for', async () => {
    await expect(sink.logged(/ connect from/)).resolves.toBeTruthy()
    expect(sink.log()).toContain('postfix/smtpd')
  })
})

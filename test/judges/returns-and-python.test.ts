// Reports to senders, carried by our own courier to a real Postfix and read there by two readers that are not ours:
// Python's email package and flufl.bounce, the bounce detectors of Mailman.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { EventRecipient } from '../../src/core/feedback/event.ts'
import {
  aBounce,
  aComplaint,
  aFeedbackMail,
  NOW,
  returnsWorld,
  VERP,
  type ReturnsWorld,
} from '../support/returns-world.ts'
import { describeJudged, type Judge } from '../support/judge.ts'
import { POSTFIX, startPostfix, type Postfix } from '../support/postfix.ts'
import { askPython, pythonJudge } from '../support/python.ts'
import { aCourier } from '../support/smtp-courier.ts'

const FLUFL = pythonJudge('flufl.bounce', 'pip install flufl.bounce==6.0.0')
const BOTH: Judge = {
  name: 'Postfix and flufl.bounce',
  get: `${POSTFIX.get}; ${FLUFL.get}`,
  missing: () => POSTFIX.missing() ?? FLUFL.missing(),
}

const READ = `
import sys, json, email, email.policy
from flufl.bounce import all_failures
raw = sys.stdin.buffer.read()
m = email.message_from_bytes(raw, policy=email.policy.default)
parts = list(m.iter_parts())
machine = parts[1]
groups = [dict(group.items()) for group in machine.get_payload()]
temporary, permanent = all_failures(email.message_from_bytes(raw))
def defects(part): return [str(d) for d in part.defects] + [d for p in (part.iter_parts() if part.is_multipart() and part.get_content_maintype() == 'multipart' else []) for d in defects(p)]
print(json.dumps({
  'type': m.get_content_type(), 'report': m.get_param('report-type'), 'returnPath': m['return-path'], 'to': m['to'], 'auto': m['auto-submitted'],
  'parts': [p.get_content_type() for p in parts], 'text': parts[0].get_content(), 'groups': groups,
  'original': dict(email.message_from_string(parts[2].get_payload()).items()),
  'temporary': sorted(a.decode() for a in temporary), 'permanent': sorted(a.decode() for a in permanent), 'defects': defects(m)}))`

interface Read {
  readonly type: string
  readonly report: string
  readonly returnPath: string
  readonly to: string
  readonly auto: string
  readonly parts: readonly string[]
  readonly text: string
  readonly groups: readonly Readonly<Record<string, string>>[]
  readonly original: Readonly<Record<string, string>>
  readonly temporary: readonly string[]
  readonly permanent: readonly string[]
  readonly defects: readonly string[]
}

describeJudged('a report to the sender, at a real Postfix', BOTH, () => {
  let postfix: Postfix
  let arrived = 0
  beforeAll(async () => {
    postfix = await startPostfix({ sinkMaildir: true })
  })
  afterAll(() => postfix?.stop())

  /** Everything in the queue goes to Postfix; the last mail there is read. */
  async function delivered(world: ReturnsWorld): Promise<{ readonly recipient: string; readonly read: Read }> {
    const { courier, stop } = aCourier([{ address: { host: postfix.host, port: postfix.port } }])
    // A report rests five seconds in the queue, so that an event told again finds it there.
    const [part] = await world.queue.claim('legacy', NOW + 5_000, 1)
    const { outcomes } = await courier.deliver(part!)
    await stop()
    expect(outcomes.map(({ kind }) => kind)).toEqual(['delivered'])
    arrived += 1
    const mails = await postfix.mails(arrived)
    const mail = mails.find(({ raw }) => raw.includes(`<${part!.mailId}@gw.example.com>`))!
    return { recipient: mail.recipient, read: askPython('flufl.bounce', READ, mail.raw) as Read }
  }

  test('a hard bounce of a carrier and of Gmail comes to the VERP address and strikes both readers off', async () => {
    const world = returnsWorld()
    const recipients: EventRecipient[] = [
      {
        address: '"taro..x"@docomo.ne.jp',
        status: '5.0.0',
        diagnosticCode: 'smtp; 550 Unknown user taro..x@docomo.ne.jp',
      },
      {
        address: 'HANAKO@gmail.com',
        status: '5.1.1',
        diagnosticCode: 'smtp; 550-5.1.1 The email account that you tried to reach does not exist.',
      },
    ]
    const mail = aFeedbackMail({ destinations: ['"taro..x"@docomo.ne.jp', 'Hanako@gmail.com'] })
    await world.returns.bounce(aBounce({ mail, recipients }), recipients)
    const { recipient, read } = await delivered(world)
    expect(recipient).toBe(VERP)
    expect(read).toMatchObject({
      type: 'multipart/report',
      report: 'delivery-status',
      returnPath: '<>',
      to: VERP,
      auto: 'auto-replied',
      parts: ['text/plain', 'message/delivery-status', 'text/rfc822-headers'],
      original: { 'Message-ID': '<original-1@example.com>' },
      permanent: ['Hanako@gmail.com', 'taro..x@docomo.ne.jp'],
      temporary: [],
      defects: [],
    })
    expect(read.groups[0]).toMatchObject({
      'Reporting-MTA': 'dns; a1-1.smtp-out.ap-northeast-1.amazonses.com',
      'DSN-Gateway': 'dns; gw.example.com',
    })
    expect(read.groups[1]).toMatchObject({
      'Final-Recipient': 'rfc822; taro..x@docomo.ne.jp',
      Action: 'failed',
      Status: '5.0.0',
      'Diagnostic-Code': 'smtp; 550 Unknown user taro..x@docomo.ne.jp',
    })
    expect(read.groups[2]).toMatchObject({ 'Final-Recipient': 'rfc822; Hanako@gmail.com', Status: '5.1.1' })
    expect(read.text).toContain('次の宛先に届けることができませんでした。')
    expect(read.text).toContain('the carrier answers the same to both')
  })

  test('a full mailbox that SES gave up is a failure with a status of class 4', async () => {
    const world = returnsWorld()
    const recipients = [{ address: 'u@example.net', status: '4.2.2', diagnosticCode: 'smtp; 452 4.2.2 mailbox full' }]
    await world.returns.bounce(
      aBounce({ bounceType: 'Transient', bounceSubType: 'MailboxFull', recipients }),
      recipients,
    )
    const { read } = await delivered(world)
    expect(read.groups[1]).toMatchObject({ Action: 'failed', Status: '4.2.2' })
    expect([...read.permanent, ...read.temporary]).toEqual(['u@example.net'])
  })

  test('a complaint is an RFC 5965 report that names the reader and the mail', async () => {
    const world = returnsWorld()
    await world.returns.complaint(aComplaint(), aComplaint().recipients)
    const { recipient, read } = await delivered(world)
    expect(recipient).toBe(VERP)
    expect(read).toMatchObject({
      type: 'multipart/report',
      report: 'feedback-report',
      returnPath: '<>',
      parts: ['text/plain', 'message/feedback-report', 'text/rfc822-headers'],
      original: { 'Message-ID': '<original-1@example.com>' },
      permanent: [],
      defects: [],
    })
    expect(read.groups[0]).toMatchObject({
      'Feedback-Type': 'abuse',
      'User-Agent': 'Watari/0.1.0',
      Version: '1',
      'Original-Mail-From': `<${VERP}>`,
      'Original-Rcpt-To': '<u@example.net>',
      'Reported-Domain': 'example.com',
    })
    expect(read.text).toContain('迷惑メールとの申告')
  })
})

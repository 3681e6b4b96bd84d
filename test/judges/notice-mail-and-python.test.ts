// A notice as mail, taken by our own gateway's listener in its place of a mail host, and read by Python's email package.
import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { mailNotifier } from '../../src/adapters/notify/mail.ts'
import { requestPack } from '../../src/core/dkim/request-pack.ts'
import { aRequest, RECORDS } from '../support/dns-request.ts'
import { describeJudged, programJudge } from '../support/judge.ts'
import { startStandin } from '../../src/standin/standin.ts'

const READ = `
import sys, json, email, email.policy
m = email.message_from_binary_file(sys.stdin.buffer, policy=email.policy.default)
print(json.dumps({'subject': m['subject'], 'from': m['from'], 'to': m['to'], 'id': m['message-id'], 'auto': m['auto-submitted'],
  'text': m.get_body(('plain',)).get_content(), 'html': m.get_body(('html',)).get_content(),
  'files': {a.get_filename(): a.get_payload(decode=True).decode('utf-8') for a in m.iter_attachments()},
  'defects': [str(d) for d in m.defects]}))`

describeJudged('a notice by mail', programJudge('python3', 'apt-get install python3'), () => {
  test.each(['ja', 'en'] as const)('is read whole by another reader: %s', async (language) => {
    const standin = await startStandin()
    try {
      const notifier = mailNotifier({
        channel: 'mail',
        host: '127.0.0.1',
        port: standin.legacyPort,
        tls: 'may',
        from: 'watari@goo.example.jp',
        to: ['dns-team@example.net', 'dns-lead@example.net'],
      })
      const notice = requestPack(aRequest(language), language)
      expect(await notifier.send(notice)).toEqual({ kind: 'sent', channel: 'mail' })
      const [mail] = standin.knobs.legacy.mails()
      const read = JSON.parse(execFileSync('python3', ['-c', READ], { input: mail!.content }).toString()) as Record<
        string,
        unknown
      >
      expect(mail?.recipients).toEqual(['dns-team@example.net', 'dns-lead@example.net'])
      expect(read).toMatchObject({
        subject: notice.subject,
        from: 'watari@goo.example.jp',
        id: `<dns-2026-11-25-c5f2f21a-request-${language}@goo.example.jp>`,
        auto: 'auto-generated',
        defects: [],
      })
      expect(read['text']).toContain(RECORDS.keys[0].value)
      expect(read['html']).toContain(RECORDS.keys[0].value)
      expect(Object.keys(read['files'] as object)).toEqual(['records.zone', 'records.csv', 'check.sh', 'request.txt'])
      expect((read['files'] as Record<string, string>)['records.zone']).toContain('$ORIGIN goo.example.jp.')
    } finally {
      await standin.stop()
    }
  })
})

test('a mail host that is not there, and one that has no TLS where TLS must be, are told, without a login being shown', async () => {
  const options = { channel: 'mail', host: '127.0.0.1', from: 'a@goo.example.jp', to: ['b@example.net'] } as const
  const notice = { id: 'n', level: 'info', subject: 's', text: 't' } as const
  const gone = await mailNotifier({
    ...options,
    port: 1,
    tls: 'never',
    login: { user: 'u', password: 'secret-password' },
  }).send(notice)
  expect(gone).toMatchObject({ kind: 'failed', again: true })
  expect(JSON.stringify(gone)).not.toContain('secret-password')
  const standin = await startStandin()
  const plain = await mailNotifier({ ...options, port: standin.legacyPort, tls: 'must' }).send(notice)
  expect(plain).toMatchObject({ kind: 'failed' })
  await standin.stop()
})

// C06: odd but legal addresses, and line ends in envelope fields, never send a mail to somebody else.
import { expect, test } from 'vitest'
import { domainOf } from '../../src/core/mail/address.ts'
import { testSession } from '../support/smtp-session.ts'

test('(a) a quoted local part that looks like another address is one recipient at corp.example', async () => {
  const { say, intake } = testSession()
  await say('EHLO c\r\nMAIL FROM:<a@example.com>\r\n')
  expect(await say('RCPT TO:<"victim@attacker.example x"@corp.example>\r\n')).toEqual(['250 2.1.5 Ok'])
  await say('DATA\r\nx\r\n.\r\n')
  expect(intake.mails[0]!.recipients).toEqual(['"victim@attacker.example x"@corp.example'])
  expect(domainOf(intake.mails[0]!.recipients[0]!)).toBe('corp.example')
})

test.each([
  'RCPT TO:<"victim@attacker.example> x"@corp.example>',
  'RCPT TO:<"a\\"b>c"@corp.example>',
  'RCPT TO:<"<victim@attacker.example>"@corp.example>',
])('%s is one recipient, whole', async (line) => {
  const { say, intake } = testSession()
  await say('EHLO c\r\nMAIL FROM:<a@example.com>\r\n')
  await say(`${line}\r\n`)
  expect(intake.asked.slice(1)).toEqual([`recipient ${line.slice('RCPT TO:<'.length, -1)}`])
})

test('(b) a line end inside a command makes no second recipient', async () => {
  for (const end of ['\r', '\n', '\n\n', '\r\r']) {
    const { say, intake } = testSession()
    await say('EHLO c\r\n')
    const [reply, more] = await say(`MAIL FROM:<a@example.com> SIZE=5${end}RCPT TO:<evil@example.net>\r\n`)
    expect(reply).toMatch(/^500 5\.5\.2 /)
    expect(more).toBeUndefined()
    expect(intake.asked).toEqual([])
  }
})

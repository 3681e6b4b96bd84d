// C44, at the listener: neither the base64 of an AUTH exchange nor the password reaches the log, a metric or a reply, at any
// level, however the exchange goes wrong. Verb and mechanism may stay.
import { expect, test } from 'vitest'
import { pinoLog } from '../../src/adapters/node/log.ts'
import { testSession } from '../support/smtp-session.ts'

const PLAIN = 'AEFLSUFTWU5USEVUSUMAcHctc3ludGhldGljLTE='
const USER = 'QUtJQVNZTlRIRVRJQw=='
const PASSWORD = 'cHctc3ludGhldGljLTE='
const SECRETS = [PLAIN, USER, PASSWORD, 'pw-synthetic-1', 'AKIASYNTHETIC', PLAIN.slice(0, 20), PASSWORD.slice(0, 12)]

const EXCHANGES: readonly (readonly [string, string])[] = [
  ['a wrong password at once', `AUTH PLAIN ${PLAIN}\r\n`],
  ['a wrong password line by line', `auth   login ${USER}\r\n${PASSWORD}\r\n`],
  ['challenge by challenge', `AUTH LOGIN\r\n${USER}\r\n${PASSWORD}\r\n`],
  ['a mechanism nobody knows', `AUTH XOAUTH2 ${PLAIN}\r\n`],
  ['a response that is no base64', `AUTH PLAIN ${PLAIN}!\r\n`],
  ['a bare LF in the response', `AUTH PLAIN\r\n${PLAIN}\n\r\n`],
  ['a response that is too long', `AUTH PLAIN\r\n${PLAIN.repeat(100)}\r\n`],
  ['credentials where a command is wanted', `${PLAIN}\r\n${PASSWORD}\r\n`],
  ['too often', `AUTH PLAIN ${PLAIN}\r\n`.repeat(4)],
]
const VERDICTS = {
  wrong: async () => false,
  right: async () => true,
  broken: (user: string, password: string) => Promise.reject(new Error(`535 ${user} ${password} ${PLAIN}`)),
}

test.each(EXCHANGES)('%s', async (_name, octets) => {
  for (const verify of Object.values(VERDICTS)) {
    for (const secure of [true, false]) {
      const { say, heard, log, meter, session } = testSession({ credentials: { verify }, secure, allowed: false })
      await say(`EHLO c\r\n${octets}MAIL FROM:<a@example.com>\r\n`)
      session.cut('421 4.4.2 Timeout, closing\r\n', 'timeout')
      let written = ''
      const sink = pinoLog('debug', { write: (line) => void (written += line) })
      for (const { level, event, fields } of log.lines) sink[level as 'warn'](event, fields)
      const all = [written, JSON.stringify(log.lines), heard(), JSON.stringify(meter)].join('\n')
      for (const secret of SECRETS) expect(all).not.toContain(secret)
    }
  }
})

test('the mechanism and a masked client stay', async () => {
  const credentials = { verify: VERDICTS.wrong }
  const { say, log } = testSession({ credentials, secure: true, address: '203.0.113.7' })
  await say(`EHLO c\r\nAUTH PLAIN ${PLAIN}\r\n`)
  expect(log.lines).toEqual([
    { level: 'warn', event: 'loginFailed', fields: { session: 's1', mechanism: 'PLAIN', client: '203.0.***.***' } },
  ])
})

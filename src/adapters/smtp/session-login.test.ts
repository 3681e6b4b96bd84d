import { describe, expect, test } from 'vitest'
import { testSession, type SessionOptions } from '../../../test/support/smtp-session.ts'

const base64 = (text: string) => Buffer.from(text, 'utf8').toString('base64')
const RIGHT = base64('\0cuenote\0correct horse')
const WRONG = base64('\0cuenote\0wrong')
const EHLO = 'EHLO c.example\r\n'
const credentials = {
  verify: async (user: string, password: string) => user === 'cuenote' && password === 'correct horse',
}
const secured = (options: SessionOptions = {}) => testSession({ credentials, secure: true, allowed: false, ...options })
const lastOf = (lines: readonly string[]) => lines[lines.length - 1]

describe('AUTH', () => {
  test('is offered over TLS only', async () => {
    expect((await secured().say(EHLO)).some((line) => line.endsWith('AUTH PLAIN LOGIN'))).toBe(true)
    const plain = testSession({ credentials })
    expect((await plain.say(EHLO)).some((line) => line.includes('AUTH'))).toBe(false)
    expect(await plain.say(`AUTH PLAIN ${RIGHT}\r\n`)).toEqual(['538 5.7.11 Encryption required for authentication'])
  })

  test('lets a stranger send, under its name', async () => {
    const { say, intake } = secured()
    await say(EHLO)
    expect(await say('MAIL FROM:<a@example.com>\r\n')).toEqual([
      '530 5.7.0 authenticate first, or have this address put on the allow-list',
    ])
    expect(await say(`AUTH PLAIN ${RIGHT}\r\n`)).toEqual(['235 2.7.0 Authentication successful'])
    await say('MAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.net>\r\nDATA\r\nx\r\n.\r\n')
    expect(intake.mails[0]!.client).toEqual({
      address: '192.0.2.1',
      helo: 'c.example',
      tls: true,
      allowed: false,
      user: 'cuenote',
    })
  })

  test.each([
    ['PLAIN with its response at once', [`auth  plain  ${RIGHT}`], []],
    ['PLAIN with its response later', ['AUTH PLAIN', RIGHT], ['334 ']],
    ['PLAIN with the same authorization identity', [`AUTH PLAIN ${base64('cuenote\0cuenote\0correct horse')}`], []],
    ['LOGIN', ['AUTH LOGIN', base64('cuenote'), base64('correct horse')], ['334 VXNlcm5hbWU6', '334 UGFzc3dvcmQ6']],
    ['LOGIN with the user at once', [`AUTH LOGIN ${base64('cuenote')}`, base64('correct horse')], ['334 UGFzc3dvcmQ6']],
  ])('%s is understood', async (_name, lines, challenges) => {
    const { say } = secured()
    await say(EHLO)
    const replies: string[] = []
    for (const line of lines) replies.push(...(await say(`${line}\r\n`)))
    expect(replies).toEqual([...challenges, '235 2.7.0 Authentication successful'])
  })

  test.each([
    ['AUTH', '501 5.5.4 Syntax error in parameters'],
    ['AUTH PLAIN a b c', '501 5.5.4 Syntax error in parameters'],
    ['AUTH CRAM-MD5', '504 5.5.4 Authentication mechanism not supported'],
    ['AUTH PLAIN not-base64', '501 5.5.2 Cannot decode the response'],
    ['AUTH PLAIN AGE', '501 5.5.2 Cannot decode the response'],
    ['AUTH PLAIN =', '501 5.5.2 Cannot decode the response'],
    [`AUTH PLAIN ${base64('no zeros')}`, '501 5.5.2 Cannot decode the response'],
    [`AUTH PLAIN ${base64('\0u\0p\0more')}`, '501 5.5.2 Cannot decode the response'],
    [`AUTH PLAIN ${Buffer.from([0, 0xff, 0, 0x61]).toString('base64')}`, '501 5.5.2 Cannot decode the response'],
    [`AUTH PLAIN ${WRONG}`, '535 5.7.8 Authentication credentials invalid'],
    [`AUTH PLAIN ${base64('other\0cuenote\0correct horse')}`, '535 5.7.8 Authentication credentials invalid'],
  ])('%s is answered %s', async (line, reply) => {
    const { say } = secured()
    await say(EHLO)
    expect(await say(`${line}\r\n`)).toEqual([reply])
    expect(lastOf(await say('MAIL FROM:<a@example.com>\r\n'))).toMatch(/^530 /)
  })

  test('can be called off, and begun again', async () => {
    const { say } = secured()
    await say(EHLO)
    expect(await say('AUTH LOGIN\r\n*\r\nNOOP\r\n')).toEqual([
      '334 VXNlcm5hbWU6',
      '501 5.7.0 Authentication cancelled',
      '250 2.0.0 Ok',
    ])
    expect(await say(`AUTH PLAIN ${RIGHT}\r\n`)).toEqual(['235 2.7.0 Authentication successful'])
  })

  test('comes once, after EHLO and outside a mail', async () => {
    const { say } = secured({ allowed: true })
    expect(await say(`AUTH PLAIN ${RIGHT}\r\n`)).toEqual(['503 5.5.1 Send EHLO first'])
    await say(`${EHLO}MAIL FROM:<a@example.com>\r\n`)
    expect(await say(`AUTH PLAIN ${RIGHT}\r\nRSET\r\n`)).toEqual([
      '503 5.5.1 AUTH is not permitted now',
      '250 2.0.0 Ok',
    ])
    await say(`AUTH PLAIN ${RIGHT}\r\n`)
    expect(await say(`AUTH PLAIN ${RIGHT}\r\n`)).toEqual(['503 5.5.1 AUTH is not permitted now'])
  })

  test('that is pipelined is answered in order', async () => {
    const { say } = secured()
    await say(EHLO)
    expect(await say(`AUTH PLAIN ${RIGHT}\r\nMAIL FROM:<a@example.com>\r\n`)).toEqual([
      '235 2.7.0 Authentication successful',
      '250 2.1.0 Ok',
    ])
  })

  test('that cannot be judged now is a temporary failure', async () => {
    const { say, log } = secured({ credentials: { verify: () => Promise.reject(new Error('pw-synthetic-1')) } })
    await say(EHLO)
    expect(await say(`AUTH PLAIN ${WRONG}\r\n`)).toEqual(['454 4.7.0 Temporary authentication failure'])
    expect(log.lines).toEqual([
      { level: 'warn', event: 'loginUnavailable', fields: { session: 's1', mechanism: 'PLAIN' } },
    ])
  })

  test('fails three times a session, then the session ends', async () => {
    const { say, ended } = secured()
    await say(EHLO)
    await say(`AUTH PLAIN ${WRONG}\r\nAUTH PLAIN ${WRONG}\r\n`)
    expect(ended()).toBeUndefined()
    expect(await say(`AUTH PLAIN ${WRONG}\r\n`)).toEqual(['421 4.7.0 Too many failed logins, try again later'])
    expect(ended()).toBe('refused')
  })

  test('fails so many times a minute from one address, over all its sessions', async () => {
    let nowMs = 0
    const one = secured({ limits: { failedLoginsPerMinute: 2 }, now: () => nowMs })
    await one.say(EHLO)
    await one.say(`AUTH PLAIN ${WRONG}\r\nAUTH PLAIN ${WRONG}\r\n`)
    expect(await one.say(`AUTH PLAIN ${RIGHT}\r\n`)).toEqual(['421 4.7.0 Too many failed logins, try again later'])
    nowMs = 60_000
    const next = secured({ limits: { failedLoginsPerMinute: 2 }, now: () => nowMs })
    await next.say(EHLO)
    expect(await next.say(`AUTH PLAIN ${RIGHT}\r\n`)).toEqual(['235 2.7.0 Authentication successful'])
  })
})

// C44: base64 of an AUTH exchange and passwords in URLs reach no log, at debug level neither; verb and mechanism stay.
import { describe, expect, it } from 'vitest'
import { pinoLog } from '../../src/adapters/node/log.ts'
import { describeError } from '../../src/core/watch/describe-error.ts'

const SECRETS = [
  'AEFLSUFTWU5USEVUSUMAcHctc3ludGhldGljLTE',
  'QUtJQVNZTlRIRVRJQw',
  'cHctc3ludGhldGljLTE',
  'pw-synthetic-1',
  'pw-',
]
const TEXTS = [
  'AUTH PLAIN AEFLSUFTWU5USEVUSUMAcHctc3ludGhldGljLTE=',
  'auth   login QUtJQVNZTlRIRVRJQw==',
  '334 VXNlcm5hbWU6 cHctc3ludGhldGljLTE=',
  '535 Authentication Credentials Invalid: AEFLSUFTWU5USEVUSUMAcHctc3ludGhldGljLTE=',
  'connect smtp://u:pw-synthetic-1@192.0.2.3 failed',
]

function logged(write: (log: ReturnType<typeof pinoLog>) => void): string {
  let text = ''
  write(pinoLog('debug', { write: (line) => void (text += line) }))
  return text
}
function expectNoSecret(text: string): void {
  for (const secret of SECRETS) expect(text).not.toContain(secret)
}

describe('credentials', () => {
  it.each(TEXTS)('in an error reach no line of the log: %s', (text) => {
    const error = new Error(text, { cause: new Error(`again: ${text}`) })
    expect(error.stack).toContain(text)
    expectNoSecret(logged((log) => log.debug('loginFailed', describeError(error))))
  })

  it.each(TEXTS)('in a field that nobody masked reach no line either: %s', (text) => {
    expectNoSecret(logged((log) => log.debug('command', { command: text, lines: [text] })))
  })

  it('go, and the verb and the mechanism stay', () => {
    const line = logged((log) => log.debug('command', { command: TEXTS[0]!, login: TEXTS[1]! }))
    expect(line).toContain('AUTH PLAIN ***')
    expect(line).toContain('auth   login ***')
  })

  it('hung on an error object by a library stay behind', () => {
    const error = Object.assign(new Error('535 refused'), {
      code: 'EAUTH',
      response: TEXTS[0],
      config: { password: 'pw-synthetic-1' },
    })
    const line = logged((log) => log.warn('loginFailed', describeError(error)))
    expectNoSecret(line)
    expect(JSON.parse(line)).toMatchObject({
      event: 'loginFailed',
      error: 'Error',
      code: 'EAUTH',
      message: '535 refused',
    })
  })

  it('thrown without an error object stay behind too', () => {
    expectNoSecret(logged((log) => log.warn('loginFailed', describeError({ password: 'pw-synthetic-1' }))))
    expectNoSecret(logged((log) => log.warn('loginFailed', describeError(TEXTS[4]))))
  })
})

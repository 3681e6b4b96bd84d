// An error in a log tells who threw it and why, and nothing that is personal or secret.
import { describe, expect, it } from 'vitest'
import { describeError } from './describe-error.ts'

describe('a described error', () => {
  it('has name, code and a masked message with its causes', () => {
    const cause = Object.assign(new Error('550 <tanaka@example.jp> from 203.0.113.7'), { code: 'EENVELOPE' })
    const error = Object.assign(new TypeError('sending failed', { cause }), { code: 'ESEND' })
    expect(describeError(error)).toMatchObject({
      error: 'TypeError',
      code: 'ESEND',
      message: 'sending failed <- 550 <tan***@***.***> from 203.0.***.***',
    })
  })

  it('says where it was thrown, by names of functions and files only', () => {
    const error = new Error('for tanaka@example.jp')
    error.stack = `Error: for tanaka@example.jp
    at acceptMail (file:///srv/app/core/accept.ts:41:9)
    at async file:///srv/app/gateway/main.ts:12:3
    at node:internal/timers:581:17`
    expect(describeError(error)).toMatchObject({ at: 'acceptMail accept.ts:41, main.ts:12' })
  })

  it('leaves out a code that is no word', () => {
    expect(describeError(Object.assign(new Error('x'), { code: 'to tanaka@example.jp' }))).not.toHaveProperty('code')
    expect(describeError(Object.assign(new Error('x'), { code: { password: 'x' } }))).not.toHaveProperty('code')
  })

  it('follows causes in a circle only so far', () => {
    const a = new Error('a')
    const b = new Error('b', { cause: a })
    a.cause = b
    expect(describeError(a)['message']).toBe('a <- b <- a <- b')
  })

  it('takes what is no error', () => {
    expect(describeError('lost tanaka@example.jp')).toEqual({ error: 'NotAnError', message: 'lost tan***@***.***' })
    expect(describeError(undefined)).toEqual({ error: 'NotAnError', message: 'undefined' })
  })
})

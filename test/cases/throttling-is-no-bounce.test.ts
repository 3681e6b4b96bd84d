// C11 (a, b), M7: a rate refusal and a spent daily quota look alike on the wire and mean different things.
import { expect, test } from 'vitest'
import { sesReadings } from '../../src/adapters/ses/outcomes.ts'

const readings = sesReadings({ identities: ['example.com'] })
const finalDot = (text: string) =>
  readings.smtp({ code: 454, text, host: 'email-smtp.ap-northeast-1.amazonaws.com', command: 'end of DATA' }, 'content')
const call = (name: string, message: string) =>
  readings.api({ name, message, status: 429, requestId: 'r' }, 'email.ap-northeast-1.amazonaws.com')

test('the rate: the mail stays, the route waits a little, and the attempt is not held against the mail', () => {
  for (const reading of [
    finalDot('Throttling failure: Maximum sending rate exceeded'),
    finalDot('Throttling failure: Maximum sending rate exceeded.'),
    call('TooManyRequestsException', 'Maximum sending rate exceeded.'),
    call('ThrottlingException', 'Maximum sending rate exceeded.'),
    call('LimitExceededException', 'Maximum sending rate exceeded.'),
  ]) {
    expect(reading).toMatchObject({ outcome: { kind: 'deferred' }, signal: { kind: 'throttled' }, counts: false })
  }
})

test('the daily quota: the whole route waits, and no mail pays for it', () => {
  for (const reading of [
    finalDot('Throttling failure: Daily message quota exceeded'),
    call('TooManyRequestsException', 'Daily message quota exceeded.'),
    call('ThrottlingException', 'Daily message quota exceeded'),
    call('LimitExceededException', 'Daily message quota exceeded.'),
  ]) {
    expect(reading).toMatchObject({ outcome: { kind: 'deferred' }, signal: { kind: 'dailyQuota' }, counts: false })
  }
})

// One decision a look: a table of what is seen and what is answered, in the order of the questions.
import { describe, expect, test } from 'vitest'
import { DAY, GOO, HOUR } from '../../../test/simulation/goo.ts'
import { decide } from './decide.ts'
import { EMPTY_LANE, type Lane, type Window } from './lanes.ts'
import type { ShiftObservation } from './observation.ts'
import type { RobotState } from './robot-state.ts'

const NOW = Date.UTC(2026, 11, 10, 3)
const STARTED = { by: 'sato', reason: 'begin', at: NOW - 9 * DAY }
const healthy = (percent: number): Pick<Window, 'domains'> => ({
  domains: [
    { domain: 'docomo.ne.jp', ses: good(percent * 4_000), legacy: good((100 - percent) * 4_000) },
    { domain: 'gmail.com', ses: good(percent * 5_000), legacy: good((100 - percent) * 5_000) },
  ],
})

function good(recipients: number): Lane {
  const hardBounced = Math.round(recipients / 100)
  return { ...EMPTY_LANE, sent: recipients, timed: recipients, delivered: recipients - hardBounced, hardBounced }
}

type Change = Omit<Partial<ShiftObservation>, 'stage' | 'state' | 'ses'> & {
  stage?: Partial<ShiftObservation['stage']>
  state?: Partial<RobotState>
  ses?: Partial<ShiftObservation['ses']>
}

/** 10 % for two days, all well, everything asked for is there. */
function seen({ stage, state, ses, ...change }: Change = {}): ShiftObservation {
  const percent = stage?.percent ?? 10
  return {
    nowMs: NOW,
    stage: { percent, changedAt: NOW - 2 * DAY, changedBy: 'watari', reason: 'gatesPassed', ...stage },
    state: { coolDownUntil: 0, failures: {}, heldBack: [], started: STARTED, ...state },
    windows: [{ name: 'this stage', fromMs: NOW - 2 * DAY, toMs: NOW, ...healthy(percent === 0 ? 10 : percent) }],
    ses: { route: 'running', reason: '', troubleMs: 0, waiting: 0, sendingEnabled: true, ...ses },
    pipeline: { sentSinceEvent: 0 },
    sentInStage: 900_000,
    volume: { days: 0 },
    month: { sent: 0, left: 0.7, days: 31 },
    ...change,
  }
}

const answer = (change: Change, policy = GOO) => decide(seen(change), policy).decision

describe('the robot', () => {
  test('goes to the next stage when time, mails and every gate are there', () => {
    expect(answer({})).toEqual({
      kind: 'advance',
      percent: 50,
      reason: 'gatesPassed',
      message: 'all gates passed with their bounds: 10 % to 50 %',
    })
  })

  test.each<[string, Change, string, string]>([
    [
      'the time of the stage',
      { stage: { changedAt: NOW - 23 * HOUR } },
      'leastTime',
      '10 % lasts at least until 2026-12-10T04:00Z',
    ],
    [
      'its mails',
      { sentInStage: 99_999 },
      'leastMails',
      '99999 of at least 100000 recipients went to SES in this stage',
    ],
    [
      'a start by a person',
      { stage: { percent: 0 }, state: { started: { ...STARTED, at: NOW - 3 * DAY } } },
      'notStarted',
      'nothing goes to SES before a person says so: watari shift start --reason "..."',
    ],
    [
      'the cool-down',
      { state: { coolDownUntil: NOW + HOUR } },
      'coolDown',
      'after a roll-back, until 2026-12-10T04:00Z',
    ],
    [
      'the person who set the stage',
      { stage: { changedBy: 'sato', changedAt: NOW - 23 * HOUR } },
      'personSet',
      'sato set 10 %: the robot goes up from 2026-12-10T04:00Z on',
    ],
    [
      'a person after two failures',
      { state: { failures: { '50': 2 } } },
      'failedTwice',
      '50 % was rolled back 2 times: mend the reason, then watari shift start --reason "..."',
    ],
    ['nothing more to come', { stage: { percent: 100 } }, 'lastStage', '100 % is the last stage of the plan'],
    ['evidence', { windows: [] }, 'gateUnknown', 'nothing was counted yet'],
    [
      'DKIM that receivers can verify',
      { dkim: { passed: 9_700, total: 10_000 } },
      'dkimFails',
      'receivers report 9700 of 10000 with a passing DKIM signature',
    ],
    [
      'a lock to be taken away',
      { state: { lock: { by: 'sato', reason: 'year end freeze', at: NOW } } },
      'locked',
      'locked by sato: year end freeze',
    ],
  ])('holds for %s', (_, change, reason, message) => {
    expect(answer(change)).toEqual({ kind: 'hold', reason, message })
  })

  test('starts from 0 percent when a person has said so since', () => {
    const change = {
      stage: { percent: 0 },
      state: { started: { ...STARTED, at: NOW - HOUR } },
      sentInStage: 0,
      windows: [],
    }
    expect(answer(change)).toMatchObject({ kind: 'advance', percent: 10, message: 'started by a person: 0 % to 10 %' })
    expect(answer({ ...change, misaligned: 'DKIM is PENDING' })).toEqual({
      kind: 'hold',
      reason: 'misaligned',
      message: 'DKIM is PENDING',
    })
  })

  test.each<[string, Change, string, number]>([
    ['SES has paused the account', { ses: { sendingEnabled: false } }, 'sendingPaused', 0],
    ['SES has shut it down', { ses: { enforcement: 'SHUTDOWN' } }, 'sendingPaused', 0],
    ['the route has stopped', { ses: { route: 'stopped', reason: 'identityNotVerified' } }, 'routeStopped', 0],
    ['mail would fail DMARC', { misaligned: 'DKIM status is FAILED' }, 'misaligned', 0],
    [
      'SES cannot be reached while mail waits',
      { ses: { route: 'waiting', reason: 'unreachable', troubleMs: 45_000, waiting: 3 } },
      'sesUnreachable',
      0,
    ],
    [
      'SES takes mail and no event comes',
      { pipeline: { sentSinceEvent: 200, silentSince: NOW - 45_000 } },
      'eventsSilent',
      10,
    ],
    [
      'at night twenty mails go and no event comes',
      { pipeline: { sentSinceEvent: 20, silentSince: NOW - 900_000 } },
      'eventsSilent',
      10,
    ],
    [
      'the quota is used up while mail waits',
      { ses: { route: 'waiting', reason: 'dailyQuota: for 5 min', troubleMs: 300_000, waiting: 3 } },
      'quotaUsedUp',
      10,
    ],
  ])('goes back because %s', (_, change, reason, percent) => {
    expect(answer({ ...change, stage: { percent: 50 } })).toMatchObject({ kind: 'rollBack', reason, percent })
  })

  test.each<[string, Change]>([
    [
      'SES cannot be reached and nothing waits',
      { ses: { route: 'waiting', reason: 'unreachable', troubleMs: 90_000, waiting: 0 } },
    ],
    ['SES has just been lost', { ses: { route: 'waiting', reason: 'unreachable', troubleMs: 44_000, waiting: 9 } }],
    [
      'a key is being changed',
      { ses: { route: 'waiting', reason: 'held: a key is changed', troubleMs: 90_000, waiting: 9 } },
    ],
    ['a person has stopped the route', { ses: { route: 'stoppedByPerson', reason: 'maintenance', waiting: 9 } }],
    ['few mails went since the last event', { pipeline: { sentSinceEvent: 19, silentSince: NOW - 900_000 } }],
    ['the account is on probation', { ses: { enforcement: 'PROBATION' } }],
  ])('does not go back because %s', (_, change) => {
    expect(answer({ ...change, stage: { percent: 50 } }).kind).not.toBe('rollBack')
  })

  const worse = (ses: Partial<Lane>): Change => ({
    windows: [
      {
        ...seen().windows[0]!,
        domains: [
          { domain: 'docomo.ne.jp', ses: { ...good(40_000), ...ses }, legacy: good(400_000) },
          { domain: 'gmail.com', ses: { ...good(40_000), ...ses }, legacy: good(400_000) },
        ],
      },
    ],
  })

  test.each<[string, Partial<Lane>, string]>([
    ['bounces', { hardBounced: 1_200 }, 'bounce'],
    ['complaints', { complained: 200 }, 'complaint'],
    ['refusals', { refused: 4_000 }, 'failure'],
    ['slow sendings', { slow: 9_000 }, 'latency'],
  ])('goes one stage down for %s that legacy does not have', (_, ses, reason) => {
    expect(answer({ ...worse(ses), stage: { percent: 50 } })).toMatchObject({ kind: 'rollBack', reason, percent: 10 })
    expect(answer(worse(ses))).toMatchObject({ kind: 'rollBack', reason, percent: 0 })
  })

  test('holds one receiver back when it alone is worse on SES', () => {
    const [window] = seen().windows
    const [docomo, gmail] = window!.domains
    const windows = [{ ...window!, domains: [{ ...docomo!, ses: { ...docomo!.ses, softBounced: 20_000 } }, gmail!] }]
    expect(answer({ windows })).toMatchObject({ kind: 'holdBack', domain: 'docomo.ne.jp', reason: 'failure' })
  })

  test('waits after a way down until what was sent before has come back', () => {
    const change = { ...worse({ hardBounced: 1_200 }), percentBefore: 50 }
    expect(answer({ ...change, stage: { changedAt: NOW - 9 * 60_000 } }).kind).toBe('hold')
    expect(answer({ ...change, stage: { changedAt: NOW - 11 * 60_000 } }).kind).toBe('rollBack')
  })

  test('waits as long when a domain was tried again in the meantime', () => {
    const change = {
      ...worse({ hardBounced: 1_200 }),
      percentBefore: 50,
      stage: { changedAt: NOW - 60_000 },
      percentSince: { at: NOW - 9 * 60_000, by: 'watari' },
    }
    expect(answer(change).kind).toBe('hold')
  })

  test('does not go back because nobody could say whether mail is aligned, and does not go up either', () => {
    const alignmentUnknown = 'DNS could not be asked'
    expect(answer({ stage: { percent: 50 }, alignmentUnknown })).toEqual({
      kind: 'hold',
      reason: 'alignmentUnknown',
      message: 'DNS could not be asked',
    })
  })

  test('goes back on facts when figures cannot be read, and on nothing else', () => {
    const blind = { figuresFailed: true as const, windows: [], stage: { percent: 50 } }
    expect(answer({ ...blind, ses: { sendingEnabled: false } })).toMatchObject({ kind: 'rollBack', percent: 0 })
    expect(answer(blind)).toMatchObject({ kind: 'hold', reason: 'figuresUnreadable' })
    expect(answer(blind, { ...GOO, budget: { yenPerMonth: 1, yenPerRecipient: 0.015 } }).kind).toBe('hold')
  })

  test('does not forget a start because a domain was tried again at 0 percent', () => {
    const change = {
      stage: { percent: 0, changedAt: NOW - 15_000 },
      percentSince: { at: NOW - DAY, by: 'watari' },
      state: { started: { ...STARTED, at: NOW - HOUR } },
    }
    expect(answer(change)).toMatchObject({ kind: 'advance', percent: 10 })
  })

  test('goes back as a whole where the sum of small domains is worse: no mail is addressed to that', () => {
    const [window] = seen().windows
    const [docomo, gmail] = window!.domains
    const small = { ...docomo!, domain: 'other', ses: { ...docomo!.ses, softBounced: 20_000 } }
    expect(answer({ windows: [{ ...window!, domains: [small, gmail!] }] })).toMatchObject({ kind: 'rollBack' })
  })

  test('tries a receiver again when its time is over', () => {
    const heldBack = [{ domain: 'docomo.ne.jp', at: 0, until: NOW, times: 1, reason: 'failure', active: true }]
    expect(answer({ state: { heldBack } })).toEqual({
      kind: 'release',
      domain: 'docomo.ne.jp',
      reason: 'triedAgain',
      message: 'docomo.ne.jp was held back for failure; it is tried again',
    })
  })

  test('leaves a receiver held back where only a person goes up, and still heeds the budget', () => {
    const heldBack = [{ domain: 'docomo.ne.jp', at: 0, until: NOW, times: 1, reason: 'failure', active: true }]
    const change = { state: { heldBack }, month: { sent: 33_000_000, left: 0.5, days: 31 } }
    const budget = { yenPerMonth: 500_000, yenPerRecipient: 0.015 }
    expect(answer(change, { ...GOO, mode: 'rollBack', budget })).toMatchObject({ kind: 'ceiling', percent: 0 })
    expect(answer({ state: { heldBack } }, { ...GOO, mode: 'rollBack' }).kind).not.toBe('release')
  })

  test('lets a domain go that a crash left held back', () => {
    expect(answer({ stage: { heldBack: ['docomo.ne.jp'] } })).toMatchObject({ kind: 'release', domain: 'docomo.ne.jp' })
  })

  test("a person's lock beats it, and it says what it would have done", () => {
    const state = { lock: { by: 'sato', reason: 'we know', at: NOW } }
    const locked = decide(seen({ ...worse({ hardBounced: 1_200 }), state }), GOO)
    expect(locked.decision).toMatchObject({ kind: 'hold', reason: 'locked' })
    expect(locked.wouldBe).toMatchObject({ kind: 'rollBack', reason: 'bounce', percent: 0 })
    const over = { lock: { ...state.lock, until: NOW } }
    expect(answer({ ...worse({ hardBounced: 1_200 }), state: over })).toMatchObject({ kind: 'rollBack' })
  })
})

describe('a ceiling', () => {
  const budget = { yenPerMonth: 500_000, yenPerRecipient: 0.015 }

  test('is where the way up ends when the money does', () => {
    // 500,000 yen for 31 days of 5.3 million at 0.015 yen: 20.29 %. That nothing was spent yet changes nothing.
    expect(answer({}, { ...GOO, budget })).toEqual({
      kind: 'ceiling',
      percent: 20,
      reason: 'budget',
      message: '500,000 yen for 31.0 days of 5,300,000 recipients at 0.015 yen each: 20.2 %',
    })
  })

  test('is less when more was spent than the days that are over may cost', () => {
    // 500,000 yen less 15 million at 0.015 yen are 275,000 yen, for 21.7 days of 5.3 million: 15.94 %.
    expect(answer({ month: { sent: 15_000_000, left: 0.7, days: 31 } }, { ...GOO, budget })).toEqual({
      kind: 'ceiling',
      percent: 15,
      reason: 'budget',
      message: '275,000 yen left for 21.7 days of 5,300,000 recipients at 0.015 yen each: 15.9 %',
    })
  })

  test('holds when there is nothing to gain', () => {
    const month = { sent: 0, left: 1, days: 31 }
    expect(answer({ stage: { percent: 20 }, month }, { ...GOO, budget })).toMatchObject({
      kind: 'hold',
      reason: 'ceiling',
    })
  })

  test('takes the stage down when the money runs out', () => {
    const month = { sent: 33_000_000, left: 0.5, days: 31 }
    expect(answer({ month }, { ...GOO, budget })).toMatchObject({ kind: 'ceiling', percent: 0, reason: 'budget' })
  })

  test('is eighty percent of a quota that the account really has (fault 25)', () => {
    expect(answer({ ses: { max24Hours: 200 } })).toMatchObject({ kind: 'ceiling', percent: 0, reason: 'quota' })
    expect(answer({ ses: { max24Hours: 2_000_000 } })).toMatchObject({ kind: 'ceiling', percent: 30, reason: 'quota' })
    expect(answer({ ses: { max24Hours: 10_000_000 } })).toMatchObject({ kind: 'advance', percent: 50 })
  })

  test('is the rate in the busiest hour', () => {
    const volume = { days: 7, perDay: 5_300_000, busiestDay: 5_500_000, busiestHour: 1_440_000 }
    expect(answer({ volume, ses: { maxPerSecond: 200 } })).toEqual({
      kind: 'ceiling',
      percent: 40,
      reason: 'quota',
      message: '80.0 % of 200 recipients a second, for 1,440,000 in the busiest hour: 40.0 %',
    })
  })
})

import { describe, expect, test } from 'vitest'
import { gateSentence } from './gate-sentence.ts'
import { readGate, type Gate } from './gates.ts'
import { EMPTY_LANE, type DomainLanes, type Lane, type Window } from './lanes.ts'

const BOUNCE: Gate = { name: 'bounce', rollBackAbove: 0.05, advanceBelow: 0.05, ratio: 1.5, margin: 0.003 }
const COMPLAINT: Gate = { name: 'complaint', rollBackAbove: 0.001, advanceBelow: 0.001, ratio: Infinity, margin: 0 }
const FAILURE: Gate = { name: 'failure', rollBackAbove: 0.05, advanceBelow: 0.005, ratio: 1.5, margin: 0.01 }
const LATENCY: Gate = { name: 'latency', rollBackAbove: 0.05, advanceBelow: 0.05, ratio: 1.5, margin: 0.03 }

const lane = (change: Partial<Lane>): Lane => ({ ...EMPTY_LANE, ...change })
const lanes = (domain: string, ses: Partial<Lane>, legacy: Partial<Lane> = {}): DomainLanes => ({
  domain,
  ses: lane(ses),
  legacy: lane(legacy),
})
const window = (...domains: readonly DomainLanes[]): Window => ({ name: 'this stage', fromMs: 0, toMs: 1, domains })
const bounces = (delivered: number, hardBounced: number): Partial<Lane> => ({ delivered, hardBounced })

describe('a gate', () => {
  test.each<[string, Gate, Window, string]>([
    [
      'many mails well below the limit',
      BOUNCE,
      window(lanes('a.jp', bounces(9_900, 100), bounces(9_900, 100))),
      'good',
    ],
    ['thirteen mails with one bounce (C40)', BOUNCE, window(lanes('a.jp', bounces(12, 1))), 'unknown'],
    ['nothing at all', BOUNCE, window(), 'unknown'],
    ['bounces at three times legacy', BOUNCE, window(lanes('a.jp', bounces(29_100, 900), bounces(29_700, 300))), 'bad'],
    ['a little more than legacy', BOUNCE, window(lanes('a.jp', bounces(9_880, 120), bounces(9_900, 100))), 'good'],
    [
      'a receiver that is bad on both routes',
      BOUNCE,
      window(
        lanes('a.jp', bounces(400, 600), bounces(4_000, 6_000)),
        lanes('b.jp', bounces(5_000, 10), bounces(5_000, 10)),
      ),
      'suspect',
    ],
    ['one receiver that legacy cannot be asked about', BOUNCE, window(lanes('a.jp', bounces(400, 600))), 'suspect'],
    [
      'two receivers that legacy cannot be asked about',
      BOUNCE,
      window(lanes('a.jp', bounces(400, 600)), lanes('b.jp', bounces(400, 600))),
      'bad',
    ],
    [
      'the limit passed on both routes alike: a tired list',
      BOUNCE,
      window(lanes('a.jp', bounces(30, 10), bounces(30, 10)), lanes('b.jp', bounces(300, 90), bounces(3_000, 900))),
      'suspect',
    ],
    [
      'complaints at half a percent at one receiver alone',
      COMPLAINT,
      window(lanes('a.jp', { delivered: 12_000, complained: 60 })),
      'suspect',
    ],
    [
      'complaints at half a percent at two receivers',
      COMPLAINT,
      window(lanes('a.jp', { delivered: 9_000, complained: 45 }), lanes('b.jp', { delivered: 9_000, complained: 45 })),
      'bad',
    ],
    [
      'complaints where legacy has mails and no feedback loop',
      COMPLAINT,
      window(lanes('a.jp', { delivered: 12_000, complained: 60 }, { delivered: 12_000 })),
      'bad',
    ],
    [
      'receivers that know no such address are no failure of sending',
      FAILURE,
      window(lanes('a.jp', bounces(9_700, 300), bounces(9_700, 300))),
      'good',
    ],
    [
      'refusals of the route',
      FAILURE,
      window(lanes('a.jp', { delivered: 900, refused: 100 }, { delivered: 9_000, refused: 1 })),
      'bad',
    ],
    [
      'a slow hour of our own',
      LATENCY,
      window(
        lanes('a.jp', { timed: 100, slow: 30 }, { timed: 40, slow: 12 }),
        lanes('b.jp', { timed: 9, slow: 3 }, { timed: 400, slow: 125 }),
      ),
      'suspect',
    ],
    ['a slow SES', LATENCY, window(lanes('a.jp', { timed: 600, slow: 200 }, { timed: 600, slow: 2 })), 'bad'],
  ])('says of %s', (_, gate, seen, verdict) => {
    expect(readGate(gate, seen).verdict).toBe(verdict)
  })

  test('names the domain when one alone is worse than on legacy', () => {
    const reading = readGate(
      BOUNCE,
      window(
        lanes('docomo.ne.jp', bounces(600, 300), bounces(2_900, 60)),
        lanes('b.jp', bounces(5_000, 50), bounces(5_000, 50)),
      ),
    )
    expect(reading).toMatchObject({ verdict: 'bad', worst: { domain: 'docomo.ne.jp', alone: true } })
    expect(gateSentence(reading, BOUNCE)).toBe(
      'hard bounces on SES 350 of 5950 (5.88 %), on legacy 110 of 8010 (1.37 %) (this stage): surely more than 1.5 times legacy plus 0.30 % in the same time, at docomo.ne.jp alone',
    )
  })

  test('says what is missing when there are too few mails', () => {
    expect(gateSentence(readGate(BOUNCE, window(lanes('a.jp', bounces(12, 1)))), BOUNCE)).toBe(
      'hard bounces on SES 1 of 13 (7.69 %), on legacy none counted (this stage): between 0.030 % and 45.77 %, and must be surely under 5.00 %',
    )
  })

  test('shows a receiver that is bad on both routes as the receiver', () => {
    const seen = window(
      lanes('a.jp', bounces(400, 600), bounces(4_000, 6_000)),
      lanes('b.jp', bounces(5_000, 10), bounces(5_000, 10)),
    )
    expect(gateSentence(readGate(BOUNCE, seen), BOUNCE)).toBe(
      'hard bounces on SES 10 of 5010 (0.20 %), on legacy 10 of 5010 (0.20 %) (this stage): a.jp is bad on both routes, so it is the receiver',
    )
  })
})

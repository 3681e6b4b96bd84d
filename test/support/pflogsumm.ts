// What pflogsumm counts, and how it compares with a baseline: the same lines, counted by another program.
import { programJudge } from './judge.ts'
import type { BaselineLines } from '../../src/core/plan/baseline/baseline.ts'

export const PFLOGSUMM = programJudge('pflogsumm', 'apt-get install pflogsumm')

/** Grand totals by their names. `unit` is 1, or 1,024 and 1,048,576 where it rounds. */
export type PflogsummTotals = Readonly<Record<string, { readonly value: number; readonly unit: number }>>

const UNITS: Readonly<Record<string, number>> = { '': 1, k: 1_024, m: 1_048_576 }

export function pflogsummTotals(text: string): PflogsummTotals {
  const head = text.slice(0, text.indexOf('recipient hosts/domains'))
  const totals = [...head.matchAll(/^ *(\d+)([km]?) +([a-z][a-z ]*[a-z])(?: +\((?:(\d+)([km]?) +deferrals|\d+%)\))?/gm)]
  return Object.fromEntries(
    totals.flatMap(([, value, unit = '', name = '', deferrals, deferralsUnit = '']) => [
      [name, { value: Number(value), unit: UNITS[unit] ?? 1 }],
      ...(deferrals === undefined
        ? []
        : [['deferrals', { value: Number(deferrals), unit: UNITS[deferralsUnit] ?? 1 }] as const]),
    ]),
  )
}

/** What both count, and differ in; empty when they agree. pflogsumm counts a hand-over to a content filter as delivered. */
export function compareWithPflogsumm(lines: BaselineLines, totals: PflogsummTotals): readonly string[] {
  const ours: Readonly<Record<string, number>> = {
    received: lines.received,
    delivered: lines.sent + lines.handedOver,
    forwarded: lines.forwarded,
    deferred: lines.deferredMails,
    deferrals: lines.deferrals,
    bounced: lines.bounced,
    rejected: lines.rejected,
    'reject warnings': lines.rejectWarnings,
    held: lines.held,
    discarded: lines.discarded,
    'bytes delivered': lines.octetsSent,
  }
  return Object.entries(ours).flatMap(([name, own]) => {
    const { value, unit } = totals[name] ?? { value: 0, unit: 1 }
    return Math.floor(own / unit) === value ? [] : [`${name}: ${own} here, ${value} × ${unit} there`]
  })
}

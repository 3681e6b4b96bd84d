// Alerts about the robot that moves the stage: what it did by itself, and what it would do and may not. They last until it may go
// on, or a person has taken the stage in hand; so a roll-back is one incident, however long its reason lasts.
import type { AlertFacts, Finding, Verdict } from './alerts.ts'
import type { ShiftLook, WatchObservation } from './observation.ts'

const isBad = (bad: boolean): Verdict => (bad ? 'bad' : 'good')

export function shiftFindings({ shift }: Pick<WatchObservation, 'shift'>): readonly Finding[] {
  if (shift === undefined) return []
  const { heldBack, kept } = shift
  const domains = heldBack.map(({ domain }) => domain).join(', ')
  const reasons = [...new Set(heldBack.map(({ reason }) => reason))]
  return [
    { alert: 'ShiftStopped', scope: '', ...wentBack(shift, true) },
    { alert: 'ShiftRolledBack', scope: '', ...wentBack(shift, false) },
    {
      alert: 'ShiftLocked',
      scope: '',
      verdict: isBad(kept !== undefined),
      facts: kept ?? { reason: '', message: '', by: '' },
    },
    { alert: 'ShiftHeldBack', scope: '', verdict: isBad(heldBack.length > 0), facts: { domains, reasons } },
  ]
}

const NONE: AlertFacts['ShiftRolledBack'] = { from: 0, to: 0, reason: '', message: '', decision: '' }

function wentBack(
  { rolledBack }: ShiftLook,
  toZero: boolean,
): { readonly verdict: Verdict; readonly facts: AlertFacts['ShiftRolledBack'] } {
  if (rolledBack === undefined) return { verdict: 'good', facts: NONE }
  if (toZero) return { verdict: isBad(rolledBack.to === 0), facts: rolledBack }
  // A step down that was followed by another is not over, and not told twice.
  return { verdict: rolledBack.to > 0 ? 'bad' : 'unknown', facts: rolledBack }
}

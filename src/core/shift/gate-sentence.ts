// A gate's reading as one sentence with the value, its bounds and its limit side by side, for people at night.
import { rateOf, type Share } from './evidence.ts'
import { NATS_ROLL_BACK, NATS_SUSPECT, type Gate, type GateName, type GateReading } from './gates.ts'

const WORDS: Readonly<Record<GateName, string>> = {
  bounce: 'hard bounces',
  complaint: 'complaints',
  failure: 'failures of sending',
  latency: 'sendings over the latency limit',
}

/** What was seen on both routes, and what follows. */
export function gateSentence(reading: GateReading, gate: Gate): string {
  const { ses, legacy, worst } = reading
  const seen = `${WORDS[gate.name]} on SES ${shareText(ses)}, on legacy ${shareText(legacy)} (${reading.window})`
  if (reading.natsOverLegacy >= NATS_ROLL_BACK || reading.natsOverLegacy >= NATS_SUSPECT) {
    const where = worst === undefined ? '' : worst.alone ? `, at ${worst.domain} alone` : `, most at ${worst.domain}`
    const sure = reading.natsOverLegacy >= NATS_ROLL_BACK ? 'surely' : 'perhaps'
    return `${seen}: ${sure} more than ${gate.ratio} times legacy plus ${percent(gate.margin)} in the same time${where}`
  }
  if (reading.natsOverLimit >= NATS_SUSPECT) {
    const sure = reading.natsOverLimit >= NATS_ROLL_BACK ? 'surely' : 'perhaps'
    return `${seen}: ${sure} over the limit of ${percent(gate.rollBackAbove)}`
  }
  if (reading.receivers.length > 0) {
    return `${seen}: ${reading.receivers.slice(0, 3).join(', ')} is bad on both routes, so it is the receiver`
  }
  return `${seen}: between ${percent(reading.lower)} and ${percent(reading.upper)}, and must be surely under ${percent(gate.advanceBelow)}`
}

function shareText(share: Share): string {
  const rate = rateOf(share)
  return rate === undefined ? 'none counted' : `${share.bad} of ${share.of} (${percent(rate)})`
}

/** Four places, because complaints are counted in hundredths of a percent. */
export function percent(rate: number): string {
  const text = (rate * 100).toFixed(rate < 0.001 ? 3 : 2)
  return `${text} %`
}

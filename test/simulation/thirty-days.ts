// Thirty days of the shift by twenty seeds (issue: 0 false roll-backs, 0 missed true ones). The invariants are listed in
// docs/flow-of-a-shift.md. WATARI_SIMULATION_SEEDS and WATARI_SIMULATION_FIRST_SEED choose others; each seed is printed.
import { expect, test } from 'vitest'
import { BEGIN, DAY, GOO } from './goo.ts'
import { world, type Done } from './month.ts'
import { drawMonth, type Fault, type Month } from './troubles.ts'
import { chance, HOUR_MS, MINUTE_MS, traffic, type Trouble } from './traffic.ts'

const SEEDS = Number(process.env['WATARI_SIMULATION_SEEDS'] ?? 20)
const FIRST = Number(process.env['WATARI_SIMULATION_FIRST_SEED'] ?? 1)
const MAILS_PER_DAY = 5_300_000
/** What the design's budget pays: 500,000 yen at 0.10 dollars a thousand and 150 yen a dollar. */
const BUDGET = { yenPerMonth: 500_000, yenPerRecipient: 0.015 }

const QUIET_STEP_MS = 10 * MINUTE_MS

interface Ran {
  readonly done: readonly Done[]
  /** What SES took, in yen, until the end of December. */
  readonly yen: number
  readonly percent: number
}

async function runMonth(seed: number, month: Month): Promise<Ran> {
  const flow = traffic({
    random: chance(seed * 7_919),
    mailsPerDay: MAILS_PER_DAY,
    troubles: [...month.shared, ...month.faults],
    change: month.change,
    sesFactor: month.sesFactor,
    lateComplaints: true,
  })
  const sim = world({ policy: { ...GOO, budget: BUDGET }, traffic: flow, fromMs: BEGIN, records: 0 })
  await sim.start()
  const end = BEGIN + 30 * DAY
  while (sim.now() < end) {
    const step = stepAt(sim.now(), [...month.shared, ...month.faults])
    await sim.run(Math.min(end, sim.now() + step), step)
    const over = month.faults.find((fault) => fault.toMs <= sim.now() && fault.toMs > sim.now() - step)
    // A person looks at what happened, and lets it go on.
    if (over !== undefined) await sim.start('night duty')
  }
  const rows = await flow.rows({ fromMs: BEGIN, toMs: end, grain: 'hour', by: 'route' })
  const sent = rows.reduce((sum, { route, counts }) => sum + (route === 'ses' ? (counts.sent ?? 0) : 0), 0)
  return { done: sim.done, yen: sent * BUDGET.yenPerRecipient, percent: sim.stage().percent }
}

/** Every minute for an hour after something begins and after it ends, every ten minutes otherwise. */
function stepAt(now: number, troubles: readonly Trouble[]): number {
  const isNear = (at: number): boolean => now >= at - QUIET_STEP_MS && now < at + HOUR_MS
  const near = troubles.some(({ fromMs, toMs }) => isNear(fromMs) || isNear(toMs))
  return near ? MINUTE_MS : QUIET_STEP_MS
}

const isWayBack = ({ decision }: Done): boolean => decision.kind === 'rollBack' || decision.kind === 'holdBack'
const during = (fault: Fault, { at }: Done): boolean => at >= fault.fromMs && at < fault.toMs + 15 * MINUTE_MS

/** A test for each seed whose number leaves `rest` when halved: two files, so that two processors share them. */
export function thirtyDays(rest: 0 | 1): void {
  const seeds = Array.from({ length: SEEDS }, (_, i) => FIRST + i).filter((seed) => seed % 2 === rest)
  test.skipIf(seeds.length === 0).each(seeds)(
    'thirty days of seed %d go back for every fault of SES and for nothing else',
    async (seed) => {
      const month = drawMonth(chance(seed), BEGIN)
      const { done, yen, percent } = await runMonth(seed, month)
      const back = done.filter(isWayBack)
      const told = (list: readonly Done[]) =>
        list.map(({ at, decision }) => `day ${((at - BEGIN) / DAY).toFixed(3)} ${decision.kind}: ${decision.message}`)
      const falseOnes = back.filter((one) => !month.faults.some((fault) => during(fault, one)))
      expect(told(falseOnes), `false roll-backs of seed ${seed}`).toEqual([])
      const missed = month.faults.filter((fault) => !back.some((one) => during(fault, one)))
      expect(
        missed.map(({ kind }) => kind),
        `missed faults of seed ${seed}`,
      ).toEqual([])
      expect(yen, `cost of December in yen, seed ${seed}`).toBeLessThanOrEqual(BUDGET.yenPerMonth)
      expect(percent, `at the end of seed ${seed}`).toBeLessThanOrEqual(20)
      expect(yen).toBeGreaterThan(BUDGET.yenPerMonth * 0.5)
      const waits = month.faults.map((fault) => {
        const first = back.find((one) => during(fault, one))!
        return `${fault.kind}: ${Math.round((first.at - fault.fromMs) / MINUTE_MS)} min`
      })
      console.log(
        `seed ${seed}: ${back.length} ways back, ${waits.join('; ')}, ${Math.round(yen)} yen, ended at ${percent} %`,
      )
    },
    600_000,
  )
}

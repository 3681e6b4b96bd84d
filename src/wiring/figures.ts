// The figures of a gateway, as its plan names domains and streams.
import { join } from 'node:path'
import { localFigures, type FigureStore } from '../adapters/local/figures.ts'
import { COUNTED, type Counted } from '../core/base/figures.ts'
import type { Plan } from '../core/plan/plan.ts'
import type { Route } from '../core/shift/route.ts'
import type { Meter } from '../core/watch/metrics.ts'
import type { PipelineWatch } from '../core/shift/pipeline-watch.ts'
import type { Basics } from './basics.ts'

export interface FigurePlace {
  readonly plan: Plan
  readonly dataFolder: string
  readonly basics: Basics
}

/** Opens them, and begins to write each minute after its end. */
export async function gatewayFigures({ plan, dataFolder, basics }: FigurePlace): Promise<FigureStore> {
  const { addresses, shares, domain, gateway } = plan
  const figures = await localFigures({
    ...basics,
    folder: join(dataFolder, 'figures'),
    pinned: {
      domains: [
        ...new Set([...Object.keys(shares.byDomain), ...addresses.dotDomains, ...Object.keys(addresses.dotAddresses)]),
      ],
      streams: [...new Set([...Object.keys(shares.byStream), domain, ...gateway.senderDomains])],
    },
  })
  void figures.run()
  return withCounters(figures, basics.meter)
}

/** Whatever is counted by domain and stream is a counter by route as well, which Prometheus reads as it rises. */
function withCounters(figures: FigureStore, meter: Meter): FigureStore {
  return {
    ...figures,
    count(atMs, key, what, by = 1) {
      figures.count(atMs, key, what, by)
      meter.count('watari_figures_total', LABELS[key.route][what], by)
    },
  }
}

const LABELS = { legacy: labelsOf('legacy'), ses: labelsOf('ses') }

function labelsOf(route: Route): Readonly<Record<Counted, { readonly route: Route; readonly counted: Counted }>> {
  const labels = COUNTED.map((counted) => [counted, { route, counted }] as const)
  return Object.fromEntries(labels) as ReturnType<typeof labelsOf>
}

/** What only events of SES can tell: whoever counts one of these by the SES route has heard from it. */
const HEARD: ReadonlySet<Counted> = new Set(['delivered', 'softBounced', 'complained', 'delayed'])

/** The same figures, with an ear on what SES took and what came back. */
export function hearing(figures: FigureStore, pipeline: PipelineWatch, now: () => number): FigureStore {
  return {
    ...figures,
    count(atMs, key, what, by = 1) {
      figures.count(atMs, key, what, by)
      if (key.route !== 'ses') return
      if (what === 'sent') pipeline.sent(now(), by)
      else if (HEARD.has(what)) pipeline.event(now())
    },
  }
}

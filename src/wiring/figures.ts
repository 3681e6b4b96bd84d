// The figures of a gateway, as its plan names domains and streams.
import { join } from 'node:path'
import { localFigures, type FigureStore } from '../adapters/local/figures.ts'
import type { Plan } from '../core/plan/plan.ts'
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
  return figures
}

// The maintenance checklists of a gateway, put together: what it knows of its keys, its account, its money and its plan.
import { join } from 'node:path'
import { usersFile } from '../adapters/node/users-file.ts'
import { DAY_MS } from '../core/base/clock.ts'
import { priceTableAge } from '../core/plan/price-table.ts'
import type { Change } from '../core/watch/letters.ts'
import { maintenanceDesk, type KnownFacts, type MaintenanceDesk } from '../core/watch/maintenance-desk.ts'
import { warningsOf } from './plan-rules.ts'
import { costSoFar, listSize, type ReportParts } from './reports.ts'
import type { WatchParts } from './watch-parts.ts'

export function maintenanceOf(parts: WatchParts, change: Change): MaintenanceDesk {
  const { plan, basics, flow } = parts
  const { languages, runbooks } = plan.notify
  const now = () => basics.clock.now()
  return maintenanceDesk({
    domain: plan.domain,
    timeZone: plan.timeZone,
    languages,
    runbooks,
    now,
    sources: {
      figures: flow.figures,
      record: () => change((record) => record),
      known: () => known(parts, now()),
    },
  })
}

async function known(parts: WatchParts, nowMs: number): Promise<KnownFacts> {
  const { plan, dataFolder, flow, keys, suppression } = parts
  const key = keys?.signing()
  const account = flow.ses.account.facts()
  const users = await usersFile(join(dataFolder, plan.gateway.usersFile))
    .list()
    .catch(() => undefined)
  const cost = await costSoFar(parts satisfies ReportParts, nowMs)
  return {
    stagePercent: (await flow.store.current()).percent,
    ...(key === undefined
      ? {}
      : {
          key: {
            selector: key.selector,
            days: Math.floor((key.endsAt - nowMs) / DAY_MS),
            nextProven: key.nextProven,
          },
        }),
    ...(account === undefined || account.maxIn24Hours === 'unlimited'
      ? {}
      : { quota: { sent: account.sentIn24Hours, max: account.maxIn24Hours, perSecond: account.maxPerSecond } }),
    suppressed: listSize(suppression),
    ...(cost === undefined ? {} : { cost }),
    ...(users === undefined ? {} : { users: users.length }),
    wideNetworks: warningsOf(plan).length,
    pricesAgeDays: priceTableAge(nowMs).days,
  }
}

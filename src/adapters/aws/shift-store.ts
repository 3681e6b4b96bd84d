// The stage in DynamoDB, for gateways side by side: one item is the stage now, and each change is an item beside it, in the order
// of its number. Its rule: both are written in one transaction, on the condition that the stage is still the one that was seen.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import type { ShiftStore } from '../../core/shift/ports.ts'
import { INITIAL_STAGE, isPercent, sameStage, type Stage } from '../../core/shift/stage.ts'
import type { Table } from './table.ts'

/** Changes in a history: one a day for seventy years, and asked for from the newest. */
const PAGE_MAX = 1_000
const CURRENT = 'current'

interface Seen {
  readonly stage: Stage
  readonly number: number
}

export function tableShiftStore(table: Table, domain: string): ShiftStore {
  const pk = `${domain}#stage`
  const seen = async (): Promise<Seen> => {
    const item = await table.get(pk, CURRENT)
    if (item === undefined) return { stage: INITIAL_STAGE, number: 0 }
    const stage = stageIn(item)
    const number = Number(item['number']?.N)
    if (stage !== undefined && Number.isSafeInteger(number)) return { stage, number }
    throw new Error(`the item ${pk} ${CURRENT} of ${table.name} is damaged: put back the stage of its newest change`)
  }
  // One change after another, in the order they were asked for.
  let last: Promise<unknown> = Promise.resolve()
  const written = async (next: Stage, before: Stage | undefined): Promise<'set' | 'changedMeanwhile'> => {
    if (!isPercent(next.percent)) throw new Error(`a stage of ${next.percent} percent cannot be`)
    const { stage, number } = await seen()
    if (before !== undefined && !sameStage(stage, before)) return 'changedMeanwhile'
    return (await write(table, { pk, number, next })) ? 'set' : 'changedMeanwhile'
  }
  return {
    current: async () => (await seen()).stage,
    set: (wanted, before) => {
      const turn = last.then(() => written(wanted, before))
      last = turn.catch(() => undefined)
      return turn
    },
    async history(limit) {
      if (limit < 1) return []
      const items = await table.newest(pk, 'v', Math.min(limit, PAGE_MAX))
      return items.flatMap((item) => stageIn(item) ?? []).toReversed()
    },
  }
}

/** False when another was first. */
async function write(
  table: Table,
  { pk, number, next }: { readonly pk: string; readonly number: number; readonly next: Stage },
): Promise<boolean> {
  const stage = { stage: { S: JSON.stringify(next) }, number: { N: String(number + 1) } }
  const condition =
    number === 0
      ? { ConditionExpression: 'attribute_not_exists(pk)' }
      : {
          ConditionExpression: '#number = :number',
          ExpressionAttributeNames: { '#number': 'number' },
          ExpressionAttributeValues: { ':number': { N: String(number) } },
        }
  const change = { pk: { S: pk }, sk: { S: `v${String(number + 1).padStart(12, '0')}` }, ...stage }
  return table.putAll([
    { Item: { pk: { S: pk }, sk: { S: CURRENT }, ...stage }, ...condition },
    { Item: change, ConditionExpression: 'attribute_not_exists(pk)' },
  ])
}

/** Undefined for anything that is not exactly a stage: a guessed percent would move a million mails. */
function stageIn(item: Readonly<Record<string, AttributeValue>>): Stage | undefined {
  let value: unknown
  try {
    value = JSON.parse(item['stage']?.S ?? '')
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null) return undefined
  const { percent, changedAt, changedBy, reason, heldBack } = value as Partial<Record<keyof Stage, unknown>>
  if (typeof percent !== 'number' || !isPercent(percent) || typeof changedAt !== 'number') return undefined
  if (typeof changedBy !== 'string' || typeof reason !== 'string') return undefined
  const held = Array.isArray(heldBack) ? heldBack.filter((domain) => typeof domain === 'string') : []
  return { percent, changedAt, changedBy, reason, ...(held.length === 0 ? {} : { heldBack: held }) }
}

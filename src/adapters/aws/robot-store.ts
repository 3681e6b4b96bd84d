// What the robot remembers, in DynamoDB: one item is its state, and each decision is an item of its own, packed. Its rules: the
// decision is written with the state or not at all, and a state is written only over the one that was read.
import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import type { DecisionRecord } from '../../core/shift/decision.ts'
import type { RobotStore } from '../../core/shift/ports.ts'
import type { RobotState } from '../../core/shift/robot-state.ts'
import type { Item, ItemPut, Table } from './table.ts'

const STATE = 'state'
/** The form of the state, so that a later Watari knows what it reads. */
const VERSION = 1
/** What a person asks back for is of the last months; the table's TTL takes away what is older. */
const DECISION_DAYS = 400
const DAY_MS = 86_400_000
/** An item has at most 400 KB; a decision of 60 kB is some 8 kB packed. */
const PACKED_OCTETS_MAX = 390_000
const UNPACKED_OCTETS_MAX = 64 * 1_048_576
const DECISIONS_MAX = 1_000

const packed = promisify<string, Buffer>(gzip)
const unpacked = promisify<Uint8Array, { maxOutputLength: number }, Buffer>(gunzip)

export interface TableRobotStoreOptions {
  readonly table: Table
  readonly domain: string
  readonly onTrouble: (message: string) => void
}

export function tableRobotStore({ table, domain, onTrouble }: TableRobotStoreOptions): RobotStore {
  const pk = `${domain}#robot`
  return {
    async load() {
      const item = await table.get(pk, STATE)
      return item === undefined ? undefined : stateIn(item, `the item ${pk} ${STATE} of ${table.name}`)
    },
    async save(state, decision, before) {
      const put = { Item: { pk: { S: pk }, sk: { S: STATE }, ...stateFields(state) }, ...conditionOf(before) }
      const puts: [ItemPut, ...ItemPut[]] =
        decision === undefined ? [put] : [put, { Item: { pk: { S: pk }, ...(await decisionFields(decision)) } }]
      return (await table.putAll(puts)) ? 'saved' : 'changedMeanwhile'
    },
    async decisions(limit) {
      if (limit < 1) return []
      const items = await table.newest(pk, 'd', Math.min(limit, DECISIONS_MAX))
      const records = await Promise.all(items.map(decisionIn))
      const damaged = records.filter((record) => record === undefined).length
      if (damaged > 0) onTrouble(`${table.name} has ${damaged} damaged decisions; they are left out`)
      return records.filter((record) => record !== undefined).toReversed()
    },
  }
}

function stateFields(state: RobotState): Item {
  return { state: { S: JSON.stringify(state) }, version: { N: String(VERSION) } }
}

/** What was read is written again by the same JSON, so that its text says whether anybody has been here. */
function conditionOf(before: { readonly state: RobotState | undefined } | undefined): Partial<ItemPut> {
  if (before === undefined) return {}
  if (before.state === undefined) return { ConditionExpression: 'attribute_not_exists(pk)' }
  return {
    ConditionExpression: '#state = :before',
    ExpressionAttributeNames: { '#state': 'state' },
    ExpressionAttributeValues: { ':before': { S: JSON.stringify(before.state) } },
  }
}

/** Rejects when it cannot be read: a guess could forget a person's lock. */
function stateIn(item: Item, what: string): RobotState {
  const version = Number(item['version']?.N)
  if (version !== VERSION && Number.isSafeInteger(version)) {
    throw new Error(`${what} has the form ${version}; this Watari reads ${VERSION}: use the Watari that wrote it`)
  }
  const state = parsed<RobotState>(item['state']?.S ?? '')
  const { coolDownUntil, failures, heldBack } = state ?? {}
  const isState = typeof coolDownUntil === 'number' && typeof failures === 'object' && Array.isArray(heldBack)
  if (version === VERSION && isState) return state as RobotState
  throw new Error(
    `${what} is damaged: delete it; then no lock is remembered and the robot waits for "watari shift start"`,
  )
}

async function decisionFields(decision: DecisionRecord): Promise<Item> {
  const whole = await packed(JSON.stringify(decision))
  // What it was made on is too much for an item: the decision itself is kept all the same.
  const small = { ...decision, observation: { ...decision.observation, windows: [] } }
  const B = whole.length <= PACKED_OCTETS_MAX ? whole : await packed(JSON.stringify(small))
  return {
    sk: { S: `d${String(decision.at).padStart(15, '0')}#${decision.id}` },
    decision: { B },
    expiresAt: { N: String(Math.ceil((decision.at + DECISION_DAYS * DAY_MS) / 1_000)) },
  }
}

async function decisionIn(item: Item): Promise<DecisionRecord | undefined> {
  try {
    const text = await unpacked(item['decision']?.B ?? new Uint8Array(), { maxOutputLength: UNPACKED_OCTETS_MAX })
    const value = parsed<DecisionRecord>(text.toString())
    if (typeof value?.id !== 'string' || typeof value.at !== 'number') return undefined
    return typeof value.decision === 'object' && typeof value.observation === 'object'
      ? (value as DecisionRecord)
      : undefined
  } catch {
    return undefined
  }
}

function parsed<T extends object>(text: string): Partial<T> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}

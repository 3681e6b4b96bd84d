// The one table of a plan in DynamoDB, and the calls that the stores make of it. Keys are `pk` and `sk`, both strings; items that
// may go have `expiresAt`, epoch seconds, for the table's TTL. Its rule: reads are consistent, and a condition that does not
// hold is a value, not an error.
import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  type AttributeValue,
  type Put,
} from '@aws-sdk/client-dynamodb'
import { answerName, clientSettings, whatCame, type AwsPlace } from './place.ts'

export type Item = Readonly<Record<string, AttributeValue>>
export type ItemPut = Omit<Put, 'TableName'>

export interface Table {
  readonly name: string
  get(pk: string, sk: string): Promise<Item | undefined>
  /** All or none; false when a condition does not hold, or somebody writes the same items in this moment. */
  putAll(puts: readonly [ItemPut, ...ItemPut[]]): Promise<boolean>
  /** Those whose sort key begins so, the last first. */
  newest(pk: string, beginning: string, limit: number): Promise<readonly Item[]>
  stop(): void
}

/** A look every few seconds must not wait for a minute: mail goes by the last known stage meanwhile. */
const ANSWER_TIMEOUT_MS = 3_000
/** Pages of 1 MiB. */
const PAGES_MAX = 100

export function dynamoTable({ table: name, ...place }: AwsPlace & { readonly table: string }): Table {
  const client = new DynamoDBClient(clientSettings(place, ANSWER_TIMEOUT_MS))
  return {
    name,
    stop: () => client.destroy(),
    async get(pk, sk) {
      const Key = { pk: { S: pk }, sk: { S: sk } }
      const command = new GetItemCommand({ TableName: name, Key, ConsistentRead: true })
      return (await asked('GetItem', name, () => client.send(command))).Item
    },
    putAll: ([first, ...rest]) =>
      asked('PutItem', name, () =>
        (rest.length === 0
          ? client.send(new PutItemCommand({ TableName: name, ...first }))
          : client.send(
              new TransactWriteItemsCommand({
                TransactItems: [first, ...rest].map((put) => ({ Put: { TableName: name, ...put } })),
              }),
            )
        ).then(() => true, falseWhenOvertaken),
      ),
    async newest(pk, beginning, limit) {
      const found: Item[] = []
      let ExclusiveStartKey: Record<string, AttributeValue> | undefined
      for (let page = 1; page <= PAGES_MAX && found.length < limit; page += 1) {
        const command = new QueryCommand({
          TableName: name,
          KeyConditionExpression: 'pk = :pk AND begins_with(sk, :sk)',
          ExpressionAttributeValues: { ':pk': { S: pk }, ':sk': { S: beginning } },
          ScanIndexForward: false,
          ConsistentRead: true,
          Limit: limit - found.length,
          ...(ExclusiveStartKey === undefined ? {} : { ExclusiveStartKey }),
        })
        const { Items = [], LastEvaluatedKey } = await asked('Query', name, () => client.send(command))
        found.push(...Items)
        ExclusiveStartKey = LastEvaluatedKey
        if (ExclusiveStartKey === undefined) break
      }
      return found
    },
  }
}

function falseWhenOvertaken(error: unknown): boolean {
  if (error instanceof ConditionalCheckFailedException) return false
  if (error instanceof TransactionCanceledException) {
    const codes = (error.CancellationReasons ?? []).map(({ Code }) => Code)
    if (codes.includes('ConditionalCheckFailed') || codes.includes('TransactionConflict')) return false
  }
  throw error
}

function asked<T>(action: string, table: string, call: () => Promise<T>): Promise<T> {
  return call().catch((error: unknown) => {
    const mend = MENDING[answerName(error) ?? '']
    const hint = mend === undefined ? '' : `: ${mend}`
    return Promise.reject(new Error(`${action} in the table ${table} failed: ${whatCame('DynamoDB', error)}${hint}`))
  })
}

const MENDING: Readonly<Record<string, string>> = {
  AccessDeniedException: 'allow dynamodb:GetItem, PutItem and Query on the table to these credentials',
  ResourceNotFoundException: 'make the table of shift.table in the region of the plan, with the keys pk and sk',
  ValidationException: 'the table of shift.table has the keys pk and sk, both strings',
  UnrecognizedClientException: 'these credentials are of no account',
  ExpiredTokenException: 'the credentials have expired: renew them',
}

// The stage and what the robot remembers, in DynamoDB, against an emulator that others wrote: the contracts of both stores, and
// two gateways that use them at once.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CreateTableCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { tableRobotStore } from '../../src/adapters/aws/robot-store.ts'
import { tableShiftStore } from '../../src/adapters/aws/shift-store.ts'
import { dynamoTable, type Table } from '../../src/adapters/aws/table.ts'
import { NEW_ROBOT } from '../../src/core/shift/robot-state.ts'
import { INITIAL_STAGE, type Stage } from '../../src/core/shift/stage.ts'
import { readPlan } from '../../src/wiring/config.ts'
import { openStage } from '../../src/wiring/stage-store.ts'
import { aDecision, robotStoreContract } from '../contracts/robot-store.contract.ts'
import { shiftStoreContract } from '../contracts/shift-store.contract.ts'
import { fakeClock, recordedLog } from '../support/fakes.ts'
import { describeJudged } from '../support/judge.ts'
import { freePort } from '../support/loopback-relay.ts'
import { MOTO_CREDENTIALS, motoJudge, startMoto, type Moto } from '../support/moto.ts'

const REGION = 'ap-northeast-1'
const TABLE = 'watari'
let moto: Moto | undefined
let client: DynamoDBClient
let domains = 0
const opened: Table[] = []

const aDomain = () => `d${(domains += 1)}.example`

function table(change: { readonly endpoint?: string; readonly table?: string } = {}): Table {
  const place = { region: REGION, credentials: MOTO_CREDENTIALS, endpoint: moto!.endpoint, table: TABLE }
  opened.push(dynamoTable({ ...place, ...change }))
  return opened.at(-1)!
}

const stage = (percent: number): Stage => ({ percent, changedAt: percent, changedBy: 'sato', reason: `to ${percent}` })
const robotOf = (domain: string, troubles: string[] = []) =>
  tableRobotStore({ table: table(), domain, onTrouble: (message) => void troubles.push(message) })

describeJudged('DynamoDB', motoJudge, () => {
  beforeAll(async () => {
    moto = await startMoto()
    client = new DynamoDBClient({ region: REGION, endpoint: moto.endpoint, credentials: MOTO_CREDENTIALS })
    await client.send(
      new CreateTableCommand({
        TableName: TABLE,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [
          { AttributeName: 'pk', AttributeType: 'S' },
          { AttributeName: 'sk', AttributeType: 'S' },
        ],
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
      }),
    )
  })
  afterAll(async () => {
    opened.forEach((each) => each.stop())
    client.destroy()
    await moto?.stop()
  })

  shiftStoreContract('a table', async () => {
    const domain = aDomain()
    return { reopen: async () => tableShiftStore(table(), domain), remove: async () => {} }
  })

  robotStoreContract('a table', async () => {
    const domain = aDomain()
    return { reopen: async () => robotOf(domain), remove: async () => {} }
  })

  describe('two gateways', () => {
    test('that set the stage at once: one wins, the other reads again, and the history has one change', async () => {
      const domain = aDomain()
      const gateways = [1, 2, 3, 4].map(() => tableShiftStore(table(), domain))
      const answers = await Promise.all(gateways.map((store, i) => store.set(stage(10 * (i + 1)), INITIAL_STAGE)))
      expect(answers.toSorted()).toEqual(['changedMeanwhile', 'changedMeanwhile', 'changedMeanwhile', 'set'])
      const won = stage(10 * (answers.indexOf('set') + 1))
      for (const store of gateways) expect(await store.current()).toEqual(won)
      expect(await gateways[0]!.history(10)).toEqual([won])
      expect(await gateways[1]!.set(stage(100), won)).toBe('set')
      expect(await gateways[0]!.history(10)).toEqual([won, stage(100)])
    })

    test('whose robots save at once: one wins, and the other has saved neither state nor decision', async () => {
      const domain = aDomain()
      const [one, other] = [robotOf(domain), robotOf(domain)]
      await one.save(NEW_ROBOT)
      const before = { state: await other.load() }
      expect(await one.save({ ...NEW_ROBOT, coolDownUntil: 1 }, aDecision(1), before)).toBe('saved')
      expect(await other.save({ ...NEW_ROBOT, coolDownUntil: 2 }, aDecision(2), before)).toBe('changedMeanwhile')
      expect((await other.load())?.coolDownUntil).toBe(1)
      expect((await other.decisions(10)).map(({ id }) => id)).toEqual(['d-1'])
    })

    test('of two domains share a table and nothing else', async () => {
      await tableShiftStore(table(), 'a.example').set(stage(10))
      expect(await tableShiftStore(table(), 'b.example').current()).toEqual(INITIAL_STAGE)
    })
  })

  describe('a plan with a table', () => {
    const PLAN = `domain: example.jp
region: ap-northeast-1
legacy: { hosts: [{ host: mx1.example.jp }] }
shift: { table: watari }
`
    const folders: string[] = []
    afterAll(() => {
      vi.unstubAllEnvs()
      folders.forEach((folder) => rmSync(folder, { recursive: true }))
    })

    async function aGateway(endpoint: string, known?: Stage) {
      const dataFolder = mkdtempSync(join(tmpdir(), 'watari-gateway-'))
      folders.push(dataFolder)
      writeFileSync(join(dataFolder, 'plan.yaml'), PLAN)
      if (known !== undefined) writeFileSync(join(dataFolder, 'stage.json'), JSON.stringify(known))
      const reading = readPlan(join(dataFolder, 'plan.yaml'))
      if (reading.kind !== 'plan') throw new Error(JSON.stringify(reading))
      vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', endpoint)
      const environment = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' }
      const basics = { clock: fakeClock(), log: recordedLog() }
      const open = await openStage({ plan: reading.plan, dataFolder, environment, basics })
      const seen: number[] = []
      open.follow(({ percent }) => void seen.push(percent))
      return { ...open, seen, clock: basics.clock, log: basics.log }
    }

    test('has its stage on every gateway after one look, five seconds later', async () => {
      const [one, other] = [await aGateway(moto!.endpoint), await aGateway(moto!.endpoint)]
      await vi.waitFor(() => expect(other.seen).toEqual([0]))
      expect(await one.store.set(stage(10))).toBe('set')
      await other.clock.advance(5_000)
      await vi.waitFor(() => expect(other.seen).toEqual([0, 10]))
      expect(await other.store.current()).toEqual(stage(10))
      await Promise.all([one.stop(), other.stop()])
    })

    test('starts without AWS by its last known stage, says so, and can still go down', async () => {
      const cut = await aGateway(`http://127.0.0.1:${await freePort(['127.0.0.1'])}`, stage(50))
      expect(await cut.store.current()).toEqual(stage(50))
      expect(cut.log.lines.filter(({ event }) => event === 'sharedStageLost')).toMatchObject([
        { level: 'alarm', fields: { table: 'watari', goesOnBy: 50 } },
      ])
      await expect(cut.store.set(stage(100))).rejects.toThrow('DynamoDB gave no answer')
      expect(await cut.store.set({ ...stage(0), changedAt: 99 })).toBe('set')
      expect((await cut.store.current()).percent).toBe(0)
      await cut.stop()
    })
  })

  test('a history longer than is asked for is read from its end', async () => {
    const store = tableShiftStore(table(), aDomain())
    for (let percent = 1; percent <= 12; percent += 1) await store.set(stage(percent))
    expect((await store.history(3)).map(({ percent }) => percent)).toEqual([10, 11, 12])
  })

  test('a damaged stage or state is told by its name, and never guessed', async () => {
    const domain = aDomain()
    const put = (pk: string, sk: string) =>
      client.send(new PutItemCommand({ TableName: TABLE, Item: { pk: { S: pk }, sk: { S: sk }, stage: { S: '{' } } }))
    await put(`${domain}#stage`, 'current')
    await put(`${domain}#robot`, 'state')
    await expect(tableShiftStore(table(), domain).current()).rejects.toThrow(
      `${domain}#stage current of watari is damaged`,
    )
    await expect(tableShiftStore(table(), domain).set(stage(10))).rejects.toThrow('is damaged')
    await expect(robotOf(domain).load()).rejects.toThrow(`${domain}#robot state of watari is damaged`)
  })

  test('a damaged decision is left out and told', async () => {
    const domain = aDomain()
    const troubles: string[] = []
    const store = robotOf(domain, troubles)
    await store.save(NEW_ROBOT, aDecision(1))
    const Item = { pk: { S: `${domain}#robot` }, sk: { S: 'd000000000000002#d-2' }, decision: { B: new Uint8Array(9) } }
    await client.send(new PutItemCommand({ TableName: TABLE, Item }))
    expect((await store.decisions(10)).map(({ id }) => id)).toEqual(['d-1'])
    expect(troubles).toEqual(['watari has 1 damaged decisions; they are left out'])
  })

  test('a table that is not there says what to do', async () => {
    await expect(tableShiftStore(table({ table: 'nowhere' }), 'a.example').current()).rejects.toThrow(
      'make the table of shift.table in the region of the plan, with the keys pk and sk',
    )
  })

  test('a DynamoDB that does not answer is told within seconds', async () => {
    const endpoint = `http://127.0.0.1:${await freePort(['127.0.0.1'])}`
    await expect(tableShiftStore(table({ endpoint }), 'a.example').current()).rejects.toThrow('DynamoDB gave no answer')
  })
})

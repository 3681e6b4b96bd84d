// The zone in Route 53 against an emulator that others wrote: the same contract as the zone in a file.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { CreateHostedZoneCommand, Route53Client } from '@aws-sdk/client-route-53'
import { afterAll, beforeAll } from 'vitest'
import { route53Zone } from '../../src/adapters/aws/zone.ts'
import { zoneContract } from '../contracts/zone.contract.ts'
import { describeJudged, programJudge } from '../support/judge.ts'
import { freePort } from '../support/loopback-relay.ts'

const CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' }
const START_MS = 30_000

let moto: ChildProcess | undefined
let endpoint = ''
let zones = 0

async function startMoto(): Promise<void> {
  const port = await freePort(['127.0.0.1'])
  endpoint = `http://127.0.0.1:${port}`
  moto = spawn('moto_server', ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' })
  const child = moto
  process.once('exit', () => void child.kill('SIGKILL'))
  for (const until = Date.now() + START_MS; Date.now() < until;) {
    const answer = await fetch(`${endpoint}/moto-api/data.json`).catch(() => undefined)
    if (answer?.ok === true) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error('moto did not start')
}

describeJudged('Route 53', programJudge('moto_server', "pip install 'moto[route53,server]==5.2.1'"), () => {
  beforeAll(startMoto)
  afterAll(async () => {
    moto?.kill('SIGTERM')
    if (moto !== undefined && moto.exitCode === null) await once(moto, 'exit')
  })

  zoneContract('a hosted zone', async () => {
    const client = new Route53Client({ region: 'us-east-1', endpoint, credentials: CREDENTIALS })
    const { HostedZone } = await client.send(
      new CreateHostedZoneCommand({ Name: 'dkim.example', CallerReference: `zone ${(zones += 1)}` }),
    )
    client.destroy()
    const hostedZoneId = HostedZone!.Id!.replace('/hostedzone/', '')
    const opened: ReturnType<typeof route53Zone>[] = []
    return {
      reopen: async () => {
        const zone = route53Zone({ apex: 'dkim.example', hostedZoneId, credentials: CREDENTIALS, endpoint })
        opened.push(zone)
        return zone
      },
      remove: async () => opened.forEach((zone) => zone.stop()),
    }
  })
})

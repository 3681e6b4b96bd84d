// The zone in Route 53 against an emulator that others wrote: the same contract as the zone in a file.
import { CreateHostedZoneCommand, Route53Client } from '@aws-sdk/client-route-53'
import { afterAll, beforeAll } from 'vitest'
import { route53Zone } from '../../src/adapters/aws/zone.ts'
import { zoneContract } from '../contracts/zone.contract.ts'
import { describeJudged } from '../support/judge.ts'
import { MOTO_CREDENTIALS, motoJudge, startMoto, type Moto } from '../support/moto.ts'

let moto: Moto | undefined
let zones = 0

describeJudged('Route 53', motoJudge, () => {
  beforeAll(async () => {
    moto = await startMoto()
  })
  afterAll(() => moto?.stop())

  zoneContract('a hosted zone', async () => {
    const { endpoint } = moto!
    const client = new Route53Client({ region: 'us-east-1', endpoint, credentials: MOTO_CREDENTIALS })
    const { HostedZone } = await client.send(
      new CreateHostedZoneCommand({ Name: 'dkim.example', CallerReference: `zone ${(zones += 1)}` }),
    )
    client.destroy()
    const hostedZoneId = HostedZone!.Id!.replace('/hostedzone/', '')
    const opened: ReturnType<typeof route53Zone>[] = []
    return {
      reopen: async () => {
        const zone = route53Zone({ apex: 'dkim.example', hostedZoneId, credentials: MOTO_CREDENTIALS, endpoint })
        opened.push(zone)
        return zone
      },
      remove: async () => opened.forEach((zone) => zone.stop()),
    }
  })
})

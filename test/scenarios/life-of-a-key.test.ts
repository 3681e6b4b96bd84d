// The life of a key from nothing to SUCCESS, through phases 4 to 8 of the design (§10.1), with BIND as the customer's servers.
import { CreateEmailIdentityCommand, SESv2Client } from '@aws-sdk/client-sesv2'
import { expect, test } from 'vitest'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/core/base/clock.ts'
import { describeJudged } from '../support/judge.ts'
import { keyWorld, type KeyWorld } from '../support/key-world.ts'
import { BIND } from '../support/name-server.ts'

const inWorld = async (
  options: Parameters<typeof keyWorld>[0],
  act: (world: KeyWorld) => Promise<void>,
): Promise<void> => {
  const world = await keyWorld(options)
  try {
    await act(world)
  } finally {
    await world.stop()
  }
}

/** Until SES has looked and said SUCCESS twice. */
async function untilSigned(world: KeyWorld): Promise<void> {
  for (let looks = 0; looks < 40; looks += 1) {
    const { phase } = await world.pass(MINUTE_MS)
    if (phase.number === 8) return
  }
  throw new Error(`never signed: ${await world.command('dkim', 'verify')}`)
}

describeJudged('from nothing to SUCCESS', BIND, () => {
  test.each(['txt', 'cname'] as const)(
    'by %s, with a DNS team that takes twelve days and a server that lags',
    (publish) =>
      inWorld({ publish }, async (world) => {
        // Phases 4 and 5: keys are made, and the DNS team is asked.
        const asked = await world.pass(0)
        expect(asked.phase).toMatchObject({ number: 6, name: 'waiting for DNS' })
        expect(asked.keys.map(({ selector, role, publication }) => `${selector} ${role} ${publication}`)).toEqual([
          'watari1 next nowhere',
          'watari2 spare nowhere',
          'watari3 spare nowhere',
        ])
        expect(asked.waitsFor).toBe('dnsTeam')
        expect(await world.command('dkim', 'status')).toContain('Phase:        6 of 8, waiting for DNS, since')
        expect(asked.ses.identity).toBe('missing')
        const lines = world.requested()
        expect(lines).toContain(
          publish === 'txt'
            ? 'watari1._domainkey 60 IN TXT "v=DKIM1; k=rsa; p='
            : 'watari1._domainkey 60 IN CNAME watari1.goo.example.keys.example.net.',
        )

        // Phase 6: two weeks, a reminder, and the first server.
        const waited = await world.pass(12 * DAY_MS)
        expect(waited.request?.reminders).toBe(1)
        await world.enter(lines, ['ns1'])
        const half = await world.pass(MINUTE_MS)
        expect(half.keys[0]).toMatchObject({
          state: 'asked',
          publication: 'partly',
          note: '127.0.0.2 does not have it yet',
        })
        await world.enter(lines, ['ns2'])
        const whole = await world.pass(MINUTE_MS)
        expect(whole.keys[0]).toMatchObject({ state: 'published', publication: 'everywhere' })
        expect(await world.command('stage', 'set', '10', '--reason', 'too early')).toContain(
          'SES has no identity for goo.example',
        )

        // Phase 7: proven by its TTL, given to SES, confirmed.
        await untilSigned(world)
        const signed = await world.status()
        expect(signed.phase).toMatchObject({ number: 8, name: 'watching' })
        expect(await world.command('dkim', 'status')).toContain('Phase:        8 of 8, watching, since')
        expect(signed.ses).toMatchObject({ dkim: 'SUCCESS', signing: true, origin: 'EXTERNAL' })
        expect(signed.keys[0]).toMatchObject({ selector: 'watari1', role: 'current' })

        // Phase 8, and MAIL FROM beside it: mail through SES is aligned, so the stage may rise.
        const ready = await world.pass(HOUR_MS)
        expect(ready.ses.mailFrom).toBe('bounce.goo.example SUCCESS')
        expect(await world.command('stage', 'set', '10', '--reason', 'first step')).toContain('10 % to SES')
        expect(await world.command('dkim', 'history')).toContain('finishSwitch')
      }),
  )
})

describeJudged('an alias that SES does not follow', BIND, () => {
  test('is told apart by its own status, and TXT is asked for and takes over', () =>
    inWorld({ publish: 'cname', settings: { byodkimCname: 'refuse' } }, async (world) => {
      await world.pass(0)
      await world.enter(world.requested())
      for (let looks = 0; looks < 6; looks += 1) await world.pass(HOUR_MS)
      const status = await world.status()
      expect(status.publishing).toBe('txt')
      expect(await world.command('dkim', 'history')).toContain('it does not follow it')
      expect(world.requested()).toContain('watari1._domainkey 60 IN TXT')
      await world.enter(world.requested())
      await world.pass(MINUTE_MS)
      await untilSigned(world)
      expect((await world.status()).ses.dkim).toBe('SUCCESS')
    }))
})

describeJudged('what the DNS team enters wrongly', BIND, () => {
  // C32.
  test('is found at the name where it lies, told once, and right in the end', () =>
    inWorld({ publish: 'txt' }, async (world) => {
      await world.pass(0)
      const lines = world.requested()
      const doubled = lines
        .replaceAll('watari1._domainkey ', 'watari1._domainkey.goo.example ')
        .replaceAll('watari2._domainkey ', 'watari2.domainkey ')
      await world.enter(doubled)
      const status = await world.pass(MINUTE_MS)
      expect(status.keys.map(({ note }) => note)).toEqual([
        'zoneAppended: found at watari1._domainkey.goo.example.goo.example',
        'underscoreLost: found at watari2.domainkey.goo.example',
        undefined,
      ])
      await world.pass(HOUR_MS)
      const history = await world.command('dkim', 'history')
      expect(history.match(/a correction of the request/g)).toHaveLength(1)
      await world.enter(lines)
      await world.pass(MINUTE_MS)
      await untilSigned(world)
    }))
})

// AWS: mail may go out unsigned while a change from Easy DKIM is pending.
describeJudged('a change from Easy DKIM at half the traffic', BIND, () => {
  test('is refused with what to do, and follows by itself when the stage is 0', () =>
    inWorld({ publish: 'txt', before: easyIdentity }, async (world) => {
      await world.pass(0)
      await world.enter(world.requested())
      expect(await world.command('stage', 'set', '50', '--reason', 'by Easy DKIM')).toContain('50 % to SES')
      await world.pass(MINUTE_MS)
      const refused = await world.pass(2 * HOUR_MS)
      expect(refused).toMatchObject({ waitsFor: 'operator', ses: { origin: 'AWS_SES', dkim: 'SUCCESS' } })
      expect(await world.command('dkim', 'rotate', '--now', '--reason', 'we want it')).toContain(
        'set the stage to 0 first',
      )
      await world.command('stage', 'set', '0', '--reason', 'for the change of key')
      await untilSigned(world)
      expect((await world.status()).ses).toMatchObject({ origin: 'EXTERNAL', dkim: 'SUCCESS' })
    }))
})

/** As the console makes it: Easy DKIM, with its three CNAMEs in the zone. */
async function easyIdentity({ apiUrl, credentials }: KeyWorld['standin']): Promise<string> {
  const client = new SESv2Client({ endpoint: apiUrl, region: 'ap-northeast-1', credentials })
  const { DkimAttributes } = await client.send(new CreateEmailIdentityCommand({ EmailIdentity: 'goo.example' }))
  client.destroy()
  return DkimAttributes!
    .Tokens!.map((token) => `${token}._domainkey 60 IN CNAME ${token}.dkim.amazonses.com.`)
    .join('\n')
}

import { describe, expect, test } from 'vitest'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../base/clock.ts'
import { dkimWorld, type DkimWorld } from '../../../test/support/dkim-world.ts'
import { wallText } from '../base/zoned-time.ts'
import { dkimStatus } from './status.ts'

const steps = ({ history }: DkimWorld) =>
  history.map(
    ({ at, step, selector }) => `${wallText(at, 'Asia/Tokyo')} ${step}${selector === undefined ? '' : ` ${selector}`}`,
  )

const status = async (world: DkimWorld) => {
  const report = await world.tick()
  return dkimStatus(report.observation, report.decision, world.policy)
}

describe('from nothing to a signature', () => {
  test('three keys are made, asked for once, waited for, proven by their TTL, switched on and watched', async () => {
    const world = dkimWorld()
    await world.tick()
    expect(steps(world)).toEqual([
      '2026-11-25 11:00 makeKey watari1',
      '2026-11-25 11:00 makeKey watari2',
      '2026-11-25 11:00 makeKey watari3',
      '2026-11-25 11:00 askDnsTeam',
      '2026-11-25 11:00 askDnsTeam',
    ])
    expect((await status(world)).phase).toEqual({ number: 6, name: 'waiting for DNS', since: world.now() })
    expect(world.letters).toHaveLength(1)

    await world.pass(9 * DAY_MS)
    await world.publish()
    await world.pass(10 * MINUTE_MS)
    expect(steps(world).slice(5)).toEqual([
      '2026-12-01 09:00 noteMonthly',
      '2026-12-04 11:00 noteSeen watari1',
      '2026-12-04 11:00 noteSeen watari2',
      '2026-12-04 11:00 noteSeen watari3',
      '2026-12-04 11:00 closeRequest',
    ])
    // A resolver that heard "no such name" may say so for its SOA's time, and the record's TTL is longer: an hour.
    expect(world.ses.identity).toBeUndefined()
    await world.pass(51 * MINUTE_MS)
    expect(steps(world).slice(10)).toEqual([
      '2026-12-04 12:00 noteProven watari1',
      '2026-12-04 12:00 noteProven watari2',
      '2026-12-04 12:00 noteProven watari3',
      '2026-12-04 12:00 beginSwitch watari1',
      '2026-12-04 12:00 giveKey watari1',
    ])
    expect((await status(world)).phase).toMatchObject({ number: 7, name: 'switching on' })
    await world.pass(10 * MINUTE_MS)
    expect(steps(world).slice(15)).toEqual([
      '2026-12-04 12:05 noteSuccess watari1',
      '2026-12-04 12:05 finishSwitch watari1',
    ])
    expect(world.ses.signature()).toBe('watari1')
    expect((await status(world)).phase).toMatchObject({ number: 8, name: 'watching' })
    expect((await status(world)).keys.map(({ selector, role }) => `${selector} ${role}`)).toEqual([
      'watari1 current',
      'watari2 next',
      'watari3 spare',
    ])
  })

  test('with CNAMEs into a zone of our own, the keys are in that zone before the DNS team is asked', async () => {
    const world = dkimWorld({ publishing: 'cname' })
    await world.tick()
    expect(world.history.map(({ step }) => step)).toEqual([
      'makeKey',
      'makeKey',
      'makeKey',
      'writeZone',
      'writeZone',
      'writeZone',
      'askDnsTeam',
      'askDnsTeam',
    ])
    expect((await world.wanted()).filter(({ type }) => type === 'CNAME')).toMatchObject([
      { name: 'watari1._domainkey.example.jp', value: 'watari1.example.jp.keys.example.net', action: 'add' },
      { name: 'watari2._domainkey.example.jp', value: 'watari2.example.jp.keys.example.net', action: 'add' },
      { name: 'watari3._domainkey.example.jp', value: 'watari3.example.jp.keys.example.net', action: 'add' },
    ])
    await world.pass(3 * DAY_MS)
    await world.publish()
    await world.pass(2 * HOUR_MS)
    expect(world.ses.signature()).toBe('watari1')
  })
})

/** A world where watari1 signs, watari2 is next and watari3 spare. */
async function signing(change: Parameters<typeof dkimWorld>[0] = {}): Promise<DkimWorld> {
  const world = dkimWorld(change)
  await world.tick()
  await world.publish()
  await world.pass(2 * HOUR_MS)
  expect(world.ses.signature()).toBe('watari1')
  return world
}

describe('a rotation', () => {
  test('comes by itself when the key ends within thirty days, and says so', async () => {
    const world = await signing()
    await world.pass(335 * DAY_MS)
    // Signed since 25 November 2026, 12:05: it ends a year later, and thirty days before that is 26 October 2027.
    expect(world.ses.signature()).toBe('watari1')
    expect(world.alerts).toEqual([])
    await world.pass(2 * DAY_MS)
    expect(world.ses.signature()).toBe('watari2')
    expect(world.alerts.map(({ subject }) => subject)).toEqual([
      '[Watari] critical: DKIM of example.jp: the DKIM key watari1 ends on 2027-11-25',
      '[Watari] over: DKIM of example.jp: the DKIM key watari1 ends on 2027-11-25',
    ])
  })

  test('holds the traffic until SES has said SUCCESS twice, and not longer', async () => {
    const world = await signing()
    world.traffic.percent = 50
    await world.tick({ rotate: true, by: 'tanaka' })
    expect(world.traffic.held).toBe(true)
    expect(world.ses.signature()).toBeUndefined()
    await world.pass(6 * MINUTE_MS)
    expect(world.traffic).toEqual({ percent: 50, held: false })
    expect(world.ses.signature()).toBe('watari2')
    expect(world.history.filter(({ by }) => by === 'tanaka').map(({ step }) => step)).toEqual([
      'beginSwitch',
      'giveKey',
    ])
  })

  test('that SES does not confirm for ten minutes sends the mail by legacy, and goes on waiting', async () => {
    const world = await signing()
    world.traffic.percent = 50
    world.ses.looksAfterMs = HOUR_MS
    await world.tick({ rotate: true, by: 'tanaka' })
    await world.pass(11 * MINUTE_MS)
    expect(world.traffic).toEqual({ percent: 0, held: true })
    await world.pass(HOUR_MS)
    expect(world.traffic).toEqual({ percent: 0, held: false })
    expect(world.ses.signature()).toBe('watari2')
  })

  test('keeps the old record for seven days, then asks for its revocation, then makes a key with a new selector', async () => {
    const world = await signing()
    await world.tick({ rotate: true, by: 'tanaka' })
    await world.pass(6 * DAY_MS)
    expect(await world.wanted()).not.toContainEqual(expect.objectContaining({ purpose: 'dkimRevocation' }))
    await world.pass(2 * DAY_MS)
    expect(await world.wanted()).toContainEqual(
      expect.objectContaining({ name: 'watari1._domainkey.example.jp', purpose: 'dkimRevocation', action: 'change' }),
    )
    expect(world.keys.has('watari1')).toBe(true)
    await world.publish()
    await world.pass(HOUR_MS)
    expect(world.keys.has('watari1')).toBe(false)
    expect(world.dns.texts('watari1._domainkey.example.jp', true)).toEqual(['v=DKIM1; k=rsa; p='])
    expect([...world.keys.keys()]).toEqual(['watari2', 'watari3', 'watari4'])
  })

  test('by alias revokes in our own zone without asking anybody, and rests the name before it is used again', async () => {
    const world = await signing({ publishing: 'cname' })
    const letters = world.letters.length
    await world.tick({ rotate: true, by: 'tanaka' })
    await world.pass(8 * DAY_MS)
    expect(world.dns.texts('watari1._domainkey.example.jp', true)).toEqual(['v=DKIM1; k=rsa; p='])
    expect([...world.keys.keys()]).toEqual(['watari2', 'watari3'])
    await world.pass(31 * DAY_MS)
    expect([...world.keys.keys()]).toEqual(['watari2', 'watari3', 'watari1'])
    expect(world.letters).toHaveLength(letters)
  })

  test('without a proven next key says what is missing and who must act', async () => {
    const world = dkimWorld()
    await world.tick()
    const report = await world.tick({ rotate: true, by: 'tanaka' })
    expect(report.decision.verdicts).toContainEqual(
      expect.objectContaining({
        check: 'switchOrdered',
        waitsFor: 'dnsTeam',
        message:
          'a person ordered it, but there is no key to switch to: watari1 is not published yet: the DNS team must enter its record first',
      }),
    )
  })
})

// C33.
describe('a step that comes too early', () => {
  test('is not taken while one server of several lacks the record', async () => {
    const world = dkimWorld()
    await world.tick()
    await world.publish()
    const value = world.dns.texts('watari1._domainkey.example.jp', true)!
    world.dns.erase('watari1._domainkey.example.jp', 'TXT')
    world.dns.enter({ name: 'watari1._domainkey.example.jp', type: 'TXT', values: value }, ['ns1.example.jp'])
    await world.pass(3 * HOUR_MS)
    expect(
      world.record()!.keys.map(({ selector, seenAt }) => `${selector} ${seenAt === undefined ? 'no' : 'seen'}`),
    ).toEqual(['watari1 no', 'watari2 seen', 'watari3 seen'])
    // The keys beside it are proven, so the first that is proven signs.
    expect(world.ses.signature()).toBe('watari2')
  })

  test('is not taken while a server does not answer', async () => {
    const world = dkimWorld()
    await world.tick()
    await world.publish()
    world.dns.breakServer('ns2.example.jp', 'SERVFAIL')
    await world.pass(3 * HOUR_MS)
    expect(world.record()!.keys.filter(({ seenAt }) => seenAt !== undefined)).toEqual([])
    expect((await status(world)).keys[0]).toMatchObject({
      publication: 'partly',
      note: 'ns2.example.jp (203.0.113.2) answers SERVFAIL',
    })
  })

  test.each(['PENDING', 'TEMPORARY_FAILURE', 'FAILED', 'NOT_STARTED', 'FAIL', 'success'])(
    'the status %s is not ready',
    async (word) => {
      const world = await signing()
      world.traffic.percent = 10
      await world.tick({ rotate: true, by: 'tanaka' })
      const identity = world.ses.identity!
      world.ses.looksAfterMs = Number.POSITIVE_INFINITY
      world.ses.identity = { ...identity, dkim: { ...identity.dkim, status: word } }
      await world.pass(MINUTE_MS)
      expect(world.traffic.held).toBe(true)
      expect(world.record()!.switching?.selector).toBe('watari2')
    },
  )
})

// AWS, "Provide your own DKIM authentication token": mail may be unsigned while a change from Easy DKIM is pending.
describe('from Easy DKIM', () => {
  const easy = async (change: Parameters<typeof dkimWorld>[0]): Promise<DkimWorld> => {
    const world = dkimWorld(change)
    world.ses.identity = {
      identity: 'example.jp',
      verifiedForSending: true,
      dkim: { signingEnabled: true, status: 'SUCCESS', origin: 'AWS_SES', tokens: ['a', 'b', 'c'] },
    }
    world.traffic.percent = 50
    await world.tick()
    await world.publish()
    await world.pass(2 * HOUR_MS)
    return world
  }

  test('the switch is refused while the stage is not 0, with one warning', async () => {
    const world = await easy({})
    await world.pass(3 * HOUR_MS)
    expect(world.ses.signature()).toBe('easy')
    expect(world.alerts.map(({ subject }) => subject)).toEqual([
      '[Watari] warning: DKIM of example.jp: the switch from Easy DKIM waits, because the stage is 50 %',
    ])
    world.traffic.percent = 0
    await world.pass(7 * HOUR_MS)
    expect(world.ses.signature()).toBe('watari1')
  })

  test('or the stage steps back first, when the plan says so', async () => {
    const world = await easy({ unsignedGap: 'stepBack' })
    expect(world.traffic).toEqual({ percent: 0, held: false })
    expect(world.ses.signature()).toBe('watari1')
  })
})

describe('an alias that SES does not follow', () => {
  test('is proven by its own status, and TXT is asked for in its place', async () => {
    const world = dkimWorld({ publishing: 'cname' })
    world.ses.followsAliases = false
    await world.tick()
    await world.publish()
    await world.pass(4 * HOUR_MS)
    expect(world.history.filter(({ step }) => step === 'askDnsTeam')).toHaveLength(4)
    expect(world.history.find(({ step }) => step === 'fallBackToTxt')?.message).toBe(
      'DNS shows watari1 through the CNAME, and SES answers PENDING (HOST_NOT_FOUND): it does not follow it',
    )
    expect((await world.wanted()).filter(({ purpose }) => purpose === 'dkimKey')).toMatchObject([
      { name: 'watari1._domainkey.example.jp', type: 'TXT', action: 'change', fault: 'aliasNotFollowed' },
      { name: 'watari2._domainkey.example.jp', type: 'TXT', action: 'change', fault: 'aliasNotFollowed' },
      { name: 'watari3._domainkey.example.jp', type: 'TXT', action: 'change', fault: 'aliasNotFollowed' },
    ])
    await world.publish()
    await world.pass(3 * HOUR_MS)
    expect(world.ses.signature()).toBe('watari1')
  })
})

describe('what happens to a key in use', () => {
  test('a record that goes is an alarm and a correction at once, and over when it is back', async () => {
    const world = await signing()
    const value = world.dns.texts('watari1._domainkey.example.jp', true)!
    world.dns.erase('watari1._domainkey.example.jp', 'TXT')
    await world.pass(7 * HOUR_MS)
    expect(world.alerts.map(({ subject }) => subject)).toEqual([
      '[Watari] critical: DKIM of example.jp: the record of the key in use is absent: receivers cannot verify mail',
    ])
    expect(world.letters.at(-1)?.subject).toContain('【DNS登録のお願い】')
    world.dns.enter({ name: 'watari1._domainkey.example.jp', type: 'TXT', values: value })
    await world.pass(HOUR_MS)
    expect(world.alerts.at(-1)?.subject).toContain('over:')
  })

  test('signing that somebody switched off is switched on again, with an alarm', async () => {
    const world = await signing()
    world.ses.identity = { ...world.ses.identity!, dkim: { ...world.ses.identity!.dkim, signingEnabled: false } }
    await world.pass(7 * HOUR_MS)
    expect(world.ses.signature()).toBe('watari1')
    expect(world.alerts[0]?.subject).toContain('somebody switched DKIM signing off in SES')
  })

  test('a key of somebody else is left alone, with an alarm', async () => {
    const world = await signing()
    const { dkim } = world.ses.identity!
    world.ses.identity = { ...world.ses.identity!, dkim: { ...dkim, origin: 'AWS_SES', tokens: ['x', 'y', 'z'] } }
    await world.pass(DAY_MS)
    expect(world.ses.identity.dkim.origin).toBe('AWS_SES')
    expect(world.alerts.map(({ level }) => level)).toEqual(['critical'])
  })

  test('an identity that somebody deleted is made again with the same key', async () => {
    const world = await signing()
    world.ses.identity = undefined
    await world.pass(7 * HOUR_MS)
    expect(world.ses.signature()).toBe('watari1')
    expect(world.record()!.keys[0]).toMatchObject({ selector: 'watari1' })
    expect(world.record()!.keys.filter(({ retiredAt }) => retiredAt !== undefined)).toEqual([])
  })

  test('SES that cannot be asked changes nothing', async () => {
    const world = await signing()
    const before = world.history.length
    world.ses.silent = true
    await world.pass(DAY_MS)
    expect(world.history.slice(before).map(({ step }) => step)).toEqual([])
    expect(world.alerts).toEqual([])
  })

  test('a private key that is gone from the store before it signed is given up for another', async () => {
    const world = await signing()
    world.keys.delete('watari3')
    await world.pass(7 * HOUR_MS)
    expect([...world.keys.keys()]).toEqual(['watari1', 'watari2', 'watari4'])
    expect(world.record()!.keys.find(({ selector }) => selector === 'watari3')?.revokedAt).toBeDefined()
  })
})

test('a call that SES refuses leaves the key before signing and the mail flowing', async () => {
  const world = await signing()
  world.traffic.percent = 50
  world.ses.refuse = { kind: 'refused', reason: 'accessDenied', message: 'the role may not put DKIM attributes' }
  await world.tick({ rotate: true, by: 'tanaka' })
  expect(world.traffic).toEqual({ percent: 50, held: false })
  expect(world.ses.signature()).toBe('watari1')
  expect(world.alerts[0]).toMatchObject({ level: 'critical' })
})

test('a call that fails on the way is made again while the mail waits', async () => {
  const world = await signing()
  world.traffic.percent = 50
  world.ses.refuse = { kind: 'again', reason: 'unreachable', message: 'no answer' }
  await world.tick({ rotate: true, by: 'tanaka' })
  expect(world.traffic.held).toBe(true)
  await world.pass(6 * MINUTE_MS)
  expect(world.ses.signature()).toBe('watari2')
})

test('a dry run changes nothing', async () => {
  const world = dkimWorld()
  await world.wanted()
  expect(world.history).toEqual([])
  expect(world.keys.size).toBe(0)
})

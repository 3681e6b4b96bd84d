// A key is changed while mail flows at full rate. Every mail that was delivered is judged by two verifiers that others wrote:
// none may be unsigned, none may fail. What the stand-in does while it looks at a new key is what AWS documents for a change
// of method: it signs with neither (facts 1.14).
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  CreateEmailIdentityCommand,
  PutEmailIdentityDkimSigningAttributesCommand,
  SESv2Client,
} from '@aws-sdk/client-sesv2'
import { expect, test } from 'vitest'
import { MINUTE_MS, SECOND_MS } from '../../src/core/base/clock.ts'
import { forgeKey } from '../../src/adapters/node/dkim-key.ts'
import { askDkimpy, askOpenDkim, DKIM_JUDGES, type Found } from '../support/dkim-judges.ts'
import { describeJudged } from '../support/judge.ts'
import { DOMAIN, keyWorld, type KeyWorld } from '../support/key-world.ts'
import { BIND } from '../support/name-server.ts'
import { senderTo } from '../support/load.ts'

const RATE = 220
const LOAD_MS = Number(process.env['WATARI_ROTATION_MS'] ?? 12_000)

const BOTH = {
  name: 'BIND 9, OpenDKIM and dkimpy',
  get: `${BIND.get} opendkim python3-dkim`,
  missing: () => BIND.missing() ?? DKIM_JUDGES.missing(),
}

describeJudged('a change of key under load', BOTH, () => {
  test('lets no mail out unsigned and none that fails, and keeps mail waiting for seconds', async () => {
    const world = await keyWorld({ publish: 'txt', settings: { maxSendRate: 300, verifyAfterMs: 3_000 } })
    const folder = mkdtempSync(join(tmpdir(), 'watari-rotation-'))
    try {
      await world.pass(0)
      await world.enter(world.requested())
      for (let looks = 0; (await world.status()).phase.number !== 8; looks += 1) {
        if (looks > 20) throw new Error(await world.command('dkim', 'verify'))
        await world.pass(MINUTE_MS)
      }
      await world.command('stage', 'set', '100', '--reason', 'all of it')
      const load = senderTo(world.gateway.ready.smtp!, { from: `news@${DOMAIN}`, rate: RATE })
      await sleep(LOAD_MS / 3)
      expect(await world.command('dkim', 'rotate', '--now', '--reason', 'under load')).toContain(
        'SES is being switched to watari2',
      )
      await sleep((LOAD_MS * 2) / 3)
      const { sent, perSecond } = await load.stop()
      await drained(world, sent)
      const { mails, found, longestGapMs } = await judged(world, folder)
      console.info(
        `${mails} mails at ${perSecond.toFixed(0)}/s: OpenDKIM ${count(found.openDkim)}; dkimpy ${count(found.dkimpy)}; longest wait ${(longestGapMs / 1_000).toFixed(1)} s`,
      )
      expect(perSecond).toBeGreaterThanOrEqual(200)
      expect(mails).toBe(sent)
      for (const verdicts of [found.openDkim, found.dkimpy]) {
        expect(new Set(verdicts)).toEqual(new Set(['watari1', 'watari2']))
        expect(verdicts.filter((verdict) => verdict === 'watari2').length).toBeGreaterThan(RATE)
      }
      expect(longestGapMs).toBeGreaterThan(2 * SECOND_MS)
      expect(longestGapMs).toBeLessThan(30 * SECOND_MS)
      expect((await world.status()).keys.map(({ selector, role }) => `${selector} ${role}`)).toContain(
        'watari2 current',
      )
    } finally {
      await world.stop()
      rmSync(folder, { recursive: true, force: true })
    }
  })

  // Without this the test above would also pass where nothing can go wrong.
  test('would let unsigned mail out if SES were given the key without holding the traffic', async () => {
    const world = await keyWorld({
      publish: 'txt',
      settings: { maxSendRate: 300, verifyAfterMs: 2_000 },
      before: signedBySomebody,
    })
    const folder = mkdtempSync(join(tmpdir(), 'watari-rotation-'))
    try {
      const { account, verification } = world.standin.knobs
      await verification.checkNow(account.identities.get(DOMAIN)!)
      expect(await world.command('stage', 'set', '100', '--reason', 'all of it')).toContain('100 % to SES')
      const load = senderTo(world.gateway.ready.smtp!, { from: `news@${DOMAIN}`, rate: RATE })
      await sleep(2_000)
      const { apiUrl, credentials } = world.standin
      const client = new SESv2Client({ endpoint: apiUrl, region: 'ap-northeast-1', credentials })
      await client.send(
        new PutEmailIdentityDkimSigningAttributesCommand({
          EmailIdentity: DOMAIN,
          SigningAttributesOrigin: 'EXTERNAL',
          SigningAttributes: { DomainSigningSelector: 'old', DomainSigningPrivateKey: oldKey },
        }),
      )
      client.destroy()
      await sleep(2_000)
      await drained(world, (await load.stop()).sent)
      const { found } = await judged(world, folder)
      expect(found.openDkim.filter((verdict) => verdict === 'unsigned').length).toBeGreaterThan(RATE / 2)
      expect(found.dkimpy.filter((verdict) => verdict === 'unsigned').length).toBeGreaterThan(RATE / 2)
    } finally {
      await world.stop()
      rmSync(folder, { recursive: true, force: true })
    }
  })
})

let oldKey = ''

/** An identity that signs with a key of somebody's, as it was before Watari. */
async function signedBySomebody({ apiUrl, credentials }: KeyWorld['standin']): Promise<string> {
  const { privateKey, publicKey } = await forgeKey()
  oldKey = privateKey
  const client = new SESv2Client({ endpoint: apiUrl, region: 'ap-northeast-1', credentials })
  await client.send(
    new CreateEmailIdentityCommand({
      EmailIdentity: DOMAIN,
      DkimSigningAttributes: { DomainSigningSelector: 'old', DomainSigningPrivateKey: privateKey },
    }),
  )
  client.destroy()
  return `old._domainkey 60 IN TXT "v=DKIM1; k=rsa; p=${publicKey.slice(0, 200)}" "${publicKey.slice(200)}"`
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

async function drained(world: KeyWorld, sent: number): Promise<void> {
  for (let looks = 0; looks < 300; looks += 1) {
    if (world.standin.mails({ limit: 100_000 }).length >= sent) return
    await sleep(200)
  }
  throw new Error(
    `only ${world.standin.mails({ limit: 100_000 }).length} of ${sent} were delivered: ${await world.command('status')}`,
  )
}

async function judged(world: KeyWorld, folder: string) {
  const delivered = world.standin.mails({ limit: 100_000 })
  const mails = await Promise.all(delivered.map((mail) => world.standin.content(mail)))
  const records = keyRecords(world)
  const question = { domain: DOMAIN, mails, records }
  const [openDkim, dkimpy] = await Promise.all([
    askOpenDkim({ ...question, folder: join(folder, 'opendkim') }),
    askDkimpy({ ...question, folder: join(folder, 'dkimpy') }),
  ])
  const times = delivered.map(({ acceptedAt }) => acceptedAt).sort((a, b) => a - b)
  const longestGapMs = Math.max(...times.slice(1).map((at, index) => at - times[index]!))
  return { mails: delivered.length, found: { openDkim, dkimpy }, longestGapMs }
}

/** The records as they stand in the customer's zone. */
function keyRecords(world: KeyWorld): Record<string, string> {
  const records: Record<string, string> = {}
  for (const [, name, value] of world.zoneLines().matchAll(/^(\S+_domainkey) \d+ IN TXT (.*)$/gm)) {
    records[`${name}.${DOMAIN}`] = value!.replaceAll(/^"|"$/g, '').replaceAll('" "', '')
  }
  return records
}

function count(found: readonly Found[]): string {
  const counts = new Map<string, number>()
  for (const one of found) counts.set(one, (counts.get(one) ?? 0) + 1)
  return [...counts].map(([what, times]) => `${what} ${times}`).join(', ')
}

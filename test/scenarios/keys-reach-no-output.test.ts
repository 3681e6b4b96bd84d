// A gateway lives a key's life at the level of log that says most. Everything that it wrote or said is searched for pieces of
// every private key it ever had: logs, answers, requests, records, metrics, errors.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { MINUTE_MS } from '../../src/core/base/clock.ts'
import { forgeKey, publicHalfOf } from '../../src/adapters/node/dkim-key.ts'
import { fileKeyStore, sealKeyIn } from '../../src/adapters/local/key-store.ts'
import { describeJudged } from '../support/judge.ts'
import { DOMAIN, keyWorld } from '../support/key-world.ts'
import { holdsPieceOf, keyMaterialIn } from '../support/key-material.ts'
import { BIND } from '../support/name-server.ts'

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    const stat = statSync(path)
    if (stat.isDirectory()) return filesIn(path)
    return stat.isFile() ? [path] : []
  })
}

describeJudged('the private keys of a gateway', BIND, () => {
  test('stand in nothing that it wrote or said, sealed files apart', async () => {
    const world = await keyWorld({ publish: 'txt' })
    try {
      await world.pass(0)
      const keys = await fileKeyStore({
        folder: join(world.dataFolder, 'dkim-keys'),
        domain: DOMAIN,
        secret: { kind: 'key', key: await sealKeyIn(join(world.dataFolder, 'dkim.key'), () => new Uint8Array(32)) },
        forge: forgeKey,
        publicOf: publicHalfOf,
        now: () => 0,
      })
      const secrets: string[] = []
      for (const { selector } of await keys.keys()) secrets.push(await keys.privateKey(selector))
      await world.enter(world.requested())
      for (let looks = 0; looks < 4; looks += 1) await world.pass(MINUTE_MS)
      for (const line of [
        'dkim status',
        'dkim verify',
        'dkim history',
        'dkim request',
        'dkim tick --json',
        'status --json',
        'nonsense',
      ])
        await world.command(...line.split(' '))
      // SES refuses the next key, with all that it was sent in its hands.
      await fetch(`${world.standin.apiUrl}/_standin/faults`, {
        method: 'POST',
        body: JSON.stringify({
          stage: 'api',
          action: { kind: 'error', name: 'BadRequestException', message: 'no' },
          times: 3,
        }),
      })
      await world.command('dkim', 'rotate', '--now', '--reason', 'a leak')
      const metrics = await (await fetch(`${world.gateway.ready.http}/metrics`)).text()
      const said = [...world.said, JSON.stringify(world.log.lines), metrics]
      // The gateway's own TLS key lies in a file for its owner alone; DKIM keys are sealed.
      const written = filesIn(world.dataFolder)
        .filter((path) => !path.endsWith('tls-key.pem'))
        .map((path) => readFileSync(path, 'latin1'))
      expect(secrets).toHaveLength(3)
      expect(world.log.lines.length).toBeGreaterThan(10)
      for (const text of [...said, ...written]) {
        expect(keyMaterialIn(text)).toEqual([])
        for (const secret of secrets) expect(holdsPieceOf(secret, text)).toBe(false)
      }
    } finally {
      await world.stop()
    }
  })
})

describe('the search itself', () => {
  test('finds a key in every form, and no public one', async () => {
    const { privateKey, publicKey } = await forgeKey()
    expect(keyMaterialIn(`x ${privateKey}`)).toEqual(['x [key]'])
    expect(keyMaterialIn('-----BEGIN PRIVATE KEY-----\n')).toHaveLength(1)
    expect(keyMaterialIn(publicKey)).toEqual([])
    expect(holdsPieceOf(privateKey, `cut ${privateKey.slice(800, 840)} out`)).toBe(true)
    expect(holdsPieceOf(privateKey, publicKey)).toBe(false)
  })
})

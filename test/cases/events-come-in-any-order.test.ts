// C27: events come late, twice, out of order, singly or grouped; the end is the same, and repeats change nothing.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { lmdbLedger } from '../../src/adapters/local/ledger.ts'
import { hmacKeyedHash } from '../../src/adapters/node/keyed-hash.ts'
import { anEvent, RECIPIENT, SENT_AT } from '../support/feedback-events.ts'
import { feedbackWorld, type FeedbackWorld } from '../support/feedback-world.ts'

describe('in one process', () => {
  let world: FeedbackWorld
  beforeEach(async () => {
    world = await feedbackWorld()
  })
  afterEach(() => world.remove())

  test('(m1) bounce, delivery, delay, send, and the delivery twice again: bounced, each counted once', async () => {
    const delivery = anEvent.delivery(2_000)
    await world.take(anEvent.bounce(3_000), delivery, anEvent.delay(1_500), anEvent.send(1_000), delivery, delivery)
    expect(await world.statesOf()).toEqual(['hardBounced'])
    expect(world.figures).toEqual({
      'hardBounced example.com goo.ne.jp': 1,
      'delivered example.com goo.ne.jp': 1,
      'delayed example.com goo.ne.jp': 1,
    })
    expect(world.latencies).toEqual([2_000])
    expect(world.told).toEqual([
      ['suppress', 'bounce', RECIPIENT],
      ['return', 'bounce', RECIPIENT],
    ])
  })

  test('(m2) a complaint, then a late delivery: complained', async () => {
    await world.take(anEvent.complaint(), anEvent.delivery())
    expect(await world.statesOf()).toEqual(['complained'])
  })

  test('one bounce of three recipients, and the same three singly, are three', async () => {
    const recipients = ['a@x.jp', 'b@x.jp', 'c@x.jp'].map((address) => ({ address, status: '5.1.1' }))
    const single = recipients.map((recipient) => anEvent.bounce(1_000, { recipients: [recipient] }))
    await world.take(anEvent.bounce(1_000, { recipients }), ...single)
    expect(world.figures).toEqual({ 'hardBounced x.jp goo.ne.jp': 3 })
    expect(world.told).toEqual([
      ['suppress', 'bounce', 'a@x.jp', 'b@x.jp', 'c@x.jp'],
      ['return', 'bounce', 'a@x.jp', 'b@x.jp', 'c@x.jp'],
    ])
  })
})

describe('a process killed between the write and the answer', () => {
  test('has kept what it wrote; events that come again change nothing, and the news are still owed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'watari-kill-'))
    const writer = fileURLToPath(new URL('../contracts/feedback-ledger.writer.ts', import.meta.url))
    const child = spawn(process.execPath, ['--import', 'tsx', writer, folder], { stdio: ['ignore', 'pipe', 'inherit'] })
    let written = ''
    await new Promise<void>((resolve) => {
      child.stdout.on('data', (text: Buffer) => {
        written += text.toString()
        if (written.split('\n').length > 200) child.kill('SIGKILL')
      })
      child.once('close', () => resolve())
    })
    const numbers = written.split('\n').slice(0, -1).map(Number)
    const ledger = await lmdbLedger({
      folder,
      hash: hmacKeyedHash(Buffer.from('0123456789abcdef0123456789abcdef')),
      days: 7,
      now: () => SENT_AT,
      onTrouble: (message) => {
        throw new Error(message)
      },
    })
    expect(numbers.length).toBeGreaterThan(100)
    const again = numbers.map((n) => anEvent.bounce(2_000, { recipients: [{ address: `p${n}@x.jp` }] }))
    expect(await ledger.fold(again)).toEqual([])
    const owed = new Set(
      (await ledger.owed(1_000_000)).flatMap(({ changes }) => changes.map(({ recipient }) => recipient.address)),
    )
    expect(numbers.filter((n) => !owed.has(`p${n}@x.jp`))).toEqual([])
    await ledger.close()
    rmSync(folder, { recursive: true })
  })
})

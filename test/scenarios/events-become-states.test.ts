// Mails go out by SES; the stand-in bounces, complains, delays, refuses and stays silent, and tells it late, twice and out of
// order. At the end every recipient's state is what the stand-in itself knows became of it.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { lmdbLedger } from '../../src/adapters/local/ledger.ts'
import { hmacKeyedHash } from '../../src/adapters/node/keyed-hash.ts'
import { isAutoReplied, stateOf } from '../../src/core/feedback/recipient-state.ts'
import { sendMails } from '../support/smtp-client.ts'
import { startWatari, type RunningProgram } from '../support/watari.ts'

const MAILS = Number(process.env['WATARI_EVENT_MAILS'] ?? 5_000)
const CONNECTIONS = 8
const SENDER = 'news@goo.ne.jp'
const RATE = 2_000
/** A minute for whatever a machine under load does, and a minute for each 10,000 mails. */
const PATIENCE_MS = 60_000 + (MAILS / 10_000) * 60_000

interface Outcome {
  readonly messageId: string
  readonly recipient: string
  readonly fate: {
    readonly kind: string
    readonly bounce?: { readonly type: string; readonly subType: string; readonly status?: string }
  }
}

/** By what the stand-in decided: the facts that it told, and the state they must end in. */
const ENDS: Readonly<Record<string, readonly [string, readonly string[]]>> = {
  delivered: ['delivered', ['sent', 'delivered']],
  silent: ['sent', ['sent']],
  rejected: ['refused', ['sent', 'refused']],
  renderingFailed: ['refused', ['refused']],
  complained: ['complained', ['sent', 'delivered', 'complaint']],
  delayed: ['delivered', ['sent', 'delayed', 'delivered']],
  'delayed Transient/MailboxFull': ['softBounced', ['sent', 'delayed', 'softBounce']],
  'bounced Permanent/General': ['hardBounced', ['sent', 'hardBounce']],
  'bounced Permanent/Suppressed': ['suppressed', ['sent', 'onGlobalList']],
  'bounced Transient/MailboxFull': ['softBounced', ['sent', 'softBounce']],
  'deliveredThenBounced Permanent/General': ['hardBounced', ['sent', 'delivered', 'hardBounce']],
  'deliveredThenBounced Transient/General': ['delivered auto-replied', ['sent', 'delivered', 'quietBounce']],
}

const FATES = [
  ...Array.from({ length: 10 }, () => ''),
  ...['bounce', 'soft', 'complaint', 'suppressed', 'delayed', 'delayed-bounce', 'late-bounce', 'silent'].map(
    (name) => `+standin-${name}`,
  ),
]

/** What concerns a whole mail stands alone in it; of the others every seventh mail has three recipients. */
function recipientsOf(n: number): readonly string[] {
  if (n % 50 === 17) return [`p${n}+standin-reject@example.jp`]
  if (n % 50 === 33) return [`p${n}+standin-rendering-failure@example.jp`]
  const one = (i: number) =>
    `p${n}.${i}${FATES[(n * 3 + i) % FATES.length]}@${n % 11 === 0 ? 'ooto' : 'docomo'}.example.jp`
  return Array.from({ length: n % 7 === 0 ? 3 : 1 }, (_, i) => one(i))
}

let program: RunningProgram
const folder = mkdtempSync(join(tmpdir(), 'watari-events-'))

beforeAll(async () => {
  const plan = join(folder, 'plan.yaml')
  // The robot would go back from so many bounces, which is another scenario.
  const shipped = readFileSync('plans/goo.ne.jp.yaml', 'utf8').replace('robot: on', 'robot: off')
  writeFileSync(plan, shipped.replace(/^ses:\n/m, `ses:\n  ratePerSecond: ${RATE}\n`))
  program = await startWatari({
    args: ['up', '--port-base', '0', '--log-file', '-', '--log-level', 'warn', '--plan', plan],
    dataFolder: join(folder, 'data'),
  })
  await knob('/settings', { reviewVolume: 0, complaintMs: 300 })
  await knob('/disorder', { lateShare: 0.1, lateMs: 3_000, twiceShare: 0.3, shuffleMs: 1_000, seed: 7 })
  const bounce = { type: 'Transient', subType: 'General' }
  await knob('/fates', { fates: [{ recipient: '@ooto.example.jp', fate: { kind: 'deliveredThenBounced', bounce } }] })
  // The robot would go back from such bounces, and from what the budget does not pay for.
  for (const command of [
    ['shift', 'lock'],
    ['stage', 'set', '100'],
  ]) {
    const answer = await program.command(...command, '--reason', 'scenario')
    expect([answer.code, answer.error]).toEqual([0, ''])
  }
})
afterAll(async () => {
  await program.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function knob(path: string, body: object): Promise<void> {
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(`${program.ready['sesApi']}/_standin${path}`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  })
  expect(answer.status).toBe(200)
}

async function standin<T>(path: string): Promise<T> {
  return (await (await fetch(`${program.ready['sesApi']}/_standin${path}`)).json()) as T
}

async function eventually(what: () => Promise<number>, wanted: number): Promise<void> {
  const until = Date.now() + PATIENCE_MS
  let value = await what()
  while (value !== wanted && Date.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, 250))
    value = await what()
  }
  expect(value).toBe(wanted)
}

const endOf = ({ fate: { kind, bounce } }: Outcome) => {
  const name = bounce === undefined ? kind : `${kind} ${bounce.type}/${bounce.subType}`
  const end = ENDS[name]
  if (end === undefined) throw new Error(`the stand-in knows a fate that this test does not: ${name}`)
  return end
}

test(
  `${MAILS} mails: the state of every recipient is the stand-in's own`,
  async () => {
    const envelopes = Array.from({ length: MAILS }, (_, n) => ({ from: SENDER, to: recipientsOf(n) }))
    const message = `From: ${SENDER}\r\nTo: reader@example.jp\r\nSubject: x\r\n\r\nhello\r\n`
    const startedAt = performance.now()
    await Promise.all(
      Array.from({ length: CONNECTIONS }, (_, i) =>
        sendMails(
          program.ready['smtp']!,
          envelopes.filter((_, n) => n % CONNECTIONS === i).map((envelope) => ({ envelope, message })),
        ),
      ),
    )
    const recipients = envelopes.flatMap(({ to }) => to)
    await eventually(
      async () => (await standin<{ count: number }>('/outcomes?from=999999999')).count,
      recipients.length,
    )

    const outcomes: Outcome[] = []
    while (outcomes.length < recipients.length) {
      outcomes.push(...(await standin<{ outcomes: Outcome[] }>(`/outcomes?from=${outcomes.length}`)).outcomes)
    }
    expect(outcomes.map(({ recipient }) => recipient).toSorted()).toEqual(recipients.toSorted())
    const facts = outcomes.flatMap((outcome) => endOf(outcome)[1])
    const status = async () =>
      JSON.parse((await program.command('feedback', 'status', '--json')).out) as Record<string, number>
    await eventually(async () => (await status())['changes']!, facts.length)
    const tookMs = Math.round(performance.now() - startedAt)

    const metrics = await (await fetch(`${program.ready['http']}/metrics`)).text()
    for (const fact of new Set(facts)) {
      const count = facts.filter((one) => one === fact).length
      expect(metrics).toContain(`watari_feedback_changes_total{fact="${fact}"} ${count}\n`)
    }
    const { events, unknown, unreadable, unmatched } = await status()
    expect({ unknown, unreadable, unmatched }).toEqual({ unknown: 0, unreadable: 0, unmatched: 0 })
    console.log(`${MAILS} mails, ${recipients.length} recipients, ${events} events taken, all right after ${tookMs} ms`)
    // The watch rightly alarms at such bounces; the way in must not.
    expect(program.log()).not.toMatch(/"event":"feedback\w+","alarm":true/)

    await program.kill('SIGTERM')
    expect(await wrongStates(outcomes)).toEqual([])
  },
  PATIENCE_MS * 3,
)

/** Of the ledger as it lies on disk. */
async function wrongStates(outcomes: readonly Outcome[]): Promise<readonly string[]> {
  const data = join(folder, 'data')
  const hash = hmacKeyedHash(Buffer.from(readFileSync(join(data, 'split.key'), 'utf8').trim()))
  const ledger = await lmdbLedger({
    folder: join(data, 'feedback/ledger'),
    hash,
    days: 7,
    now: Date.now,
    onTrouble: (message) => {
      throw new Error(message)
    },
  })
  const wrong: string[] = []
  for (const outcome of outcomes) {
    const rows = await ledger.find({ address: outcome.recipient }, 10)
    const states = rows.map(
      ({ sesMessageId, facts }) => `${sesMessageId} ${stateOf(facts)}${isAutoReplied(facts) ? ' auto-replied' : ''}`,
    )
    const [expected] = endOf(outcome)
    if (states.join(', ') !== `${outcome.messageId} ${expected}`) {
      wrong.push(`${outcome.recipient} is ${states.join(', ')}, not ${expected}`)
    }
  }
  await ledger.close()
  return wrong.slice(0, 10)
}

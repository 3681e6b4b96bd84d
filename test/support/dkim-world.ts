// A whole world around the reconciler, on a clock that only moves when told: a DNS team that enters what it is asked for, SES
// that looks at DNS in its own time, a key store, and the record on a disk that outlives the process.
import { generateKeyPairSync } from 'node:crypto'
import { DAY_MS, HOUR_MS } from '../../src/core/base/clock.ts'
import type { IdentityFacts } from '../../src/core/base/identity.ts'
import type { Notice, Notifier } from '../../src/core/base/notice.ts'
import type { Hands } from '../../src/core/dkim/hands.ts'
import type { DkimPolicy } from '../../src/core/dkim/policy.ts'
import type { SigningAnswer, StoredKey } from '../../src/core/dkim/ports.ts'
import type { HistoryEntry, KeyRecord } from '../../src/core/dkim/record.ts'
import { reconciler, type Reconciler, type TickReport } from '../../src/core/dkim/tick.ts'
import type { WantedRecord } from '../../src/core/dkim/wanted-record.ts'
import { wantedRecords } from '../../src/core/dkim/wanted-keys.ts'
import { fakeDns, type FakeDns } from './dkim-dns.ts'
import { recordedLog, type RecordedLog } from './fakes.ts'

export const POLICY: DkimPolicy = {
  domain: 'example.jp',
  region: 'ap-northeast-1',
  timeZone: 'Asia/Tokyo',
  publishing: 'txt',
  selectorPrefix: 'watari',
  ownZone: 'keys.example.net',
  ttlSeconds: 3_600,
  keyLifeMonths: 12,
  warnDays: 30,
  retireDays: 7,
  dnsTeamDays: 14,
  dnsTeam: 'DNS team',
  contact: { name: 'Mail operations', mail: 'mailops@example.jp' },
  languages: ['ja'],
  legacySpf: [],
  dmarcStepDays: 0,
  unsignedGap: 'refuse',
}

/** Wednesday, 25 November 2026, 11:00 in Tokyo. */
export const BEGIN = Date.parse('2026-11-25T02:00:00Z')

export interface FakeSes {
  identity: IdentityFacts | undefined
  /** Which key SES was given; its public half, as SES derives it. */
  key: StoredKey | undefined
  /** How long SES takes to look at DNS. */
  looksAfterMs: number
  followsAliases: boolean
  silent: boolean
  /** What the next call of a change answers in place of doing it. */
  refuse: SigningAnswer | undefined
  /** How a mail sent now is signed: by a selector, 'easy', or not at all. */
  signature(): string | undefined
}

export interface DkimWorld {
  readonly policy: DkimPolicy
  readonly dns: FakeDns
  readonly ses: FakeSes
  readonly log: RecordedLog
  readonly hands: Hands
  readonly keys: Map<string, StoredKey>
  readonly history: HistoryEntry[]
  record(): KeyRecord | undefined
  /** What the DNS team and the operators got. */
  readonly letters: Notice[]
  readonly alerts: Notice[]
  readonly traffic: { percent: number; held: boolean }
  now(): number
  /** Moves the clock on, with a run of the reconciler whenever it wants to look. */
  pass(ms: number, each?: (report: TickReport) => void | Promise<void>): Promise<void>
  tick(order?: { readonly rotate?: boolean; readonly by?: string }): Promise<TickReport>
  /** What is wanted of the DNS team now. */
  wanted(): Promise<readonly WantedRecord[]>
  /** The DNS team does what it was asked. */
  publish(change?: (record: WantedRecord) => WantedRecord | undefined): Promise<void>
  /** Another process begins on the same disk. */
  restart(hands?: Hands): void
}

export function dkimWorld(change: Partial<DkimPolicy> = {}, startAt = BEGIN): DkimWorld {
  const policy = { ...POLICY, ...change }
  let now = startAt
  const log = recordedLog()
  const dns = fakeDns(() => now)
  const keys = new Map<string, StoredKey>()
  let forged = 0
  const history: HistoryEntry[] = []
  let record: KeyRecord | undefined
  const letters: Notice[] = []
  const alerts: Notice[] = []
  const traffic = { percent: 0, held: false }
  const ses = fakeSes({ now: () => now, dns, policy, keys })
  const hands: Hands = {
    now: () => now,
    truthOf: dns.truthOf,
    zoneOf: async () => ({ apex: 'example.jp', servers: ['ns1.example.jp', 'ns2.example.jp'] }),
    ...(policy.publishing === 'cname' ? { ownZone: dns.ownZone } : {}),
    keyStore: {
      keys: async () => [...keys.values()],
      make: async (selector) => {
        const made = keys.get(selector) ?? { selector, publicKey: publicKeyOf(forged++), bits: 2_048, madeAt: now }
        keys.set(selector, made)
        return made
      },
      destroy: async (selector) => {
        keys.delete(selector)
      },
    },
    signing: ses.signing,
    traffic: {
      stagePercent: async () => traffic.percent,
      hold: async () => {
        traffic.held = true
      },
      release: () => {
        traffic.held = false
      },
      stepBack: async () => {
        traffic.percent = 0
        return { kind: 'done' }
      },
    },
    store: {
      load: async () => structuredClone(record),
      save: async (next, entry) => {
        history.push(entry)
        record = structuredClone(next)
      },
      history: async (limit) => history.slice(-limit),
    },
    team: [keeping('team', letters)],
    operators: [keeping('operators', alerts)],
  }
  let keysOf: Reconciler = reconciler({ hands, policy, log })
  const world: DkimWorld = {
    policy,
    dns,
    ses: ses.state,
    log,
    hands,
    keys,
    history,
    record: () => record,
    letters,
    alerts,
    traffic,
    now: () => now,
    tick: (order = {}) => keysOf.tick({ by: 'watari', ...order }),
    async pass(ms, each) {
      const endsAt = now + ms
      for (;;) {
        const report = await keysOf.tick({ by: 'watari' })
        await each?.(report)
        if (report.lookAt >= endsAt) break
        now = Math.max(now + 1_000, report.lookAt)
      }
      now = endsAt
    },
    async wanted() {
      const { observation } = await keysOf.tick({ by: 'watari', dryRun: true })
      return wantedRecords(observation, policy)
    },
    async publish(change_ = (wanted) => wanted) {
      for (const wanted of await world.wanted()) {
        const entered = wanted.action === 'keep' ? undefined : change_(wanted)
        if (entered === undefined) continue
        if (entered.type !== 'CNAME') dns.erase(entered.name, 'CNAME')
        dns.enter({ name: entered.name, type: entered.type, values: [entered.value], ttlSeconds: entered.ttlSeconds })
      }
    },
    restart(other = hands) {
      keysOf = reconciler({ hands: other, policy, log })
    },
  }
  return world
}

function keeping(channel: string, kept: Notice[]): Notifier {
  return {
    channel,
    send: async (notice) => {
      kept.push(notice)
      return { kind: 'sent', channel }
    },
  }
}

interface SesParts {
  readonly now: () => number
  readonly dns: FakeDns
  readonly policy: DkimPolicy
  readonly keys: ReadonlyMap<string, StoredKey>
}

/** SES looks for 72 hours (AWS API reference, DkimAttributes). */
const LOOKS_FOR_MS = 72 * HOUR_MS

function fakeSes({ now, dns, policy, keys }: SesParts) {
  let givenAt = 0
  let lostAt: number | undefined
  const state: FakeSes = {
    identity: undefined,
    key: undefined,
    looksAfterMs: 5 * 60_000,
    followsAliases: true,
    silent: false,
    refuse: undefined,
    signature() {
      look()
      const { identity, key } = state
      if (identity === undefined || !identity.dkim.signingEnabled || identity.dkim.status !== 'SUCCESS')
        return undefined
      return identity.dkim.origin === 'EXTERNAL' ? key?.selector : 'easy'
    },
  }
  const set = (dkim: Partial<IdentityFacts['dkim']>): void => {
    const before = state.identity!
    state.identity = {
      ...before,
      dkim: { ...before.dkim, ...dkim },
      verifiedForSending: before.verifiedForSending || dkim.status === 'SUCCESS',
    }
  }
  const look = (): void => {
    const { identity, key } = state
    if (identity === undefined || key === undefined || identity.dkim.origin !== 'EXTERNAL') return
    const texts = dns.texts(`${key.selector}._domainkey.${policy.domain}`, state.followsAliases)
    const isThere = texts?.length === 1 && texts[0]!.replaceAll(/\s/g, '').endsWith(`p=${key.publicKey}`)
    if (identity.dkim.status === 'PENDING' && now() - givenAt >= state.looksAfterMs) {
      if (isThere) set({ status: 'SUCCESS' })
      else if (now() - givenAt >= LOOKS_FOR_MS) set({ status: 'FAILED', error: 'HOST_NOT_FOUND' })
      else set({ error: texts?.length === 0 ? 'HOST_NOT_FOUND' : 'INVALID_VALUE' })
    }
    if (identity.dkim.status !== 'SUCCESS') return
    lostAt = isThere ? undefined : (lostAt ?? now())
    if (lostAt !== undefined && now() - lostAt >= DAY_MS) set({ status: 'TEMPORARY_FAILURE', error: 'HOST_NOT_FOUND' })
  }
  const change = async (act: () => SigningAnswer): Promise<SigningAnswer> => {
    const { refuse } = state
    if (refuse === undefined) return act()
    state.refuse = undefined
    return refuse
  }
  const signing: Hands['signing'] = {
    facts: async () => {
      if (state.silent) return 'unknown'
      look()
      return state.identity ?? 'missing'
    },
    useKey: (domain, selector) =>
      change(() => {
        const key = keys.get(selector)!
        givenAt = now()
        state.key = key
        const dkim = { signingEnabled: true, status: 'PENDING', origin: 'EXTERNAL', tokens: [selector] }
        state.identity = { ...(state.identity ?? { identity: domain, verifiedForSending: false }), dkim }
        return { kind: 'done' }
      }),
    enableSigning: () =>
      change(() => {
        set({ signingEnabled: true })
        return { kind: 'done' }
      }),
    useMailFrom: (_, mailFromDomain) =>
      change(() => {
        state.identity = {
          ...state.identity!,
          mailFrom: { domain: mailFromDomain, status: 'SUCCESS', behaviour: 'USE_DEFAULT_VALUE' },
        }
        return { kind: 'done' }
      }),
  }
  return { state, signing }
}

const pool: string[] = []

/** Real public keys, made once: what is read out of DNS is as long as in life. */
function publicKeyOf(index: number): string {
  while (pool.length <= index) {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 })
    pool.push(publicKey.export({ type: 'spki', format: 'der' }).toString('base64'))
  }
  return pool[index]!
}

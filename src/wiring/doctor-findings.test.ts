// Every finding of the doctor with its fault planted in a healthy installation: one fact is changed, and one thing is said.
import { describe, expect, it } from 'vitest'
import { diagnose } from '../core/plan/doctor/diagnose.ts'
import type { Level } from '../core/plan/doctor/diagnosis.ts'
import type { CertificateFacts, DoctorFacts, FolderFacts } from '../core/plan/doctor/facts.ts'
import type { Plan } from '../core/plan/plan.ts'
import { parsePlan } from './config.ts'

const NOW = Date.parse('2026-11-25T12:00:00Z')
const DAY_MS = 86_400_000
const GIB = 1_073_741_824

function plan(more = ''): Plan {
  const text = `domain: example.jp\nregion: ap-northeast-1\nlegacy: { hosts: [{ host: old.example.jp, port: 25 }], tls: must }\n${more}`
  const reading = parsePlan(text, { file: 'plan.yaml', hostname: 'gw.example.jp' })
  if (reading.kind === 'plan') return reading.plan
  throw new Error(reading.faults.join('\n'))
}

const FOLDER: Extract<FolderFacts, { kind: 'folder' }> = {
  kind: 'folder',
  folder: '/data',
  mode: 0o750,
  ownerId: 990,
  ownId: 990,
  fileSystem: 0xef53,
  freeOctets: 100 * GIB,
  freeInodes: 1_000_000,
  inodes: 2_000_000,
  foreign: [],
  sync: { kind: 'synced', count: 200, p95Ms: 2 },
}
const PAIR: Extract<CertificateFacts, { kind: 'pair' }> = {
  kind: 'pair',
  file: '/tls.pem',
  keyMode: 0o600,
  startsAt: NOW - DAY_MS,
  endsAt: NOW + 90 * DAY_MS,
  coversName: true,
  names: 'gw.example.jp',
}
const MACHINE: DoctorFacts['machine'] = {
  node: 'v24.11.0',
  heapOctets: 4 * GIB,
  memoryOctets: 16 * GIB,
  swapOctets: 0,
  limits: { files: 65_536, processes: 4_096, coreOctets: 0 },
  clock: { kind: 'offset', by: 'chrony', offsetMs: 3 },
}
const SECRETS: NonNullable<DoctorFacts['secrets']> = {
  certificate: PAIR,
  splitKey: { where: '/data/split.key', state: 'there', mode: 0o600, octets: 64, mark: '0123abcd' },
  users: { where: '/data/users.json', state: 'there', mode: 0o600, count: 3 },
  variables: new Set(['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']),
}
const NETWORK: NonNullable<DoctorFacts['network']> = {
  ports: [{ key: 'gateway.port', address: '0.0.0.0:25', code: undefined }],
  resolvers: [{ server: '192.0.2.53:53', code: undefined, tookMs: 12 }],
  legacy: [{ host: 'old.example.jp:25', answer: 'offered' }],
  ses: {
    address: 'email.ap-northeast-1.amazonaws.com:443',
    code: undefined,
    account: { sendingEnabled: true, productionAccess: true, maxPerSecond: 200 },
  },
}
const RUNNING = { kind: 'running', socket: '/data/control.sock', version: '1.2.0', running: '1.2.0', pid: 77 } as const
const HEALTHY: DoctorFacts = {
  plan: { file: 'plan.yaml', faults: [], errors: 0, warnings: 0 },
  gateway: RUNNING,
  data: FOLDER,
  machine: MACHINE,
  log: { kind: 'file', file: '/log', code: undefined, rotatedBy: '/etc/logrotate.d/watari', isOpen: true },
  secrets: SECRETS,
  network: NETWORK,
}

const folder = (changed: Partial<typeof FOLDER>): Partial<DoctorFacts> => ({ data: { ...FOLDER, ...changed } })
const machine = (changed: Partial<typeof MACHINE>): Partial<DoctorFacts> => ({ machine: { ...MACHINE, ...changed } })
const secrets = (changed: Partial<typeof SECRETS>): Partial<DoctorFacts> => ({ secrets: { ...SECRETS, ...changed } })
const network = (changed: Partial<typeof NETWORK>): Partial<DoctorFacts> => ({ network: { ...NETWORK, ...changed } })
const account = (changed: NonNullable<DoctorFacts['network']>['ses']['account']) =>
  network({ ses: { ...NETWORK.ses, account: changed } })
const limits = (changed: Partial<NonNullable<typeof MACHINE.limits>>) =>
  machine({ limits: { files: 65_536, processes: 4_096, coreOctets: 0, ...changed } })
const gatewayPort = (code: string, owner?: { readonly pid: number; readonly name: string }) =>
  network({ ports: [{ key: 'gateway.port', address: '0.0.0.0:25', code, ...(owner === undefined ? {} : { owner }) }] })
const LOG_FILE = { kind: 'file', file: '/log', code: undefined, isOpen: undefined } as const

/** Its name, what is planted, and what must be said of it alone. */
const PLANTED: readonly (readonly [string, Partial<DoctorFacts>, string, Level, string])[] = [
  [
    'a plan that cannot be read',
    { plan: { ...HEALTHY.plan, faults: ['plan.yaml:1: bad'] } },
    'plan',
    'error',
    'plan.yaml:1: bad',
  ],
  ['a plan with errors', { plan: { ...HEALTHY.plan, errors: 2 } }, 'plan', 'error', 'check finds 2 errors'],
  ['a plan with warnings', { plan: { ...HEALTHY.plan, warnings: 1 } }, 'plan', 'warning', 'check finds 1 warnings'],
  ['no gateway', { gateway: { ...RUNNING, kind: 'notRunning' } }, 'gateway', 'unknown', 'no gateway runs'],
  [
    'a socket that nobody may open',
    { gateway: { ...RUNNING, kind: 'noAnswer', code: 'noPermission' } },
    'gateway',
    'error',
    'noPermission',
  ],
  [
    'a gateway of another version',
    { gateway: { ...RUNNING, running: '1.1.0' } },
    'gateway',
    'warning',
    'version 1.1.0 runs',
  ],
  ['no data folder', { data: { kind: 'unusable', folder: '/data', code: 'ENOENT' } }, 'data-folder', 'error', 'ENOENT'],
  ['a data folder of somebody else', folder({ ownerId: 0 }), 'data-folder', 'error', 'belongs to uid 0'],
  ['files of somebody else', folder({ foreign: ['queue'] }), 'data-folder', 'error', 'own files in it: queue'],
  ['a data folder open to all', folder({ mode: 0o755 }), 'data-folder', 'error', 'mode 755'],
  ['a data folder in memory', folder({ fileSystem: 0x01021994 }), 'file-system', 'error', 'in memory'],
  ['a data folder on NFS', folder({ fileSystem: 0x6969 }), 'file-system', 'error', 'network file system'],
  [
    'a data folder in a container',
    folder({ fileSystem: 0x794c7630 }),
    'file-system',
    'warning',
    'layer of a container',
  ],
  ['a full disk', folder({ freeOctets: GIB / 2 }), 'free-space', 'error', '512 MiB are free, under freeDiskOctets'],
  ['a disk smaller than the queue may be', folder({ freeOctets: 10 * GIB }), 'free-space', 'warning', 'want 21504 MiB'],
  ['no inodes', folder({ freeInodes: 12 }), 'free-inodes', 'error', '12 of 2000000'],
  ['a disk that cannot be written', folder({ sync: { kind: 'failed', code: 'EROFS' } }), 'fsync', 'error', 'EROFS'],
  ['a slow disk', folder({ sync: { kind: 'synced', count: 90, p95Ms: 80 } }), 'fsync', 'warning', '80.0 ms'],
  ['a dying disk', folder({ sync: { kind: 'synced', count: 3, p95Ms: 1_900 } }), 'fsync', 'error', '1900.0 ms'],
  [
    'a cache that answers for the disk',
    folder({ sync: { kind: 'synced', count: 200, p95Ms: 0.002 } }),
    'fsync',
    'warning',
    'no disk is that fast',
  ],
  ['a log that may not be written', { log: { ...LOG_FILE, code: 'EACCES' } }, 'log', 'error', 'EACCES'],
  ['a log that nobody rotates', { log: LOG_FILE }, 'log', 'warning', 'until the disk is full'],
  [
    'a log moved away without SIGHUP',
    { log: { ...LOG_FILE, isOpen: false, rotatedBy: '/etc/logrotate.d/w' } },
    'log',
    'error',
    'without a signal',
  ],
  ['an old Node', machine({ node: 'v18.20.0' }), 'node-version', 'error', 'needs Node 20.19'],
  ['too few files for the sessions', limits({ files: 1_024 }), 'open-files', 'error', '2000 sessions want 3024'],
  ['too few processes', limits({ processes: 10 }), 'processes', 'error', 'Node starts threads'],
  ['core dumps', limits({ coreOctets: Infinity }), 'core-dumps', 'warning', 'keys and mails to disk'],
  ['swap', machine({ swapOctets: GIB }), 'swap', 'warning', 'swap is on'],
  [
    'less memory than the plan wants',
    machine({ memoryLimitOctets: 300 * 1_048_576 }),
    'memory',
    'error',
    'may take 300 MiB, and wants up to 512',
  ],
  ['a small heap', machine({ heapOctets: 256 * 1_048_576 }), 'heap', 'warning', '256 MiB'],
  [
    'a clock that is seconds off',
    machine({ clock: { kind: 'offset', by: 'chrony', offsetMs: -4_000 } }),
    'clock',
    'warning',
    '-4000 ms off',
  ],
  [
    'a clock that SES will refuse',
    machine({ clock: { kind: 'offset', by: 'chrony', offsetMs: 90_000 } }),
    'clock',
    'error',
    '90000 ms off',
  ],
  [
    'a clock that nobody sets',
    machine({ clock: { kind: 'unsynchronized', by: 'timedatectl' } }),
    'clock',
    'warning',
    'not synchronized',
  ],
  ['a clock that cannot be asked', machine({ clock: { kind: 'unknown' } }), 'clock', 'unknown', 'no NTP service'],
  [
    'a certificate that cannot be read',
    secrets({ certificate: { kind: 'unreadable', file: '/tls.pem', code: 'EACCES' } }),
    'certificate',
    'error',
    'EACCES',
  ],
  [
    'a key of another certificate',
    secrets({ certificate: { kind: 'mismatch', file: '/tls.pem' } }),
    'certificate',
    'error',
    'does not belong',
  ],
  [
    'a certificate near its end',
    secrets({ certificate: { ...PAIR, endsAt: NOW + 5 * DAY_MS } }),
    'certificate',
    'warning',
    '5 days left',
  ],
  [
    'a certificate that ended',
    secrets({ certificate: { ...PAIR, endsAt: NOW - 3 * DAY_MS } }),
    'certificate',
    'error',
    'ended 3 days ago',
  ],
  [
    'a certificate of tomorrow',
    secrets({ certificate: { ...PAIR, startsAt: NOW + DAY_MS } }),
    'certificate',
    'error',
    'not valid yet',
  ],
  [
    'a certificate for another name',
    secrets({ certificate: { ...PAIR, coversName: false, names: 'x.example.jp' } }),
    'certificate-name',
    'warning',
    'for x.example.jp, not for gw.example.jp',
  ],
  [
    'a TLS key open to all',
    secrets({ certificate: { ...PAIR, keyMode: 0o644 } }),
    'certificate-key',
    'error',
    'mode 644',
  ],
  [
    'a split key open to all',
    secrets({ splitKey: { ...SECRETS.splitKey, mode: 0o644 } }),
    'split-key',
    'error',
    'mode 644',
  ],
  [
    'a short split key',
    secrets({ splitKey: { where: '/k', state: 'there', mode: 0o600, octets: 6 } }),
    'split-key',
    'error',
    '6 octets',
  ],
  [
    'a split key that is missing',
    secrets({ splitKey: { where: '/etc/w/k', state: 'missing' } }),
    'split-key',
    'error',
    'side by side',
  ],
  [
    'a split key in the plan',
    secrets({ splitKey: { where: 'split.key', state: 'inPlan' } }),
    'split-key',
    'warning',
    'stands in the plan',
  ],
  [
    'a users file open to all',
    secrets({ users: { ...SECRETS.users, mode: 0o640 | 0o004 } }),
    'users',
    'error',
    'mode 644',
  ],
  [
    'a damaged users file',
    secrets({ users: { where: '/u', state: 'damaged' } }),
    'users',
    'error',
    'nobody can log in',
  ],
  ['nobody who may send', secrets({ users: { where: '/u', state: 'missing' } }), 'users', 'error', 'nobody may send'],
  [
    'half of the credentials',
    secrets({ variables: new Set(['AWS_ACCESS_KEY_ID']) }),
    'credentials',
    'error',
    'AWS_ACCESS_KEY_ID is',
  ],
  ['no credentials', secrets({ variables: new Set() }), 'credentials', 'unknown', 'profile or a role'],
  [
    'a port that another program has',
    gatewayPort('EADDRINUSE', { pid: 5, name: 'master' }),
    'port',
    'error',
    'master (process 5)',
  ],
  ['a port that wants a capability', gatewayPort('EACCES'), 'port', 'error', 'capability'],
  ['an address of another machine', gatewayPort('EADDRNOTAVAIL'), 'port', 'error', 'EADDRNOTAVAIL'],
  ['a port whose owner only root sees', gatewayPort('EADDRINUSE'), 'port', 'unknown', 'only root'],
  ['no resolver', network({ resolvers: [] }), 'resolver', 'error', 'there is none'],
  [
    'a resolver that is silent',
    network({ resolvers: [{ server: 'a', code: 'timeout', tookMs: 9 }] }),
    'resolver',
    'error',
    'timeout',
  ],
  [
    'a slow resolver',
    network({ resolvers: [{ server: 'a', code: undefined, tookMs: 3_000 }] }),
    'resolver',
    'warning',
    '3000 ms',
  ],
  [
    'a legacy host that is silent',
    network({ legacy: [{ host: 'old:25', answer: 'unreachable' }] }),
    'legacy-host',
    'error',
    'does not answer EHLO',
  ],
  [
    'a legacy host without STARTTLS',
    network({ legacy: [{ host: 'old:25', answer: 'notOffered' }] }),
    'legacy-host',
    'error',
    'offers no STARTTLS',
  ],
  ['SES out of reach', network({ ses: { ...NETWORK.ses, code: 'ETIMEDOUT' } }), 'ses-endpoint', 'error', 'ETIMEDOUT'],
  [
    'SES of another region',
    network({ ses: { ...NETWORK.ses, address: 'email.us-east-1.amazonaws.com:443' } }),
    'ses-region',
    'error',
    'is in us-east-1',
  ],
  ['an account that was not asked', account('notAsked'), 'ses-account', 'unknown', 'no credentials'],
  [
    'credentials that SES refuses',
    account({ failed: 'AccessDeniedException' }),
    'ses-account',
    'error',
    'AccessDeniedException',
  ],
  [
    'an account that is paused',
    account({ sendingEnabled: false, productionAccess: true, maxPerSecond: 1 }),
    'ses-account',
    'error',
    'paused',
  ],
  [
    'an account in the sandbox',
    account({ sendingEnabled: true, productionAccess: false, maxPerSecond: 1 }),
    'ses-account',
    'warning',
    'sandbox',
  ],
]

const PLAN = plan()
const notWell = (facts: DoctorFacts, of = PLAN) => diagnose(facts, of, NOW).filter(({ level }) => level !== 'ok')

describe('the doctor', () => {
  it('finds nothing in a healthy installation', () => {
    expect(notWell(HEALTHY)).toEqual([])
  })

  it.each(PLANTED)('finds %s, and nothing else', (_, changed, id, level, what) => {
    const found = notWell({ ...HEALTHY, ...changed })
    expect(found).toMatchObject([{ id, level, what: { en: expect.stringContaining(what) as string } }])
    expect(found[0]!.mend === undefined).toBe(level === 'unknown')
    expect(found[0]!.what.ja).not.toBe('')
  })

  it('names the variables that the plan needs and are not set, never a value', () => {
    const notify = plan('notify: { slackVariable: WATARI_SLACK }')
    expect(notWell(HEALTHY, notify)).toMatchObject([{ id: 'variable', level: 'error', where: 'WATARI_SLACK' }])
  })

  it('wants a login for the SMTP wire', () => {
    const facts = { ...HEALTHY, ...secrets({ variables: new Set<string>() }) }
    expect(notWell(facts, plan('ses: { wire: smtp }'))).toMatchObject([{ id: 'credentials', level: 'error' }])
  })

  it('warns of one silent resolver among several', () => {
    const resolvers = [
      { server: 'a', code: 'timeout', tookMs: 5_000 },
      { server: 'b', code: undefined, tookMs: 5 },
    ]
    expect(notWell({ ...HEALTHY, ...network({ resolvers }) })).toMatchObject([{ level: 'warning', where: 'a' }])
  })

  it('knows the port of the gateway that runs', () => {
    expect(notWell({ ...HEALTHY, ...gatewayPort('EADDRINUSE', { pid: 77, name: 'node' }) })).toEqual([])
  })

  it('looks at the machine and the disk when the plan cannot be read', () => {
    const facts: DoctorFacts = { ...HEALTHY, ...machine({ swapOctets: 1 }), plan: { ...HEALTHY.plan, faults: ['bad'] } }
    const ids = diagnose(facts, undefined, NOW)
      .filter(({ level }) => level !== 'ok')
      .map(({ id }) => id)
    expect(ids).toEqual(['plan', 'free-space', 'swap'])
  })
})

// One run of the reconciler in a process of its own, over the built program's real stores, DNS and SES calls. It kills itself
// with -9 after as many touches of the world as it is told; a run that ends by itself prints what it did.
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'

const { dataFolder, apiUrl, credentials, dnsPort, nowMs, killAfter, rotate, publishing } = JSON.parse(process.argv[2])
const from = (path) => import(new URL(`../../dist/${path}.js`, import.meta.url))
const [{ openDns }, { askTruth }, { openZoneFile }, { fileDkimStore }, { fileKeyStore, sealKeyIn }] = await Promise.all(
  [
    from('adapters/dns/dns'),
    from('adapters/dns/follow'),
    from('adapters/dns/zone-file'),
    from('adapters/local/dkim-store'),
    from('adapters/local/key-store'),
  ],
)
const [{ forgeKey, publicHalfOf }, { folderNotifier }, { sesControlPlane }, { sesSigning }, { reconciler }] =
  await Promise.all([
    from('adapters/node/dkim-key'),
    from('adapters/notify/folder'),
    from('adapters/ses/control-plane'),
    from('adapters/ses/signing'),
    from('core/dkim/tick'),
  ])

const now = () => nowMs
const machine = { now: () => Date.now(), sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)) }
/** SES is on this machine and not limited: the spacing of its calls would only make the test slow. */
const hasty = { now: () => 0, sleep: async () => {} }

let touches = 0
const touch = async (act) => {
  const answer = await act()
  touches += 1
  if (touches === killAfter) process.kill(process.pid, 'SIGKILL')
  return answer
}

const server = { address: '127.0.0.1', port: dnsPort }
const dns = openDns({ resolvers: [server], clock: machine, fixedZones: [{ apex: 'example.jp', servers: [server] }] })
const keys = await fileKeyStore({
  folder: join(dataFolder, 'dkim-keys'),
  domain: 'example.jp',
  secret: { kind: 'key', key: await sealKeyIn(join(dataFolder, 'dkim.key'), () => randomBytes(32)) },
  forge: forgeKey,
  publicOf: publicHalfOf,
  now,
})
const store = await fileDkimStore(dataFolder)
const zone = await openZoneFile({
  path: join(dataFolder, 'own.zone'),
  apex: 'keys.example.jp',
  nameServers: [{ name: 'ns.example.net', addresses: [] }],
  contact: 'hostmaster@example.jp',
  clock: machine,
})
const controlPlane = sesControlPlane({ region: 'ap-northeast-1', endpoint: apiUrl, credentials }, hasty)
const signing = sesSigning({
  controlPlane,
  privateKey: (selector) => keys.privateKey(selector),
  mailFromFailure: 'USE_DEFAULT_VALUE',
})
const folder = folderNotifier({ channel: 'folder', folder: join(dataFolder, 'dns-requests') })
const nothing = { debug() {}, info() {}, warn() {}, alarm() {} }

const { tick } = reconciler({
  log: nothing,
  policy: {
    domain: 'example.jp',
    region: 'ap-northeast-1',
    timeZone: 'Asia/Tokyo',
    publishing,
    ...(publishing === 'cname' ? { ownZone: 'keys.example.jp' } : {}),
    selectorPrefix: 'watari',
    ttlSeconds: 60,
    keyLifeMonths: 12,
    warnDays: 30,
    retireDays: 7,
    dnsTeamDays: 14,
    dnsTeam: 'DNS team',
    contact: { name: 'mail', mail: 'mail@example.jp' },
    languages: ['ja'],
    mailFromDomain: 'bounce.example.jp',
    legacySpf: [],
    dmarcStepDays: 0,
    unsignedGap: 'refuse',
  },
  hands: {
    now,
    truthOf: (question) => askTruth(dns, question),
    zoneOf: async () => ({ apex: 'example.jp', servers: ['ns1.example.jp'] }),
    keyStore: {
      keys: () => keys.keys(),
      make: (selector) => touch(() => keys.make(selector)),
      destroy: (selector) => touch(() => keys.destroy(selector)),
    },
    signing: {
      facts: (domain) => signing.facts(domain),
      useKey: (domain, selector) => touch(() => signing.useKey(domain, selector)),
      enableSigning: (domain) => touch(() => signing.enableSigning(domain)),
      useMailFrom: (domain, name) => touch(() => signing.useMailFrom(domain, name)),
    },
    traffic: {
      stagePercent: async () => 0,
      hold: () => touch(async () => {}),
      release() {},
      stepBack: async () => ({ kind: 'done' }),
    },
    store: {
      load: () => store.load(),
      history: (limit) => store.history(limit),
      save: (record, entry) => touch(() => store.save(record, entry)),
    },
    ...(publishing === 'cname'
      ? {
          ownZone: {
            apex: zone.apex,
            read: (question) => zone.read(question),
            put: (record) => touch(() => zone.put(record)),
            remove: (name) => touch(() => zone.remove(name)),
          },
        }
      : {}),
    team: [{ channel: folder.channel, send: (notice) => touch(() => folder.send(notice)) }],
    operators: [],
  },
})

const report = await tick({ by: rotate ? 'tanaka' : 'watari', rotate })
await controlPlane.stop()
const { record } = report.observation
process.stdout.write(
  `${JSON.stringify({ touches, taken: report.taken.map(({ step }) => step), later: report.later, lookAt: report.lookAt, record })}\n`,
)

// A private BIND 9 on the loopback: authoritative for zones of a test, or a recursive resolver that knows where those are
// served. It runs from a temporary folder as a child of the test, touches no other BIND, and needs no root.
// BIND listens only on addresses that an interface has, which on Linux is 127.0.0.1 alone, though all of 127.0.0.0/8 can be
// used; the other addresses are served through a relay (loopback-relay.ts), so that a zone can have several name servers.
import { execFile, spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { DnsServer } from '../../src/core/base/dns.ts'
import type { Judge } from './judge.ts'
import { freePort, startLoopbackRelay, type LoopbackRelay } from './loopback-relay.ts'

const run = promisify(execFile)

/** BIND starts in a second; a busy machine needs more, never this much. */
const START_MS = 30_000
const STOP_MS = 10_000

export interface NameServerOptions {
  /** Zone texts (RFC 1035 master files) by apex. */
  readonly zones?: Readonly<Record<string, string>>
  /** Addresses of 127.0.0.0/8 to be had on, all with one port; 127.0.0.1 by default. */
  readonly addresses?: readonly string[]
  /** 0 or nothing lets the system choose. */
  readonly port?: number
  /**
   * Makes it a recursive resolver that asks these servers for these zones, and whoever they delegate to, whatever the world
   * says. Servers that all have one port are asked as authoritative ones (static-stub, and delegations are followed to that
   * port); with several ports they are forwarded to, and must answer themselves.
   */
  readonly resolves?: Readonly<Record<string, readonly DnsServer[]>>
}

export interface NameServer {
  readonly servers: readonly DnsServer[]
  readonly port: number
  /** Replaces a zone that is there already and reloads it; resolves when it is served. Its serial must have grown. */
  setZone(apex: string, text: string): Promise<void>
  /** Forgets everything a resolver has cached. */
  flush(): Promise<void>
  /** What BIND has said so far. */
  log(): string
  /** Ends the process and removes its folder. */
  stop(): Promise<void>
}

export const BIND: Judge = {
  name: 'BIND 9',
  get: 'apt-get install bind9 bind9-utils bind9-dnsutils',
  missing: () =>
    ['named', 'named-checkzone', 'rndc', 'dig'].some(
      (program) => spawnSync('sh', ['-c', `command -v ${program}`]).status !== 0,
    )
      ? 'BIND 9 is not installed'
      : undefined,
}

export async function startNameServer(options: NameServerOptions): Promise<NameServer> {
  const addresses = options.addresses ?? ['127.0.0.1']
  const port = options.port || (await freePort(addresses))
  const own = addresses.includes('127.0.0.1') ? port : await freePort(['127.0.0.1'])
  const controlPort = await freePort(['127.0.0.1'])
  const folder = mkdtempSync(join(tmpdir(), 'watari-named-'))
  const zones = Object.entries(options.zones ?? {})
  writeFileSync(join(folder, EMPTY_ROOT_FILE), EMPTY_ROOT)
  for (const [apex, text] of zones) writeFileSync(join(folder, fileOf(apex)), text)
  writeFileSync(join(folder, 'rndc.key'), RNDC_KEY)
  writeFileSync(join(folder, 'named.conf'), configuration({ folder, port: own, controlPort, options }))
  const child = spawn('named', ['-g', '-n', '1', '-c', join(folder, 'named.conf')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => void (said += text))
  const log = () => said
  // A test that dies must not leave a server behind.
  const kill = () => void child.kill('SIGKILL')
  process.once('exit', kill)
  const relays: LoopbackRelay[] = []
  const stop = async () => {
    await Promise.all(relays.map((relay) => relay.stop()))
    await ended(child)
    process.off('exit', kill)
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    await saying(child, log, ' running\n')
    for (const address of addresses) {
      if (address !== '127.0.0.1') relays.push(await startLoopbackRelay({ address, port, to: own }))
    }
  } catch (error) {
    await stop()
    throw error
  }
  const control = (...command: string[]) =>
    run('rndc', ['-k', join(folder, 'rndc.key'), '-s', '127.0.0.1', '-p', String(controlPort), ...command])
  return {
    servers: addresses.map((address) => ({ address, port })),
    port,
    async setZone(apex, text) {
      if (!zones.some(([known]) => known === apex)) throw new Error(`the name server has no zone ${apex}`)
      await checkZone(apex, text)
      writeFileSync(join(folder, fileOf(apex)), text)
      const before = said.length
      await control('reload', apex)
      await saying(child, () => said.slice(before), `zone ${apex}/IN: loaded serial`)
    },
    flush: async () => void (await control('flush')),
    log,
    stop,
  }
}

/** What named-checkzone says of a zone text; rejects when it finds a fault. `-i local` asks no DNS for other zones' hosts. */
export async function checkZone(apex: string, text: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'watari-zone-'))
  try {
    writeFileSync(join(folder, 'zone'), text)
    const { stdout } = await run('named-checkzone', ['-i', 'local', '-k', 'fail', apex, join(folder, 'zone')])
    return stdout
  } catch (error) {
    const said = error instanceof Error && 'stdout' in error ? String(error.stdout) : ''
    throw new Error(`named-checkzone refuses the zone ${apex}: ${said}`, { cause: error })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** What a resolver knows of the rest of the world: that there is none. Without it, it would go and ask. */
const EMPTY_ROOT =
  '. 60 IN SOA localhost. localhost. 1 3600 600 86400 60\n. 60 IN NS localhost.\nlocalhost. 60 IN A 127.0.0.1\n'
const EMPTY_ROOT_FILE = 'empty-root'
/** Only for the loopback port of one test's server. */
const RNDC_KEY = 'key "rndc-key" { algorithm hmac-sha256; secret "dGVzdCBvbmx5LCBubyBzZWNyZXQgYXQgYWxsIGhlcmU="; };\n'

interface Configuration {
  readonly folder: string
  readonly port: number
  readonly controlPort: number
  readonly options: NameServerOptions
}

function configuration({ folder, port, controlPort, options }: Configuration): string {
  const resolves = Object.entries(options.resolves ?? {})
  const ports = new Set(resolves.flatMap(([, servers]) => servers.map((server) => server.port)))
  const askedPort = ports.size === 1 ? [...ports][0] : undefined
  return [
    `options {`,
    `  directory "${folder}"; pid-file none; session-keyfile none; managed-keys-directory "${folder}";`,
    // `port` is where BIND sends its own questions, too; listen-on has the port it is asked at.
    ...(askedPort === undefined ? [] : [`  port ${askedPort};`]),
    `  listen-on port ${port} { 127.0.0.1; }; listen-on-v6 { none; };`,
    `  recursion ${options.resolves ? 'yes' : 'no'}; allow-query { any; }; notify no;`,
    // A resolver in a test has no way to the root, and its zones are not signed.
    `  dnssec-validation no; empty-zones-enable no;`,
    `};`,
    RNDC_KEY.trimEnd(),
    `controls { inet 127.0.0.1 port ${controlPort} allow { 127.0.0.1; } keys { "rndc-key"; }; };`,
    ...Object.keys(options.zones ?? {}).map(
      (apex) => `zone "${apex}" { type primary; file "${join(folder, fileOf(apex))}"; };`,
    ),
    ...(options.resolves ? [`zone "." { type primary; file "${join(folder, EMPTY_ROOT_FILE)}"; };`] : []),
    ...resolves.map(([apex, servers]) => (askedPort === undefined ? forward(apex, servers) : stub(apex, servers))),
    '',
  ].join('\n')
}

function stub(apex: string, servers: readonly DnsServer[]): string {
  return `zone "${apex}" { type static-stub; server-addresses { ${listed(servers.map(({ address }) => address))} }; };`
}

function forward(apex: string, servers: readonly DnsServer[]): string {
  const forwarders = listed(servers.map(({ address, port }) => `${address} port ${port}`))
  return `zone "${apex}" { type forward; forward only; forwarders { ${forwarders} }; };`
}

function listed(items: readonly string[]): string {
  return items.map((item) => `${item};`).join(' ')
}

function fileOf(apex: string): string {
  return `${apex === '' ? 'root' : apex}.zone`
}

/** Resolves when the server has said `text`; rejects with its log when it ends or takes too long. */
async function saying(child: ChildProcess, log: () => string, text: string): Promise<void> {
  if (log().includes(text)) return
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => done(new Error(`BIND did not say "${text.trim()}" in time:\n${log()}`)), START_MS)
    const look = () => void (log().includes(text) && done())
    const gone = () => done(new Error(`BIND ended:\n${log()}`))
    const done = (error?: Error) => {
      clearTimeout(timer)
      child.stderr!.off('data', look)
      child.off('exit', gone)
      if (error) reject(error)
      else resolve()
    }
    child.stderr!.on('data', look)
    child.once('exit', gone)
    if (child.exitCode !== null) gone()
  })
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  await new Promise<void>((resolve) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
    child.once('exit', () => {
      clearTimeout(timer)
      resolve()
    })
    child.kill('SIGTERM')
  })
}

// A private Postfix with its own configuration, queue and log in a temporary folder: as a client of ours (relayhost), as a
// next hop of ours, or as a mailbox (sinkMaildir). Needs root, as every Postfix does, and touches no other Postfix.
import { execFile, spawn, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Judge } from './judge.ts'

const run = promisify(execFile)

/** A mail through a Postfix on a busy machine takes seconds, never this long. */
const WAIT_MS = 30_000
const LOOK_MS = 50
/** `postfix stop` waits for its daemons; a stuck one must not hang the tests. */
const STOP_MS = 20_000

export interface PostfixOptions {
  /** 0 or nothing lets the system choose. */
  readonly port?: number
  /** Where all mail goes, as 'host:port'. Without it and without `sinkMaildir` nothing is delivered. */
  readonly relayhost?: string
  /** True: every mail that comes in is kept in a Maildir, whatever its recipient, and `mails()` reads it. */
  readonly sinkMaildir?: boolean
  /** Further main.cf settings; they win over those here. */
  readonly mainCf?: Readonly<Record<string, string>>
  /** Further -o settings for the smtpd service: what this host asks of its clients. */
  readonly smtpd?: Readonly<Record<string, string>>
}

export interface SinkMail {
  /** Who it was delivered to. */
  readonly recipient: string
  /** As in the Maildir: with LF, behind Postfix's Return-Path, X-Original-To, Delivered-To and Received headers. */
  readonly raw: Buffer
}

export interface Postfix {
  readonly host: string
  readonly port: number
  /** 'host:port' */
  readonly address: string
  readonly folder: string
  /** Hands a message with LF line ends to sendmail(1); resolves when it is queued. */
  submit(message: string | Buffer, envelope: { readonly from: string; readonly to: readonly string[] }): Promise<void>
  /** The log so far. */
  log(): string
  /** Resolves with the match when a log line shows it; throws with the log's end after a time. */
  logged(pattern: RegExp): Promise<RegExpExecArray>
  /** Mails in the queue in any state. */
  queued(): Promise<number>
  /** Resolves when the queue is empty. */
  drained(): Promise<void>
  /** Tries everything that is deferred now. */
  flush(): Promise<void>
  /** The mails of the Maildir, once there are at least `count`. */
  mails(count?: number): Promise<readonly SinkMail[]>
  /** Stops it and removes its folder. */
  stop(): Promise<void>
}

export const POSTFIX: Judge = {
  name: 'postfix',
  get: 'apt-get install postfix (and run the tests as root)',
  missing: () => {
    if (spawnSync('sh', ['-c', 'command -v postfix']).status !== 0) return 'Postfix is not installed'
    return process.getuid?.() === 0 ? undefined : 'Postfix needs root to start'
  },
}

export async function startPostfix(options: PostfixOptions = {}): Promise<Postfix> {
  const port = options.port === undefined || options.port === 0 ? await freePort() : options.port
  const folder = makeFolder()
  configure(folder, port, options)
  const etc = join(folder, 'etc')
  const postfix = (...command: string[]) => run('postfix', ['-c', etc, ...command], { timeout: STOP_MS })
  const stopNow = () => void spawnSync('postfix', ['-c', etc, 'stop'], { timeout: STOP_MS })
  process.once('exit', stopNow)
  const end = () => {
    process.off('exit', stopNow)
    rmSync(folder, { recursive: true, force: true })
  }
  const log = () => (existsSync(join(folder, 'mail.log')) ? readFileSync(join(folder, 'mail.log'), 'utf8') : '')
  try {
    await postfix('start')
  } catch (error) {
    const said = log()
    stopNow()
    end()
    throw new Error(`Postfix did not start: ${said}`, { cause: error })
  }
  const queued = async () => {
    const { stdout } = await run('postqueue', ['-c', etc, '-j'])
    return stdout.split('\n').filter((line) => line !== '').length
  }
  return {
    host: '127.0.0.1',
    port,
    address: `127.0.0.1:${port}`,
    folder,
    log,
    submit: (message, { from, to }) => submit(etc, message, ['-f', from === '' ? '<>' : from, '--', ...to]),
    logged: (pattern) =>
      until(
        () => pattern.exec(log()) ?? undefined,
        () => `no log line shows ${pattern}:\n${log().slice(-4_000)}`,
      ),
    queued,
    drained: async () => {
      const isEmpty = async () => ((await queued()) === 0 ? true : undefined)
      await until(isEmpty, () => `the queue does not get empty:\n${log().slice(-4_000)}`)
    },
    flush: async () => void (await run('postqueue', ['-c', etc, '-f'])),
    mails: (count = 1) =>
      until(
        async () => {
          const found = await readMaildir(join(folder, 'sink', 'new'))
          return found.length >= count ? found : undefined
        },
        () => `fewer than ${count} mails came:\n${log().slice(-4_000)}`,
      ),
    stop: async () => {
      await postfix('stop')
      end()
    },
  }
}

function makeFolder(): string {
  // Postfix's daemons leave root behind, so the way to the folder must be open for them.
  const folder = mkdtempSync(join(tmpdir(), 'watari-postfix-'))
  chmodSync(folder, 0o755)
  for (const name of ['etc', 'queue', 'lib', 'sink']) mkdirSync(join(folder, name))
  for (const name of ['lib', 'sink']) spawnSync('chown', ['postfix', join(folder, name)])
  return folder
}

function configure(folder: string, port: number, options: PostfixOptions): void {
  const settings: Readonly<Record<string, string>> = {
    compatibility_level: '3.6',
    queue_directory: join(folder, 'queue'),
    data_directory: join(folder, 'lib'),
    maillog_file: join(folder, 'mail.log'),
    maillog_file_prefixes: folder,
    myhostname: 'postfix.example',
    mydestination: '',
    local_recipient_maps: '',
    alias_maps: '',
    alias_database: '',
    mynetworks: '127.0.0.0/8',
    inet_interfaces: '127.0.0.1',
    inet_protocols: 'ipv4',
    disable_dns_lookups: 'yes',
    smtp_host_lookup: 'native',
    smtpd_peername_lookup: 'no',
    smtpd_relay_restrictions: 'permit_mynetworks, reject',
    smtpd_recipient_restrictions: '',
    smtpd_tls_security_level: 'none',
    smtp_tls_security_level: 'none',
    smtputf8_enable: 'no',
    ...next(folder, options),
    ...options.mainCf,
  }
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}\n`)
  writeFileSync(join(folder, 'etc', 'main.cf'), lines.join(''))
  const overrides = Object.entries(options.smtpd ?? {}).map(([name, value]) => `  -o { ${name} = ${value} }\n`)
  writeFileSync(
    join(folder, 'etc', 'master.cf'),
    `127.0.0.1:${port} inet n - n - - smtpd\n${overrides.join('')}${SERVICES}`,
  )
}

function next(folder: string, options: PostfixOptions): Readonly<Record<string, string>> {
  if (options.sinkMaildir === true) {
    const { stdout } = spawnSync('id', ['-u', 'postfix'], { encoding: 'utf8' })
    return {
      // static: answers every question alike, so every domain is ours and every mailbox is the same Maildir.
      virtual_mailbox_domains: 'static:all',
      virtual_mailbox_maps: 'static:./',
      virtual_mailbox_base: join(folder, 'sink'),
      virtual_minimum_uid: '1',
      virtual_uid_maps: `static:${stdout.trim()}`,
      virtual_gid_maps: `static:${stdout.trim()}`,
    }
  }
  if (options.relayhost === undefined) return { default_transport: 'retry:nothing is delivered here' }
  const [host, port] = [options.relayhost.replace(/:\d+$/, ''), /:(\d+)$/.exec(options.relayhost)?.[1] ?? '25']
  return { relayhost: `[${host}]:${port}` }
}

/** Debian's services without chroot, only those that a relay or a mailbox needs. */
const SERVICES = `pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
`

/** Between looking and Postfix's own bind somebody else could take it; nobody on a test machine does. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}

function submit(etc: string, message: string | Buffer, words: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const sendmail = spawn('sendmail', ['-C', etc, '-i', ...words], { stdio: ['pipe', 'ignore', 'pipe'] })
    let said = ''
    sendmail.stderr.on('data', (text: Buffer) => (said += text.toString()))
    sendmail.once('error', reject)
    sendmail.once('close', (code) => (code === 0 ? resolve() : reject(new Error(`sendmail: ${code} ${said}`))))
    sendmail.stdin.end(message)
  })
}

async function readMaildir(folder: string): Promise<readonly SinkMail[]> {
  if (!existsSync(folder)) return []
  const names = (await readdir(folder)).sort()
  return Promise.all(
    names.map(async (name) => {
      const raw = await readFile(join(folder, name))
      return { raw, recipient: /^Delivered-To: (.*)$/m.exec(raw.toString('latin1'))?.[1] ?? '' }
    }),
  )
}

/** Asks again and again until there is an answer: another program's progress has no event to wait for. */
async function until<T>(look: () => T | undefined | Promise<T | undefined>, why: () => string): Promise<T> {
  const endsAt = Date.now() + WAIT_MS
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    if (Date.now() > endsAt) throw new Error(why())
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  }
}

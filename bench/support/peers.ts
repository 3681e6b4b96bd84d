// The peers that Watari is measured against: a private Postfix, tuned for relaying, and Haraka's disk queue from npm.
// Both accept durably: Postfix syncs its queue file, Haraka's outbound queue syncs each file too.
import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, chownSync, copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { listening, start, type Program } from './process.ts'

interface PeerOptions {
  readonly directory: string
  readonly port: number
  readonly nextHopPort: number
}

const HARAKA_VERSION = '3.3.4'
/** Parallel deliveries to the next hop, found best on two cores over a grid of 5 to 100. */
const CONCURRENCY = 20

const MASTER_CF = (port: number): string => `127.0.0.1:${port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
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
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
`

const MAIN_CF = ({ directory, nextHopPort }: PeerOptions): string => `compatibility_level = 3.6
queue_directory = ${directory}/queue
data_directory = ${directory}/data
maillog_file = ${directory}/mail.log
maillog_file_prefixes = ${directory}
myhostname = peer.example
mydestination =
local_recipient_maps =
alias_maps =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
relayhost = [127.0.0.1]:${nextHopPort}
disable_dns_lookups = yes
smtp_host_lookup = native
smtpd_peername_lookup = no
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_tls_security_level = none
smtp_tls_security_level = none
smtputf8_enable = no
default_process_limit = 250
in_flow_delay = 0
initial_destination_concurrency = ${CONCURRENCY}
smtp_destination_concurrency_limit = ${CONCURRENCY}
default_destination_concurrency_limit = ${CONCURRENCY}
smtp_connection_cache_time_limit = 10s
smtp_connection_reuse_time_limit = 300s
smtp_connection_reuse_count_limit = 0
max_use = 2000
qmgr_message_active_limit = 50000
qmgr_message_recipient_limit = 50000
enable_long_queue_ids = yes
`

export async function startPostfixPeer(options: PeerOptions): Promise<Program> {
  const { directory, port } = options
  const [etc, queue, data] = ['etc', 'queue', 'data'].map((name) => join(directory, name))
  for (const folder of [etc!, queue!, data!]) mkdirSync(folder, { recursive: true })
  chmodSync(directory, 0o755)
  const postfixUser = Number(execFileSync('id', ['-u', 'postfix'], { encoding: 'utf8' }))
  chownSync(data!, postfixUser, -1)
  writeFileSync(join(etc!, 'main.cf'), MAIN_CF(options))
  writeFileSync(join(etc!, 'master.cf'), MASTER_CF(port))
  execFileSync('postfix', ['-c', etc!, 'start'], { stdio: 'ignore' })
  await listening(port)
  const pid = Number(readFileSync(join(queue!, 'pid/master.pid'), 'utf8'))
  return {
    name: 'postfix',
    pid,
    stop: async () => {
      spawnSync('postfix', ['-c', etc!, 'stop'], { stdio: 'ignore' })
    },
  }
}

/** Undefined when Haraka is not installed and cannot be had from npm. */
export async function startHarakaPeer(
  options: PeerOptions & { readonly installDirectory: string },
): Promise<Program | undefined> {
  const home = join(options.installDirectory, 'node_modules/Haraka')
  if (!existsSync(home)) {
    mkdirSync(options.installDirectory, { recursive: true })
    const install = [
      'install',
      '--no-save',
      '--no-audit',
      '--no-fund',
      '--omit=optional',
      '--prefix',
      options.installDirectory,
    ]
    spawnSync('npm', [...install, `Haraka@${HARAKA_VERSION}`], { stdio: 'ignore', timeout: 180_000 })
    if (!existsSync(home)) return undefined
  }
  const config = join(options.directory, 'config')
  for (const folder of ['config', 'plugins', 'queue']) mkdirSync(join(options.directory, folder), { recursive: true })
  const files: Record<string, string> = {
    'smtp.ini': `listen=127.0.0.1:${options.port}\nnodes=0\n`,
    'log.ini': '[main]\nlevel=notice\n',
    'outbound.ini': 'enable_tls=false\nlocal_mx_ok=true\nconcurrency_max=100\n',
    me: 'peer.example\n',
    plugins: 'bench_relay\n',
  }
  copyFileSync(join(home, 'config/connection.ini'), join(config, 'connection.ini'))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(config, name), text)
  writeFileSync(
    join(options.directory, 'plugins/bench_relay.js'),
    `'use strict'
exports.register = function () {
  this.register_hook('lookup_rdns', 'rdns')
  this.register_hook('connect', 'relaying')
  this.register_hook('rcpt', 'ok')
  this.register_hook('get_mx', 'mx')
}
exports.rdns = (next) => next(OK, 'localhost')
exports.relaying = (next, connection) => { connection.relaying = true; next() }
exports.ok = (next) => next(OK)
exports.mx = (next) => next(OK, { priority: 0, exchange: '127.0.0.1', port: ${options.nextHopPort} })
`,
  )
  const program = start('haraka', process.execPath, [join(home, 'bin/haraka'), '-c', options.directory], {
    cwd: options.directory,
    stdio: 'ignore',
  })
  try {
    await listening(options.port)
  } catch {
    await program.stop()
    return undefined
  }
  return program
}

#!/usr/bin/env -S node --max-semi-space-size=8
// The program `watari`: gives the command line its terminal and its programs. What is heavy is loaded when it is asked for,
// so that `watari status` answers at once.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { archiveReader } from '../wiring/archive-place.ts'
import { readBaseline } from '../wiring/baseline-file.ts'
import { readPlan } from '../wiring/config.ts'
import { askLine } from './ask.ts'
import { readPassword } from './password.ts'
import { runCommand } from './program.ts'
import type { Programs } from './programs.ts'

const inPackage = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url))
const { version } = JSON.parse(readFileSync(inPackage('package.json'), 'utf8')) as { version: string }

// The SDK warns of a Node to come; what an operator reads on standard error is for the operator.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true'

const programs: Programs = {
  version,
  shippedPlan: inPackage('plans/goo.ne.jp.yaml'),
  readPlan,
  sesFindings: async (plan, environment) => (await import('../wiring/check-ses.ts')).sesFindings(plan, environment),
  dnsFindings: async (plan, where) => (await import('../wiring/check-dns.ts')).dnsFindings(plan, where),
  up: async (options) => (await import('../wiring/up.ts')).runUp(options),
  gateway: async (options) => (await import('../wiring/up.ts')).runGateway(options),
  standin: async (options) => (await import('../wiring/up.ts')).runStandin(options),
  keys: async (place) => (await import('../wiring/key-store.ts')).keptKeys(place, () => Date.now()),
  archive: (place) => archiveReader(place, () => Date.now()),
  baseline: {
    run: async (options) => (await import('../wiring/baseline.ts')).runBaseline(options),
    read: readBaseline,
  },
  backups: {
    backUp: async (place) => (await import('../wiring/backup.ts')).backUp(place),
    restore: async (place) => (await import('../wiring/backup.ts')).restore(place),
  },
  doctor: async (place) => (await import('../wiring/doctor.ts')).installationFacts(place),
  dmarc: async (folder) => (await import('../wiring/dmarc.ts')).dmarcRecordIn(folder),
  users: async (file) => (await import('../wiring/users.ts')).usersIn(file),
}

// `watari mail list | head` ends when head has enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit(0)
})

// https://no-color.org
const mayColor = (process.env['NO_COLOR'] ?? '') === ''
const terminal = {
  out: (text: string) => void process.stdout.write(text),
  error: (text: string) => void process.stderr.write(text),
  color: process.stdout.isTTY && mayColor,
  errorColor: process.stderr.isTTY && mayColor,
  now: () => Date.now(),
}
process.exitCode = await runCommand(
  process.argv.slice(2),
  {
    terminal,
    variables: process.env,
    folder: process.cwd(),
    password: readPassword,
    ...(process.stdin.isTTY ? { ask: askLine } : {}),
  },
  programs,
)

// What is shipped for running Watari, judged by the tools that will read it, and by the plan's own defaults.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { parsePlan } from '../../src/wiring/config.ts'
import { describeJudged, programJudge } from '../support/judge.ts'

const UNIT = readFileSync('packaging/watari.service', 'utf8')
const CONTAINER = readFileSync('packaging/Containerfile', 'utf8')
const LOGROTATE = readFileSync('packaging/logrotate', 'utf8')
/** Of 10; systemd calls what is under 2 "OK" and what is over 9 "UNSAFE". Under 1.5 a program that opens ports cannot come. */
const EXPOSURE_MAX = 2

function setting(name: string): string {
  return new RegExp(`^${name}=(.*)$`, 'm').exec(UNIT)?.[1] ?? ''
}

function defaults() {
  const reading = parsePlan(
    'domain: example.jp\nregion: ap-northeast-1\nlegacy: { hosts: [{ host: a.example.jp }] }\n',
    {
      file: 'plan.yaml',
      hostname: 'gw.example.jp',
    },
  )
  if (reading.kind !== 'plan') throw new Error(reading.faults.join('\n'))
  return reading.plan.gateway.limits
}

describeJudged('systemd', programJudge('systemd-analyze', 'apt-get install systemd'), () => {
  /** The programs that a unit names are not on this machine, and systemd looks for them. */
  function installed(name: string): string {
    const path = join(mkdtempSync(join(tmpdir(), 'unit-')), name)
    const text = readFileSync(`packaging/${name}`, 'utf8')
    writeFileSync(path, text.replaceAll('/usr/bin/node', process.execPath))
    return path
  }

  it.each(['watari.service', 'watari-backup.service', 'watari-backup.timer'])('reads %s without a word', (name) => {
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', installed(name)], {
      encoding: 'utf8',
    })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  })

  it('finds that little of the machine is exposed', () => {
    const path = installed('watari.service')
    const { stdout } = spawnSync('systemd-analyze', ['security', '--offline=true', '--no-pager', path], {
      encoding: 'utf8',
    })
    const exposure = Number(/Overall exposure level for \S+: ([\d.]+)/.exec(stdout)?.[1])
    expect(exposure).toBeGreaterThan(0)
    expect(exposure).toBeLessThan(EXPOSURE_MAX)
  })
})

it('gives the service what the defaults of the plan want', () => {
  const { stopSeconds, sessions } = defaults()
  expect(Number(setting('TimeoutStopSec'))).toBeGreaterThan(stopSeconds)
  expect(Number(setting('LimitNOFILE'))).toBeGreaterThanOrEqual(sessions + 1_024)
  expect(setting('LimitCORE')).toBe('0')
  expect(setting('MemorySwapMax')).toBe('0')
  expect(setting('CapabilityBoundingSet')).toBe('CAP_NET_BIND_SERVICE')
  expect(setting('User')).toBe('watari')
})

it('has no secret in the unit', () => {
  expect(UNIT).not.toMatch(/^Environment=/m)
  expect(setting('EnvironmentFile')).toBe('-/etc/watari/environment')
})

describeJudged('logrotate', programJudge('logrotate', 'apt-get install logrotate'), () => {
  it('reads the rule, and knows the log of the unit', () => {
    const folder = mkdtempSync(join(tmpdir(), 'logrotate-'))
    const rule = join(folder, 'watari')
    // The user of the service is not on this machine.
    writeFileSync(rule, LOGROTATE.replace('create 0640 watari watari', 'create 0640'), { mode: 0o644 })
    const { status, stderr } = spawnSync('logrotate', ['--debug', '--state', join(folder, 'state'), rule], {
      encoding: 'utf8',
    })
    expect(status).toBe(0)
    expect(stderr).toContain('considering log /var/log/watari/watari.log')
    expect(stderr).not.toMatch(/^error:/m)
    expect(setting('ExecStart')).toContain('--log-file /var/log/watari/watari.log')
  })
})

it('builds a container from what is here, run by nobody special and without secrets', () => {
  const lines = CONTAINER.split('\n').filter((line) => /^[A-Z]+ /.test(line))
  const last = lines.slice(lines.findLastIndex((line) => line.startsWith('FROM ')))
  expect(last[0]).toBe('FROM docker.io/library/node:24-slim')
  const user = last.indexOf('USER watari')
  expect(user).toBeGreaterThan(0)
  expect(user).toBeLessThan(last.findIndex((line) => line.startsWith('ENTRYPOINT ')))
  expect(CONTAINER).not.toMatch(/^ARG /m)
  expect(CONTAINER).not.toMatch(/SECRET|PASSWORD|TOKEN|ACCESS_KEY/)
  for (const path of ['package.json', 'package-lock.json', 'plans', 'docs']) expect(existsSync(path)).toBe(true)
  expect(readFileSync('.dockerignore', 'utf8').split('\n')).toEqual(
    expect.arrayContaining(['node_modules', 'dist', 'data', '.git']),
  )
})

it('says the same in both languages of docs/operations', () => {
  const values = (file: string) =>
    readFileSync(file, 'utf8')
      .match(/5,372|1\.7 GB|290 MB|281 MB|65,536|2590/g)
      ?.toSorted()
  expect(new Set(values('docs/operations.ja.md'))).toEqual(new Set(values('docs/operations.md')))
})

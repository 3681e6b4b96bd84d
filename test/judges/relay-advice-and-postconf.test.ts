// The lines that `watari baseline --main-cf` says to edit, put in by patch(1) and read back by Postfix's own postconf(1).
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { describeJudged, programJudge } from '../support/judge.ts'
import { watari } from '../support/watari.ts'

const POSTCONF = programJudge('postconf', 'apt-get install postfix')
const PATCH = programJudge('patch', 'apt-get install patch')

describeJudged('advice on main.cf', POSTCONF.missing() === undefined ? PATCH : POSTCONF, () => {
  test('is a diff that patch takes and that Postfix understands', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'watari-advice-'))
    try {
      writeFileSync(
        join(folder, 'main.cf'),
        'compatibility_level = 3.6\nmyhostname = app1.example.jp\nrelayhost = [old.example]:25\n\n# TLS\nsmtp_tls_security_level = may\n',
      )
      writeFileSync(join(folder, 'master.cf'), 'smtp unix - - n - - smtp\n')
      writeFileSync(join(folder, 'transport'), '# table\nexample.net smtp:[mx.old.example]:25\nlocal.example local:\n')
      writeFileSync(
        join(folder, 'plan.yaml'),
        'domain: example.jp\ngateway: { hostname: gw.example.jp, port: 2525 }\nlegacy: { hosts: [{ host: p1.example.jp }] }\n',
      )
      const at = (name: string) => join(folder, name)
      const { code, out } = await watari(
        'baseline',
        '--main-cf',
        at('main.cf'),
        '--transport',
        at('transport'),
        '--plan',
        at('plan.yaml'),
      )
      expect(code).toBe(0)
      const diff = out.slice(out.indexOf('--- main.cf'))
      const patched = spawnSync('patch', ['-p0', '-d', folder], { input: diff, encoding: 'utf8' })
      expect(patched.stderr + patched.stdout).not.toMatch(/FAILED|garbage at line 1/)
      const read = spawnSync('postconf', ['-c', folder, 'relayhost', 'smtp_tls_loglevel'], { encoding: 'utf8' })
      expect(read.stdout).toBe('relayhost = [gw.example.jp]:2525\nsmtp_tls_loglevel = 1\n')
      expect(readFileSync(at('transport'), 'utf8')).toBe(
        '# table\nexample.net\tsmtp:[gw.example.jp]:2525\nlocal.example local:\n',
      )
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})

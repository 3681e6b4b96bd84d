// `watari check --dns`, the built program, on a zone that BIND serves.
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeJudged } from '../support/judge.ts'
import { BIND, startNameServer, type NameServer } from '../support/name-server.ts'

const run = promisify(execFile)
const KEY = `v=DKIM1; k=rsa; p=${'A'.repeat(392)}`
const HOSTS = Array.from({ length: 12 }, (_, i) => `postfix${String(i + 1).padStart(2, '0')}`)

const zone = (lines: readonly string[]) =>
  [
    '$TTL 60',
    '@ SOA ns.goo.ne.jp. root.goo.ne.jp. 1 3600 600 86400 60',
    '@ NS ns.goo.ne.jp.',
    'ns A 127.0.0.1',
    ...HOSTS.map((name, i) => `${name} A 192.0.2.${i + 1}`),
    'bounce MX 10 feedback-smtp.ap-northeast-1.amazonses.com.',
    'bounce TXT "v=spf1 include:amazonses.com ~all"',
    `watari1._domainkey TXT "${KEY.slice(0, 200)}" "${KEY.slice(200)}"`,
    ...lines,
    '',
  ].join('\n')

const GOOD = ['@ TXT "v=spf1 ip4:192.0.2.0/27 ~all"', '_dmarc TXT "v=DMARC1; p=none; rua=mailto:dmarc@goo.ne.jp"']
const BAD = ['@ TXT "v=spf1 ip4:192.0.2.0/29 ~all"', '_dmarc TXT "v=DMARC1; p=quarantine; aspf=s"']

describeJudged('watari check --dns', BIND, () => {
  const folder = mkdtempSync(join(tmpdir(), 'watari-check-'))
  const servers: NameServer[] = []
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.stop()))
    rmSync(folder, { recursive: true })
  })

  async function check(lines: readonly string[]): Promise<{ readonly code: number; readonly ids: readonly string[] }> {
    const server = await startNameServer({
      zones: {
        'goo.ne.jp': zone(lines),
        'amazonses.com':
          '$TTL 60\n@ SOA ns root 1 1 1 1 1\n@ NS ns\nns A 127.0.0.1\n@ TXT "v=spf1 ip4:199.255.192.0/22 -all"\n',
      },
    })
    servers.push(server)
    const file = join(folder, `${servers.length}.yaml`)
    const text = readFileSync('plans/goo.ne.jp.mended.yaml', 'utf8')
    writeFileSync(file, text.replace('\ndkim:\n', `\ndkim:\n  resolvers: ['127.0.0.1:${server.port}']\n`))
    const answer = await run('node', ['dist/cli/main.js', 'check', file, '--dns', '--json']).then(
      ({ stdout }) => ({ code: 0, stdout }),
      (error: { code: number; stdout: string }) => error,
    )
    const { findings } = JSON.parse(answer.stdout) as { findings: readonly { id: string }[] }
    return { code: answer.code, ids: findings.map(({ id }) => id) }
  }

  let good: Awaited<ReturnType<typeof check>>
  let bad: typeof good
  beforeAll(async () => {
    good = await check(GOOD)
    bad = await check(BAD)
  })

  test('finds nothing in a zone that is as it should be', () => {
    expect(good).toEqual({ code: 0, ids: [] })
  })

  test('finds the hosts outside of SPF, and the DMARC that SES cannot meet', () => {
    expect(bad.code).toBe(3)
    // 192.0.2.8 to .12 lie outside of the /29.
    expect(bad.ids).toEqual([
      'dns-dmarc-strict',
      ...Array.from({ length: 5 }, () => 'dns-spf-drops-old-host'),
      'dns-dmarc-enforced-unaligned',
      'dns-spf-differs',
    ])
  })
})

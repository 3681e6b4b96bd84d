// `watari check` as its users meet it: on a terminal, in an editor, in a script, and in both languages.
import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { widthOf } from '../core/base/wrap.ts'
import { RULES } from '../core/plan/findings/all.ts'
import { LIVE_RULES } from '../core/plan/live/judge-live.ts'
import { parsePlan, readPlan } from '../wiring/config.ts'
import { runCommand } from './program.ts'
import type { Programs } from './programs.ts'

interface Surroundings {
  readonly more?: Partial<Programs>
  readonly now?: number
  readonly variables?: Readonly<Record<string, string>>
}

const notStarted = () => Promise.reject(new Error('not started in this test'))

async function watari(line: string, { more = {}, now = 0, variables = {} }: Surroundings = {}) {
  let out = ''
  let error = ''
  const code = await runCommand(
    line.split(' '),
    {
      terminal: {
        out: (text) => void (out += text),
        error: (text) => void (error += text),
        color: false,
        errorColor: false,
        now: () => now,
      },
      variables,
      folder: process.cwd(),
      password: async () => '',
    },
    {
      version: '0.1.0',
      shippedPlan: 'plans/goo.ne.jp.yaml',
      readPlan,
      up: notStarted,
      gateway: notStarted,
      standin: notStarted,
      ...more,
    },
  )
  return { code, out, error }
}

const DESIGN = 'plans/goo.ne.jp.yaml'
const MENDED = 'plans/goo.ne.jp.mended.yaml'

describe('watari check', () => {
  it('ends with 3 for errors, and with 0 for a plan without', async () => {
    expect((await watari(`check ${DESIGN}`)).code).toBe(3)
    expect(await watari(`check ${MENDED}`)).toEqual({ code: 0, out: `${MENDED}: nothing to mend\n`, error: '' })
    expect((await watari(`check ${MENDED} --lang ja`)).out).toBe(`${MENDED}: 直すところはありません\n`)
  })

  it('says what, where, the sum, why, how to mend it and who says so', async () => {
    const { out } = await watari(`check ${DESIGN}`)
    expect(out).toContain(`
✗ The throughput is below the average load
  volume-hourly-below-average

  plans/goo.ne.jp.yaml:${lineOf('  mailsPerHour: 100000')}:3  targets.mailsPerHour
    100,000 mails an hour carry 45.3 % of what is sent.
      5,300,000 a day ÷ 24 = 220,833 an hour
      220,833 − 100,000 = 120,833 more wait every hour

  Why   What comes in faster than it goes out waits, and the queue grows every
        hour until mail is refused.
  Mend  Plan for the average at least, and for the peak hour that \`watari
        baseline\` finds in the logs.
  See   RFC 5321 4.5.4.1
`)
  })

  it.each(['en', 'ja'])('stays within 80 columns but for an address that cannot be broken: %s', async (language) => {
    const { out } = await watari(`check ${DESIGN} --lang ${language}`)
    const wide = out.split('\n').filter((line) => widthOf(line) > 80)
    expect(wide.filter((line) => !/^ +(See|出典)? +https:\S+/.test(line))).toEqual([])
  })

  it('is read in Japanese', async () => {
    const { out } = await watari(`check ${DESIGN} --lang ja`)
    expect(out).toContain(`
✗ SPF レコードに旧ホストが含まれていません
  spf-drops-old-hosts

  plans/goo.ne.jp.yaml:${lineOf("  spf: 'v=spf1")}:3  identity.spf
    10 % の段階では、残りの 90 % がレコードにないホストから送られます。
      v=spf1 include:amazonses.com ~all
      5,300,000 × 90.0 % = 4,770,000

  理由  移行中も大半のメールは旧ホストから出ます。レコードを公開した瞬間から、そ
        れらは SPF に合格しなくなります。
`)
    expect(out).toMatch(/エラー \d+ 件、警告 \d+ 件、参考 1 件/)
  })

  it('is one line a finding when it is to be quiet', async () => {
    const { out } = await watari(`check ${DESIGN} --quiet`)
    expect(out.split('\n')).toContain(
      `plans/goo.ne.jp.yaml:${lineOf('  retryAttempts: 3')}:3: error: Lambda retries at most twice: 3 > 2 [lambda-retries-over-two]`,
    )
    expect(
      out
        .trimEnd()
        .split('\n')
        .every((line) => /^plans\/goo\.ne\.jp\.yaml:\d+:\d+: (error|warning|note): /.test(line)),
    ).toBe(true)
  })

  it('is an object with counts in JSON', async () => {
    const { code, out } = await watari(`check ${DESIGN} --json`)
    expect(code).toBe(3)
    const answer = JSON.parse(out) as { counts: object; findings: readonly object[] }
    expect(answer.counts).toEqual({ error: 29, warning: 11, note: 1 })
    expect(answer.findings).toContainEqual({
      id: 'schedule-in-utc',
      severity: 'error',
      key: 'lambda.dkim.schedule',
      line: lineOf('    schedule: cron(0 9'),
      column: 5,
      title: 'A schedule is read in UTC',
      what: 'It is meant for 09:00, and runs at 18:00 in Asia/Tokyo.',
      sum: ['cron(0 9 1 * ? *) = 09:00 UTC = 18:00 Asia/Tokyo'],
      why: expect.stringContaining('EventBridge') as string,
      mend: expect.stringContaining('scheduleTimeZone') as string,
      source: 'https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html',
    })
  })

  it('keeps the form of its JSON', async () => {
    const { out } = await watari(`check ${DESIGN} --json`)
    const answer = JSON.parse(out) as { findings: readonly object[] }
    expect(Object.keys(answer)).toEqual(['file', 'language', 'findings', 'notStated', 'counts'])
    const names = ['id', 'severity', 'title', 'why', 'mend', 'source', 'key', 'line', 'column', 'what', 'sum']
    for (const finding of answer.findings) expect(Object.keys(finding)).toEqual(names)
  })

  it('warns that its prices are old where a finding may rest on them', async () => {
    const now = Date.parse('2026-11-25T00:00:00Z')
    expect(await watari(`check ${MENDED}`, { now })).toMatchObject({
      code: 0,
      error:
        'watari: warning: the price table is 126 days old: compare it with https://aws.amazon.com/ses/pricing/ before you decide\n',
    })
    expect((await watari(`check ${MENDED}`, { now: Date.parse('2026-10-20T00:00:00Z') })).error).toBe('')
  })

  it('says what it does not judge', async () => {
    const silent = 'domain: example.jp\nlegacy: { hosts: [{ host: mx1.example.jp, port: 25 }] }\n'
    const readPlan = () => parsePlan(silent, { file: 'plan.yaml', hostname: 'localhost' })
    expect((await watari('check plan.yaml', { more: { readPlan } })).out).toBe(`plan.yaml: nothing to mend
Not judged, because the plan does not state it: volume, targets, identity,
configurationSet, quota, lambda, alarms, archive, recovery, security, budget,
schedule.
`)
  })

  it('looks for the keys of a data folder where one is named', async () => {
    const asked: object[] = []
    const dnsFindings = async (_plan: object, where: object) => {
      asked.push(where)
      return []
    }
    await watari(`check ${MENDED} --dns`, { more: { dnsFindings } })
    await watari(`check ${MENDED} --dns --data /var/lib/watari`, { more: { dnsFindings } })
    await watari(`check ${MENDED} --dns`, { more: { dnsFindings }, variables: { WATARI_DATA: '/srv/watari' } })
    expect(asked).toEqual([{}, { dataFolder: '/var/lib/watari' }, { dataFolder: '/srv/watari' }])
    const damaged = () => Promise.reject(new Error('the keys in /srv are of example.jp, not of goo.ne.jp'))
    expect(await watari(`check ${MENDED} --dns --data /srv`, { more: { dnsFindings: damaged } })).toMatchObject({
      code: 65,
      error:
        'watari: the keys in /srv are of example.jp, not of goo.ne.jp. Name the data folder of this plan, or none.\n',
    })
  })

  it('reads logs by as many bounces as are asked for', async () => {
    const rules: object[] = []
    const run: NonNullable<Programs['baseline']>['run'] = async ({ rule }) => {
      rules.push(rule)
      return { faults: [] }
    }
    const baseline = { run, read: () => ({ kind: 'unreadable' as const, why: 'is not asked for' }) }
    await watari(`check ${MENDED} --logs logs`, { more: { baseline } })
    await watari(`check ${MENDED} --logs logs --bounces 5`, { more: { baseline } })
    expect(rules).toEqual([
      { leastBounces: 2, doubtful: false },
      { leastBounces: 5, doubtful: false },
    ])
  })

  it('tells of a faulty plan what every command tells', async () => {
    const { code, error } = await watari('check no-such-plan.yaml')
    expect(code).toBe(65)
    expect(error).toContain('there is no such file')
  })

  it('refuses two forms at once', async () => {
    expect((await watari(`check ${DESIGN} --json --sarif`)).code).toBe(64)
  })
})

describe('watari check --explain', () => {
  it('needs no plan', async () => {
    const { code, out } = await watari('check --explain ses-tls-required')
    expect(code).toBe(0)
    expect(out).toBe(`✗ TlsPolicy Require loses mail to receivers without TLS
  ses-tls-required

  Why   SES tries for up to 14 hours and gives up: what Postfix delivers in the
        clear today comes back as a bounce.
  Mend  Measure the TLS share in the Postfix logs (\`watari baseline\`), write it
        as volume.tlsPercent, and choose OPTIONAL unless it is 100.
  See   https://docs.aws.amazon.com/ses/latest/dg/security-protocols.html
`)
  })

  it('knows what was meant', async () => {
    expect(await watari('check --explain ses-tls-requird')).toMatchObject({
      code: 64,
      error: 'watari: there is no finding ses-tls-requird. Did you mean ses-tls-required?\n',
    })
  })
})

describe('the documents', () => {
  it.each([
    ['README.md', 'en'],
    ['README.ja.md', 'ja'],
    ['docs/commands.md', 'en'],
  ])('%s shows what is printed', async (file, language) => {
    const { out } = await watari(`check ${DESIGN} --lang ${language}`)
    const shown = /\$ [^\n]*(?:watari|watari --) check plans\/goo\.ne\.jp\.yaml[^\n]*\n…\n([^]*?)\n```/.exec(
      readFileSync(file, 'utf8'),
    )
    for (const piece of shown![1]!.split('\n…\n')) expect(placeless(out)).toContain(placeless(piece))
  })
})

/** Lines of the plan move when it is edited. */
const placeless = (text: string) => text.replaceAll(/yaml:\d+:/g, 'yaml:')

describe('docs/findings.md', () => {
  const TABLE = /<!-- table -->\n\n[^]*?\n\n<!-- end of table -->/
  // UPDATE_DOCS=1 renews it.
  it('lists every finding', () => {
    const cell = (text: string) => text.replaceAll('|', '\\|')
    const rows = [...RULES, ...LIVE_RULES].map(({ id, severity, title }) => [
      `\`${id}\``,
      severity,
      cell(title.en),
      cell(title.ja),
    ])
    const head = ['id', 'severity', 'what', '内容']
    const widths = head.map((name, i) => Math.max(...[head, ...rows].map((row) => widthOf(row[i]!)), name.length))
    const line = (row: readonly string[]) =>
      `| ${row.map((text, i) => text + ' '.repeat(widths[i]! - widthOf(text))).join(' | ')} |`
    const table = [line(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...rows.map(line)].join(
      '\n',
    )
    const file = 'docs/findings.md'
    const text = readFileSync(file, 'utf8')
    const wanted = text.replace(TABLE, () => `<!-- table -->\n\n${table}\n\n<!-- end of table -->`)
    if (process.env['UPDATE_DOCS'] === '1') writeFileSync(file, wanted)
    expect(readFileSync(file, 'utf8')).toBe(wanted)
  })
})

function lineOf(beginning: string): number {
  return (
    readFileSync(DESIGN, 'utf8')
      .split('\n')
      .findIndex((line) => line.startsWith(beginning)) + 1
  )
}

// The request to the DNS team, read by what its readers use: BIND, a shell, Python's CSV and HTML. And the pictures of it in
// docs/request-pack.md, which are what the program writes: UPDATE_DOCS=1 renews them.
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { requestPack } from '../../src/core/dkim/request-pack.ts'
import { aRequest, RECORDS } from '../support/dns-request.ts'
import { describeJudged, programJudge } from '../support/judge.ts'
import { BIND, checkZone } from '../support/name-server.ts'

const packFile = (name: string, records: Parameters<typeof aRequest>[1] = {}) =>
  requestPack(aRequest('ja', records), 'ja').files!.find((file) => file.name === name)!.text

const ZONE = `$TTL 3600
@ IN SOA ns1.goo.example.jp. hostmaster.goo.example.jp. 1 3600 600 1209600 300
@ IN NS ns1.goo.example.jp.
ns1.goo.example.jp. IN A 192.0.2.1
`

describeJudged('the lines for a zone file', BIND, () => {
  test.each(Object.keys(RECORDS) as (keyof typeof RECORDS)[])('are taken by named-checkzone: %s', async (kind) => {
    const fragment = packFile('records.zone', { records: RECORDS[kind] })
    expect(await checkZone('goo.example.jp', `${ZONE}\n${fragment}`)).toContain('OK')
  })
})

describeJudged('the table', programJudge('python3', 'apt-get install python3'), () => {
  test('is read back whole by another reader, byte order mark and all', () => {
    const program =
      "import csv,json,sys,io; t=sys.stdin.buffer.read().decode('utf-8-sig'); print(json.dumps(list(csv.DictReader(io.StringIO(t, newline='')))))"
    const rows = JSON.parse(
      execFileSync('python3', ['-c', program], { input: packFile('records.csv') }).toString(),
    ) as {
      value: string
      name: string
    }[]
    expect(rows.map(({ name }) => name)).toEqual([
      'watari1._domainkey.goo.example.jp.',
      'watari2._domainkey.goo.example.jp.',
      'watari3._domainkey.goo.example.jp.',
      'bounce.goo.example.jp.',
      'bounce.goo.example.jp.',
      '_dmarc.goo.example.jp.',
    ])
    expect(rows[0]?.value).toBe(RECORDS.keys[0].value)
  })

  test.each(['ja', 'en'] as const)(
    'the HTML closes what it opens, and gives a value whole to whoever copies it (%s)',
    (language) => {
      const program = `
import sys, json
from html.parser import HTMLParser
class P(HTMLParser):
    def __init__(s):
        super().__init__(); s.open=[]; s.bad=[]; s.text=[]
    def handle_starttag(s, tag, attrs):
        if tag not in ('meta','br'): s.open.append(tag)
    def handle_endtag(s, tag):
        s.bad.append(tag) if not s.open or s.open.pop()!=tag else None
    def handle_data(s, data): s.text.append(data)
p=P(); p.feed(sys.stdin.buffer.read().decode('utf-8')); p.close()
print(json.dumps({'open':p.open,'bad':p.bad,'text':p.text}))`
      const { html } = requestPack(aRequest(language), language)
      const read = JSON.parse(execFileSync('python3', ['-c', program], { input: html! }).toString()) as {
        open: string[]
        bad: string[]
        text: string[]
      }
      expect(read).toMatchObject({ open: [], bad: [] })
      for (const { value, type } of RECORDS.keys) if (type === 'TXT') expect(read.text).toContain(value)
    },
  )
})

test('the commands to check are good shell', () => {
  execFileSync('sh', ['-n'], { input: packFile('check.sh') })
  expect(packFile('check.sh')).toContain(
    'dig +norecurse +short @ns1.goo.example.jp watari1._domainkey.goo.example.jp TXT',
  )
})

const DOCUMENT = 'docs/request-pack.md'
const shortened = (text: string) => text.replaceAll(/(p=MIIB[\w+/=]{20})[\w+/=]{80,}/g, '$1…')

function block(title: string, language: string, text: string): string {
  return `### ${title}\n\n\`\`\`${language}\n${shortened(text).trimEnd()}\n\`\`\`\n`
}

function documentText(): string {
  const [ja, en] = [requestPack(aRequest('ja'), 'ja'), requestPack(aRequest('en'), 'en')]
  const reminder = requestPack(aRequest('ja', { kind: 'reminder', records: RECORDS.faults.slice(2) }), 'ja')
  const correction = requestPack(aRequest('ja', { kind: 'correction', records: RECORDS.faults }), 'ja')
  const mail = (title: string, { subject, text }: typeof ja) => block(title, 'text', `Subject: ${subject}\n\n${text}`)
  return `# The request to the DNS team

What Watari sends when records are wanted: as mail with text and HTML, as a Slack message, and as files. All of it is written
by the program; a test keeps this page in step. Keys are cut short here (…), never in a request.

| Japanese | English |
| --- | --- |
| ![the mail in Japanese](pictures/request-ja.png) | ![the mail in English](pictures/request-en.png) |

A request goes out once. It is repeated three days before its date, on it, and then once a week, in working hours, six times at
most; whatever was published wrongly is told once, at once.

## Text

${mail('The request in Japanese', ja)}
${mail('The request in English', en)}
${mail('A reminder', reminder)}
${mail('A correction', correction)}
## Files

${block('records.zone', 'zone', packFile('records.zone'))}
${block('records.zone, by aliases into a zone of our own', 'zone', packFile('records.zone', { records: RECORDS.aliases }))}
${block('records.csv', 'csv', packFile('records.csv').replace('\uFEFF', '').replaceAll('\r\n', '\n'))}
## Slack

${block('The same as Block Kit', 'json', JSON.stringify({ blocks: ja.slackBlocks }, undefined, 2))}`
}

describe(DOCUMENT, () => {
  test('shows what the program writes', () => {
    if (process.env['UPDATE_DOCS'] === '1') writeFileSync(DOCUMENT, documentText())
    expect(readFileSync(DOCUMENT, 'utf8').trim()).toBe(documentText().trim())
  })
})

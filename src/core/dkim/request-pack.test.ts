import { describe, expect, test } from 'vitest'
import { aRequest, RECORDS } from '../../../test/support/dns-request.ts'
import { requestPack } from './request-pack.ts'
import { stringsOf } from '../base/txt-strings.ts'
import { quotedStrings } from './txt-value.ts'

const file = (name: string) => requestPack(aRequest('en'), 'en').files!.find((one) => one.name === name)!.text

describe('a value over 255 characters', () => {
  test('is cut into strings that join to itself', () => {
    const value = `v=DKIM1; k=rsa; p=${'A'.repeat(392)}`
    expect(stringsOf(value).map(({ length }) => length)).toEqual([255, 155])
    expect(stringsOf(value).join('')).toBe(value)
  })

  test('is one line, each string in quotes, one space between', () => {
    expect(quotedStrings('a'.repeat(256))).toBe(`"${'a'.repeat(255)}" "a"`)
    expect(quotedStrings('say "hi" \\ bye')).toBe(String.raw`"say \"hi\" \\ bye"`)
    expect(quotedStrings('')).toBe('""')
  })
})

describe('the request', () => {
  test('says until when, with the weekday of the place', () => {
    expect(requestPack(aRequest('ja'), 'ja').subject).toBe(
      '【DNS登録のお願い】goo.example.jp メール送信用レコード(2026年12月9日(水)まで) [dns-2026-11-25-c5f2f21a]',
    )
    expect(requestPack(aRequest('en'), 'en').subject).toBe(
      'DNS records for sending mail of goo.example.jp, please by Wed, 2026-12-09 [dns-2026-11-25-c5f2f21a]',
    )
  })

  test('gives each value on a line of its own, and names both ways', () => {
    const lines = requestPack(aRequest('ja'), 'ja').text.split('\n')
    for (const { value, type } of RECORDS.keys.filter(({ action }) => action === 'add')) {
      expect(lines).toContain(type === 'MX' ? `${value}.` : value)
    }
    expect(lines).toContain('  名前: watari1._domainkey')
    expect(lines).toContain('        watari1._domainkey.goo.example.jp.')
  })

  test('asks to keep the SPF of the old hosts, and never to add SES to it', () => {
    const { text } = requestPack(aRequest('en'), 'en')
    expect(text).toContain('- goo.example.jp. TXT v=spf1 ip4:192.0.2.0/24 include:_spf.example.net ~all')
    expect(text).toContain('include:amazonses.com is not needed in the SPF of the sending domain')
    expect(file('records.zone')).toContain('; @ 3600 IN TXT "v=spf1 ip4:192.0.2.0/24 include:_spf.example.net ~all"')
  })

  test('keeps its lines short, but for values', () => {
    const long = requestPack(aRequest('en'), 'en')
      .text.split('\n')
      .filter((line) => line.length > 78 && !line.startsWith('  dig '))
    expect(long.every((line) => line.startsWith('v=DKIM1; k=rsa; p=MIIB'))).toBe(true)
    expect(long).toHaveLength(3)
  })

  test('has the same id for the same thing, and another for each reminder and language', () => {
    expect(requestPack(aRequest('ja'), 'ja').id).toBe('dns-2026-11-25-c5f2f21a-request-ja')
    expect(requestPack(aRequest('ja', { kind: 'reminder' }), 'ja').id).toBe('dns-2026-11-25-c5f2f21a-reminder-2-ja')
  })
})

test('a correction speaks only of what is wrong, says what it is, and how to mend it', () => {
  const { text, subject } = requestPack(aRequest('ja', { kind: 'correction', records: RECORDS.faults }), 'ja')
  expect(subject).toContain('【修正のお願い】')
  expect(text).not.toContain('watari3')
  expect(text).toContain('現在の値: → watari1._domainkey.goo.example.jp.goo.example.jp.')
  expect(text).toContain('名前の末尾にゾーン名が二重に付いています。')
  expect(text).toContain('値が途中で切れています。')
})

test('a reminder is short: what is missing, and no lesson', () => {
  const { text } = requestPack(aRequest('ja', { kind: 'reminder' }), 'ja')
  expect(text).toContain('2026年11月25日(水)にお願いいたしましたDNSレコードのうち、下記 6 件が')
  expect(text).not.toContain('■ 目的')
})

test('a revocation asks to replace the value and not to delete the record', () => {
  const { text } = requestPack(aRequest('ja', { records: RECORDS.revocation }), 'ja')
  expect(text).toContain('\nv=DKIM1; k=rsa; p=\n')
  expect(text).toContain('レコードは削除せず')
})

test('a fault nobody has words for is shown as it is', () => {
  const records = [{ ...RECORDS.faults[0], fault: 'faultOfTomorrow' }]
  expect(requestPack(aRequest('en', { records }), 'en').text).toContain('faultOfTomorrow')
})

test('a cell that a spreadsheet would run is made text, and a value is left as it is', () => {
  const records = [{ ...RECORDS.keys[0], today: ['=cmd|x'] }]
  const csv = requestPack(aRequest('en', { records }), 'en').files!.find(({ name }) => name === 'records.csv')!.text
  expect(csv).toContain(",'=cmd|x,")
  expect(csv).toContain(`,${RECORDS.keys[0].value},`)
})

test('what others wrote into DNS cannot write HTML', () => {
  const records = [{ ...RECORDS.keys[0], today: ['<script>alert(1)</script>'] }]
  const { html, slackBlocks } = requestPack(aRequest('en', { records }), 'en')
  expect(html).not.toContain('<script>')
  expect(html).toContain('&lt;script&gt;')
  expect(JSON.stringify(slackBlocks)).not.toContain('<script>')
})

describe('on Slack', () => {
  const all = Array.from({ length: 60 }, (_, index) => ({ ...RECORDS.keys[0], name: `r${index}.goo.example.jp` }))

  test.each(['ja', 'en'] as const)('the message keeps to the limits, however much is asked for (%s)', (language) => {
    for (const records of [RECORDS.keys, RECORDS.faults, all]) {
      const blocks = requestPack(aRequest(language, { records }), language).slackBlocks! as readonly {
        type: string
        text?: { text: string }
        elements?: readonly unknown[]
      }[]
      expect(blocks.length).toBeLessThanOrEqual(50)
      for (const { type, text, elements } of blocks) {
        expect(text?.text.length ?? 0).toBeLessThanOrEqual(type === 'header' ? 150 : 3_000)
        expect(elements?.length ?? 0).toBeLessThanOrEqual(10)
      }
    }
  })

  test('a value stands in a block of code, whole', () => {
    const text = JSON.stringify(requestPack(aRequest('ja'), 'ja').slackBlocks)
    expect(text).toContain(`\`\`\`${RECORDS.keys[0].value}\`\`\``)
  })
})

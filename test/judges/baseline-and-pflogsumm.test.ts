// The log of a real Postfix under varied load, read by us and by pflogsumm: what both count is the same. Greylisting, unknown
// users, a dead next hop, a mail given up, rejects, TLS and many recipients are Postfix's own lines, in both forms of stamps.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Baseline } from '../../src/core/plan/baseline/baseline.ts'
import { aCertificate } from '../support/certificate.ts'
import { describeJudged } from '../support/judge.ts'
import { compareWithPflogsumm, PFLOGSUMM, pflogsummTotals } from '../support/pflogsumm.ts'
import { POSTFIX, startPostfix, type Postfix } from '../support/postfix.ts'
import { sendMail } from '../support/smtp-client.ts'
import { watari } from '../support/watari.ts'

/** Nobody listens there (RFC 863 is not in use on a test machine). */
const DEAD = '127.0.0.1:9'
const MISSING = POSTFIX.missing() === undefined ? PFLOGSUMM : POSTFIX

describeJudged('a baseline of a real Postfix, beside pflogsumm', MISSING, () => {
  let folder: string
  let receiver: Postfix
  let sender: Postfix

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'watari-baseline-'))
    const { key, cert } = await aCertificate()
    writeFileSync(join(folder, 'tls.pem'), key + cert)
    receiver = await startPostfix({
      sinkMaildir: true,
      mainCf: {
        smtpd_recipient_restrictions:
          'check_recipient_access inline:{ {gone@dst.example = 550 5.1.1 User unknown}, {spam@dst.example = 554 5.7.1 blocked, id=7 (score 9)}, {later@dst.example = 450 4.2.0 Greylisted} }, permit',
      },
      smtpd: {
        smtpd_tls_security_level: 'may',
        smtpd_tls_cert_file: join(folder, 'tls.pem'),
        smtpd_tls_key_file: join(folder, 'tls.pem'),
      },
    })
    sender = await startPostfix({
      relayhost: receiver.address,
      mainCf: {
        smtp_tls_security_level: 'may',
        smtp_tls_loglevel: '1',
        transport_maps: `inline:{ {dead.example = smtp:[127.0.0.1]:9} }`,
        smtpd_relay_restrictions:
          'check_recipient_access inline:{ {refused@dst.example = REJECT} }, permit_mynetworks, reject',
        enable_long_queue_ids: 'yes',
      },
    })
  })
  afterAll(async () => {
    await sender?.stop()
    await receiver?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  async function load(): Promise<void> {
    const mail = (n: number) => `Subject: ${n}\n\n${'x'.repeat(100 * n)}\n`
    for (let n = 1; n <= 12; n += 1) {
      await sender.submit(mail(n), { from: `news${n}@goo.ne.jp`, to: [`user${n}@dst.example`] })
    }
    await sender.submit(mail(13), { from: '', to: ['user13@dst.example'] })
    await sender.submit(mail(14), {
      from: 'a@other.example',
      to: ['gone@dst.example', 'spam@dst.example', 'user@dst.example'],
    })
    await sender.submit(mail(15), { from: 'a@goo.ne.jp', to: ['gone@dst.example'] })
    await sender.submit(mail(16), { from: 'a@goo.ne.jp', to: ['later@dst.example', 'someone@dead.example'] })
    await sender.submit(mail(17), {
      from: 'a@goo.ne.jp',
      to: Array.from({ length: 60 }, (_, n) => `many${n}@dst.example`),
    })
    const envelope = { from: 'a@goo.ne.jp', to: ['user@dst.example'] }
    await sendMail(sender.address, envelope, 'Subject: by SMTP\r\n\r\nhello\r\n')
    await sendMail(sender.address, { ...envelope, to: ['refused@dst.example'] }, 'Subject: no\r\n\r\nno\r\n').catch(
      () => {},
    )
    await sender.logged(/to=<user@dst\.example>.*status=sent[\s\S]*to=<user@dst\.example>.*status=sent/)
    await sender.logged(/to=<many59@dst\.example>.*status=sent/)
    await sender.logged(/to=<someone@dead\.example>.*status=deferred/)
    await sender.logged(/to=<later@dst\.example>.*status=deferred/)
    await sender.flush()
    await sender.logged(/to=<later@dst\.example>[\s\S]*to=<later@dst\.example>.*status=deferred/)
    await sender.logged(/to=<someone@dead\.example>[\s\S]*to=<someone@dead\.example>.*status=deferred/)
  }

  test('both count the same mails, recipients, deferrals, bounces, rejects and octets', async () => {
    await load()
    const text = sender.log()
    const iso = text.replaceAll(
      /^(\w{3}) ([ \d]\d) (\d{2}:\d{2}:\d{2}) /gm,
      (_, month: string, day: string, time: string) => {
        const number = new Date(`${month} 1 2024`).getMonth() + 1
        return `${new Date().getFullYear()}-${String(number).padStart(2, '0')}-${day.trim().padStart(2, '0')}T${time}.123456+09:00 `
      },
    )
    for (const [name, log] of [
      ['classic.log', text],
      ['iso.log', iso],
    ] as const) {
      const file = join(folder, name)
      writeFileSync(file, log)
      const answer = await watari('baseline', file, '--json', '--zone', 'UTC')
      const baseline = JSON.parse(answer.out) as Baseline
      const totals = pflogsummTotals(spawnSync('pflogsumm', [file], { encoding: 'utf8' }).stdout)
      expect(totals['delivered']!.value).toBeGreaterThan(70)
      expect(compareWithPflogsumm(baseline.lines, totals)).toEqual([])
      expect(baseline.lines).toMatchObject({ unknown: 0, bounced: 3, rejected: 1, deferredMails: 1 })
    }
  })

  test('and the baseline tells more: senders, TLS, large envelopes, who is gone', async () => {
    const file = join(folder, 'mail.log')
    writeFileSync(file, sender.log())
    const baseline = JSON.parse((await watari('baseline', file, '--json', '--bounces', '2')).out) as Baseline & {
      readonly uncoveredSenders: readonly { readonly domain: string }[]
    }
    expect(baseline.uncoveredSenders.map(({ domain }) => domain)).toEqual(['other.example'])
    expect(baseline.tls.plain).toBe(0)
    expect(baseline.tls.tls).toBe(baseline.outcomes.delivered)
    expect(baseline.largeEnvelopes).toEqual({ mails: 1, largest: 60 })
    expect(baseline.suppression).toMatchObject({ candidates: 1, suppressed: 1 })
    const reasons = Object.fromEntries(
      baseline.reasons.map(({ reason, failed, deferred }) => [reason, failed + deferred]),
    )
    expect(reasons).toMatchObject({ noSuchUser: 2, reputation: 1, greylisted: 2, connectFailed: 2 })
    expect(baseline.nullSenders).toBeGreaterThanOrEqual(1)
  })

  test(`a next hop that is dead (${DEAD}) is no bounce`, async () => {
    const file = join(folder, 'mail.log')
    writeFileSync(file, sender.log())
    const baseline = JSON.parse((await watari('baseline', file, '--json')).out) as Baseline
    expect(baseline.domains.find(({ domain }) => domain === 'dead.example')!.outcomes).toMatchObject({
      bounced: 0,
      delivered: 0,
    })
  })
})

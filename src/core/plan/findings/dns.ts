// SPF and MAIL FROM as the plan writes them: whether mail of both routes passes, and whether what passes is aligned.
import { count, percentText } from '../amounts.ts'
import { parseSpf, type SpfRecord } from '../../base/spf.ts'
import { alike, NOTHING, say, seen, type Rule, type Sighting } from '../finding.ts'
import { dailyMails } from '../load.ts'
import type { Plan } from '../plan.ts'

const MAIL_FROM = 'https://docs.aws.amazon.com/ses/latest/dg/mail-from.html'
const SES_INCLUDE = 'amazonses.com'

export const dnsRules: readonly Rule[] = [
  {
    id: 'spf-drops-old-hosts',
    severity: 'error',
    title: say('The SPF record drops the old hosts', 'SPF レコードに旧ホストが含まれていません'),
    why: say(
      'The old hosts still send most of the mail. Without their addresses it fails SPF from the hour the record is published.',
      '移行中も大半のメールは旧ホストから出ます。レコードを公開した瞬間から、それらは SPF に合格しなくなります。',
    ),
    mend: say(
      'Keep the ip4: and ip6: terms of the old hosts until the last of them is switched off, and list them as dkim.legacySpf.',
      '最後の旧ホストを止めるまで ip4: / ip6: を残し、dkim.legacySpf にも書いてください。',
    ),
    source: 'RFC 7208 5.6',
    look: dropsOldHosts,
  },
  {
    id: 'spf-include-aligns-nothing',
    severity: 'warning',
    title: say(
      'include:amazonses.com on the From domain aligns nothing',
      'From ドメインの include:amazonses.com は何の効果もありません',
    ),
    why: say(
      'SPF is checked on the envelope domain, and SES never uses the From domain there. The include costs one of ten look-ups, and lets every customer of SES pass SPF in your name.',
      'SPF はエンベロープのドメインで検査され、SES は From ドメインをそこに使いません。この include は 10 回の参照の 1 回を費やし、SES の全利用者に御社名義の SPF 合格を許すだけです。',
    ),
    mend: say(
      'Remove it; give the custom MAIL FROM subdomain its own record: v=spf1 include:amazonses.com ~all.',
      '削除し、カスタム MAIL FROM のサブドメインに v=spf1 include:amazonses.com ~all を設定してください。',
    ),
    source: 'https://docs.aws.amazon.com/ses/latest/dg/send-email-authentication-spf.html',
    look: includeOnFrom,
  },
  {
    id: 'spf-unreadable',
    severity: 'error',
    title: say('The SPF record cannot be read', 'SPF レコードが正しくありません'),
    why: say(
      'A record with a fault is a permerror: no mail passes SPF.',
      '誤りのあるレコードは permerror となり、どのメールも SPF に合格しません。',
    ),
    mend: say('Write it as RFC 7208 has it.', 'RFC 7208 に従って書き直してください。'),
    source: 'RFC 7208 4.6',
    look: ({ identity: { spf } }) => {
      const record = spf === undefined ? undefined : parseSpf(spf)
      if (record?.kind !== 'fault') return NOTHING
      return seen(
        ['identity', 'spf'],
        say('Receivers stop at a fault.', '受信側はここで検査を打ち切ります。'),
        alike(record.message),
      )
    },
  },
  {
    id: 'spf-passes-everybody',
    severity: 'error',
    title: say('The SPF record lets everybody pass', 'SPF レコードが全ての送信元を許可しています'),
    why: say('Whoever forges the domain passes SPF.', 'ドメインを騙る誰もが SPF に合格します。'),
    mend: say('End with ~all or -all.', '末尾を ~all または -all にしてください。'),
    source: 'RFC 7208 8.3',
    look: ({ identity: { spf } }) =>
      termsOf(spf).some(({ mechanism, qualifier }) => mechanism.kind === 'all' && qualifier === '+')
        ? seen(['identity', 'spf'], say('It ends in +all.', '末尾が +all です。'), alike(spf!))
        : NOTHING,
  },
  {
    id: 'mail-from-missing',
    severity: 'error',
    title: say('There is no custom MAIL FROM domain', 'カスタム MAIL FROM ドメインがありません'),
    why: say(
      'Without it the envelope domain is that of SES: SPF passes and is not aligned, so DMARC hangs on DKIM alone, and nothing saves mail while a key is changed.',
      'ない場合エンベロープは SES のドメインになり、SPF は合格しても整合しません。DMARC は DKIM だけに依存し、鍵の切り替え中のメールを守るものがありません。',
    ),
    mend: say(
      'Choose a subdomain that neither sends nor receives, with exactly one MX, and write it as identity.mailFromDomain.',
      '送受信に使わないサブドメインを 1 つ選び、MX を 1 件だけ設定して identity.mailFromDomain に書いてください。',
    ),
    source: MAIL_FROM,
    look: mailFromMissing,
  },
  {
    id: 'mail-from-outside-domain',
    severity: 'error',
    title: say('The MAIL FROM domain is no subdomain', 'MAIL FROM ドメインがサブドメインではありません'),
    why: say('SES takes only a subdomain of the identity.', 'SES は ID ドメインのサブドメインしか受け付けません。'),
    mend: say('Choose a name under the domain, such as bounce.', 'bounce などのサブドメインにしてください。'),
    source: MAIL_FROM,
    look: ({ domain, identity: { mailFromDomain: name } }) =>
      name === undefined || name.toLowerCase().endsWith(`.${domain}`)
        ? NOTHING
        : seen(
            ['identity', 'mailFromDomain'],
            say(`${name} does not lie under ${domain}.`, `${name} は ${domain} の下にありません。`),
          ),
  },
  {
    id: 'mail-from-differs',
    severity: 'warning',
    title: say(
      'The design and the gateway name different MAIL FROM domains',
      '設計とゲートウェイで MAIL FROM ドメインが異なります',
    ),
    why: say(
      'The DNS team is asked for one, and SES is told the other.',
      'DNS チームに依頼する名前と SES に設定する名前が食い違います。',
    ),
    mend: say('Write the same name in both places.', '両方に同じ名前を書いてください。'),
    source: MAIL_FROM,
    look: ({ identity: { mailFromDomain: name }, dkim }) =>
      name === undefined ||
      dkim?.mailFromDomain === undefined ||
      dkim.mailFromDomain.toLowerCase() === name.toLowerCase()
        ? NOTHING
        : seen(
            ['identity', 'mailFromDomain'],
            alike(`identity.mailFromDomain: ${name} ≠ dkim.mailFromDomain: ${dkim.mailFromDomain}`),
          ),
  },
]

function termsOf(spf: string | undefined): Extract<SpfRecord, { kind: 'record' }>['terms'] {
  const record = spf === undefined ? undefined : parseSpf(spf)
  return record?.kind === 'record' ? record.terms : []
}

function dropsOldHosts(plan: Plan): readonly Sighting[] {
  const { spf } = plan.identity
  const record = spf === undefined ? undefined : parseSpf(spf)
  if (spf === undefined || record?.kind !== 'record' || record.redirect !== undefined) return NOTHING
  const texts = record.terms.map(({ text }) => text.replace(/^\+/, '').toLowerCase())
  const missing = (plan.dkim?.legacySpf ?? []).filter((term) => !texts.includes(term.toLowerCase()))
  const names = record.terms.some(({ mechanism: one }) =>
    one.kind === 'include' ? one.domain.toLowerCase() !== SES_INCLUDE : one.kind !== 'all',
  )
  if (names && missing.length === 0) return NOTHING
  const first = plan.stages[0]?.percent ?? 0
  const daily = dailyMails(plan)
  const lost =
    daily === undefined
      ? []
      : [alike(`${count(daily)} × ${percentText(100 - first)} = ${count((daily * (100 - first)) / 100)}`)]
  return seen(
    ['identity', 'spf'],
    say(
      `At the stage of ${first} %, the other ${100 - first} % come from hosts that the record does not name.`,
      `${first} % の段階では、残りの ${100 - first} % がレコードにないホストから送られます。`,
    ),
    alike(spf),
    ...missing.map((term) => say(`missing: ${term}`, `不足: ${term}`)),
    ...lost,
  )
}

function includeOnFrom({ identity: { spf } }: Plan): readonly Sighting[] {
  const term = termsOf(spf).find(
    ({ mechanism }) => mechanism.kind === 'include' && mechanism.domain.toLowerCase() === SES_INCLUDE,
  )
  if (term === undefined) return NOTHING
  return seen(
    ['identity', 'spf'],
    say(
      `${term.text} spends a look-up and aligns nothing.`,
      `${term.text} は参照回数を費やすだけで、整合には寄与しません。`,
    ),
    alike(spf!),
  )
}

function mailFromMissing({ domain, identity, dkim }: Plan): readonly Sighting[] {
  const judged = identity.spf !== undefined || identity.dmarc !== undefined || identity.dkimType !== undefined
  if (!judged || identity.mailFromDomain !== undefined) return NOTHING
  const named = dkim?.mailFromDomain
  return seen(
    ['identity'],
    named === undefined
      ? say(
          `The envelope of ${domain} would be one of amazonses.com.`,
          `${domain} のエンベロープは amazonses.com になります。`,
        )
      : say(
          `The design names none; only dkim.mailFromDomain does: ${named}.`,
          `設計に記載がなく、dkim.mailFromDomain (${named}) にしかありません。`,
        ),
    say(
      `From: ${domain}, MAIL FROM: amazonses.com: not aligned`,
      `From: ${domain}、MAIL FROM: amazonses.com → 整合しない`,
    ),
  )
}

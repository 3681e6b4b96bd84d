// What the old hosts' logs say of the plan: whom SES would refuse or not reach, what suppression saves, and whether the figures of
// the plan are those of the mail. The baseline holds no address.
import type { Baseline, DomainBaseline, SenderBaseline } from '../baseline/baseline.ts'
import { count, percentText, short } from '../amounts.ts'
import { alike, NOTHING, say, seen, type Explanation, type Sighting } from '../finding.ts'
import { lastPercent } from '../load.ts'
import type { Plan } from '../plan.ts'

export interface BaselineRule extends Explanation {
  readonly look: (baseline: Baseline, plan: Plan) => readonly Sighting[]
}

/** So many are named; the rest is in `watari baseline`. */
const NAMED_MAX = 5
/** A plan may be off by a fifth before its sums mislead. */
const VOLUME_TOLERANCE = 0.2
const SECONDS_AN_HOUR = 3_600
const LOGS = 'docs/baseline.md'

export const baselineRules: readonly BaselineRule[] = [
  {
    id: 'logs-tls-required-loses',
    severity: 'error',
    title: say(
      'TlsPolicy Require loses mail that is delivered today',
      'TlsPolicy Require では現在届いているメールが失われます',
    ),
    why: say(
      'These receivers took mail in the clear; SES would try for hours and bounce it.',
      'これらの宛先は平文で受け取っています。SES は何時間も試みた後にバウンスさせます。',
    ),
    mend: say(
      'Write OPTIONAL, or keep these domains on legacy (shares.byDomain).',
      'OPTIONAL にするか、これらのドメインを旧経路に残してください (shares.byDomain)。',
    ),
    source: 'https://docs.aws.amazon.com/ses/latest/dg/security-protocols.html',
    look: tlsLoses,
  },
  {
    id: 'logs-sender-refused',
    severity: 'error',
    title: say('SES would refuse senders that are in use', '使用中の送信元を SES が拒否します'),
    why: say(
      'The domain of every envelope sender must be a verified identity: what has none stays on legacy for ever.',
      'エンベロープ送信元のドメインはすべて検証済み ID である必要があります。なければ旧経路に残り続けます。',
    ),
    mend: say(
      'Verify them and add them to ses.identities, or decide that they stay.',
      '検証して ses.identities に加えるか、残すことを決めてください。',
    ),
    source: 'https://docs.aws.amazon.com/ses/latest/dg/verify-addresses-and-domains.html',
    look: sendersRefused,
  },
  {
    id: 'logs-peak-over-target',
    severity: 'error',
    title: say('The busiest hour is over the planned peak', '最も混んだ 1 時間が計画のピークを超えています'),
    why: say('That hour comes again, and its mail would be late.', 'その混雑は繰り返され、メールが遅れます。'),
    mend: say('Plan above the busiest hour of the logs.', 'ログの最大値を上回るピークにしてください。'),
    source: LOGS,
    look: ({ peaks }, { targets: { peakMailsPerHour: target } }) =>
      target === undefined || peaks.peakHour <= target
        ? NOTHING
        : seen(
            ['targets', 'peakMailsPerHour'],
            say(
              `The logs have ${count(peaks.peakHour)} in one hour.`,
              `ログでは 1 時間に ${count(peaks.peakHour)} 宛先です。`,
            ),
            alike(`${count(peaks.peakHour)} > ${count(target)}`),
          ),
  },
  {
    id: 'logs-rate-below-peak',
    severity: 'warning',
    title: say('The busiest hour is over the sending rate', '最も混んだ 1 時間が送信レートを超えています'),
    why: say(
      'Mail of that hour waits for its turn; latency passes the gate.',
      'その時間のメールは順番待ちになり、遅延がゲートを超えます。',
    ),
    mend: say(
      'Ask for a higher rate before the last stage, or spread the campaigns.',
      '最後の段階の前にレートを上げるか、配信を分散してください。',
    ),
    source: 'https://docs.aws.amazon.com/ses/latest/dg/manage-sending-quotas.html',
    look: rateBelowPeak,
  },
  {
    id: 'logs-volume-differs',
    severity: 'warning',
    title: say('The plan has another volume than the logs', '計画の送信量がログと異なります'),
    why: say('Cost, quota and calendar are reckoned from it.', '費用・上限・日程はこの値から計算されます。'),
    mend: say(
      'Write what the logs say as volume.mailsPerDay, or find the missing hosts.',
      'ログの値を volume.mailsPerDay に書くか、不足しているホストのログを探してください。',
    ),
    source: LOGS,
    look: ({ peaks }, { volume: { mailsPerDay: planned } }) =>
      planned === undefined || Math.abs(peaks.averageDay - planned) <= planned * VOLUME_TOLERANCE
        ? NOTHING
        : seen(
            ['volume', 'mailsPerDay'],
            say(
              `The logs have ${count(peaks.averageDay)} a day.`,
              `ログでは 1 日 ${count(peaks.averageDay)} 宛先です。`,
            ),
            alike(
              `${count(peaks.averageDay)} ÷ ${count(planned)} = ${percentText((peaks.averageDay / planned) * 100)}`,
            ),
          ),
  },
  {
    id: 'logs-bounces-over-gate',
    severity: 'error',
    title: say('The old hosts already bounce more than SES bears', '旧ホストのバウンス率が SES の許容を超えています'),
    why: say(
      'SES reviews an account at 5 % and stops it at 10 %; the shift would roll back at once.',
      'SES は 5 % で審査、10 % で停止します。移行は直ちに戻ります。',
    ),
    mend: say(
      'Import the suppression candidates before the first stage (`watari suppression import`).',
      '最初の段階の前に抑止候補を取り込んでください (`watari suppression import`)。',
    ),
    source: 'https://docs.aws.amazon.com/ses/latest/dg/faqs-enforcement.html',
    look: bouncesOverGate,
  },
  {
    id: 'logs-dotted-domain-unlisted',
    severity: 'warning',
    title: say(
      'Old carrier addresses lie in a domain that the plan does not list',
      '計画にないドメインに旧形式のアドレスがあります',
    ),
    why: say(
      'The gateway refuses a..b@ and a.@ elsewhere, though their mailboxes exist.',
      '一覧にないドメインの a..b@ や a.@ はゲートウェイが拒否します。実在する宛先です。',
    ),
    mend: say('Add the domain to addresses.dotDomains.', 'addresses.dotDomains にドメインを加えてください。'),
    source: 'RFC 5321 4.1.2',
    look: ({ dotted }, { addresses }) => {
      const missing = dotted.filter(({ domain }) => !addresses.dotDomains.includes(domain))
      return missing.length === 0
        ? NOTHING
        : seen(
            ['addresses', 'dotDomains'],
            say(`There are ${missing.length}.`, `${missing.length} 件あります。`),
            ...missing.slice(0, NAMED_MAX).map(({ domain, recipients }) => alike(`${domain}: ${count(recipients)}`)),
          )
    },
  },
]

export const total = ({ delivered, bounced, expired }: Baseline['outcomes']) => delivered + bounced + expired

function tlsLoses({ tls, domains, peaks }: Baseline, { configurationSet: { tlsPolicy } }: Plan): readonly Sighting[] {
  if (tlsPolicy?.toLowerCase() !== 'require' || tls.plain === 0) return NOTHING
  const share = tls.plain / (tls.tls + tls.plain)
  const worst = domains.filter((one) => one.tls.plain > 0).toSorted((a, b) => b.tls.plain - a.tls.plain)
  return seen(
    ['configurationSet', 'tlsPolicy'],
    say(`${percentText(share * 100)} went out in the clear.`, `${percentText(share * 100)} が平文で送られました。`),
    say(
      `${count(peaks.averageDay)} a day × ${percentText(share * 100)} = ${count(peaks.averageDay * share)}`,
      `1 日 ${count(peaks.averageDay)} × ${percentText(share * 100)} = ${count(peaks.averageDay * share)}`,
    ),
    ...worst.slice(0, NAMED_MAX).map(({ domain, tls: one }: DomainBaseline) => alike(`${domain}: ${count(one.plain)}`)),
  )
}

function sendersRefused({ senders, recipients }: Baseline, { ses }: Plan): readonly Sighting[] {
  const isCovered = ({ domain }: SenderBaseline) =>
    ses.identities.some((one) => domain === one || domain.endsWith(`.${one}`))
  const refused = senders
    .filter((one) => one.domain !== '' && !isCovered(one))
    .toSorted((a, b) => b.recipients - a.recipients)
  if (refused.length === 0) return NOTHING
  const lost = refused.reduce((sum, one) => sum + one.recipients, 0)
  return seen(
    ['ses', 'identities'],
    say(
      `${refused.length} domains of senders have no identity.`,
      `${refused.length} 個の送信元ドメインに ID がありません。`,
    ),
    alike(`${count(lost)} ÷ ${count(recipients)} = ${percentText((lost / Math.max(recipients, 1)) * 100)}`),
    ...refused.slice(0, NAMED_MAX).map(({ domain, recipients: few }) => alike(`${domain}: ${count(few)}`)),
  )
}

function rateBelowPeak({ peaks }: Baseline, plan: Plan): readonly Sighting[] {
  const rate = Math.min(plan.quota.grantedRatePerSecond ?? Infinity, plan.quota.ratePerSecond ?? Infinity)
  const needed = (peaks.peakHour * lastPercent(plan)) / 100 / SECONDS_AN_HOUR
  if (rate >= needed) return NOTHING
  return seen(
    ['quota'],
    say(
      `The busiest hour needs ${needed.toFixed(1)} a second at the last stage.`,
      `最後の段階では毎秒 ${needed.toFixed(1)} 宛先が必要です。`,
    ),
    alike(
      `${count(peaks.peakHour)} × ${lastPercent(plan)} % ÷ ${count(SECONDS_AN_HOUR)} s = ${needed.toFixed(1)} /s > ${short(rate)} /s`,
    ),
  )
}

function bouncesOverGate({ outcomes }: Baseline, { gates: { bouncePercentMax } }: Plan): readonly Sighting[] {
  const share = (outcomes.bounced / Math.max(total(outcomes), 1)) * 100
  if (share <= bouncePercentMax) return NOTHING
  return seen(
    ['gates', 'bouncePercentMax'],
    say(`${percentText(share)} of the recipients bounced.`, `宛先の ${percentText(share)} がバウンスしました。`),
    alike(`${count(outcomes.bounced)} ÷ ${count(total(outcomes))} = ${percentText(share)} > ${bouncePercentMax} %`),
  )
}

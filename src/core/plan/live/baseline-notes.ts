// What is worth knowing of the mail before the move: nothing here is wrong.
import { count, dollars, percentText } from '../amounts.ts'
import type { Baseline } from '../baseline/baseline.ts'
import { alike, NOTHING, say, seen, type Sighting } from '../finding.ts'
import { dollarNumber } from '../money.ts'
import { costOf, PRICES } from '../price-table.ts'
import { total, type BaselineRule } from './baseline-rules.ts'

const CARRIERS: readonly string[] = ['docomo', 'au', 'SoftBank', 'Y!mobile', 'Rakuten']
const LOGS = 'docs/baseline.md'

export const baselineNotes: readonly BaselineRule[] = [
  {
    id: 'logs-suppression-saves',
    severity: 'note',
    title: say('Suppression saves money and reputation', '抑止リストで費用と評価を守れます'),
    why: say(
      'SES bills mail to addresses that do not exist, and counts their bounces.',
      'SES は存在しない宛先にも課金し、バウンスを数えます。',
    ),
    mend: say(
      'Import the candidates before the first stage (`watari baseline --suppression`).',
      '最初の段階の前に候補を取り込んでください (`watari baseline --suppression`)。',
    ),
    source: LOGS,
    look: suppressionSaves,
  },
  {
    id: 'logs-large-envelopes',
    severity: 'note',
    title: say('Some mails have more than 50 recipients', '50 宛先を超えるメールがあります'),
    why: say(
      'SES takes 50 in one message; the gateway sends such mails in parts.',
      'SES は 1 通に 50 宛先までです。ゲートウェイが分割して送ります。',
    ),
    mend: say(
      'Nothing need be done; one recipient a mail makes feedback exact.',
      '対処は不要です。1 通 1 宛先にすると結果が正確に分かります。',
    ),
    source: 'https://docs.aws.amazon.com/ses/latest/dg/quotas.html',
    look: ({ largeEnvelopes: { mails, largest } }) =>
      mails === 0
        ? NOTHING
        : seen(
            ['ses', 'partRecipients'],
            say(
              `${count(mails)} mails, the largest with ${count(largest)}.`,
              `${count(mails)} 通、最大 ${count(largest)} 宛先。`,
            ),
            alike(`⌈${count(largest)} ÷ 50⌉ = ${Math.ceil(largest / 50)}`),
          ),
  },
  {
    id: 'logs-carriers',
    severity: 'note',
    title: say('Japanese carriers take a good part of the mail', '国内キャリア宛てが大きな割合を占めます'),
    why: say(
      'They throttle and block by rules of their own that they do not publish.',
      '各社は公開していない独自の基準で制限・拒否します。',
    ),
    mend: say(
      'Raise their shares slowly (shares.byDomain), and watch them apart.',
      '割合を徐々に上げ (shares.byDomain)、個別に監視してください。',
    ),
    source: LOGS,
    look: carriers,
  },
]

function suppressionSaves({ suppression }: Baseline): readonly Sighting[] {
  const { suppressed, leastBounces } = suppression
  if (suppressed === 0) return NOTHING
  const sends = suppressed * leastBounces
  const price = dollars(dollarNumber(costOf(PRICES.sesRecipient, BigInt(Math.round(sends)))))
  return seen(
    ['domain'],
    say(
      `${count(suppressed)} addresses bounced at least ${leastBounces} times.`,
      `${count(suppressed)} 件のアドレスが ${leastBounces} 回以上バウンスしました。`,
    ),
    say(
      `at least ${count(suppressed)} × ${leastBounces} = ${count(sends)} mails in the time of the logs, ${price}`,
      `ログの期間に少なくとも ${count(suppressed)} × ${leastBounces} = ${count(sends)} 通、${price}`,
    ),
  )
}

function carriers({ groups, outcomes }: Baseline): readonly Sighting[] {
  const all = Math.max(total(outcomes), 1)
  const theirs = groups.filter(({ group }) => CARRIERS.includes(group))
  const sum = theirs.reduce((so, one) => so + total(one.outcomes), 0)
  if (sum === 0) return NOTHING
  return seen(
    ['shares', 'byDomain'],
    say(
      `${percentText((sum / all) * 100)} of the recipients are theirs.`,
      `宛先の ${percentText((sum / all) * 100)} です。`,
    ),
    ...theirs.map(({ group, outcomes: one }) => alike(`${group}: ${percentText((total(one) / all) * 100)}`)),
  )
}

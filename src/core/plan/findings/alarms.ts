// Alarms: whether a threshold has the unit of its metric, can fire at all, and whether anybody hears of silence.
import { count, percentText, short } from '../amounts.ts'
import type { AlarmPlan } from '../design.ts'
import { alike, NOTHING, say, seen, type Rule, type Sighting } from '../finding.ts'
import { dailyMails, SECONDS_A_DAY } from '../load.ts'
import type { Plan } from '../plan.ts'

const REPUTATION = 'https://docs.aws.amazon.com/ses/latest/dg/reputationdashboard-cloudwatch-alarm.html'
/** Where SES looks at an account: https://docs.aws.amazon.com/ses/latest/dg/faqs-enforcement.html */
const REVIEW = { 'Reputation.BounceRate': 0.05, 'Reputation.ComplaintRate': 0.001 } as const
/** Threshold over the count that the gate allows: half of it is surely meant as a rate. */
const MEANT_AS_COUNT = 0.5

export const alarmRules: readonly Rule[] = [
  {
    id: 'alarm-count-as-percent',
    severity: 'error',
    title: say('An alarm compares a count with a percentage', '件数のメトリクスを百分率の閾値と比べています'),
    why: say(
      'Bounce and Complaint are counts, and a count that is meant as a rate fires all day or never: nobody looks at a lamp that is always red, or always green.',
      'Bounce と Complaint は件数です。割合のつもりの件数では、鳴り続けるか決して鳴らないかのどちらかになり、誰も見なくなります。',
    ),
    mend: say(
      'Use Reputation.BounceRate with 0.05 and Reputation.ComplaintRate with 0.001: they are fractions.',
      'Reputation.BounceRate は 0.05、Reputation.ComplaintRate は 0.001 を閾値にしてください。これらは比率です。',
    ),
    source: REPUTATION,
    look: each(countAsPercent),
  },
  {
    id: 'alarm-never-fires',
    severity: 'error',
    title: say('The threshold of a rate is over 1', '比率の閾値が 1 を超えています'),
    why: say(
      'The reputation metrics are fractions between 0 and 1: the alarm can never fire.',
      '評価メトリクスは 0〜1 の比率で、この警報は決して鳴りません。',
    ),
    mend: say('Divide by 100: 5 % is 0.05.', '100 で割ってください。5 % は 0.05 です。'),
    source: REPUTATION,
    look: each((alarm) =>
      isRate(alarm) && alarm.threshold >= 1
        ? [
            say(
              `${alarm.metric} never reaches ${short(alarm.threshold)}.`,
              `${alarm.metric} が ${short(alarm.threshold)} に達することはありません。`,
            ),
            alike('0 ≤ rate ≤ 1'),
          ]
        : undefined,
    ),
  },
  {
    id: 'alarm-after-review',
    severity: 'warning',
    title: say('An alarm comes after SES puts the account under review', 'SES の審査基準を超えてから鳴る警報です'),
    why: say(
      'At 5 % bounces or 0.1 % complaints SES reviews the account; at twice to five times that it stops sending.',
      'バウンス 5 %、苦情 0.1 % で SES の審査が始まり、その 2〜5 倍で送信が止められます。',
    ),
    mend: say(
      'Alarm at the line at the latest, better at 80 % of it.',
      '遅くともその値で、できればその 8 割で鳴らしてください。',
    ),
    source: 'https://docs.aws.amazon.com/ses/latest/dg/faqs-enforcement.html',
    look: each((alarm) => {
      const line = isRate(alarm) ? REVIEW[alarm.metric as keyof typeof REVIEW] : undefined
      if (line === undefined || alarm.threshold <= line || alarm.threshold >= 1) return undefined
      return [
        say(
          `${short(alarm.threshold)} is over the line of SES, ${line}.`,
          `${short(alarm.threshold)} は SES の基準 ${line} を超えています。`,
        ),
      ]
    }),
  },
  {
    id: 'alarm-silence-is-breaching',
    severity: 'warning',
    title: say('A rate alarm fires when there is no data', 'データがないと鳴る比率の警報です'),
    why: say(
      'The reputation metrics do not exist before the first bounce, and AWS asks to ignore missing data.',
      '評価メトリクスは最初のバウンスまで存在せず、AWS は欠落データの無視を求めています。',
    ),
    mend: say(
      'Write missingData: ignore; hear of silence by an alarm of its own on Delivery.',
      'missingData: ignore とし、無音の検知は Delivery の別の警報で行ってください。',
    ),
    source: REPUTATION,
    look: each((alarm) =>
      isRate(alarm) && alarm.missingData === 'breaching'
        ? [say(`${alarm.metric} is missing on a good day.`, `問題のない日にも ${alarm.metric} は存在しません。`)]
        : undefined,
    ),
  },
  {
    id: 'alarm-silence-unheard',
    severity: 'warning',
    title: say('No alarm hears that nothing comes any more', '何も届かなくなったことに気付く警報がありません'),
    why: say(
      'When the event pipeline dies, all rates are silent, and every lamp stays green.',
      'イベント経路が止まると比率も止まり、すべて正常に見えます。',
    ),
    mend: say(
      'Add an alarm on Send or Delivery below 1 with missingData: breaching.',
      'Send または Delivery が 1 未満、missingData: breaching の警報を加えてください。',
    ),
    source: 'https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html',
    look: ({ alarms }) =>
      Object.keys(alarms).length === 0 ||
      Object.values(alarms).some((alarm) => !isRate(alarm) && alarm.missingData === 'breaching')
        ? NOTHING
        : seen(
            ['alarms'],
            say(
              'None of the alarms treats missing data as breaching.',
              '欠落データを異常とみなす警報が 1 つもありません。',
            ),
          ),
  },
  {
    id: 'alarm-daily-sum-as-quota',
    severity: 'error',
    title: say('A sum of a day is not the rolling quota', '日次の合計は 24 時間の移動上限ではありません'),
    why: say(
      'SES counts the last 24 hours at every moment. A sum from midnight starts anew when the quota does not, and comes when the day is over.',
      'SES は常に直近 24 時間を数えます。0 時からの合計は上限と無関係に 0 へ戻り、しかも 1 日が終わってから判定されます。',
    ),
    mend: say(
      'Watch SentLast24Hours over Max24HourSend of GetAccount: Watari counts it as the metric watari_route_sent_24h.',
      'GetAccount の SentLast24Hours ÷ Max24HourSend を監視してください。Watari はこれを計測しています。',
    ),
    source: 'https://docs.aws.amazon.com/ses/latest/dg/manage-sending-quotas.html',
    look: each(dailySum),
  },
]

type Told = readonly [what: ReturnType<typeof say>, ...sum: ReturnType<typeof say>[]]

/** A look at each alarm by itself; the place is the alarm's threshold. */
function each(look: (alarm: AlarmPlan, plan: Plan) => Told | undefined): Rule['look'] {
  return (plan) =>
    Object.entries(plan.alarms).flatMap(([name, alarm]): readonly Sighting[] => {
      const told = look(alarm, plan)
      if (told === undefined) return NOTHING
      const [what, ...sum] = told
      return seen(['alarms', name, 'threshold'], { en: `${name}: ${what.en}`, ja: `${name}: ${what.ja}` }, ...sum)
    })
}

const isRate = ({ metric }: AlarmPlan) => metric in REVIEW

function countAsPercent(alarm: AlarmPlan, plan: Plan): Told | undefined {
  const { metric, threshold, periodSeconds = 300 } = alarm
  if (metric !== 'Bounce' && metric !== 'Complaint') return undefined
  const percent = metric === 'Bounce' ? plan.gates.bouncePercentMax : plan.gates.complaintPercentMax
  const daily = dailyMails(plan)
  if (daily === undefined) {
    return threshold > 100
      ? undefined
      : [
          say(
            `${metric} is a count, and ${short(threshold)} looks like percent.`,
            `${metric} は件数ですが、${short(threshold)} は百分率に見えます。`,
          ),
        ]
  }
  const mails = (daily * periodSeconds) / SECONDS_A_DAY
  const allowed = (mails * percent) / 100
  const least = leastCount(alarm)
  const volume = say(
    `${count(daily)} a day × ${periodSeconds} ÷ ${count(SECONDS_A_DAY)} s = ${about(mails)} mails in a period`,
    `${count(daily)} 通/日 × ${periodSeconds} ÷ ${count(SECONDS_A_DAY)} 秒 = 1 期間に ${about(mails)} 通`,
  )
  if (least > mails) return [neverReached(alarm, least), volume]
  if (threshold >= allowed * MEANT_AS_COUNT) return undefined
  return [
    say(
      `it fires at ${count(least)} of ${metric} in ${periodSeconds} s, not at ${percent} %.`,
      `${percent} % ではなく、${periodSeconds} 秒に ${metric} ${count(least)} 件で鳴ります。`,
    ),
    volume,
    alike(`${count(least)} ÷ ${about(mails)} = ${((least / mails) * 100).toFixed(4)} %`),
    say(`${short(percent)} % of them = ${about(allowed)} events`, `その ${short(percent)} % = ${about(allowed)} 件`),
  ]
}

/** The smallest count that fires: there is no half of a bounce. */
function leastCount({ comparison, threshold }: AlarmPlan): number {
  return comparison === 'GreaterThanOrEqualToThreshold' ? Math.ceil(threshold) : Math.floor(threshold) + 1
}

/** Whole where there are many, because nobody counts a tenth of a mail. */
const about = (value: number) => (value < 10 ? value.toFixed(1) : count(value))

const neverReached = ({ metric, periodSeconds = 300 }: AlarmPlan, least: number) =>
  say(
    `it fires at ${count(least)} of ${metric} in ${periodSeconds} s, and fewer mails are sent in that time.`,
    `${periodSeconds} 秒に ${metric} ${count(least)} 件で鳴りますが、その間の送信数はそれより少なく、鳴りません。`,
  )

function dailySum({ metric, threshold, periodSeconds = 300 }: AlarmPlan, { quota }: Plan): Told | undefined {
  if (metric !== 'Send' || periodSeconds < SECONDS_A_DAY) return undefined
  const cap = quota.recipientsPerDay
  return [
    say('it sums Send by the day of the calendar.', '暦日ごとに Send を合計しています。'),
    ...(cap === undefined
      ? []
      : [alike(`${count(threshold)} ÷ ${count(cap)} = ${percentText((threshold / cap) * 100)}`)]),
    ...(quota.ratePerSecond === undefined
      ? []
      : [
          say(
            `at ${short(quota.ratePerSecond)} a second ${count(threshold)} are reached after ${(threshold / quota.ratePerSecond / 3600).toFixed(1)} h, whenever those begin`,
            `毎秒 ${short(quota.ratePerSecond)} 通なら、始まりがいつでも ${(threshold / quota.ratePerSecond / 3600).toFixed(1)} 時間で ${count(threshold)} に達する`,
          ),
        ]),
  ]
}

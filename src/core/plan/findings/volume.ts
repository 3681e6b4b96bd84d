// Volume and quota: what the plan sends against what it is built for, and against what SES has granted.
import { count, percentText, short } from '../amounts.ts'
import { alike, NOTHING, say, seen, type Rule, type Sighting } from '../finding.ts'
import { dailyMails, hourlyMails, lastPercent, SECONDS_A_DAY } from '../load.ts'
import type { Plan } from '../plan.ts'

const QUOTA_SOURCE = 'https://docs.aws.amazon.com/ses/latest/dg/manage-sending-quotas.html'
/** https://docs.aws.amazon.com/ses/latest/dg/quotas.html: an account in the sandbox. */
const SANDBOX_A_DAY = 200

export const volumeRules: readonly Rule[] = [
  {
    id: 'volume-hourly-below-average',
    severity: 'error',
    title: say('The throughput is below the average load', '処理能力が平均の送信量に足りません'),
    why: say(
      'What comes in faster than it goes out waits, and the queue grows every hour until mail is refused.',
      '入る量が出る量を上回るため、キューは毎時増え続け、最後には受け付けを断ることになります。',
    ),
    mend: say(
      'Plan for the average at least, and for the peak hour that `watari baseline` finds in the logs.',
      '少なくとも平均量を、できれば `watari baseline` がログから求めるピーク時の量を目標にしてください。',
    ),
    source: 'RFC 5321 4.5.4.1',
    look: (plan) => throughput(plan, 'mailsPerHour'),
  },
  {
    id: 'volume-peak-below-average',
    severity: 'error',
    title: say('The peak throughput is below the average load', 'ピーク時の処理能力が平均の送信量にも足りません'),
    why: say(
      'A peak that is less than the average carries no peak at all: delays grow from the first busy hour on.',
      '平均を下回るピーク値ではピークを処理できず、混雑する時間帯から遅延が積み上がります。',
    ),
    mend: say(
      'Measure the busiest hour and plan above it. SES at 200 a second carries 720,000 an hour.',
      '最も混む 1 時間を測り、それを上回る値にしてください。SES の 200 通/秒は 720,000 通/時に当たります。',
    ),
    source: 'RFC 5321 4.5.4.1',
    look: (plan) => throughput(plan, 'peakMailsPerHour'),
  },
  {
    id: 'volume-rate-below-load',
    severity: 'error',
    title: say('The sending rate cannot carry the load', '送信レートが送信量に足りません'),
    why: say(
      'SES answers what is over the rate with a throttling error: mail waits in the queue, and the queue grows.',
      '上限を超えた分は SES がスロットリングで断り、メールはキューに溜まり続けます。',
    ),
    mend: say(
      'Ask for a higher rate, or end the shift at a smaller stage.',
      'レートの引き上げを申請するか、最後の段階の割合を下げてください。',
    ),
    source: QUOTA_SOURCE,
    look: rateBelowLoad,
  },
  {
    id: 'volume-quota-below-load',
    severity: 'error',
    title: say('The daily quota cannot carry the load', '24 時間の送信上限が送信量に足りません'),
    why: say(
      'SES stops taking mail for the rest of the 24 hours, and the last recipients of the day get theirs a day late.',
      '上限に達すると残りの時間は SES が受け付けず、最後の受信者には 1 日遅れで届きます。',
    ),
    mend: say(
      'Ask for a higher quota, or end the shift at a smaller stage. Leave the room that gates.quotaPercentMax asks for.',
      '上限の引き上げを申請するか、最後の段階の割合を下げてください。gates.quotaPercentMax の余裕も見込みます。',
    ),
    source: QUOTA_SOURCE,
    look: quotaBelowLoad,
  },
  {
    id: 'quota-not-granted',
    severity: 'error',
    title: say(
      'A stage needs more quota than the account is known to have',
      '段階に必要な送信上限がアカウントに認められていません',
    ),
    why: say(
      'The quota is granted, not set: a new account has 200 recipients a day, and AWS raises it step by step as good mail is sent. The stage would stop in the course of its first day.',
      '送信上限は設定値ではなく AWS が認める値です。新しいアカウントは 1 日 200 宛先で始まり、実績に応じて段階的に引き上げられます。このままでは初日のうちに止まります。',
    ),
    mend: say(
      'Ask for production access and a quota now; write what GetAccount says as quota.grantedRecipientsPerDay; let the stages follow it.',
      '本番利用と上限の引き上げを今すぐ申請し、GetAccount の値を quota.grantedRecipientsPerDay に書き、段階をそれに合わせてください。',
    ),
    source: 'https://docs.aws.amazon.com/ses/latest/dg/request-production-access.html',
    look: notGranted,
  },
  {
    id: 'quota-rate-not-granted',
    severity: 'warning',
    title: say('The rate is counted on, and not granted', '認められていない送信レートを前提にしています'),
    why: say(
      'A sandbox account sends one mail a second. What the throughput rests on must be what GetAccount says.',
      'サンドボックスのアカウントは毎秒 1 通です。処理能力の根拠は GetAccount の値でなければなりません。',
    ),
    mend: say(
      'Ask for the rate together with the quota, and write what was granted as quota.grantedRatePerSecond.',
      '送信上限と一緒にレートも申請し、認められた値を quota.grantedRatePerSecond に書いてください。',
    ),
    source: QUOTA_SOURCE,
    look: rateNotGranted,
  },
]

function throughput(plan: Plan, key: 'mailsPerHour' | 'peakMailsPerHour'): readonly Sighting[] {
  const daily = dailyMails(plan)
  const average = hourlyMails(plan)
  const target = plan.targets[key]
  if (daily === undefined || average === undefined || target === undefined || target >= average) return NOTHING
  return seen(
    ['targets', key],
    say(
      `${count(target)} mails an hour carry ${percentText((target / average) * 100)} of what is sent.`,
      `${count(target)} 通/時では、送信量の ${percentText((target / average) * 100)} しか処理できません。`,
    ),
    say(
      `${count(daily)} a day ÷ 24 = ${count(average)} an hour`,
      `${count(daily)} 通/日 ÷ 24 = ${count(average)} 通/時`,
    ),
    say(
      `${count(average)} − ${count(target)} = ${count(average - target)} more wait every hour`,
      `${count(average)} − ${count(target)} = 毎時 ${count(average - target)} 通が溜まる`,
    ),
  )
}

function rateBelowLoad(plan: Plan): readonly Sighting[] {
  const daily = dailyMails(plan)
  if (daily === undefined) return NOTHING
  const needed = (daily * lastPercent(plan)) / 100 / SECONDS_A_DAY
  const low = (['ratePerSecond', 'grantedRatePerSecond'] as const).find((key) => (plan.quota[key] ?? Infinity) < needed)
  if (low === undefined) return NOTHING
  const rate = short(plan.quota[low]!)
  return seen(
    ['quota', low],
    say(
      `${rate} a second are less than the average of the last stage.`,
      `毎秒 ${rate} 通は、最後の段階の平均を下回ります。`,
    ),
    alike(`${count(daily)} × ${lastPercent(plan)} % ÷ ${count(SECONDS_A_DAY)} s = ${needed.toFixed(1)} /s`),
    alike(`${rate} /s < ${needed.toFixed(1)} /s`),
  )
}

function quotaBelowLoad(plan: Plan): readonly Sighting[] {
  const daily = dailyMails(plan)
  const quota = plan.quota.recipientsPerDay
  if (daily === undefined || quota === undefined) return NOTHING
  const usable = (quota * plan.gates.quotaPercentMax) / 100
  const needed = (daily * lastPercent(plan)) / 100
  if (usable >= needed) return NOTHING
  return seen(
    ['quota', 'recipientsPerDay'],
    say(
      `${count(quota)} in 24 hours leave no room for the last stage.`,
      `24 時間で ${count(quota)} 宛先では、最後の段階に足りません。`,
    ),
    alike(`${count(daily)} × ${lastPercent(plan)} % = ${count(needed)}`),
    alike(`${count(quota)} × ${plan.gates.quotaPercentMax} % = ${count(usable)} < ${count(needed)}`),
  )
}

function notGranted(plan: Plan): readonly Sighting[] {
  const daily = dailyMails(plan)
  if (daily === undefined) return NOTHING
  const granted = plan.quota.grantedRecipientsPerDay ?? SANDBOX_A_DAY
  const { quotaPercentMax } = plan.gates
  const usable = (granted * quotaPercentMax) / 100
  const index = plan.stages.findIndex(({ percent }) => (daily * percent) / 100 > usable)
  const stage = plan.stages[index]
  if (stage === undefined) return NOTHING
  const needed = (daily * stage.percent) / 100
  const isStated = plan.quota.grantedRecipientsPerDay !== undefined
  return seen(
    isStated ? ['quota', 'grantedRecipientsPerDay'] : ['quota', 'recipientsPerDay'],
    isStated
      ? say(
          `The stage of ${stage.percent} % needs more than was granted.`,
          `${stage.percent} % の段階が認められた上限を超えます。`,
        )
      : say(
          'The plan says what it counts on, and not what AWS has granted.',
          '前提とする値だけがあり、AWS が認めた値が書かれていません。',
        ),
    say(
      `${stage.percent} % of ${count(daily)} = ${count(needed)} recipients a day`,
      `${count(daily)} の ${stage.percent} % = 1 日 ${count(needed)} 宛先`,
    ),
    isStated
      ? say(`granted: ${count(granted)}`, `認められた上限: ${count(granted)}`)
      : say(`a new account: ${count(granted)}`, `新しいアカウント: ${count(granted)}`),
    // Under the quota and over the gate the stage runs, and the shift stops at it.
    ...(needed > granted
      ? []
      : [
          alike(
            `${count(granted)} × ${quotaPercentMax} % (gates.quotaPercentMax) = ${count(usable)} < ${count(needed)}`,
          ),
        ]),
  )
}

function rateNotGranted({ quota }: Plan): readonly Sighting[] {
  const { ratePerSecond, grantedRatePerSecond = 1 } = quota
  if (ratePerSecond === undefined || ratePerSecond <= grantedRatePerSecond) return NOTHING
  return seen(
    quota.grantedRatePerSecond === undefined ? ['quota', 'ratePerSecond'] : ['quota', 'grantedRatePerSecond'],
    say(
      `The plan counts on ${short(ratePerSecond)} a second.`,
      `計画は毎秒 ${short(ratePerSecond)} 通を前提にしています。`,
    ),
    quota.grantedRatePerSecond === undefined
      ? say('a new account: 1 a second', '新しいアカウント: 毎秒 1 通')
      : say(
          `granted: ${short(grantedRatePerSecond)} a second`,
          `認められたレート: 毎秒 ${short(grantedRatePerSecond)} 通`,
        ),
  )
}

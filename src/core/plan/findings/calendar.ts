// The calendar: whether the phases and the stages fit into the time there is, and what must be true for success and roll-back.
import { count, short } from '../amounts.ts'
import { stageHours } from '../calendar-quota.ts'
import { phaseCalendar } from '../critical-path.ts'
import { alike, NOTHING, say, seen, type Rule, type Sighting } from '../finding.ts'
import { dailyMails } from '../load.ts'
import type { Plan } from '../plan.ts'

const HOURS_A_DAY = 24
/** A month at one stage is longer than any plan of a shift; behind it stands a figure for another volume. */
const STAGE_DAYS_MAX = 31

export const calendarRules: readonly Rule[] = [
  {
    id: 'calendar-phases-over-period',
    severity: 'error',
    title: say('The phases take longer than the migration may', '移行期間に各フェーズが収まりません'),
    why: say('The time is over before the first mail has moved.', '最初の 1 通が移る前に期間が終わります。'),
    mend: say(
      'Ask the DNS team on the first day, and let the other phases run while it works: write what each really waits for as schedule.phases[].after.',
      'DNS チームへの依頼を初日に出し、その間に他のフェーズを進めてください。各フェーズが本当に待つものを schedule.phases[].after に書きます。',
    ),
    source: '§10.1, §11.2',
    look: phasesOverPeriod,
  },
  {
    id: 'calendar-stages-do-not-fit',
    severity: 'error',
    title: say('The stages do not fit into what is left', '残りの期間に段階が収まりません'),
    why: say(
      'A stage that is cut short is judged on too little.',
      '短縮した段階は、少ない実績で判定することになります。',
    ),
    mend: say(
      'Begin earlier, take more time, or shorten stages[].leastHours.',
      '早く始めるか、期間を延ばすか、stages[].leastHours を短くしてください。',
    ),
    source: '§2.2, §10.1',
    look: stagesDoNotFit,
  },
  {
    id: 'calendar-stage-never-ends',
    severity: 'error',
    title: say('A stage needs more mails than it gets', '段階の最少通数に届きません'),
    why: say(
      'The shift waits for the least number of mails before it judges a stage; until then nothing goes on.',
      '移行は最少通数に達するまで段階を判定せず、先へ進みません。',
    ),
    mend: say(
      'Write a smaller stages[].leastMails: what the share sends in a day or two is enough to judge by.',
      'stages[].leastMails を減らしてください。その割合で 1〜2 日に送る通数なら判定できます。',
    ),
    source: 'docs/flow-of-a-shift.md',
    look: stageNeverEnds,
  },
  {
    id: 'calendar-dns-wait-too-short',
    severity: 'error',
    title: say('No phase gives the DNS team its time', 'DNS チームの所要日数が確保されていません'),
    why: say(
      'Work that others do takes what it takes; everything behind it is late by the difference.',
      '他チームの作業は短縮できず、その後のすべてが差の分だけ遅れます。',
    ),
    mend: say(
      'Give one phase at least schedule.dnsTeamDays.',
      'schedule.dnsTeamDays 以上のフェーズを 1 つ設けてください。',
    ),
    source: '§11.1',
    look: ({ schedule: { dnsTeamDays, phases = [] } }) => {
      const longest = Math.max(0, ...phases.map(({ days }) => days))
      if (dnsTeamDays === undefined || phases.length === 0 || longest >= dnsTeamDays) return NOTHING
      return seen(
        ['schedule', 'dnsTeamDays'],
        say(`The longest phase has ${longest} days.`, `最長のフェーズは ${longest} 日です。`),
        alike(`${longest} < ${dnsTeamDays}`),
      )
    },
  },
  {
    id: 'calendar-phases-in-circle',
    severity: 'error',
    title: say(
      'A phase waits for itself, or for one that is not there',
      '循環している、または存在しないフェーズを待っています',
    ),
    why: say('It can never begin.', '開始できません。'),
    mend: say('Mend schedule.phases[].after.', 'schedule.phases[].after を直してください。'),
    source: 'docs/plan.md',
    look: ({ schedule: { phases = [] } }) => {
      const calendar = phaseCalendar(phases)
      if (calendar.kind !== 'fault') return NOTHING
      const index = phases.findIndex(({ phase }) => phase === calendar.phase)
      return seen(
        ['schedule', 'phases', index],
        say(
          `Phase ${calendar.phase} waits for ${calendar.waitsFor}.`,
          `フェーズ ${calendar.phase} が ${calendar.waitsFor} を待っています。`,
        ),
      )
    },
  },
  {
    id: 'targets-success-and-bounces',
    severity: 'error',
    title: say('Success and bounces cannot both be met', '成功率とバウンス率の目標が両立しません'),
    why: say(
      'If a bounce is no success, the bounces that the gate allows already break the target: the shift would never advance, or roll back for nothing.',
      'バウンスを失敗と数えるなら、許容するバウンスだけで目標を割り込みます。移行は進まないか、理由なく戻ります。',
    ),
    mend: say(
      'Say what success means: targets.successMeans: accepted (the next hop took it), with bounces judged apart.',
      'targets.successMeans: accepted (次のサーバーが受け取った) と定義し、バウンスは別に判定してください。',
    ),
    source: 'RFC 5321 6.1',
    look: successAndBounces,
  },
  {
    id: 'recovery-moves-no-mail',
    severity: 'error',
    title: say('Rolling back a stack moves no mail back', 'スタックのロールバックではメールは戻りません'),
    why: say(
      'CloudFormation puts resources back. Mail that waits for SES goes on waiting, and clients go on sending to the same place.',
      'CloudFormation が戻すのはリソースだけです。SES 待ちのメールは待ち続け、送信元の向き先も変わりません。',
    ),
    mend: say(
      'Roll back by the gateway: `watari stage set 0` moves what SES has not taken within seconds.',
      'ゲートウェイで戻してください。`watari stage set 0` は SES が未受領のメールを数秒で移します。',
    ),
    source:
      'https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-continueupdaterollback.html',
    look: ({ recovery: { rollBackBy } }) =>
      rollBackBy !== undefined && /cloudformation|\bstack\b|スタック/i.test(rollBackBy)
        ? seen(['recovery', 'rollBackBy'], alike(rollBackBy))
        : NOTHING,
  },
  {
    id: 'recovery-zone-elsewhere',
    severity: 'error',
    title: say('An availability zone lies in another region', '別リージョンのアベイラビリティーゾーンがあります'),
    why: say('The deployment is refused.', 'デプロイが拒否されます。'),
    mend: say("Name zones of the plan's region.", '計画のリージョンのゾーンを書いてください。'),
    source: 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-regions-availability-zones.html',
    look: ({ region, recovery: { availabilityZones: zones = [] } }) =>
      zones.flatMap((zone, i) =>
        zone.startsWith(region) ? [] : seen(['recovery', 'availabilityZones', i], alike(`${zone} ∉ ${region}`)),
      ),
  },
]

function phasesOverPeriod(plan: Plan): readonly Sighting[] {
  const { phases = [], migrationDays } = plan.schedule
  const calendar = phaseCalendar(phases)
  if (calendar.kind === 'fault' || migrationDays === undefined || calendar.days <= migrationDays) return NOTHING
  const path = calendar.critical
    .map((number) => phases.find(({ phase }) => phase === number)!)
    .filter(({ days }) => days > 0)
  const stageDays = stagesOf(plan).days
  return seen(
    ['schedule', 'phases'],
    say(
      `The first mail moves on day ${calendar.days + 1} of ${migrationDays}.`,
      `最初の 1 通が移るのは ${migrationDays} 日間のうち ${calendar.days + 1} 日目です。`,
    ),
    say(
      `critical path: ${path.map(({ phase, days }) => `phase ${phase} (${days} d)`).join(' + ')} = ${calendar.days} d`,
      `クリティカルパス: ${path.map(({ phase, days }) => `フェーズ ${phase} (${days} 日)`).join(' + ')} = ${calendar.days} 日`,
    ),
    say(
      `stages: at least ${short(stageDays)} d more = ${short(calendar.days + stageDays)} d > ${migrationDays} d`,
      `段階: さらに最低 ${short(stageDays)} 日 = ${short(calendar.days + stageDays)} 日 > ${migrationDays} 日`,
    ),
  )
}

function stagesDoNotFit(plan: Plan): readonly Sighting[] {
  const { phases = [], migrationDays } = plan.schedule
  const calendar = phaseCalendar(phases)
  if (calendar.kind === 'fault' || migrationDays === undefined || calendar.days > migrationDays) return NOTHING
  const { hours, days: stageDays, byMails } = stagesOf(plan)
  const days = calendar.days + stageDays
  if (days <= migrationDays) return NOTHING
  return seen(
    ['schedule', 'migrationDays'],
    say(`Phases and stages take ${tenth(days)} days.`, `フェーズと段階で ${tenth(days)} 日かかります。`),
    alike(
      `${calendar.days} d + ${hours.map((one) => `${tenth(one)} h`).join(' + ')} = ${tenth(days)} d > ${migrationDays} d`,
    ),
    ...byMails,
  )
}

const tenth = (value: number) => short(Math.round(value * 10) / 10)

/** How long the stages last at least: by their hours, or until their least number of mails is sent, whichever is later. */
function stagesOf(plan: Plan) {
  const times = plan.stages.map((stage) => ({ ...stage, ...stageHours(plan, stage) }))
  return {
    hours: times.map(({ hours }) => hours),
    days: times.reduce((sum, { hours }) => sum + hours, 0) / HOURS_A_DAY,
    byMails: times
      .filter(({ longer }) => longer === 'mails')
      .map(({ percent, leastMails, hours }) =>
        say(
          `${percent} %: ${count(leastMails)} mails take ${tenth(hours)} h`,
          `${percent} %: ${count(leastMails)} 通に ${tenth(hours)} 時間かかる`,
        ),
      ),
  }
}

/** Without a time that is allowed: a stage that lasts longer than anybody keeps two mail systems running. */
function stageNeverEnds(plan: Plan): readonly Sighting[] {
  const daily = dailyMails(plan)
  return plan.stages.flatMap((stage, i) => {
    const { hours, longer } = stageHours(plan, stage)
    const days = hours / HOURS_A_DAY
    if (daily === undefined || longer === 'hours' || days <= STAGE_DAYS_MAX) return []
    const { percent, leastMails } = stage
    return seen(
      ['stages', i, 'leastMails'],
      say(
        `The stage of ${percent} % lasts ${count(days)} days until its mails are sent.`,
        `${percent} % の段階は、必要な通数に達するまで ${count(days)} 日かかります。`,
      ),
      say(
        `${count(leastMails)} ÷ (${count(daily)} a day × ${percent} %) = ${count(days)} d`,
        `${count(leastMails)} ÷ (${count(daily)} 通/日 × ${percent} %) = ${count(days)} 日`,
      ),
    )
  })
}

function successAndBounces({
  targets: { successPercent, successMeans },
  gates: { bouncePercentMax },
}: Plan): readonly Sighting[] {
  if (successPercent === undefined || successMeans === 'accepted' || successPercent + bouncePercentMax <= 100)
    return NOTHING
  return seen(
    ['targets', 'successPercent'],
    say(
      `${successPercent} % success leave ${short(100 - successPercent)} % for bounces, and the gate allows ${bouncePercentMax} %.`,
      `成功率 ${successPercent} % に残るバウンスは ${short(100 - successPercent)} % ですが、ゲートは ${bouncePercentMax} % まで許しています。`,
    ),
    alike(`${successPercent} % + ${bouncePercentMax} % = ${short(successPercent + bouncePercentMax)} % > 100 %`),
  )
}

// The calendar: whether the phases and the stages fit into the time there is, and what must be true for success and roll-back.
import { short } from '../amounts.ts'
import { phaseCalendar } from '../critical-path.ts'
import { alike, NOTHING, say, seen, type Rule, type Sighting } from '../finding.ts'
import type { Plan } from '../plan.ts'

const HOURS_A_DAY = 24

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

function phasesOverPeriod({ schedule: { phases = [], migrationDays }, stages }: Plan): readonly Sighting[] {
  const calendar = phaseCalendar(phases)
  if (calendar.kind === 'fault' || migrationDays === undefined || calendar.days <= migrationDays) return NOTHING
  const path = calendar.critical
    .map((number) => phases.find(({ phase }) => phase === number)!)
    .filter(({ days }) => days > 0)
  const stageDays = stages.reduce((sum, { leastHours }) => sum + leastHours, 0) / HOURS_A_DAY
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

function stagesDoNotFit({ schedule: { phases = [], migrationDays }, stages }: Plan): readonly Sighting[] {
  const calendar = phaseCalendar(phases)
  if (calendar.kind === 'fault' || migrationDays === undefined || calendar.days > migrationDays) return NOTHING
  const hours = stages.reduce((sum, { leastHours }) => sum + leastHours, 0)
  const days = calendar.days + hours / HOURS_A_DAY
  if (days <= migrationDays) return NOTHING
  return seen(
    ['schedule', 'migrationDays'],
    say(`Phases and stages take ${short(days)} days.`, `フェーズと段階で ${short(days)} 日かかります。`),
    alike(
      `${calendar.days} d + ${stages.map(({ leastHours }) => `${leastHours} h`).join(' + ')} = ${short(days)} d > ${migrationDays} d`,
    ),
  )
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

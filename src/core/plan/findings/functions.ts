// Functions, their schedules and their events: limits of Lambda and EventBridge, and hours that mean something else in Tokyo.
import { instantOf, wallTime } from '../../base/zoned-time.ts'
import type { LambdaFunctionPlan } from '../design.ts'
import { alike, NOTHING, say, seen, type Rule, type Sighting, type Words } from '../finding.ts'
import type { Plan } from '../plan.ts'

const RULE_PAGE = 'https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html'
const RUNTIMES = 'https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html'
/** API_PutFunctionEventInvokeConfig: MaximumRetryAttempts is 0 to 2. */
const RETRIES_MAX = 2
/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const TIMEOUT_SECONDS_MAX = 900
/** On the way out by AWS's list of runtimes. */
const DEPRECATED = /^(nodejs(\d|1\d|20)\.x|nodejs|python3\.[6-9]|python2\.7|java8|go1\.x|dotnet[56]?|ruby2\.\d)$/

export const functionRules: readonly Rule[] = [
  {
    id: 'schedule-in-utc',
    severity: 'error',
    title: say('A schedule is read in UTC', 'スケジュールは UTC で解釈されます'),
    why: say(
      'A rule of EventBridge knows no other zone. What is meant for the morning runs in the evening, and some hours on another day.',
      'EventBridge ルールは UTC しか知りません。朝のつもりが夕方に、時刻によっては別の日に動きます。',
    ),
    mend: say(
      'Use EventBridge Scheduler with the time zone, and write it as scheduleTimeZone.',
      'タイムゾーンを持つ EventBridge Scheduler を使い、scheduleTimeZone に書いてください。',
    ),
    source: RULE_PAGE,
    look: eachFunction(inUtc),
  },
  {
    id: 'schedule-malformed',
    severity: 'error',
    title: say('A schedule is no cron expression of AWS', 'AWS の cron 式として正しくありません'),
    why: say('The deployment is refused.', 'デプロイが拒否されます。'),
    mend: say(
      'Write six fields, with exactly one ? for the day of the month or of the week.',
      '6 項目で書き、日と曜日のどちらか一方だけを ? にしてください。',
    ),
    source: RULE_PAGE,
    look: eachFunction(({ schedule }) => {
      if (schedule === undefined || /^(rate|at)\(.+\)$/.test(schedule)) return undefined
      const fields = cronFields(schedule)
      const isRight = fields?.length === 6 && (fields[2] === '?') !== (fields[4] === '?')
      return isRight
        ? undefined
        : { key: 'schedule', what: alike(schedule), sum: [alike('cron(minute hour day month weekday year)')] }
    }),
  },
  {
    id: 'event-source-reserved',
    severity: 'error',
    title: say('Event sources that begin with aws. are reserved', 'aws. で始まるイベント元は予約されています'),
    why: say(
      'PutEvents answers 200 and drops the event: the step that waits for it never begins.',
      'PutEvents は 200 を返してイベントを捨てるため、それを待つ処理は始まりません。',
    ),
    mend: say(
      'Choose a name of your own, such as jp.ne.goo.mailmigration.',
      'jp.ne.goo.mailmigration のような独自の名前にしてください。',
    ),
    source: 'https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsRequestEntry.html',
    look: eachFunction(({ eventSources = [] }) => {
      // What SES itself sends, and what the alarm of a schedule sends, may be listened to.
      const reserved = eventSources.filter(
        (source) => source.startsWith('aws.') && !['aws.ses', 'aws.events', 'aws.scheduler'].includes(source),
      )
      if (reserved.length === 0) return undefined
      return {
        key: 'eventSources',
        what: say(
          `Nobody but AWS can send as ${reserved.join(', ')}.`,
          `${reserved.join(', ')} として送れるのは AWS だけです。`,
        ),
        sum: [alike('NotAuthorizedForSourceException')],
      }
    }),
  },
  {
    id: 'lambda-retries-over-two',
    severity: 'error',
    title: say('Lambda retries at most twice', 'Lambda の非同期再試行は最大 2 回です'),
    why: say(
      'The setting is refused, and what was built on a third try has none.',
      '設定が拒否され、3 回目を前提とした設計が成り立ちません。',
    ),
    mend: say(
      'Write 2, and keep what still fails in a queue: for SQS it is maxReceiveCount.',
      '2 とし、それでも失敗したものはキューに残してください。SQS では maxReceiveCount です。',
    ),
    source: 'https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html',
    look: ({ lambda: { retryAttempts: tries } }) =>
      tries === undefined || tries <= RETRIES_MAX
        ? NOTHING
        : seen(['lambda', 'retryAttempts'], alike(`${tries} > ${RETRIES_MAX}`)),
  },
  {
    id: 'lambda-no-dead-letters',
    severity: 'warning',
    title: say('What fails for good is dropped', '失敗し続けたイベントが捨てられます'),
    why: say(
      'After the last try Lambda throws the event away: a bounce that nobody hears of.',
      '最後の試行の後、Lambda はイベントを破棄します。バウンスが失われます。',
    ),
    mend: say(
      'Write deadLetterQueue: true, and alarm on its length.',
      'deadLetterQueue: true とし、その長さを監視してください。',
    ),
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html',
    look: ({ lambda: { deadLetterQueue } }) =>
      deadLetterQueue === false ? seen(['lambda', 'deadLetterQueue'], alike('deadLetterQueue: false')) : NOTHING,
  },
  {
    id: 'lambda-timeout-over-limit',
    severity: 'error',
    title: say('A function cannot run that long', '関数の実行時間が上限を超えています'),
    why: say('The deployment is refused.', 'デプロイが拒否されます。'),
    mend: say('Write 900 at most.', '900 秒以下にしてください。'),
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html',
    look: eachFunction(({ timeoutSeconds: limit }) =>
      limit === undefined || limit <= TIMEOUT_SECONDS_MAX
        ? undefined
        : { key: 'timeoutSeconds', what: alike(`${limit} > ${TIMEOUT_SECONDS_MAX}`), sum: [] },
    ),
  },
  {
    id: 'lambda-runtime-python',
    severity: 'note',
    title: say(
      'Watari runs on Node, without a layer for cryptography',
      'Watari は Node で動き、暗号用レイヤーは不要です',
    ),
    why: say(
      'A layer is one more thing to build, patch and match with the runtime; the runtime of Node makes RSA keys itself.',
      'レイヤーは作成・更新・整合の手間が増えるだけです。Node のランタイムは RSA 鍵を自ら作れます。',
    ),
    mend: say('Write nodejs24.x and leave the layer out.', 'nodejs24.x とし、レイヤーを外してください。'),
    source: RUNTIMES,
    look: ({ lambda: { runtime } }) =>
      runtime?.startsWith('python') === true ? seen(['lambda', 'runtime'], alike(runtime)) : NOTHING,
  },
  {
    id: 'lambda-runtime-deprecated',
    severity: 'warning',
    title: say('The runtime is deprecated', 'ランタイムのサポートが終了しています'),
    why: say(
      'It gets no security patches, and one day functions can no longer be created or changed.',
      'セキュリティ更新がなく、やがて作成も変更もできなくなります。',
    ),
    mend: say('Write nodejs24.x or nodejs22.x.', 'nodejs24.x か nodejs22.x にしてください。'),
    source: RUNTIMES,
    look: ({ lambda: { runtime } }) =>
      runtime !== undefined && DEPRECATED.test(runtime) ? seen(['lambda', 'runtime'], alike(runtime)) : NOTHING,
  },
]

interface Told {
  readonly key: keyof LambdaFunctionPlan
  readonly what: Words
  readonly sum: readonly Words[]
}

function eachFunction(look: (one: LambdaFunctionPlan, plan: Plan) => Told | undefined): Rule['look'] {
  return (plan) =>
    (['dkim', 'mail'] as const).flatMap((name): readonly Sighting[] => {
      const one = plan.lambda[name]
      const told = one === undefined ? undefined : look(one, plan)
      return told === undefined ? NOTHING : seen(['lambda', name, told.key], told.what, ...told.sum)
    })
}

function cronFields(schedule: string): readonly string[] | undefined {
  return /^cron\((.+)\)$/.exec(schedule)?.[1]?.trim().split(/\s+/)
}

const clockText = (hour: number, minute: number) =>
  `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`

/** A schedule at a fixed time of day, without a zone, whose author names another hour than it has. */
function inUtc(
  { schedule, scheduleMeans, scheduleTimeZone }: LambdaFunctionPlan,
  { timeZone }: Plan,
): Told | undefined {
  const [minute, hour] = schedule === undefined ? [] : (cronFields(schedule) ?? []).map(Number)
  const times = [...(scheduleMeans ?? '').matchAll(/(\d{1,2}):(\d{2})(\s*(?:UTC|GMT|Z)\b)?/g)]
  const [meant] = times
  if (minute === undefined || hour === undefined || !Number.isInteger(minute + hour) || meant === undefined)
    return undefined
  // Any day does for a zone without summer time; in January most of the others are on their own time.
  const at = instantOf({ year: 2026, month: 1, day: 15, hour, minute }, scheduleTimeZone ?? 'UTC')
  const local = wallTime(at, timeZone)
  const utc = wallTime(at, 'UTC')
  const isSame = times.some(([, hours, minutes, isUtc]) => {
    const there = isUtc === undefined ? local : utc
    return there.hour === Number(hours) && there.minute === Number(minutes)
  })
  if (isSame) return undefined
  return {
    key: 'schedule',
    what: say(
      `It is meant for ${meant[0]}, and runs at ${clockText(local.hour, local.minute)} in ${timeZone}.`,
      `${meant[0]} のつもりが、${timeZone} の ${clockText(local.hour, local.minute)} に動きます。`,
    ),
    sum: [
      alike(
        `${schedule} = ${clockText(hour, minute)} ${scheduleTimeZone ?? 'UTC'} = ${clockText(local.hour, local.minute)} ${timeZone}`,
      ),
    ],
  }
}

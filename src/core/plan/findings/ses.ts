// The configuration set: what SES does with TLS, which events it tells, and by which spelling it takes them.
import { count, percentText } from '../amounts.ts'
import { alike, NOTHING, say, seen, type Rule, type Sighting } from '../finding.ts'
import { dailyMails } from '../load.ts'
import type { Plan } from '../plan.ts'

const EVENTS_PAGE = 'https://docs.aws.amazon.com/ses/latest/dg/monitor-using-event-publishing.html'
const SET_PAGE = 'https://docs.aws.amazon.com/ses/latest/dg/using-configuration-sets.html'

/** SESv2 EventType, by the letters alone: CloudFormation, the API and the events themselves spell them differently. */
const KNOWN = [
  'send',
  'reject',
  'bounce',
  'complaint',
  'delivery',
  'open',
  'click',
  'renderingfailure',
  'deliverydelay',
  'subscription',
]
/** Without these a mail can end without anybody hearing of it. */
const NEEDED = ['send', 'delivery', 'bounce', 'complaint', 'reject', 'deliveryDelay', 'renderingFailure']
const DESTINATIONS = ['CloudWatch', 'EventBridge', 'SNS', 'Firehose']

export const sesRules: readonly Rule[] = [
  {
    id: 'ses-tls-required',
    severity: 'error',
    title: say(
      'TlsPolicy Require loses mail to receivers without TLS',
      'TlsPolicy Require では TLS 非対応の宛先に届きません',
    ),
    why: say(
      'SES tries for up to 14 hours and gives up: what Postfix delivers in the clear today comes back as a bounce.',
      'SES は最長 14 時間試みて諦めます。現在 Postfix が平文で届けているメールがバウンスになります。',
    ),
    mend: say(
      'Measure the TLS share in the Postfix logs (`watari baseline`), write it as volume.tlsPercent, and choose OPTIONAL unless it is 100.',
      'Postfix のログから TLS の割合を測り (`watari baseline`)、volume.tlsPercent に書き、100 でなければ OPTIONAL にしてください。',
    ),
    source: 'https://docs.aws.amazon.com/ses/latest/dg/security-protocols.html',
    look: tlsRequired,
  },
  {
    id: 'ses-tls-policy-unknown',
    severity: 'error',
    title: say('There is no such TlsPolicy', 'そのような TlsPolicy はありません'),
    why: say('The deployment is refused.', 'デプロイが拒否されます。'),
    mend: say('Write OPTIONAL or REQUIRE.', 'OPTIONAL または REQUIRE と書いてください。'),
    source: 'https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_DeliveryOptions.html',
    look: ({ configurationSet: { tlsPolicy: policy } }) =>
      policy === undefined || /^(require|optional)$/i.test(policy)
        ? NOTHING
        : seen(['configurationSet', 'tlsPolicy'], alike(policy)),
  },
  {
    id: 'ses-events-missing',
    severity: 'warning',
    title: say('Events that tell how a mail ended are left out', 'メールの結末を伝えるイベントが不足しています'),
    why: say(
      'Delays by throttling carriers, refusals and rendering failures happen unseen; the gates judge without them.',
      'キャリアの流量制限による遅延、拒否、レンダリング失敗が見えないまま、ゲートが判定することになります。',
    ),
    mend: say('Add them to configurationSet.eventTypes.', 'configurationSet.eventTypes に追加してください。'),
    source: EVENTS_PAGE,
    look: eventsMissing,
  },
  {
    id: 'ses-event-spelling',
    severity: 'error',
    title: say(
      'An event type is not known to SES, or is spelled in two ways',
      'SES にないイベント種別、または表記の混在があります',
    ),
    why: say(
      'SES refuses the whole destination for one wrong name; the API wants capitals and CloudFormation takes camelCase.',
      '1 つでも誤りがあると SES は設定全体を拒否します。API は大文字、CloudFormation は camelCase です。',
    ),
    mend: say(
      'Use one spelling throughout: deliveryDelay or DELIVERY_DELAY.',
      'deliveryDelay か DELIVERY_DELAY のどちらかに統一してください。',
    ),
    source: 'https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_EventDestination.html',
    look: eventSpelling,
  },
  {
    id: 'ses-event-destination',
    severity: 'error',
    title: say('An event destination has exactly one kind', 'イベント送信先は 1 種類だけです'),
    why: say(
      'SES refuses a destination of two kinds, or of one that it does not know.',
      '2 種類の指定や未知の種類は SES が拒否します。',
    ),
    mend: say(
      `Write one of ${DESTINATIONS.join(', ')}; a second destination needs a name of its own.`,
      `${DESTINATIONS.join('、')} のどれか 1 つを書いてください。2 つ目は別の送信先として作ります。`,
    ),
    source: 'https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_EventDestinationDefinition.html',
    look: ({ configurationSet: { eventDestination: kind } }) =>
      kind === undefined || DESTINATIONS.some((known) => known.toLowerCase() === kind.toLowerCase())
        ? NOTHING
        : seen(['configurationSet', 'eventDestination'], alike(kind)),
  },
  {
    id: 'ses-events-without-recipients',
    severity: 'error',
    title: say('CloudWatch counts events and does not tell recipients', 'CloudWatch は件数だけで、宛先を伝えません'),
    why: say(
      'Without the recipient of a bounce or complaint nothing can be told to Cuenote, and nobody can be put on the suppression list.',
      'バウンスや苦情の宛先が分からないため、Cuenote に返すことも抑止リストに載せることもできません。',
    ),
    mend: say(
      'Send events to EventBridge (default bus) or SNS; count them from there.',
      'EventBridge (デフォルトバス) か SNS に送り、件数もそこから数えてください。',
    ),
    source: 'https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-cloudwatch.html',
    look: ({ configurationSet: { eventDestination: kind } }) =>
      kind?.toLowerCase() === 'cloudwatch'
        ? seen(
            ['configurationSet', 'eventDestination'],
            say('Events go to CloudWatch alone.', 'イベントの送信先が CloudWatch だけです。'),
          )
        : NOTHING,
  },
  {
    id: 'ses-dimension-value',
    severity: 'error',
    title: say(
      'A CloudWatch dimension is not spelled as AWS takes it',
      'CloudWatch のディメンションに使えない文字があります',
    ),
    why: say(
      'CloudFormation refuses the name or default; a value outside ASCII makes the metric vanish without a word.',
      'CloudFormation が拒否します。ASCII 以外の値ではメトリクスが黙って消えます。',
    ),
    mend: say('Use letters, digits, - and _ for names and defaults.', '英数字と - _ だけを使ってください。'),
    source:
      'https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-ses-configurationseteventdestination-dimensionconfiguration.html',
    look: ({ configurationSet: { dimensions = [] } }) =>
      dimensions.flatMap(({ name, default: value }, i) =>
        /^[\w:-]{1,256}$/.test(name) && (value === undefined || /^[\w-]{1,256}$/.test(value))
          ? []
          : seen(['configurationSet', 'dimensions', i], alike(`${name}: ${value ?? ''}`)),
      ),
  },
  {
    id: 'ses-configuration-set-differs',
    severity: 'error',
    title: say('The gateway sends with another configuration set', 'ゲートウェイの設定セット名が異なります'),
    why: say(
      'Events of mail that names another set, or none, go nowhere.',
      '別の設定セットを指定したメールのイベントはどこにも届きません。',
    ),
    mend: say(
      'Write the same name in ses.configurationSet and configurationSet.name.',
      'ses.configurationSet と configurationSet.name を揃えてください。',
    ),
    source: SET_PAGE,
    look: ({ ses, configurationSet: { name } }) =>
      name === undefined || ses.configurationSet === name
        ? NOTHING
        : seen(['configurationSet', 'name'], alike(`${name} ≠ ses.configurationSet: ${ses.configurationSet ?? '-'}`)),
  },
  {
    id: 'ses-sending-off',
    severity: 'error',
    title: say('The configuration set does not send', '設定セットの送信が無効です'),
    why: say('SES refuses all mail that names it.', 'この設定セットを指定したメールはすべて拒否されます。'),
    mend: say('Write sending: true.', 'sending: true にしてください。'),
    source: SET_PAGE,
    look: ({ configurationSet: { sending } }) =>
      sending === false ? seen(['configurationSet', 'sending'], alike('sending: false')) : NOTHING,
  },
  {
    id: 'ses-reputation-off',
    severity: 'warning',
    title: say('The reputation of the configuration set is not measured', '設定セットの評価メトリクスが無効です'),
    why: say(
      'Bounce and complaint rates are then seen only for the whole account.',
      'バウンス率と苦情率がアカウント全体でしか分かりません。',
    ),
    mend: say('Write reputationMetrics: true.', 'reputationMetrics: true にしてください。'),
    source: 'https://docs.aws.amazon.com/ses/latest/dg/configuration-sets-export-metrics.html',
    look: ({ configurationSet: { reputationMetrics } }) =>
      reputationMetrics === false
        ? seen(['configurationSet', 'reputationMetrics'], alike('reputationMetrics: false'))
        : NOTHING,
  },
]

function tlsRequired(plan: Plan): readonly Sighting[] {
  const { tlsPolicy } = plan.configurationSet
  const { tlsPercent } = plan.volume
  if (tlsPolicy?.toLowerCase() !== 'require' || tlsPercent === 100) return NOTHING
  const daily = dailyMails(plan)
  const each = daily === undefined ? undefined : count(daily / 100)
  if (tlsPercent === undefined) {
    return seen(
      ['configurationSet', 'tlsPolicy'],
      say('Nobody has measured how many receivers speak TLS.', 'TLS に対応する宛先の割合が測られていません。'),
      ...(each === undefined
        ? []
        : [say(`each percent without TLS: ${each} mails a day`, `TLS 非対応 1 % につき 1 日 ${each} 通`)]),
    )
  }
  return seen(
    ['configurationSet', 'tlsPolicy'],
    say(
      `${percentText(100 - tlsPercent)} of the mail goes out without TLS today.`,
      `現在 ${percentText(100 - tlsPercent)} のメールが TLS なしで届いています。`,
    ),
    ...(daily === undefined
      ? []
      : [alike(`${count(daily)} × ${percentText(100 - tlsPercent)} = ${count((daily * (100 - tlsPercent)) / 100)}`)]),
  )
}

const isCapital = (name: string) => name === name.toUpperCase()
const letters = (name: string) => name.toLowerCase().replaceAll(/[^a-z]/g, '')

function eventsMissing({ configurationSet: { eventTypes } }: Plan): readonly Sighting[] {
  if (eventTypes === undefined) return NOTHING
  const has = new Set(eventTypes.map(letters))
  const missing = NEEDED.filter((name) => !has.has(letters(name)))
  if (missing.length === 0) return NOTHING
  return seen(
    ['configurationSet', 'eventTypes'],
    say(
      `${NEEDED.length - missing.length} of ${NEEDED.length} are there.`,
      `必要な ${NEEDED.length} 種のうち ${NEEDED.length - missing.length} 種だけです。`,
    ),
    say(`missing: ${missing.join(', ')}`, `不足: ${missing.join(', ')}`),
  )
}

function eventSpelling({ configurationSet: { eventTypes = [] } }: Plan): readonly Sighting[] {
  const unknown = eventTypes.filter((name) => !KNOWN.includes(letters(name)))
  const mixed = eventTypes.some(isCapital) && !eventTypes.every(isCapital)
  if (unknown.length === 0 && !mixed) return NOTHING
  return seen(
    ['configurationSet', 'eventTypes'],
    unknown.length > 0
      ? say(`SES does not know ${unknown.join(', ')}.`, `SES にない種別: ${unknown.join(', ')}`)
      : say('Capitals and small letters are mixed.', '大文字と小文字の表記が混在しています。'),
    alike(eventTypes.join(', ')),
  )
}

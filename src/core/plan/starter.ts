// The plan that `watari init` writes: a file that runs, with a comment at everything a team must know or decide. Text only;
// who asks and who writes are elsewhere.
import type { Language, Words } from './finding.ts'
import { say } from './finding.ts'

export interface StarterAnswers {
  readonly domain: string
  readonly region: string
  readonly timeZone: string
  readonly legacyHosts: readonly { readonly host: string; readonly port: number }[]
  /** Networks of the old hosts, as SPF names them: `192.0.2.0/27`. */
  readonly legacyNetworks: readonly string[]
  readonly mailsPerDay: number
  readonly budgetYen?: number
  /** Recipients in 24 hours that AWS has granted. */
  readonly grantedPerDay: number
  readonly grantedPerSecond: number
  readonly mailFromDomain: string
  readonly contactMail: string
  readonly dnsTeamDays: number
}

/** The comments; the keys are alike in both languages. */
const WORDS = {
  head: say(
    'The migration of {domain} to Amazon SES. `watari check` judges this file; docs/plan.md tells what each key means.',
    '{domain} の Amazon SES への移行計画。`watari check` で判定できます。各キーの意味は docs/plan.md にあります。',
  ),
  gateway: say(
    'what your applications speak to, in place of the old hosts',
    '旧ホストの代わりにアプリケーションが接続する先',
  ),
  port: say('25 in production', '本番では 25'),
  clients: say('may send without AUTH; list machines one by one', '認証なしで送信できるホスト。1 台ずつ書く'),
  hosts: say('the old hosts: they go on sending what is not moved yet', '旧ホスト。移していない分を送り続ける'),
  set: say('make it in SES before the first mail', '最初のメールの前に SES で作成する'),
  stages: say('percent of the recipients that go to SES, step by step', 'SES に回す宛先の割合 (%) を段階的に上げる'),
  budgeted: say('the budget pays for no more than the last one', '予算で賄えるのは最後の段階まで'),
  dkim: say('the life of the DKIM keys: docs/flow-of-a-key.md', 'DKIM 鍵の一生。docs/flow-of-a-key.md を参照'),
  mailFrom: say('aligns SPF; one MX, and used for nothing else', 'SPF の整合に必要。MX は 1 件、他の用途に使わない'),
  legacySpf: say('kept while both routes run', '両経路が動いている間は残す'),
  contact: say('whom the DNS team asks', 'DNS チームからの問い合わせ先'),
  facts: say(
    'What follows steers nothing: it is what `watari check`, `cost` and `plan` reckon with.',
    '以下は動作には影響せず、`watari check`・`cost`・`plan` の計算に使われます。',
  ),
  tls: say('tlsPercent: 99.2 # measure it with `watari baseline`', 'tlsPercent: 99.2 # `watari baseline` で測る'),
  success: say('taken by the next hop; bounces are judged apart', '次のサーバーが受け取ること。バウンスは別に判定'),
  dmarc: say('quarantine only after 30 days of good signatures', '正しい署名が 30 日続いてから quarantine にする'),
  optional: say('REQUIRE loses mail to receivers without TLS', 'REQUIRE では TLS 非対応の宛先に届かない'),
  granted: say('what GetAccount says, not what you hope for', '希望値ではなく GetAccount の値'),
  rate: say('an assumption; every sum uses it', '仮定の為替レート。すべての計算に使われる'),
  phases: say(
    'the DNS team is asked on the first day; `after` says what each phase waits for',
    'DNS チームへの依頼は初日に出す。after は待つ相手',
  ),
} as const satisfies Readonly<Record<string, Words>>

const EVENTS = 'send, delivery, bounce, complaint, reject, deliveryDelay, renderingFailure'

/** YAML of a plan with these stages. The answers are taken as they are: whoever asked has judged them. */
export function starterPlan(answers: StarterAnswers, stages: readonly number[], language: Language): string {
  const word = (name: keyof typeof WORDS) => WORDS[name][language].replace('{domain}', answers.domain)
  return [...running(answers, stages, word), '', ...reckoned(answers, word), ''].join('\n')
}

type Word = (name: keyof typeof WORDS) => string

function running(answers: StarterAnswers, stages: readonly number[], word: Word): readonly string[] {
  const { domain, region, timeZone, legacyHosts, budgetYen } = answers
  return [
    `# ${word('head')}`,
    '',
    `domain: ${domain}`,
    `region: ${region}`,
    `timeZone: ${timeZone}`,
    '',
    `gateway: # ${word('gateway')}`,
    '  host: 127.0.0.1',
    `  port: 2525 # ${word('port')}`,
    `  clients: # ${word('clients')}`,
    '    - 127.0.0.1',
    '    - ::1',
    '  senderDomains:',
    `    - ${domain}`,
    '',
    `legacy: # ${word('hosts')}`,
    '  hosts:',
    ...legacyHosts.map(({ host, port }) => `    - { host: '${host}', port: ${port} }`),
    '',
    'ses:',
    `  configurationSet: ${setName(domain)} # ${word('set')}`,
    '  identities:',
    `    - ${domain}`,
    '',
    `stages: # ${word('stages')}`,
    ...(budgetYen === undefined ? [] : [`  # ${word('budgeted')}`]),
    ...stages.map((percent, i) => stageLine(percent, i, answers.mailsPerDay)),
    '',
    ...keys(answers, word),
  ]
}

function keys(answers: StarterAnswers, word: Word): readonly string[] {
  const { domain, mailFromDomain, contactMail, dnsTeamDays } = answers
  return [
    `dkim: # ${word('dkim')}`,
    '  publish: txt',
    '  selectorPrefix: watari',
    '  keyLifeMonths: 12',
    `  mailFromDomain: ${mailFromDomain} # ${word('mailFrom')}`,
    `  legacySpf: [${spfTerms(answers).map(quoted).join(', ')}] # ${word('legacySpf')}`,
    `  dmarcReports: ${quoted(`dmarc@${domain}`)}`,
    '  dnsTeam:',
    '    name: DNS team',
    '    languages: [ja, en]',
    `    days: ${dnsTeamDays}`,
    `  contact: # ${word('contact')}`,
    '    name: Mail operations',
    `    mail: ${quoted(contactMail)}`,
  ]
}

function reckoned(answers: StarterAnswers, word: Word): readonly string[] {
  const { domain, mailsPerDay, mailFromDomain, budgetYen, legacyHosts } = answers
  return [
    `# ${word('facts')}`,
    '',
    'volume:',
    `  mailsPerDay: ${mailsPerDay}`,
    `  legacyHosts: ${legacyHosts.length}`,
    `  # ${word('tls')}`,
    '',
    'targets:',
    '  successPercent: 99.5',
    `  successMeans: accepted # ${word('success')}`,
    '',
    'identity:',
    '  dkimType: BYODKIM',
    '  dkimKeyBits: 2048',
    '  dkimRecord: TXT',
    '  dkimKeyLifeMonths: 12',
    `  mailFromDomain: ${mailFromDomain}`,
    `  spf: ${quoted(`v=spf1 ${spfTerms(answers).join(' ')} ~all`)}`,
    `  dmarc: ${quoted(`v=DMARC1; p=none; rua=mailto:dmarc@${domain}`)} # ${word('dmarc')}`,
    '',
    'configurationSet:',
    `  name: ${setName(domain)}`,
    `  tlsPolicy: OPTIONAL # ${word('optional')}`,
    `  eventTypes: [${EVENTS}]`,
    '  eventDestination: EventBridge',
    '',
    `quota: # ${word('granted')}`,
    `  grantedRecipientsPerDay: ${answers.grantedPerDay}`,
    `  grantedRatePerSecond: ${answers.grantedPerSecond}`,
    '',
    'budget:',
    ...(budgetYen === undefined ? [] : [`  yenPerMonth: ${budgetYen}`]),
    `  yenPerDollar: 150 # ${word('rate')}`,
    '',
    ...schedule(answers, word),
  ]
}

function schedule({ dnsTeamDays }: StarterAnswers, word: Word): readonly string[] {
  const phases = [
    ['infrastructure', 7, []],
    ['DKIM system', 7, [1]],
    ['SES', 7, [1]],
    ['DKIM keys', 0, []],
    ['request to the DNS team', 0, [4]],
    ['waiting for DNS', dnsTeamDays, [5]],
    ['DNS check and DKIM on', 0, [2, 3, 6]],
    ['monitoring', 0, [7]],
  ] as const
  return [
    'schedule:',
    `  dnsTeamDays: ${dnsTeamDays}`,
    `  phases: # ${word('phases')}`,
    ...phases.map(
      ([name, days, after], i) =>
        `    - { phase: ${i + 1}, name: ${name}, days: ${days}, after: [${after.join(', ')}] }`,
    ),
  ]
}

/** JSON's strings are YAML's too (YAML 1.2, 7.3.1). */
const quoted = (text: string) => JSON.stringify(text)

const spfTerms = ({ legacyNetworks }: StarterAnswers) =>
  legacyNetworks.map((network) => `${network.includes(':') ? 'ip6' : 'ip4'}:${network}`)

/** SES takes 64 letters, digits, - and _. */
const setName = (domain: string) => `${domain.replaceAll('.', '-').slice(0, 57)}-watari`

/** A stage that carries fewer mails a day shows nothing that a gate could judge. */
const STAGE_MAILS_A_DAY_MIN = 100
/** A gate's bounds are narrow enough by then (docs/flow-of-a-shift.md). */
const LEAST_MAILS = 10_000
const FIRST_HOURS = 24
const OTHER_HOURS = 72

/** Stages under a limit in percent: the usual steps that carry enough mail, and the limit itself where it is worth a step. */
export function starterStages(mostPercent: number, mailsPerDay: number): readonly number[] {
  const steps = [1, 5, 10, 20, 50, 100].filter((step) => step <= mostPercent)
  const last = steps.at(-1) ?? 0
  // A step of less than a tenth more shows nothing new.
  const most = Math.floor(mostPercent * 10) / 10
  const all = most > last * 1.1 ? [...steps, most] : steps
  return all.filter((percent, i) => i === all.length - 1 || (mailsPerDay * percent) / 100 >= STAGE_MAILS_A_DAY_MIN)
}

/** No more mails than the share sends in the stage's hours: a stage would never end by a number made for another volume. */
function stageLine(percent: number, i: number, mailsPerDay: number): string {
  const leastHours = i === 0 ? FIRST_HOURS : OTHER_HOURS
  const sent = Math.floor((mailsPerDay * percent * leastHours) / (100 * 24))
  return `  - { percent: ${percent}, leastHours: ${leastHours}, leastMails: ${Math.max(1, Math.min(LEAST_MAILS, sent))} }`
}

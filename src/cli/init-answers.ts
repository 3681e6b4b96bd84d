// What `watari init` must know: each question with its flag, its default, and what makes an answer good. Flags and the dialogue
// are judged alike, so that a file is only written from answers that a plan can hold.
import type { Language, Words } from '../core/plan/finding.ts'
import { say } from '../core/plan/finding.ts'
import type { StarterAnswers } from '../core/plan/starter.ts'
import { networkOf } from '../wiring/plan-fields.ts'
import { CommandError, EXIT } from './exit.ts'

export type QuestionId =
  | 'domain'
  | 'legacyHosts'
  | 'legacyNetworks'
  | 'mailsPerDay'
  | 'grantedPerDay'
  | 'grantedPerSecond'
  | 'budgetYen'
  | 'mailFromDomain'
  | 'contactMail'
  | 'dnsTeamDays'
export type Flags = Readonly<Partial<Record<QuestionId, string>>>

interface Question {
  readonly id: QuestionId
  /** As it is written on the command line. */
  readonly flag: string
  readonly ask: Words
  /** What is taken for an empty answer; without it there must be one. '' takes nothing. */
  readonly byDefault?: (known: Flags) => string
  /** Why an answer cannot be taken; undefined when it can. */
  readonly fault: (text: string) => string | undefined
}

const DOMAIN = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+$/i
const HOST = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?(:\d{1,5})?$/i
const domainFault = (text: string) => (DOMAIN.test(text) ? undefined : 'is not a domain name such as example.jp')
const countFault = (text: string) =>
  /^\d{1,13}$/.test(text.replaceAll(',', '')) && numberOf(text) > 0 ? undefined : 'is not a number such as 5300000'
const listFault = (fault: (one: string) => string | undefined) => (text: string) => {
  const items = listOf(text)
  return items.length === 0 ? 'is empty' : items.map(fault).find((one) => one !== undefined)
}

export const QUESTIONS: readonly Question[] = [
  { id: 'domain', flag: '--domain <name>', ask: say('Sending domain', '送信ドメイン'), fault: domainFault },
  {
    id: 'legacyHosts',
    flag: '--legacy-hosts <list>',
    ask: say(
      'Old SMTP hosts, name or name:port, with commas',
      '旧 SMTP ホスト (名前 または 名前:ポート、カンマ区切り)',
    ),
    fault: listFault((one) => (HOST.test(one) ? undefined : 'names no host such as postfix01.example.jp:25')),
  },
  {
    id: 'legacyNetworks',
    flag: '--legacy-networks <list>',
    ask: say(
      'Networks the old hosts send from, for SPF, with commas',
      '旧ホストの送信元ネットワーク (SPF 用、カンマ区切り)',
    ),
    fault: listFault((one) => {
      const network = networkOf(one)
      return network !== undefined && network.first === undefined && network.bits > 0
        ? undefined
        : 'names no network such as 192.0.2.0/27'
    }),
  },
  { id: 'mailsPerDay', flag: '--mails-per-day <n>', ask: say('Mails a day', '1 日の送信数'), fault: countFault },
  {
    id: 'grantedPerDay',
    flag: '--granted-per-day <n>',
    ask: say(
      'Recipients in 24 hours that AWS has granted (200 in a new account)',
      'AWS に認められた 24 時間の上限 (新規は 200)',
    ),
    fault: countFault,
  },
  {
    id: 'grantedPerSecond',
    flag: '--granted-per-second <n>',
    ask: say('Recipients a second that AWS has granted (1 in a new account)', 'AWS に認められた毎秒の上限 (新規は 1)'),
    byDefault: () => '1',
    fault: countFault,
  },
  {
    id: 'budgetYen',
    flag: '--budget <yen>',
    ask: say('Budget a month in yen, or nothing', '月額予算 (円)。なければ空欄'),
    byDefault: () => '',
    fault: (text) => (text === '' ? undefined : countFault(text)),
  },
  {
    id: 'mailFromDomain',
    flag: '--mail-from <name>',
    ask: say('MAIL FROM subdomain', 'MAIL FROM サブドメイン'),
    byDefault: ({ domain = '' }) => `bounce.${domain}`,
    fault: domainFault,
  },
  {
    id: 'contactMail',
    flag: '--contact <mail>',
    ask: say('Mail address that the DNS team may ask', 'DNS チームの問い合わせ先メール'),
    byDefault: ({ domain = '' }) => `postmaster@${domain}`,
    fault: (text) => (/^[^\s@"]+@[^\s@]+\.[^\s@]+$/.test(text) ? undefined : 'is not a mail address'),
  },
  {
    id: 'dnsTeamDays',
    flag: '--dns-team-days <n>',
    ask: say('Days the DNS team needs', 'DNS チームの所要日数'),
    byDefault: () => '14',
    fault: (text) => (/^\d{1,3}$/.test(text) && Number(text) > 0 ? undefined : 'is not a number of days such as 14'),
  },
]

/** A person may mistype; whoever cannot answer three times needs docs/plan.md. */
const TRIES_MAX = 3

export interface Asker {
  readonly language: Language
  /** Asks a person; undefined when there is none. */
  readonly ask: ((question: string) => Promise<string>) | undefined
  readonly say: (line: string) => void
}

/** Flags first, then the person, then defaults. Throws a usage error that names the flag when an answer is missing or bad. */
export async function answersFrom(flags: Flags, asker: Asker): Promise<StarterAnswers> {
  const known: Partial<Record<QuestionId, string>> = { ...flags }
  for (const question of QUESTIONS) {
    const given = known[question.id]
    known[question.id] = given === undefined ? await asked(question, known, asker) : checked(question, given.trim())
  }
  return read(known as Record<QuestionId, string>)
}

async function asked(question: Question, known: Flags, { ask, language, say: tell }: Asker): Promise<string> {
  const byDefault = question.byDefault?.(known)
  if (ask === undefined) {
    if (byDefault !== undefined) return byDefault
    throw new CommandError(EXIT.usage, 'missing', `${question.flag} is missing`, 'watari init --help tells of all.')
  }
  const shown = byDefault === undefined || byDefault === '' ? '' : ` [${byDefault}]`
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const text = (await ask(`${question.ask[language]}${shown}: `)).trim()
    const answer = text === '' && byDefault !== undefined ? byDefault : text
    const fault = question.fault(answer)
    if (fault === undefined) return answer
    tell(`${JSON.stringify(answer)} ${fault}.`)
  }
  throw new CommandError(
    EXIT.usage,
    'noAnswer',
    `there is no answer for ${question.flag}`,
    'docs/plan.md tells what it is.',
  )
}

function checked({ flag, fault }: Question, text: string): string {
  const why = fault(text)
  if (why === undefined) return text
  throw new CommandError(EXIT.usage, 'badValue', `${flag.split(' ')[0]} ${JSON.stringify(text)} ${why}`)
}

function read(known: Readonly<Record<QuestionId, string>>): StarterAnswers {
  return {
    domain: known.domain.toLowerCase(),
    region: 'ap-northeast-1',
    timeZone: 'Asia/Tokyo',
    legacyHosts: listOf(known.legacyHosts).map((text) => {
      const [host = '', port] = text.split(':')
      return { host, port: port === undefined ? 25 : Number(port) }
    }),
    legacyNetworks: listOf(known.legacyNetworks),
    mailsPerDay: numberOf(known.mailsPerDay),
    grantedPerDay: numberOf(known.grantedPerDay),
    grantedPerSecond: numberOf(known.grantedPerSecond),
    ...(known.budgetYen === '' ? {} : { budgetYen: numberOf(known.budgetYen) }),
    mailFromDomain: known.mailFromDomain.toLowerCase(),
    contactMail: known.contactMail,
    dnsTeamDays: Number(known.dnsTeamDays),
  }
}

const listOf = (text: string) =>
  text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')
const numberOf = (text: string) => Number(text.replaceAll(',', ''))

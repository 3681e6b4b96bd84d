// What SES itself says today: the account, the identity, and the events of the configuration set (C36).
import { READY, type IdentityFacts } from '../../base/identity.ts'
import { count, short } from '../amounts.ts'
import { alike, NOTHING, say, seen, type Explanation, type Sighting } from '../finding.ts'
import { dailyMails } from '../load.ts'
import type { Plan } from '../plan.ts'

/** Each part is undefined where SES could not be asked; `failures` says why. */
export interface SesFacts {
  readonly account?: {
    readonly maxPerSecond: number
    readonly maxIn24Hours: number | 'unlimited'
    readonly sendingEnabled: boolean
    readonly productionAccess: boolean
    readonly enforcement: string
  }
  /** 'missing' when SES has no such identity. */
  readonly identity?: IdentityFacts | 'missing'
  /** Event types that go somewhere; 'missing' when there is no such configuration set. */
  readonly events?: readonly string[] | 'missing'
  readonly failures: readonly string[]
}

export interface SesRule extends Explanation {
  readonly look: (facts: SesFacts, plan: Plan) => readonly Sighting[]
}

const MAIL_FROM = 'https://docs.aws.amazon.com/ses/latest/dg/mail-from.html'
const NEEDED = ['SEND', 'DELIVERY', 'BOUNCE', 'COMPLAINT', 'REJECT', 'DELIVERY_DELAY', 'RENDERING_FAILURE']

export const SES_RULES: readonly SesRule[] = [
  {
    id: 'ses-unanswered',
    severity: 'warning',
    title: say('SES could not be asked', 'SES に問い合わせできませんでした'),
    why: say('What was not answered is not judged.', '応答のなかった項目は判定されていません。'),
    mend: say(
      'Check the region, the credentials and their permissions.',
      'リージョン、認証情報、権限を確認してください。',
    ),
    source: 'https://docs.aws.amazon.com/ses/latest/dg/control-user-access.html',
    look: ({ failures }) =>
      failures.length === 0
        ? NOTHING
        : seen(
            ['ses'],
            say(`${failures.length} questions failed.`, `${failures.length} 件が失敗しました。`),
            ...failures.map(alike),
          ),
  },
  {
    id: 'ses-account-in-sandbox',
    severity: 'error',
    title: say('The account is in the sandbox', 'アカウントがサンドボックスです'),
    why: say('Only verified recipients get mail, 200 a day.', '検証済みの宛先にしか届かず、1 日 200 通までです。'),
    mend: say('Ask for production access; it takes a day or more.', '本番利用を申請してください。1 日以上かかります。'),
    source: 'https://docs.aws.amazon.com/ses/latest/dg/request-production-access.html',
    look: ({ account }) =>
      account?.productionAccess === false ? seen(['ses'], alike('ProductionAccessEnabled: false')) : NOTHING,
  },
  {
    id: 'ses-account-stopped',
    severity: 'error',
    title: say('SES does not let the account send freely', 'アカウントの送信が制限されています'),
    why: say(
      'Sending is off, or the account is under review: a shift on top of it ends it.',
      '送信停止中、または審査中です。ここで移行を進めると停止されかねません。',
    ),
    mend: say('Answer AWS first, and keep the stage at 0.', 'まず AWS に対応し、段階を 0 に保ってください。'),
    source: 'https://docs.aws.amazon.com/ses/latest/dg/faqs-enforcement.html',
    look: ({ account }) =>
      account === undefined || (account.sendingEnabled && account.enforcement === 'HEALTHY')
        ? NOTHING
        : seen(['ses'], alike(`SendingEnabled: ${account.sendingEnabled}, EnforcementStatus: ${account.enforcement}`)),
  },
  {
    id: 'ses-quota-below-stage',
    severity: 'error',
    title: say('The account has less quota than the first stage needs', 'アカウントの上限が最初の段階に足りません'),
    why: say(
      'SES stops taking mail, and the route waits for the rest of the day.',
      '上限に達すると残りの時間は送れません。',
    ),
    mend: say('Ask for more, or begin with a smaller stage.', '引き上げを申請するか、小さい段階から始めてください。'),
    source: 'https://docs.aws.amazon.com/ses/latest/dg/manage-sending-quotas-request-increase.html',
    look: quotaBelowStage,
  },
  {
    id: 'ses-quota-differs',
    severity: 'warning',
    title: say('The account has another quota than the plan says', 'アカウントの上限が計画の記載と異なります'),
    why: say('Stages are planned with a figure that is not true.', '段階が実際と異なる値で計画されています。'),
    mend: say('Write what GetAccount says.', 'GetAccount の値を書いてください。'),
    source: 'https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_GetAccount.html',
    look: quotaDiffers,
  },
  {
    id: 'ses-identity-not-ready',
    severity: 'error',
    title: say('The identity cannot send', 'ID から送信できません'),
    why: say('SES refuses all mail of the domain.', 'このドメインのメールはすべて拒否されます。'),
    mend: say('Create and verify it before the first stage.', '最初の段階の前に作成し、検証してください。'),
    source: 'https://docs.aws.amazon.com/ses/latest/dg/verify-addresses-and-domains.html',
    look: ({ identity }, { domain }) =>
      identity === undefined || (identity !== 'missing' && identity.verifiedForSending)
        ? NOTHING
        : seen(
            ['domain'],
            identity === 'missing'
              ? say(`SES has no identity ${domain}.`, `SES に ID ${domain} がありません。`)
              : alike('VerifiedForSendingStatus: false'),
          ),
  },
  {
    id: 'ses-dkim-not-ready',
    severity: 'warning',
    title: say('SES does not sign yet', 'SES がまだ署名していません'),
    why: say('DMARC hangs on MAIL FROM alone until it does.', '署名が始まるまで DMARC は MAIL FROM だけに依存します。'),
    mend: say(
      'Let the life of the keys go on: `watari dkim status` says what it waits for.',
      '鍵の処理を進めてください。`watari dkim status` が待っている相手を示します。',
    ),
    source: 'https://docs.aws.amazon.com/ses/latest/dg/send-email-authentication-dkim-bring-your-own.html',
    look: ({ identity }) =>
      identity === undefined ||
      identity === 'missing' ||
      (identity.dkim.signingEnabled && identity.dkim.status === READY)
        ? NOTHING
        : seen(['dkim'], alike(`SigningEnabled: ${identity.dkim.signingEnabled}, Status: ${identity.dkim.status}`)),
  },
  {
    id: 'ses-mail-from-not-ready',
    severity: 'error',
    title: say('SES does not use the MAIL FROM domain', 'SES が MAIL FROM ドメインを使っていません'),
    why: say(
      'Records in DNS alone are decorative: until SES says SUCCESS it sends unaligned, or refuses all mail.',
      'DNS のレコードだけでは効果がありません。SUCCESS になるまで SES は整合しない送信元を使うか、すべて拒否します。',
    ),
    mend: say(
      'Set it in SES, and wait for SUCCESS; after FAILED set it again.',
      'SES に設定し、SUCCESS を待ってください。FAILED の後は再設定が必要です。',
    ),
    source: MAIL_FROM,
    look: mailFromNotReady,
  },
  {
    id: 'ses-events-not-told',
    severity: 'error',
    title: say('The configuration set does not tell all events', '設定セットがすべてのイベントを送っていません'),
    why: say(
      'What ends without an event is lost to Cuenote, to the figures and to the gates.',
      'イベントのない結末は Cuenote にも集計にもゲートにも伝わりません。',
    ),
    mend: say(
      'Add a destination with all of them to the configuration set.',
      'すべてを含む送信先を設定セットに加えてください。',
    ),
    source: 'https://docs.aws.amazon.com/ses/latest/dg/event-publishing-create-configuration-set.html',
    look: eventsNotTold,
  },
]

function quotaBelowStage({ account }: SesFacts, plan: Plan): readonly Sighting[] {
  const daily = dailyMails(plan)
  const first = plan.stages[0]?.percent ?? 0
  if (account === undefined || account.maxIn24Hours === 'unlimited' || daily === undefined) return NOTHING
  const needed = (daily * first) / 100
  if (needed <= account.maxIn24Hours) return NOTHING
  return seen(
    ['stages', 0, 'percent'],
    alike(`${count(daily)} × ${first} % = ${count(needed)} > Max24HourSend: ${count(account.maxIn24Hours)}`),
  )
}

function quotaDiffers({ account }: SesFacts, { quota }: Plan): readonly Sighting[] {
  if (account === undefined) return NOTHING
  const { grantedRecipientsPerDay: perDay, grantedRatePerSecond: perSecond } = quota
  const { maxIn24Hours, maxPerSecond } = account
  const key =
    perDay !== undefined && maxIn24Hours !== 'unlimited' && perDay !== maxIn24Hours
      ? 'grantedRecipientsPerDay'
      : perSecond !== undefined && perSecond !== maxPerSecond
        ? 'grantedRatePerSecond'
        : undefined
  if (key === undefined) return NOTHING
  const most = maxIn24Hours === 'unlimited' ? maxIn24Hours : count(maxIn24Hours)
  return seen(
    ['quota', key],
    alike(`Max24HourSend: ${most}, quota.grantedRecipientsPerDay: ${perDay === undefined ? '-' : count(perDay)}`),
    alike(
      `MaxSendRate: ${short(maxPerSecond)}, quota.grantedRatePerSecond: ${perSecond === undefined ? '-' : short(perSecond)}`,
    ),
  )
}

function mailFromNotReady({ identity }: SesFacts, { identity: design, dkim }: Plan): readonly Sighting[] {
  const wanted = design.mailFromDomain ?? dkim?.mailFromDomain
  if (identity === undefined || identity === 'missing' || wanted === undefined) return NOTHING
  const { mailFrom } = identity
  if (mailFrom?.status === READY && mailFrom.domain === wanted.toLowerCase()) return NOTHING
  return seen(
    ['identity', 'mailFromDomain'],
    mailFrom === undefined
      ? say('SES has none.', 'SES に設定されていません。')
      : alike(`${mailFrom.domain}: ${mailFrom.status}, BehaviorOnMxFailure: ${mailFrom.behaviour}`),
  )
}

function eventsNotTold({ events }: SesFacts, { ses: { configurationSet } }: Plan): readonly Sighting[] {
  if (events === undefined || configurationSet === undefined) return NOTHING
  if (events === 'missing')
    return seen(
      ['ses', 'configurationSet'],
      say(`SES has no configuration set ${configurationSet}.`, `SES に設定セット ${configurationSet} がありません。`),
    )
  const missing = NEEDED.filter((type) => !events.includes(type))
  return missing.length === 0
    ? NOTHING
    : seen(['ses', 'configurationSet'], say(`missing: ${missing.join(', ')}`, `不足: ${missing.join(', ')}`))
}

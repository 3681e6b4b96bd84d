// The words of checklists, in both languages.
import { HOUR_SECONDS, type ItemId, type MaintenanceFacts, type MaintenanceKind } from './maintenance.ts'
import { latencyText } from './report-words.ts'
import type { LaneReport } from './report.ts'
import { countText, percentText, type Language } from './words.ts'

export interface MaintenanceWords {
  readonly titles: Readonly<Record<MaintenanceKind, string>>
  readonly heading: (title: string, domain: string, span: string) => string
  readonly legend: string
  readonly next: (title: string, day: string) => string
  readonly items: Readonly<Record<ItemId, (facts: MaintenanceFacts) => string>>
  readonly more: string
}

const rate = (value: number | undefined): string => (value === undefined ? '?' : percentText(value))
const rates = ({ successRate, bounceRate, complaintRate }: LaneReport) =>
  [successRate, bounceRate, complaintRate].map(rate)
const room = ({ quota }: MaintenanceFacts): string => countText((quota?.perSecond ?? 0) * HOUR_SECONDS)

const ENGLISH: MaintenanceWords = {
  titles: {
    MonthlyMaintenance: 'Monthly maintenance: keys and performance',
    QuarterlyMaintenance: 'Quarterly maintenance: security and cost',
    YearlyMaintenance: 'Yearly maintenance: architecture and disaster recovery',
  },
  heading: (title, domain, span) => `${domain}: ${title} (${span})`,
  legend: '[x] looked at, nothing to do   [!] looked at, please look too   [ ] only you can',
  next: (title, day) => `${title}: next on ${day}`,
  more: 'More',
  items: {
    keyAge: ({ key }) =>
      key === undefined
        ? 'DKIM key: SES signs with none of this gateway yet; check its age by hand'
        : `DKIM key ${key.selector}: ${key.days} days left`,
    keyNext: ({ key }) =>
      key?.nextProven === true
        ? 'a next DKIM key is published and proven'
        : 'no next DKIM key is proven: watari dkim status says who is waited for',
    rates: ({ ses, legacy }) => {
      const [success, bounce, complaint] = rates(ses)
      const [oldSuccess, oldBounce, oldComplaint] = rates(legacy)
      return `SES: success ${success} (goal > 99.5 %), bounces ${bounce} (< 5 %), complaints ${complaint} (< 0.1 %); Postfix: ${oldSuccess}, ${oldBounce}, ${oldComplaint}`
    },
    latency: ({ ses }) => `sending by SES, 95 of 100 within ${latencyText(ses.sendingP95Ms) ?? '?'} (goal < 60 s)`,
    incidents: ({ incidents: { critical, warning } }) =>
      `incidents: ${critical} critical, ${warning} warning; watari incidents --all`,
    quota: ({ quota }) =>
      quota === undefined
        ? 'the sending quota is not known'
        : `quota: ${countText(quota.sent)} of ${countText(quota.max)} used in the last 24 hours (ask for more from half on)`,
    suppression: ({ suppressed }) =>
      suppressed === undefined
        ? 'the suppression list is not known'
        : `suppression list: ${countText(suppressed)} addresses`,
    users: ({ users }) =>
      `who may send with a password${users === undefined ? '' : ` (${users} names)`}: watari user list; remove who is gone`,
    networks: ({ wideNetworks }) =>
      wideNetworks === 0
        ? 'networks of clients and proxies are narrow'
        : `${wideNetworks} networks of clients or proxies are wide: watari plan show names them`,
    credentials: () => 'SES credentials are younger than 90 days (IAM, Credential report)',
    access: () =>
      'who may reach the gateway, the account and the logs: CloudTrail, IAM Access Analyzer, users of the hosts',
    copies: () => 'a copy of dkim-keys/ and of what opens it lies elsewhere, apart from each other',
    cost: ({ cost }) =>
      cost === undefined
        ? 'cost: the plan says no volume; see the bill'
        : `SES this month: ¥${countText(Math.round(cost.yen))} for ${countText(cost.recipients)} recipients${cost.budgetYen === undefined ? '' : ` of a budget of ¥${countText(cost.budgetYen)}`}; watari cost shows what each choice saves`,
    prices: ({ pricesAgeDays }) => `the price table is ${pricesAgeDays} days old (at most 90)`,
    capacity: (facts) =>
      facts.quota === undefined
        ? `the fullest hour had ${countText(facts.peakHour)} recipients; what SES allows is not known`
        : `the fullest hour had ${countText(facts.peakHour)} recipients; SES allows ${room(facts)} (at most 70 % of it)`,
    drill: () => 'disaster recovery drill with a clock: RTO 4 h, RPO 1 h; write down what it took',
    restore: () => 'restore the data folder and the keys from their copies on another machine, and start it there',
    architecture: ({ stagePercent }) =>
      `architecture review: ${stagePercent} % go by SES; do the old hosts, the regions and the prices still fit?`,
  },
}

const JAPANESE: MaintenanceWords = {
  titles: {
    MonthlyMaintenance: '月次メンテナンス: DKIM鍵確認、パフォーマンスレビュー',
    QuarterlyMaintenance: '四半期メンテナンス: セキュリティ監査、コスト最適化',
    YearlyMaintenance: '年次メンテナンス: アーキテクチャレビュー、災害復旧テスト',
  },
  heading: (title, domain, span) => `${domain}: ${title}(${span})`,
  legend: '[x] 確認済み・対応不要   [!] 確認済み・要確認   [ ] 人による確認が必要',
  next: (title, day) => `${title}: 次回 ${day}`,
  more: '手順書',
  items: {
    keyAge: ({ key }) =>
      key === undefined
        ? 'DKIM鍵: SESはまだこのゲートウェイの鍵で署名していません。現在の鍵の期限を確認してください'
        : `DKIM鍵 ${key.selector}: 期限まで${key.days}日`,
    keyNext: ({ key }) =>
      key?.nextProven === true
        ? '次のDKIM鍵は公開・確認済み'
        : '次のDKIM鍵が未確認です。watari dkim status で対応待ちの相手を確認してください',
    rates: ({ ses, legacy }) => {
      const [success, bounce, complaint] = rates(ses)
      const [oldSuccess, oldBounce, oldComplaint] = rates(legacy)
      return `SES: 成功率${success}(目標 99.5 %超)、バウンス率${bounce}(5 %未満)、苦情率${complaint}(0.1 %未満)。既存: ${oldSuccess}、${oldBounce}、${oldComplaint}`
    },
    latency: ({ ses }) => `SESの送信時間(95 %点): ${latencyText(ses.sendingP95Ms) ?? '不明'}(目標 60秒未満)`,
    incidents: ({ incidents: { critical, warning } }) =>
      `インシデント: 重大${critical}件、警告${warning}件(watari incidents --all)`,
    quota: ({ quota }) =>
      quota === undefined
        ? '送信枠が不明です'
        : `送信枠: 直近24時間で${countText(quota.max)}件中${countText(quota.sent)}件を使用(半分を超えたら引き上げを申請)`,
    suppression: ({ suppressed }) =>
      suppressed === undefined ? '停止リストの件数が不明です' : `停止リスト: ${countText(suppressed)}件`,
    users: ({ users }) =>
      `パスワードで送信できる利用者${users === undefined ? '' : `(${users}名)`}: watari user list で確認し、不要な利用者を削除`,
    networks: ({ wideNetworks }) =>
      wideNetworks === 0
        ? 'クライアントとプロキシの許可範囲は限定されています'
        : `クライアントまたはプロキシの許可範囲のうち${wideNetworks}件が広すぎます(watari plan show)`,
    credentials: () => 'SESの認証情報が90日以内に更新されている(IAM認証情報レポート)',
    access: () =>
      'ゲートウェイ、アカウント、ログへのアクセス権の棚卸し: CloudTrail、IAM Access Analyzer、ホストの利用者',
    copies: () => 'dkim-keys/ とその復号鍵の控えが、別々の場所に保管されている',
    cost: ({ cost }) =>
      cost === undefined
        ? '費用: プランに送信量がありません。請求書を確認してください'
        : `今月のSES: ${countText(cost.recipients)}件で${countText(Math.round(cost.yen))}円${cost.budgetYen === undefined ? '' : `(予算${countText(cost.budgetYen)}円)`}。watari cost で選択肢ごとの節約額を確認`,
    prices: ({ pricesAgeDays }) => `価格表は${pricesAgeDays}日前のものです(90日以内)`,
    capacity: (facts) =>
      facts.quota === undefined
        ? `最も多い1時間は${countText(facts.peakHour)}件です。SESの上限は不明です`
        : `最も多い1時間は${countText(facts.peakHour)}件、SESの上限は${room(facts)}件です(70 %以内)`,
    drill: () => '災害復旧テスト: RTO 4時間、RPO 1時間を計測し、結果を記録',
    restore: () => 'データフォルダーと鍵を控えから別のマシンに復元し、起動を確認',
    architecture: ({ stagePercent }) =>
      `アーキテクチャレビュー: 現在SESへ${stagePercent} %。既存ホスト、リージョン、価格は今も適切か`,
  },
}

export function maintenanceWords(language: Language): MaintenanceWords {
  return language === 'ja' ? JAPANESE : ENGLISH
}

// The words of reports in Japanese.
import type { Share } from '../base/shares.ts'
import type { ReportWords } from './report-words.ts'
import type { LaneReport } from './report.ts'
import { countText, percentText } from './words.ts'

function of({ count, of: total }: Share): string {
  return total === 0 ? '送信なし' : `${percentText(count / total)}(${countText(total)}件中${countText(count)}件)`
}

const hard = ({ bounceRate = 0, hardBounced }: LaneReport): string =>
  `${percentText(bounceRate)}(${countText(hardBounced)}件)`
const yen = (amount: number): string => `${countText(Math.round(amount))}円`

export const REPORT_JAPANESE: ReportWords = {
  subject: ({ kind, domain }, { first, last }) =>
    kind === 'DailyReport'
      ? `[Watari] ${domain}: 日次レポート ${first}`
      : `[Watari] ${domain}: 週次レポート ${first}〜${last}`,
  heading: ({ kind, domain, timeZone }, { first, last }) =>
    kind === 'DailyReport'
      ? `${domain}: ${first} のメール(${timeZone})`
      : `${domain}: ${first}〜${last} の週のメール(${timeZone})`,
  lanes: { ses: 'SES', legacy: '既存(Postfix)' },
  rows: {
    accepted: '受付',
    sent: '送信',
    delivered: '配信',
    hardBounced: 'ハードバウンス',
    softBounced: '断念(ソフト)',
    complained: '苦情',
    refused: '経路側の失敗',
    suppressed: '停止リストで未送信',
    sendingP95: '送信時間(95 %点)',
    deliveryP95: '配信時間(95 %点)',
  },
  columns: {
    domain: '受信ドメイン',
    sent: '送信',
    delivered: '配信',
    hard: 'ハード',
    complained: '苦情',
    p95: '95 %点',
    note: '同期間比較',
  },
  parts: {
    both: '両経路の比較(宛先数)',
    course: { DailyReport: '時間別の送信数', WeeklyPerformanceReport: '日別の送信数' },
    domains: '受信ドメイン別(同じ期間の比較)',
    notes: '注意点',
    stage: '段階',
    incidents: 'インシデント',
    suppression: '停止リスト',
    cost: '今月のSES費用',
  },
  notes: {
    answersChanged: (domain, { ses, legacy }, day) =>
      `${domain} は${day}から両経路で応答が変わりました。ハードバウンス率は既存経路で${of(legacy.before)}から${of(legacy.after)}、SES経路で${of(ses.before)}から${of(ses.after)}です。前後の数値は比較できません。バウンスの減少は、受信後に迷惑メールへ振り分けられているためかもしれず、どちらの経路についても良い結果とは言えません。`,
    sesHigher: ({ domain, ses, legacy }) =>
      `${domain} はSES経路の拒否が多くなっています。ハードバウンス率はSES ${hard(ses)}、同じ期間の既存経路 ${hard(legacy)} です。`,
    sesLower: ({ domain, ses, legacy }) =>
      `${domain} はSES経路の拒否が少なくなっています。ハードバウンス率はSES ${hard(ses)}、同じ期間の既存経路 ${hard(legacy)} です。受信箱に届いた数が増えたかどうかは、この数値では分かりません。`,
    few: ({ hardBounced, complained, sent }) =>
      `SES経路${countText(sent)}件中、バウンス${countText(hardBounced)}件、苦情${countText(complained)}件です。件数が少ないため、率の判定もアラートも行いません。`,
    blind: ({ sent }) =>
      `SESは${countText(sent)}件を受け付けましたが、結果が1件も届いていません(イベント不達)。SESについては何も判断できません。`,
    critical: (count) => `重大なインシデントが${count}件あります(下記)。`,
    nothingSent: '送信はありませんでした。',
    none: '特にありません。',
  },
  comparisons: {
    same: '同程度',
    sesHigher: 'SESが多い',
    sesLower: 'SESが少ない',
    tooFew: '件数不足',
    answersChanged: '応答変化',
  },
  rest: 'その他すべて',
  stageNow: (percent) => `期末時点でSESへ${percent} %。`,
  stageChange: ({ at, percent, by, reason }) => `${at}: ${percent} %(${by}: ${reason})`,
  noIncident: 'ありません。',
  incident: ({ mark, title, since, lasted, open, cameBack }) =>
    `${mark}${title}: ${since}発生、${open ? `${lasted}継続中` : `${lasted}で復旧`}${cameBack > 0 ? `、再発${cameBack}回` : ''}`,
  suppression: ({ total, more }) =>
    `${countText(total)}件${more === undefined ? '' : `(増減 ${more >= 0 ? '+' : ''}${countText(more)}件)`}`,
  cost: ({ recipients, yen: amount, budgetYen }) =>
    `${countText(recipients)}件で${yen(amount)}${budgetYen === undefined ? '' : `(予算${yen(budgetYen)}の${percentText(amount / budgetYen)})`}`,
  unknown: '不明',
}

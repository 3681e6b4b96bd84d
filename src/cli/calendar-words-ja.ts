// `watari plan calendar` in Japanese.
import type { CalendarWords } from './calendar-words.ts'

/** The names of the shipped plan's phases as the design has them (§10.1); a phase of another name keeps it. */
const PHASE_NAMES: Readonly<Record<string, string>> = {
  infrastructure: 'インフラ基盤構築',
  'DKIM system': 'DKIMシステム構築',
  SES: 'SES設定',
  'DKIM keys': 'DKIM鍵の生成',
  'request to the DNS team': 'DNS管理チームへの依頼',
  'waiting for DNS': 'DNS設定の完了待ち',
  'DNS check and DKIM on': 'DNS検証・DKIM有効化',
  monitoring: '監視の開始',
}

export const CALENDAR_WORDS_JA: CalendarWords = {
  title: (domain) => `${domain} の移行カレンダー`,
  working: '営業日は月曜から金曜。祝日と 12 月 29 日から 1 月 3 日を除きます。',
  weekendsOnly: '営業日は月曜から金曜。この地域の祝日は不明です (schedule.closedDays に書けます)。',
  beyondHolidays: (last) => `${last} 年より後の祝日は未発表のため、含みません。`,
  order: { given: '計画の順序', mended: '作業に必要な順序' },
  span: ({ from, last, days }) => `${from} から ${last} まで ${days} 日`,
  fits: ({ allowed, spare }) => `計画の期間 ${allowed} 日に対し余裕 ${spare} 日`,
  tooLong: ({ allowed, over }) => `計画の期間 ${allowed} 日を ${over} 日超過`,
  noPhases: '計画にフェーズ (schedule.phases) がないため、最初の段階までの準備は含まれません。',
  firstMail: (days) => `SES からの最初の送信は ${days} 日後。`,
  critical: (chain) => `クリティカルパス: ${chain}。`,
  columns: { task: '', from: '開始', to: '終了', slack: '余裕' },
  legend: (days) => `█ クリティカル  ▒ その他  * 自動  │ 今日  1 桁 ${days} 日  余裕は日数`,
  phase: (phase, name) => `${phase} ${PHASE_NAMES[name] ?? name}`,
  quota: (percent) => `AWS: ${percent} % の上限緩和`,
  stage: (percent) => `段階 ${percent} %`,
  mendedWhy: ({ sooner }) =>
    `鍵は Watari が初日に作るため何も待たず、DNS 管理チームへの依頼はすぐに出せます。残りはチームの作業中に構築します。${sooner > 0 ? `${sooner} 日早く終わります。` : '終わりは早まりません。'}`,
  mendedHow: (after) => `この順序にするには、各フェーズに after を書きます: ${after}。`,
  today: ({ date, day }) => `今日 ${date} は ${day} 日目。`,
  beforeStart: ({ date, days }) => `今日は ${date}。開始まで ${days} 日。`,
  running: (tasks) => `進行中: ${tasks}。`,
  nothingRuns: '進行中のものはありません。',
  next: ({ task, days }) => `次: ${task} (${days} 日後)。`,
  over: 'すべて終わっているはずです。',
  quotaTitle: 'AWS に申請する送信上限',
  quotaColumns: ['段階', '1 日', '毎秒', '申請 1 日', '毎秒', '最短期間'],
  granted: '承認済',
  stageTime: ({ hours, leastMails, mailHours }) => `${hours} h (${leastMails} 通: ${mailHours} h)`,
  quotaNote: ({ perDay, perSecond }) =>
    `新しいアカウントの上限は 1 日 ${perDay} 件、毎秒 ${perSecond} 件。各段階の上限は前の段階の開始時に、上限使用率のゲートの余裕を見て申請します。申請文は watari plan quota-request が書きます。`,
  beyondDesign: (stages) => `計画の送信上限は ${stages} に足りません。`,
  icsName: (domain) => `${domain} の移行`,
  icsSlack: ({ slack, isCritical }) =>
    isCritical ? 'クリティカルパス上: 移行の終わりはこれを待ちます。' : `${slack} 日遅く始められます。`,
  icsKind: {
    people: '担当者の作業。',
    dnsTeam: 'DNS 管理チームの作業。Watari が催促します。',
    aws: 'AWS の回答待ち。',
    automatic: 'Watari が自動で行います。',
    stage: 'SES から送信します。次の段階へ進むかはゲートが判断します。',
  },
  chain: ' > ',
  list: '、',
  sentence: '',
}

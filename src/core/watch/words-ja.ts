// The words of alerts in Japanese, for whoever is on night duty.
import type { RateFacts } from './alerts.ts'
import { countText, durationIn, percentText, sizeText, type Words } from './words.ts'

const ROUTES: Readonly<Record<string, string>> = { ses: 'SES経路', legacy: '既存経路(Postfix)' }

function counts({ count, of }: RateFacts): string {
  return count === undefined || of === undefined ? '' : `(${countText(of)}件中${countText(count)}件)`
}

function legacy({ legacyRate, legacyOf }: RateFacts): string {
  if (legacyRate === undefined || legacyOf === undefined) return ''
  return `同じ時間帯の既存経路は${percentText(legacyRate)}(${countText(legacyOf)}件)です。`
}

function few({ of = 0, tooFew }: RateFacts): string {
  return tooFew === undefined
    ? ''
    : `件数が少ないため判定していません(${countText(of)}件、必要数${countText(tooFew)}件)。`
}

function rate(name: string, facts: RateFacts): string {
  const limit = `しきい値は${percentText(facts.threshold)}です。`
  if (facts.hours === 0) return `SESが算出した${name}は${percentText(facts.rate)}です。${limit}`
  return `直近${facts.hours}時間のSES経路の${name}は${percentText(facts.rate)}${counts(facts)}です。${limit}${few(facts)}${legacy(facts)}`
}

/** The robot's words for why it goes back. */
const BACK: Readonly<Record<string, string>> = {
  sendingPaused: 'SESがアカウントの送信を停止',
  routeStopped: 'SES経路が停止',
  sesUnreachable: 'SESに接続できない',
  quotaUsedUp: '送信枠を使い切った',
  misaligned: 'DMARCに合格しない',
  eventsSilent: 'SESのイベントが届かない',
  bounce: 'ハードバウンスが多い',
  complaint: '苦情が多い',
  failure: '送信失敗が多い',
  latency: '送信が遅い',
}
const reasonJa = (reason: string): string => BACK[reason] ?? reason

export const JAPANESE: Words = {
  alerts: {
    BounceRate: {
      title: 'バウンス率がしきい値を超過',
      said: (facts) => rate('バウンス率', facts),
      look: [
        'watari report daily: どの受信ドメインか、既存経路でも起きているか',
        'watari stage history: 自動で切り戻し済みか',
      ],
      todo: [
        'SES経路だけの場合: 自動で切り戻されていなければ watari stage set 0 --reason "SESのバウンス増加"',
        '両経路の場合: リストか受信側の問題です。段階を進めず、配信を止めてリストの作成者に確認してください。',
      ],
    },
    ComplaintRate: {
      title: '苦情率がしきい値を超過',
      said: (facts) => rate('苦情率', facts),
      look: ['watari report daily: どの受信ドメインか、いつからか', 'この24時間に配信されたキャンペーン'],
      todo: [
        '苦情の出ている配信を止め、配信停止リンクが動くか確認してください。',
        '自動で切り戻されていなければ watari stage set 0 --reason "苦情増加"(SESは0.1 %で審査、0.5 %で停止)',
      ],
    },
    SendSuccessRate: {
      title: '送信成功率が低下',
      said: (facts) => rate('送信成功率', facts),
      look: ['watari route show: SESの応答', 'watari mail list --route ses: 待機中のメールの理由'],
      todo: [
        '自動で切り戻されていなければ watari stage set 0 --reason "SES送信失敗"(待機中の分は既存経路で送られます)',
        '理由にID・権限・認証情報が出ている場合は、まずそれを直してください。',
      ],
    },
    DKIMExpiry: {
      title: 'DKIM鍵の期限が近い',
      said: ({ selector, days, threshold }) =>
        `DKIM鍵 ${selector} の期限まであと${days}日です。しきい値は${threshold}日です。`,
      over: ({ selector, days, threshold }) =>
        `現在の署名鍵は ${selector} で、期限まで${days}日あります。しきい値は${threshold}日です。`,
      look: ['watari dkim status: 次の鍵が確認済みか、誰の対応待ちか'],
      todo: [
        '次の鍵が確認済みなら対応不要です。業務時間内に自動で切り替わります。',
        'DNSチーム待ちの場合: watari dkim request --send で再送し、電話で確認してください。',
      ],
    },
    EventPipelineDead: {
      title: 'SESのイベントが届かない(状況が見えない)',
      said: ({ sent, events, minutes }) =>
        `SESは${countText(sent)}件を受け付けましたが、${minutes}分間に届いたイベントは${events}件です(最低1件は必要)。バウンスも苦情も見えていません。`,
      look: [
        '設定セットのイベント送信先と、SNSトピックの購読(確認済みか、URLは正しいか)',
        'ゲートウェイのログ: eventRefused、証明書や署名のエラー',
      ],
      todo: [
        'イベントの経路を直してください。直るまでSESの数値は信用できません。',
        '続く場合: watari stage set 0 --reason "イベント不達"',
      ],
    },
    QueueStuck: {
      title: 'メールが滞留し送信が止まっている',
      said: ({ waiting, minutes, threshold, sent }, { scope }) =>
        sent === undefined
          ? `${ROUTES[scope]}で${countText(waiting)}件が待機中です(しきい値${threshold}件)。送信数は読み取れません。`
          : `${ROUTES[scope]}で${countText(waiting)}件が待機中です(しきい値${threshold}件)。直近${minutes}分間の送信は${sent}件です。`,
      look: ['watari status と watari route show: 経路が待っている理由', 'watari mail list: 送信先の応答'],
      todo: [
        '送信枠を使い切った場合: 回復を待つか、watari stage set で割合を下げてください。',
        'SESが応答しない場合: watari stage set 0 --reason "SES停止"。既存経路の場合: Postfixホストを確認してください。',
      ],
    },
    RouteStopped: {
      title: '経路が停止',
      said: ({ reason }, { scope }) => `${ROUTES[scope]}が停止しています(しきい値: 停止0件)。理由: ${reason}`,
      over: (_, { scope }) => `${ROUTES[scope]}は再開しました。`,
      look: ['watari route show: 理由の全文'],
      todo: ['理由に示された点(ID、権限、認証情報)を直してください。', 'watari route resume 経路 --reason "復旧"'],
    },
    SesPaused: {
      title: 'SESアカウントの送信が停止',
      said: ({ enforcement, sending }) =>
        `SESアカウントは送信できません。状態は${enforcement}、送信は${sending}です(HEALTHYかつonが必要)。`,
      look: ['AWS HealthとSupportの通知: 理由が書かれています', 'watari report daily'],
      todo: [
        '自動で切り戻されていなければ watari stage set 0 --reason "SES停止"',
        '原因を直してからサポートケースに回答してください。別アカウントは作らないでください。',
      ],
    },
    GatewayRefusesMail: {
      title: 'ゲートウェイがメールを受け付けていない',
      said: ({ reasons }) => `受信に4xxを返しています(しきい値: 0件)。理由: ${reasons}。送信元は保持して再送します。`,
      over: () => '受付を再開しました。',
      look: ['watari status: ディスク、キュー、最古のメールの経過時間', 'df: ディスクを圧迫しているもの'],
      todo: ['ディスクの空きを作るか、キューを流してください(watari route show で詰まりの原因が分かります)。'],
    },
    SendingQuota: {
      title: '送信枠の使用率が高い',
      said: ({ rate, threshold, count = 0, of }) =>
        `24時間の送信枠の${percentText(rate)}を使用しました(${of === undefined ? '無制限' : `${countText(of)}件`}中${countText(count)}件)。しきい値は${percentText(threshold)}です。`,
      look: ['watari route show: 増え方', '同じアカウントを使う他の送信元'],
      todo: [
        '明日まで watari stage set で割合を下げてください。',
        'AWSに枠の引き上げを申請してください(数日かかります)。',
      ],
    },
    LambdaErrors: {
      title: 'Lambda関数のエラーが多い',
      said: ({ rate, threshold, count = 0, of = 0 }) =>
        `直近1時間のLambda実行のうち${percentText(rate)}が失敗しました(${countText(of)}回中${countText(count)}回)。しきい値は${percentText(threshold)}です。`,
      look: ['関数のロググループ', 'デッドレターキュー'],
      todo: ['原因を直してから、デッドレターキューを再処理してください。'],
    },
    UnusualTrafficPattern: {
      title: '通常と異なる送信量',
      said: ({ accepted, low, high, median, weeks, hourAt }, { time }) =>
        `${time(hourAt)}からの1時間の受付は${countText(accepted)}件です。通常は${countText(low)}〜${countText(high)}件です(過去${weeks}週の同じ時間帯、中央値${countText(median)}件)。`,
      look: ['watari report daily: どの種別のメールか', 'Cuenoteのこの時間帯の配信予定'],
      todo: [
        '連絡のなかった配信であれば、そのまま送信枠を確認してください。',
        '心当たりがない場合: 認証情報の流出を疑い、watari user list と watari user remove で止めてください。',
        '少なすぎる場合: Cuenoteかアプリケーションの送信が止まっています。',
      ],
    },
    SesUnderReview: {
      title: 'SESアカウントが審査中',
      said: ({ enforcement }) =>
        `SESアカウントの状態は${enforcement}です(HEALTHYが必要)。送信停止になる可能性があります。`,
      look: ['AWSからの通知: バウンスか苦情か、期限はいつか', 'watari report weekly'],
      todo: ['段階を進めないでください。', 'リストを整理し(watari suppression)、対応内容をケースに回答してください。'],
    },
    StorageFilling: {
      title: 'キュー用ディスクの空きが少ない',
      said: ({ rate, threshold, leftOctets, limitOctets }) =>
        `キュー用の領域の${percentText(rate)}を使用しています(${sizeText(limitOctets)}中、残り${sizeText(leftOctets)})。しきい値は${percentText(threshold)}です。`,
      look: ['watari status: キューの大きさ', 'df、du: ほかに何があるか'],
      todo: ['空きを作ってください。いっぱいになると受信に4xxを返します。'],
    },
    LegacyLogSilent: {
      title: '既存ホストの配信結果が届かない',
      said: ({ sent, events, minutes }) =>
        `既存ホストは${countText(sent)}件を受け付けましたが、${minutes}分間に読めた配信結果は${events}件です(最低1件は必要)。自動判定はSESの比較対象がありません。`,
      look: ['Postfixホストのログファイルまたはsyslogが届いているか'],
      todo: ['転送(rsyslog、logrotate)を直してください。直るまで自動判定は現状維持します。'],
    },
    FiguresUnreadable: {
      title: '数値が読み取れない',
      said: ({ why }) => `率を判定できません(しきい値: 常に読めること)。理由: ${why}`,
      over: () => '数値を読めるようになりました。',
      look: ['ゲートウェイのログと、データフォルダーの figures'],
      todo: ['空き容量と権限を確認し、必要ならゲートウェイを再起動してください。'],
    },
    ShiftStopped: {
      title: '自動で0 %まで切り戻しました',
      said: ({ from, reason, message }) =>
        `SES経路の割合を${from} %から0 %に戻しました。理由: ${reasonJa(reason)}(${message})。全てのメールは既存経路で送られ、再開は人の操作だけです。`,
      over: () => '担当者が対応しました。',
      look: ['watari shift history と watari shift explain: 判断の根拠', 'watari status'],
      todo: ['原因を直してから watari shift start --reason "対応済み"'],
    },
    ShiftRolledBack: {
      title: '自動で切り戻しました',
      said: ({ from, to, reason, message, decision }) =>
        `SES経路の割合を${from} %から${to} %に戻しました。理由: ${reasonJa(reason)}(${message})。詳細: watari shift explain ${decision}`,
      over: () => '再び上げられる状態になりました。',
      look: ['watari shift explain: 各基準の件数', 'watari shift status: 現在の状態'],
      todo: [
        'SESだけが悪い場合は原因(リスト、内容、評価、アカウント)を直してください。待機時間の後、自動で再開します。',
        '再開させない場合: watari shift lock --reason "…"',
      ],
    },
    ShiftLocked: {
      title: '自動切り戻しが止められています',
      said: ({ reason, message, by }) =>
        `切り戻すべき状態ですが、動けません。理由: ${reasonJa(reason)}(${message})。止めているもの: ${by}`,
      over: () => '切り戻す理由がなくなったか、動けるようになりました。',
      look: ['watari shift status: 何を見て、何をしようとしているか'],
      todo: [
        '正しい場合: watari shift unlock --reason "…" または watari stage set で割合を下げてください。',
        '誤りだと分かっている場合: そのままにして、このインシデントを引き受けてください。',
      ],
    },
    ShiftHeldBack: {
      title: '受信ドメインを既存経路に戻しました',
      said: ({ domains, reasons }) =>
        `${domains}宛てはSES経路だけが悪いため、既存経路で送ります(${reasons.map(reasonJa).join('、')})。全体の割合はそのままです。`,
      over: () => '全ての受信ドメインで再びSES経路を試しています。',
      look: ['watari shift status: いつまでか', 'watari figures: このドメインの両経路'],
      todo: ['受信側の管理者かAWSに問い合わせてください。1日後、次は2日後、4日後に自動で試します。'],
    },
  },
  marks: {
    critical: '【重大】',
    warning: '【警告】',
    info: '【情報】',
    again: '【再発】',
    reminder: '【継続中】',
    closed: '【復旧】',
  },
  labels: {
    what: '内容',
    since: '発生',
    lasted: '継続時間',
    now: '現在',
    atWorst: '発生時',
    look: '確認すること',
    todo: '対応',
    more: '手順書',
    take: '対応を引き受ける(再通知なし)',
    incident: 'インシデント',
    comesBack: (times) => `${times}回再発しました。`,
  },
  duration: durationIn({ day: '日', hour: '時間', minute: '分' }),
}

// The words of the request in Japanese, as one company's infrastructure team writes to another's DNS team.
import type { Words } from './request-words.ts'

export const JAPANESE: Words = {
  subject: (kind, { domain, due, id, reminder }) => {
    const what = {
      request: `【DNS登録のお願い】${domain} メール送信用レコード(${due}まで)`,
      reminder: `【再送・${reminder}回目】${domain} メール送信用レコードの登録状況について`,
      correction: `【修正のお願い】${domain} 登録いただいたレコードについて`,
    }
    return `${what[kind]} [${id}]`
  },
  opening: (kind, { team, contact, domain, due, asked, count }) => {
    const greeting = [`${team} 御中`, '', 'いつもお世話になっております。', `${contact}です。`, '']
    const request = [
      `${domain} のメールを Amazon SES から送信するため、下記 ${count} 件の`,
      'DNSレコードの登録をお願いいたします。',
      `${due}までにご対応いただけますと幸いです。`,
    ]
    const reminder = [
      `${asked}にお願いいたしましたDNSレコードのうち、下記 ${count} 件が`,
      '現時点で権威サーバーから確認できておりません。',
      'ご多忙のところ恐れ入りますが、登録の状況をご確認いただけますでしょうか。',
      '本メールと行き違いで登録済みの場合は、ご容赦ください。',
    ]
    const correction = [
      'このたびはご対応いただきありがとうございます。',
      '登録内容を確認いたしましたところ、下記のレコードがご依頼の内容と',
      '異なっておりました。お手数をおかけしますが、修正をお願いいたします。',
    ]
    return [...greeting, ...{ request, reminder, correction }[kind]]
  },
  closing: [
    'ご不明な点がございましたら、上記の連絡先までお知らせください。',
    '登録後のご連絡は不要です。権威サーバーへの反映をこちらで自動的に確認いたします。',
    'お手数をおかけしますが、どうぞよろしくお願いいたします。',
  ],
  heading: (text) => `■ ${text}`,
  headings: {
    work: '作業をお願いしたいレコード',
    why: '目的',
    keep: '変更しないでいただきたいレコード(維持)',
    faults: '現在の登録内容で修正が必要な点',
    check: '確認方法',
    files: '添付ファイル',
    facts: '概要',
  },
  labels: {
    request: '依頼番号',
    due: '希望期限',
    latest: '最終期限(現在の鍵の使用期限)',
    contact: '連絡先',
    zone: '対象ゾーン',
    action: '作業',
    name: '名前',
    type: '種別',
    ttl: 'TTL',
    value: '値',
    today: '現在の値',
    purpose: '用途',
    nothingToday: 'なし',
    relative: 'ゾーン内の相対名',
    absolute: '完全修飾名(末尾ドット付き)',
  },
  actions: { add: '追加', change: '変更', remove: '削除', keep: '維持' },
  purposes: {
    dkimKey: 'DKIM公開鍵',
    dkimAlias: 'DKIM公開鍵への別名',
    dkimRevocation: 'DKIM公開鍵の失効',
    mailFromMx: 'MAIL FROMドメインのMX',
    mailFromSpf: 'MAIL FROMドメインのSPF',
    spf: '送信ドメインのSPF',
    dmarc: 'DMARC',
  },
  reasons: {
    dkimKey:
      'DKIM公開鍵: Amazon SES が付与する電子署名を、受信側が検証するための公開鍵です。鍵の交換を待ち時間なしで行えるよう、3つのセレクターを使い、使用中の鍵の次の鍵まであらかじめ公開しておきます。',
    dkimAlias:
      'DKIMのCNAME: 公開鍵そのものは当方のゾーンで管理します。CNAMEを一度登録していただければ、以後の鍵交換で作業をお願いすることはありません。',
    dkimRevocation:
      'DKIM公開鍵の失効: 使用を終えた鍵です。レコードは削除せず、値を「p=」が空のものに置き換えてください。空の「p=」は、その鍵が失効したことを受信側に伝えます(RFC 6376 3.6.1)。',
    mailFromMx:
      'MAIL FROMのMX: Amazon SES がエンベロープFromに使うサブドメインです。MXは必ず1件だけにしてください。2件以上あると SES は設定を失敗とみなします。このサブドメインではメールの受信・通常の送信は行いません。',
    mailFromSpf: 'MAIL FROMのSPF: 上記サブドメイン専用のSPFです。SPFはこの名前に対して評価されます。',
    spf: '送信ドメインのSPF: 移行期間中も既存のメールサーバーから送信を続けます。',
    dmarc:
      'DMARC: まず「p=none」でレポートだけを受け取り、署名が安定したことを確認したうえで「p=quarantine」への変更をあらためてお願いします。',
  },
  faults: {
    zoneAppended:
      '名前の末尾にゾーン名が二重に付いています。名前は相対名か、末尾にドットを付けた完全修飾名で登録してください。',
    underscoreLost: '名前の「_domainkey」の先頭のアンダースコアが抜けています。',
    zoneAppendedAndUnderscoreLost: '名前の末尾にゾーン名が二重に付き、「_domainkey」のアンダースコアも抜けています。',
    domainkeyLost: '名前に「._domainkey」が含まれていません。',
    otherKey: '別の公開鍵が登録されています。値を下記に置き換えてください。',
    twoRecords: '同じ名前にTXTレコードが複数あります。1件だけ残してください。',
    cut: '値が途中で切れています。255文字を超える値は、引用符で区切った複数の文字列として1つのレコードに登録してください。',
    splitOverRecords:
      '1つの値が複数のTXTレコードに分かれています。1つのレコードの中の複数の文字列として登録してください。',
    shouldBeCname: 'CNAMEの値がTXTレコードとして登録されています。種別をCNAMEにしてください。',
    tagTwice: '値の中に同じタグ(p= など)が2回あります。',
    quotesInside: '引用符(")が値の一部として登録されています。',
    backslashInside: '円記号・バックスラッシュ(\\)が値の一部として登録されています。',
    wrongTag: '値のタグ(v=, k=, h=, s=)が、この鍵のものと異なります。',
    notAKey: 'DKIM公開鍵ではない値が登録されています。',
    aliasNotFollowed:
      'Amazon SES がCNAMEをたどらないことを確認しました。CNAMEを削除し、同じ名前にTXTレコードを登録してください。',
    revoked: '使用する鍵が失効状態(p= が空)で登録されています。',
    twoMx: 'MXが2件以上あります。下記の1件だけにしてください。',
    mxOfAnotherRegion: '別のAWSリージョンのMXが登録されています。',
    foreignMx: 'Amazon SES のものではないMXが登録されています。',
    twoSpfRecords:
      'SPFレコード(v=spf1)が複数あります。1件だけ残してください。複数あると、すべての送信が permerror になります。',
    oldHostsNotNamed:
      '既存のメールサーバーのアドレスが直接は記載されていません(include で含まれていれば問題ありません)。',
    twoDmarcRecords: 'DMARCレコードが複数あります。1件だけ残してください。',
    absent: '使用中のレコードが見つかりません。',
  },
  notes: [
    '既存メールサーバー用のSPFは、移行期間中そのまま残してください。',
    '送信ドメイン自体のSPFに include:amazonses.com を追加する必要はありません。SES はMAIL FROMドメインのSPFだけを使います。',
    '値に空白や改行を加えないでください。管理画面が自動で引用符を付ける場合は、引用符を除いた値を入力してください。',
  ],
  check: '登録後、次のコマンドで確認できます(全件は添付の check.sh)。',
  files: [
    'records.zone  ゾーンファイルにそのまま追記できる形式',
    'records.csv   一覧(UTF-8、Excelで開けます)',
    'check.sh      確認コマンド',
  ],
  weekdays: ['日', '月', '火', '水', '木', '金', '土'],
  date: ({ year, month, day, weekday }) => `${year}年${month}月${day}日(${weekday})`,
}

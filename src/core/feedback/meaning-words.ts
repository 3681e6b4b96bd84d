// One sentence in Japanese and in English for each thing that a receiver, or SES, may mean: what the sender of a mail reads.
import type { HardReason, Meaning, SoftReason } from './reply-table.ts'

export interface Words {
  readonly ja: string
  readonly en: string
}

const WORDS: Readonly<Record<HardReason | SoftReason, Words>> = {
  noSuchUser: { ja: '宛先のアドレスは存在しません。', en: 'There is no such address.' },
  noSuchDomain: {
    ja: '宛先のドメインは存在しないか、メールを受け取りません。',
    en: 'The domain does not exist or takes no mail.',
  },
  inactive: { ja: '宛先のアカウントは停止されています。', en: 'The account is disabled or was given up.' },
  mailboxFull: { ja: '宛先のメールボックスに空きがありません。', en: 'The mailbox is full.' },
  throttled: {
    ja: '受信側が流量を制限しており、期限までに受け取りませんでした。',
    en: 'The receiver limits how much it takes, and did not take this mail in time.',
  },
  greylisted: {
    ja: '受信側が一時的に受け取りを見合わせ(グレイリスト)、期限までに受け取りませんでした。',
    en: 'The receiver put the mail off (greylisting) and did not take it in time.',
  },
  tooLarge: { ja: 'メールが大きすぎて受け取られませんでした。', en: 'The mail is too large for the receiver.' },
  contentRefused: {
    ja: '受信側がメールの内容または受信設定により拒否しました。',
    en: 'The receiver refused the content, or its settings refuse this sender.',
  },
  reputation: {
    ja: '受信側が送信元の評価または認証を理由に拒否しました。',
    en: 'The receiver refused the sending server for its reputation or authentication.',
  },
  unreachable: { ja: '受信側のサーバーに接続できませんでした。', en: 'The receiving server could not be reached.' },
  expired: { ja: '期限までに配送できませんでした。', en: 'The time for delivery ran out.' },
}

const NOBODY_OR_REFUSED: Words = {
  ja: '宛先のアドレスは存在しないか、受信設定により拒否されました。',
  en: 'There is no such address, or the reader refuses this sender; the carrier answers the same to both.',
}

const UNKNOWN: Words = {
  ja: '受信側の応答からは理由を判定できません。',
  en: 'The answer of the receiver does not tell why.',
}

/** SES did not even try: the address bounced or complained before. */
export const SUPPRESSED: Words = {
  ja: '宛先は以前のエラーまたは苦情により配信停止リストに載っているため、送信されませんでした。',
  en: 'Not sent: the address is on a suppression list after an earlier bounce or complaint.',
}

/** SES took the mail and did not pass it on. */
export const REFUSED: Words = {
  ja: 'Amazon SES がこのメールの送信を拒否しました。受信側には渡っていません。',
  en: 'Amazon SES refused to send this mail. No receiver has seen it.',
}

export function wordsFor(meaning: Meaning): Words {
  if (meaning.kind === 'unknown') return UNKNOWN
  return meaning.kind === 'hard' && meaning.doubtful === true ? NOBODY_OR_REFUSED : WORDS[meaning.reason]
}

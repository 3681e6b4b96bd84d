// What is known of lists that Cuenote and its kin write: the heads of their columns, and what their status words mean for an
// address. Heads and words differ by version and setting, so both are tables to be extended; an unknown word is never a bounce.

/** Heads in lower case, without spaces, _ and -. */
export const cuenoteColumns = new Map([
  ['メールアドレス', 'address'],
  ['エラーアドレス', 'address'],
  ['toメールアドレス', 'address'],
  ['アドレス', 'address'],
  ['宛先', 'address'],
  ['email', 'address'],
  ['mailaddress', 'address'],
  ['最終ステータス', 'meaning'],
  ['ステータス', 'meaning'],
  ['エラー種別', 'meaning'],
  ['種別', 'meaning'],
  ['概要', 'meaning'],
  ['status', 'meaning'],
  ['エラー回数', 'count'],
  ['エラーカウント', 'count'],
  ['回数', 'count'],
  ['初回エラー日時', 'firstAt'],
  ['最終エラー日時', 'lastAt'],
  ['エラー日時', 'lastAt'],
  ['配信日時', 'lastAt'],
  ['配信時刻', 'lastAt'],
  ['日時', 'lastAt'],
  ['時刻', 'lastAt'],
] as const)

const GONE: ReadonlySet<string> = new Set([
  'user_unknown',
  'userunknown',
  'host_unknown',
  'hostunknown',
  'hard_bounce',
  'hardbounce',
  'bounce',
  '宛先不明',
  '宛先アドレス無し',
  '宛先アドレスなし',
  'ユーザー不明',
  'ユーザ不明',
  'ドメイン不明',
  'ホスト不明',
  'ハードバウンス',
  'ハードエラー',
])
const COMPLAINED: ReadonlySet<string> = new Set(['complaint', '迷惑メール報告', '苦情'])
/** Arrived, or may yet: nothing is said against the address. */
const OTHER: ReadonlySet<string> = new Set([
  'success',
  'success_hopeful',
  'deferral',
  'soft_bounce',
  'softbounce',
  '成功',
  '一時失敗',
  '一時エラー',
  'ソフトバウンス',
  'ソフトエラー',
  '非エラー',
  'メールボックスフル',
  '容量オーバー',
])

export function cuenoteMeaning(status: string): 'bounce' | 'complaint' | 'other' | 'unknown' {
  const word = status.trim().toLowerCase().replaceAll(/\s/g, '')
  if (GONE.has(word)) return 'bounce'
  if (COMPLAINED.has(word)) return 'complaint'
  return OTHER.has(word) ? 'other' : 'unknown'
}

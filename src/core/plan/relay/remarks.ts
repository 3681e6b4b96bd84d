// Settings of a Postfix host that mean something for the move, each with a sentence in both languages.

export interface RelayPlace {
  /** Where clients reach the gateway. */
  readonly gatewayHost: string
  readonly gatewayPort: number
  /** Lower case. */
  readonly legacyHosts: readonly string[]
}

export interface Remark {
  /** Stable. */
  readonly id: string
  readonly roles: readonly ('client' | 'legacyHost')[]
  readonly applies: (value: (name: string) => string, place: RelayPlace) => boolean
  readonly text: { readonly en: string; readonly ja: string }
}

/** SES takes 40 MB with headers and encoding (SES quotas). */
const SES_OCTETS_MAX = 41_943_040
const BOTH = ['client', 'legacyHost'] as const
const anyOf = (names: readonly string[]) => (value: (name: string) => string) =>
  names.some((name) => value(name) !== '')

export const REMARKS: readonly Remark[] = [
  {
    id: 'rewriting',
    roles: BOTH,
    applies: anyOf([
      'sender_canonical_maps',
      'recipient_canonical_maps',
      'canonical_maps',
      'smtp_generic_maps',
      'masquerade_domains',
      'virtual_alias_maps',
      'header_checks',
      'smtp_header_checks',
      'body_checks',
    ]),
    text: {
      en: 'This host rewrites addresses or headers. On a legacy host, mail that goes through SES is not rewritten: do it before Watari.',
      ja: 'このホストはアドレスやヘッダーを書き換えます。旧ホスト上の書き換えは SES 経由のメールには効きません。Watari の前で行ってください。',
    },
  },
  {
    id: 'filters',
    roles: BOTH,
    applies: anyOf(['content_filter', 'smtpd_milters', 'non_smtpd_milters', 'smtpd_proxy_filter']),
    text: {
      en: 'A content filter or milter runs here (DKIM signing, virus scan). On a legacy host it does not see mail that goes through SES; SES signs by itself.',
      ja: 'コンテンツフィルターや milter（DKIM 署名、ウイルス検査）が動いています。旧ホスト上のものは SES 経由のメールを見ません。署名は SES が行います。',
    },
  },
  {
    id: 'copies',
    roles: BOTH,
    applies: anyOf(['always_bcc', 'sender_bcc_maps', 'recipient_bcc_maps']),
    text: {
      en: 'Copies are made here (bcc). On a legacy host, mail that goes through SES makes none.',
      ja: 'ここで写し（bcc）を作っています。旧ホスト上の設定では SES 経由のメールの写しは作られません。',
    },
  },
  {
    id: 'large',
    roles: BOTH,
    applies: (value) =>
      Number(value('message_size_limit') || 10_240_000) > SES_OCTETS_MAX || value('message_size_limit') === '0',
    text: {
      en: 'message_size_limit allows more than the 40 MB that SES and Watari take: larger mails are refused by Watari.',
      ja: 'message_size_limit が SES と Watari の上限 40 MB を超えています。超えるメールは Watari が拒否します。',
    },
  },
  {
    id: 'pacing',
    roles: ['legacyHost'],
    applies: (value) =>
      [...PACING].some((name) => value(name) !== '') || /^[1-9]/.test(value('default_destination_rate_delay')),
    text: {
      en: 'Limits by destination are set here. They hold for the legacy route only; on the other, SES paces its receivers itself.',
      ja: '宛先ごとの流量制限があります。旧経路だけに効きます。SES 側の流量は SES が調整します。',
    },
  },
  {
    id: 'softBounce',
    roles: BOTH,
    applies: (value) => value('soft_bounce') === 'yes',
    text: {
      en: 'soft_bounce = yes turns every bounce into a deferral: the baseline has no bounces, and nothing can be compared.',
      ja: 'soft_bounce = yes はバウンスをすべて遅延にします。ベースラインにバウンスが残らず、比較できません。',
    },
  },
  {
    id: 'quoting',
    roles: BOTH,
    applies: (value) => value('smtp_quote_rfc821_envelope') === 'no' || value('allow_min_user') === 'yes',
    text: {
      en: 'Addresses that break RFC 5321 leave this host as they are (smtp_quote_rfc821_envelope, allow_min_user). For SES, plan: addresses.dotAddresses decides.',
      ja: 'RFC 5321 に合わないアドレスがそのまま送られています（smtp_quote_rfc821_envelope、allow_min_user）。SES ではプランの addresses.dotAddresses に従います。',
    },
  },
  {
    id: 'senderRelays',
    roles: ['client'],
    applies: anyOf([
      'sender_dependent_relayhost_maps',
      'sender_dependent_default_transport_maps',
      'smtp_fallback_relay',
      'smtp_sender_dependent_authentication',
    ]),
    text: {
      en: 'Some senders have a relay of their own here; they pass Watari by until those maps name it too.',
      ja: '送信者ごとの中継設定があります。その表も変えない限り Watari を通りません。',
    },
  },
  {
    id: 'default',
    roles: ['client'],
    applies: (value) => value('default_transport') !== '' && !/^(smtp|relay)(:|$)/.test(value('default_transport')),
    text: {
      en: 'default_transport is not smtp: relayhost alone changes nothing until it is.',
      ja: 'default_transport が smtp ではありません。relayhost を変えるだけでは効きません。',
    },
  },
  {
    id: 'loginless',
    roles: ['client'],
    applies: (value) => value('smtp_sasl_auth_enable') !== 'yes',
    text: {
      en: 'This host logs in nowhere: put its address into gateway.clients of the plan, or set smtp_sasl_auth_enable and a user.',
      ja: 'このホストは認証しません。プランの gateway.clients にアドレスを加えるか、smtp_sasl_auth_enable とユーザーを設定してください。',
    },
  },
  {
    id: 'trust',
    roles: ['legacyHost'],
    applies: (value, { gatewayHost }) => !value('mynetworks').includes(gatewayHost),
    text: {
      en: 'mynetworks does not name the gateway: this host must relay for it, or the legacy route stands still.',
      ja: 'mynetworks にゲートウェイがありません。中継を許さないと旧経路が止まります。',
    },
  },
]

const PACING = new Set([
  'transport_destination_rate_delay',
  'smtp_destination_rate_delay',
  'smtp_destination_concurrency_limit',
  'default_destination_concurrency_limit',
])

// Why a Postfix host could not deliver, for counting: from the status code and the reply in its log. Receivers' words differ,
// so only plain statements count: what could mean two things is `other`. The words are those of core/feedback; whether an address is
// gone is decided there, by the receivers' own texts.

export const LEGACY_REASONS = [
  'none',
  'noSuchUser',
  'inactive',
  'mailboxFull',
  'noSuchDomain',
  'tooLarge',
  'contentRefused',
  'reputation',
  'senderRefused',
  'notAuthenticated',
  'greylisted',
  'throttled',
  'connectFailed',
  'connectionLost',
  'tlsFailed',
  'dnsFailed',
  'mailLoop',
  'localFault',
  'other',
] as const
export type LegacyReason = (typeof LEGACY_REASONS)[number]

export const LEGACY_STAGES = ['none', 'greeting', 'EHLO', 'MAIL FROM', 'RCPT TO', 'DATA', 'end of DATA'] as const
export type LegacyStage = (typeof LEGACY_STAGES)[number]

type Phrases = readonly (readonly [LegacyReason, readonly string[]])[]

// A receiver that blocks a host answers with any code, 5.1.1 included, so these words come before the code.
const BEFORE_CODE: Phrases = [
  ['throttled', ['throttl', 'too many', 'rate limit', 'ratelimit', 'exceeded the rate', 'unusual rate']],
  ['greylisted', ['greylist', 'graylist', 'grey-list']],
  ['contentRefused', ['spam', 'junk mail', 'bulk mail', 'unsolicited']],
  ['notAuthenticated', ['dmarc', 'spf ', 'spf)', 'dkim', 'unauthenticated', 'not authenticated']],
  [
    'reputation',
    ['blocked', 'block list', 'blocklist', 'blacklist', 'black list', 'blackhole', 'reputation', 'rbl', 'policy'],
  ],
]

// Status codes that say one thing only (RFC 3463, RFC 7372, RFC 7505 for 5.1.10). Subject and detail; the class is apart.
const BY_CODE: Readonly<Record<number, LegacyReason>> = {
  1_001: 'noSuchUser',
  1_002: 'noSuchDomain',
  1_006: 'noSuchUser',
  1_007: 'senderRefused',
  1_008: 'senderRefused',
  1_010: 'noSuchDomain',
  2_001: 'inactive',
  2_002: 'mailboxFull',
  2_003: 'tooLarge',
  3_004: 'tooLarge',
  3_005: 'localFault',
  4_001: 'connectFailed',
  4_002: 'connectionLost',
  4_003: 'dnsFailed',
  4_004: 'noSuchDomain',
  4_006: 'mailLoop',
  7_005: 'tlsFailed',
  7_020: 'notAuthenticated',
  7_023: 'notAuthenticated',
  7_024: 'notAuthenticated',
  7_026: 'notAuthenticated',
  7_028: 'throttled',
}

const BY_WORDS: Phrases = [
  [
    'noSuchUser',
    [
      'user unknown',
      'unknown user',
      'no such user',
      'no such recipient',
      'unknown recipient',
      'recipient unknown',
      'unknown local part',
      'no such mailbox',
      'mailbox not found',
      'mailbox does not exist',
      'user does not exist',
      "user doesn't exist",
      "user doesn't have a",
      'account that you tried to reach does not exist',
      'invalid recipient',
      'no mailbox here',
    ],
  ],
  [
    'inactive',
    [
      'mailbox disabled',
      'account disabled',
      'account is disabled',
      'mailbox is inactive',
      'account has been disabled',
      'user is suspended',
    ],
  ],
  [
    'mailboxFull',
    [
      'mailbox full',
      'mailbox is full',
      'over quota',
      'overquota',
      'quota exceeded',
      'exceeded storage',
      'insufficient system storage',
      'out of storage',
    ],
  ],
  ['dnsFailed', ['host not found, try again', 'name service error']],
  ['noSuchDomain', ['host not found', 'domain not found', 'does not accept mail (nullmx)']],
  ['tooLarge', ['message size', 'message too large', 'size limit', 'too big']],
  ['senderRefused', ['sender address rejected', 'sender rejected', 'sender denied', 'sender domain']],
  ['tlsFailed', ['tls is required', 'cannot start tls', 'starttls', 'certificate']],
  [
    'connectFailed',
    [
      'connection refused',
      'connection timed out',
      'no route to host',
      'network is unreachable',
      'network unreachable',
      'operation timed out',
    ],
  ],
  ['connectionLost', ['lost connection', 'timed out while', 'conversation with']],
  ['throttled', ['try again later', 'try later', 'temporarily deferred', 'too busy', 'too much mail', 'resources']],
  ['mailLoop', ['mail loop', 'loops back to myself', 'too many hops']],
  [
    'localFault',
    [
      'mail system configuration',
      'queue file write error',
      'unable to look up',
      'local configuration error',
      'internal error',
    ],
  ],
]

const ADDRESS = /<[^<>]*>/g

/** The reason behind a deferral or a bounce. `dsn` as in LegacyOutcome, `reply` the text in brackets, in any case. */
export function legacyReason(dsn: number, reply: string): LegacyReason {
  // An address may hold any word.
  const text = reply.replaceAll(ADDRESS, ' ').toLowerCase()
  const isRemote = text.includes(' said: ')
  if (isRemote) {
    const plain = phraseOf(BEFORE_CODE, text)
    if (plain !== undefined) return plain
  }
  const named = byCode(dsn, isRemote)
  if (named !== undefined) return named
  const words = phraseOf(BY_WORDS, text)
  if (words !== undefined) return words
  return Math.floor(dsn / 1_000) % 1_000 === 7 ? 'reputation' : 'other'
}

function byCode(dsn: number, isRemote: boolean): LegacyReason | undefined {
  const temporary = dsn < 5_000_000
  const reason = BY_CODE[dsn % 1_000_000]
  // 4.1.1 is a receiver that cannot tell, or a greylist in disguise; 4.4.4 a domain whose DNS is ill.
  if (temporary && (reason === 'noSuchUser' || reason === 'inactive')) return 'other'
  if (temporary && reason === 'noSuchDomain') return 'dnsFailed'
  // Postfix writes 4.4.1 and 5.4.4 itself; from a receiver they speak of some hop behind it.
  return isRemote && reason === 'connectFailed' ? undefined : reason
}

function phraseOf(table: Phrases, text: string): LegacyReason | undefined {
  for (const [reason, phrases] of table) {
    for (const phrase of phrases) if (text.includes(phrase)) return reason
  }
  return undefined
}

const IN_REPLY_TO = '(in reply to '

/** The stage of the dialogue that a reply belongs to: the last `(in reply to …)`, because a receiver may quote another. */
export function legacyStage(reply: string): LegacyStage {
  const at = reply.lastIndexOf(IN_REPLY_TO)
  if (at < 0) return reply.includes(' refused to talk to me: ') ? 'greeting' : 'none'
  const words = reply.slice(at + IN_REPLY_TO.length)
  return LEGACY_STAGES.find((stage) => words.startsWith(stage)) ?? (words.startsWith('HELO') ? 'EHLO' : 'none')
}

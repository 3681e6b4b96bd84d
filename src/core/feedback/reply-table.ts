// What receivers say and what they mean by it, as rows: texts of Japanese carriers and large providers as they were seen,
// each with its source. The first row that fits counts, so what is particular stands before what is general.

/** What a receiver's answer means for the address or the mail. Each word has its sentences in meaning-words.ts. */
export type HardReason = 'noSuchUser' | 'noSuchDomain' | 'inactive'
export type SoftReason =
  | 'mailboxFull'
  | 'throttled'
  | 'greylisted'
  | 'tooLarge'
  | 'contentRefused'
  | 'reputation'
  | 'unreachable'
  | 'expired'

export type Meaning =
  /** The address is no good. `doubtful`: the same words are also said to senders that the reader's own filter refuses. */
  | { readonly kind: 'hard'; readonly reason: HardReason; readonly doubtful?: true }
  /** The address may be good: another mail, or the same one later, may arrive. */
  | { readonly kind: 'soft'; readonly reason: SoftReason }
  /** Nobody knows; nothing may be concluded. */
  | { readonly kind: 'unknown' }

export interface ReplyRow {
  /** Only for recipients at these domains or under them; without it for everybody, as many domains are hosted elsewhere. */
  readonly at?: readonly string[]
  readonly says: RegExp
  readonly means: Meaning
}

const hard = (reason: HardReason): Meaning => ({ kind: 'hard', reason })
const soft = (reason: SoftReason): Meaning => ({ kind: 'soft', reason })
/** Unknown, or refused by the reader's filter: the carrier says the same of both. */
const NOBODY_OR_REFUSED: Meaning = { kind: 'hard', reason: 'noSuchUser', doubtful: true }

// Sources that several rows share:
//   [S]  emails collected by sisimai, https://github.com/sisimai/set-of-emails
//   [SM] a Japanese mailer's notes on carriers, https://note.com/sendmagic
const CARRIERS: readonly ReplyRow[] = [
  // docomo: "552 Too much mail data" is a full mailbox. [SM] n/neb6bbe7e51cf; [S] rhost-nttdocomo
  { at: ['docomo.ne.jp'], says: /^552 too much mail data/i, means: soft('mailboxFull') },
  { at: ['docomo.ne.jp'], says: /^552 too many recipients/i, means: soft('throttled') },
  // The same words for nobody and for a refused domain. http://libsisimai.org/ja/docs/distinguish-between-the-unknown-and-the-filtered.html
  { at: ['docomo.ne.jp'], says: /^550 (5\.\d\.\d )?unknown user/i, means: NOBODY_OR_REFUSED },
  { at: ['docomo.ne.jp'], says: /^500 line too long/i, means: soft('contentRefused') },
  // au: "550 <address>: User unknown" names the address when nobody is there; without it the reader's filter spoke.
  // [SM] n/n875d8dcb6cb8 says that the first form comes for refused senders too; [S] rhost-kddi
  { at: ['ezweb.ne.jp', 'au.com'], says: /^550 (5\.1\.1 )?:? ?user unknown/i, means: soft('contentRefused') },
  { at: ['ezweb.ne.jp', 'au.com'], says: /^550 .*: user unknown/i, means: NOBODY_OR_REFUSED },
  // au for an address that it does not take at all. [SM] n/n875d8dcb6cb8
  { at: ['ezweb.ne.jp', 'au.com'], says: /^554 .*relay access denied/i, means: hard('noSuchUser') },
  // SoftBank, Vodafone and Y!mobile; their filters refuse without a word. [SM] n/n5afbf98aeb25; [S] reason userunknown
  {
    at: ['softbank.jp', 'softbank.ne.jp', 'vodafone.ne.jp', 'disney.ne.jp', 'ymobile.ne.jp', 'ymobile1.ne.jp'],
    says: /^550 (5\.1\.1 )?invalid recipient/i,
    means: hard('noSuchUser'),
  },
  // SoftBank: the envelope sender's domain is not in DNS; says nothing of the recipient. [SM] n/n5afbf98aeb25
  { at: ['softbank.jp', 'softbank.ne.jp'], says: /^553 .*does not exist/i, means: soft('reputation') },
]

const PROVIDERS: readonly ReplyRow[] = [
  // Gmail and what Google hosts. https://support.google.com/a/answer/3726730
  { says: /out of storage space/i, means: soft('mailboxFull') },
  { says: /email account that you tried to reach is over quota/i, means: soft('mailboxFull') },
  { says: /email account that you tried to reach (does not exist|could not be found)/i, means: hard('noSuchUser') },
  { says: /email account that you tried to reach is (disabled|inactive)/i, means: hard('inactive') },
  { says: /receiving (e?mail|a large volume of mail).*(too quickly|at a rate|prevents)/i, means: soft('throttled') },
  { says: /unusual rate of unsolicited mail/i, means: soft('throttled') },
  { says: /4\.7\.28|rate limited/i, means: soft('throttled') },
  { says: /5\.7\.26|unauthenticated email|does not have authentication information/i, means: soft('reputation') },
  {
    says: /content presents a potential security issue|likely (unsolicited|suspicious)/i,
    means: soft('contentRefused'),
  },
  // Yahoo, AOL, and Yahoo! JAPAN, which speaks like them. https://senders.yahooinc.com/smtp-error-codes;
  // https://tuono034s.com/web-entry/3575/ for yahoo.co.jp; "disabled or discontinued" and "no longer valid": [S] lhost-yahoo
  { says: /this user doesn'?t have an? .* account/i, means: hard('noSuchUser') },
  { says: /requested mail action aborted, mailbox not found/i, means: hard('noSuchUser') },
  {
    says: /account has been disabled or discontinued|is no longer valid|mailbox is disabled/i,
    means: hard('inactive'),
  },
  { says: /temporarily deferred due to (unexpected volume|user complaints)|\[TSS?\d+\]/i, means: soft('throttled') },
  { says: /not accepted for policy reasons|\[PH01\]/i, means: soft('contentRefused') },
  // Outlook, Hotmail, Microsoft 365. https://sendersupport.olc.protection.outlook.com/pm/troubleshooting.aspx; [S] lhost-exchange
  { says: /^550 (5\.5\.0 )?requested action not taken: mailbox unavailable/i, means: hard('noSuchUser') },
  { says: /RESOLVER\.ADR\.\w*Recip\w*NotFound|recipient not found by smtp address lookup/i, means: hard('noSuchUser') },
  { says: /STOREDRV\.Deliver.*mailbox (is )?full|MapiExceptionShutoffQuota/i, means: soft('mailboxFull') },
  { says: /RESOLVER\.RST\.RecipSizeLimit/i, means: soft('tooLarge') },
  { says: /is on our block list|\((S3140|S3150|AS3140|AS3150)\)|banned sending ip/i, means: soft('reputation') },
  { says: /\b(RP|SC|DY)-00\d\b|server busy.*\(?(S77\d|AS77\d)/i, means: soft('throttled') },
  // iCloud. https://support.apple.com/en-us/102322; https://smtp.codes/icloud
  { says: /inactive email address/i, means: hard('inactive') },
  { says: /unknown or illegal alias|recipient no longer on server/i, means: hard('noSuchUser') },
  { says: /deferred due to excessive volume/i, means: soft('throttled') },
  { says: /\[(CS|HM)\d\d\]|rejected due to local policy/i, means: soft('contentRefused') },
]

// Mail servers by their software. ISPs such as IIJ, OCN, BIGLOBE and Nifty, and Rakuten, answer with these.
const SOFTWARE: readonly ReplyRow[] = [
  // Lists and authentication before anything that could look like a user. Spamhaus and others: [S] reason blocked, authfailure
  {
    says: /spamhaus|spamcop|barracuda|proofpoint\.com\/dnsbl|\bblock(ed)? ?list|blacklist/i,
    means: soft('reputation'),
  },
  { says: /dmarc|\bspf\b.*(fail|reject|not allowed)|dkim.*fail/i, means: soft('reputation') },
  // https://postgrey.schweikert.ch: "Greylisted"; milter-greylist: "Greylisting in action"
  { says: /gr[ea]y-?list/i, means: soft('greylisted') },
  // Before the rows of users: "mailbox is over quota temporarily (#5.1.1)" is a full mailbox. [S] lhost-qmail
  {
    says: /over ?-?quota|quota ?(is )?exceeded|(mailbox|inbox).{0,40} (is )?full|mailbox size limit/i,
    means: soft('mailboxFull'),
  },
  { says: /insufficient (disk|system) (space|storage)/i, means: soft('mailboxFull') },
  // RFC 1870 6.1; Postfix "message size exceeds size limit", sendmail "Message size exceeds fixed maximum". [S] reason mesgtoobig
  { says: /message (size|length) exceeds|message (is )?too (large|big)|exceeds size limit/i, means: soft('tooLarge') },
  {
    says: /too many (connections|messages|recipients)|rate limit|sending too (fast|quickly)/i,
    means: soft('throttled'),
  },
  // qmail and Postfix for a domain that is not there. [S] reason hostunknown; RFC 7505 4.1 for the null MX
  {
    says: /host (or domain name )?(unknown|not found)|domain (name )?not found|null mx|does not accept mail/i,
    means: hard('noSuchDomain'),
  },
  // Postfix smtpd and virtual(8), sendmail, Exim, qmail, Courier. [S] reason userunknown
  {
    says: /user(s)? unknown|unknown (user|recipient|mailbox)|no such (user|mailbox|recipient|address)/i,
    means: hard('noSuchUser'),
  },
  {
    says: /(user|mailbox|recipient|address) (does not|doesn'?t) exist|user not found|no mailbox here/i,
    means: hard('noSuchUser'),
  },
  {
    says: /(account|mailbox|user|recipient)( account)?( address)? (is |has been )?(disabled|suspended|deactivated|inactive|terminated)|disabled recipient/i,
    means: hard('inactive'),
  },
  {
    says: /\bspam\b|\bvirus\b|content (reject|denied|refused)|rejected by (content|policy)|message content/i,
    means: soft('contentRefused'),
  },
  { says: /message expired|delivery time expired|retry time(out)? exceeded/i, means: soft('expired') },
  {
    says: /connection (timed out|refused|lost|reset)|no route to host|network is unreachable/i,
    means: soft('unreachable'),
  },
]

export const REPLY_ROWS: readonly ReplyRow[] = [...CARRIERS, ...PROVIDERS, ...SOFTWARE]

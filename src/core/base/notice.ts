// A message to people: the same for a mail, a chat and a topic. It holds no personal data and no key, because it leaves
// the machine by channels that keep what they get.

export type NoticeLevel = 'critical' | 'warning' | 'info'

export interface NoticeFile {
  /** A file name without a folder. */
  readonly name: string
  /** 'text/csv; charset=utf-8' */
  readonly mediaType: string
  readonly text: string
}

export interface Notice {
  /** The same for the same thing said again, so that receivers can thread or drop repeats. ASCII, no spaces. */
  readonly id: string
  readonly level: NoticeLevel
  /** One line. */
  readonly subject: string
  /** Plain text; lines of at most 78 columns where it can be helped. */
  readonly text: string
  /** The same as HTML; without it mail is text alone. */
  readonly html?: string
  /** Blocks of Slack's Block Kit; without them a chat gets subject and text. */
  readonly slackBlocks?: readonly Readonly<Record<string, unknown>>[]
  readonly files?: readonly NoticeFile[]
}

/** What became of a notice on one channel. */
export type NoticeOutcome =
  | { readonly kind: 'sent'; readonly channel: string }
  /** `again`: the same notice may be taken later; without it a person has to mend something. */
  | { readonly kind: 'failed'; readonly channel: string; readonly again: boolean; readonly message: string }

/** One way to people: a mailbox, a chat channel, a topic. Never rejects. */
export interface Notifier {
  readonly channel: string
  send(notice: Notice): Promise<NoticeOutcome>
}

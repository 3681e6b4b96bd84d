// What is known of the old hosts' logs that are followed, for status and alerts.

/** following: lines come. silent: none for too long. missing: the file is not there, or cannot be read. */
export type LogSourceState = 'following' | 'silent' | 'missing'

export interface LogSourceStatus {
  /** A path, or the name of a host that speaks syslog. */
  readonly name: string
  readonly kind: 'file' | 'syslog'
  readonly state: LogSourceState
  readonly lines: number
  /** When its last line came; undefined for none since the start. */
  readonly lastLineAt?: number
}

export interface LegacyLogsStatus {
  readonly sources: readonly LogSourceStatus[]
  /** Sources that are silent or missing. */
  readonly dead: number
  readonly lines: number
  /** Lines of Postfix that nobody understood. */
  readonly unknown: number
  /** Recipients whose outcome was counted. */
  readonly outcomes: number
  /** Frames of syslog that were no messages, or came from somebody who may not send. */
  readonly refused: number
}

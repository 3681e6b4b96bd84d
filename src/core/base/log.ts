// The log as a port: one event word, then facts. Personal data is masked by the caller (mail/mask.ts) before it comes here;
// bodies, subjects, credentials and keys are never passed at any level.

export type LogFields = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>

export interface Log {
  debug(event: string, fields?: LogFields): void
  info(event: string, fields?: LogFields): void
  warn(event: string, fields?: LogFields): void
  /** Something a person must act on. One incident, one line: callers do not repeat it while it lasts. */
  alarm(event: string, fields?: LogFields): void
}

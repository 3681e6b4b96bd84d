// Where the old hosts' Postfix logs are heard live, so that both routes are compared in the same hours. Without this section
// nothing is followed, and nobody knows what became of mail on the legacy route.

export interface LegacyLogsPlan {
  /** Files that are followed through rotation, relative to the plan file's folder. */
  readonly files: readonly string[]
  /** A port for syslog by UDP and TCP. */
  readonly syslog?: LegacySyslogPlan
  /** Where the clocks of the hosts stand, when stamps do not say: an IANA name. The plan's timeZone when not given. */
  readonly zone?: string
  /** Addresses or networks of other gateways: mail from them was counted as sent already. This machine's own are known. */
  readonly gateways: readonly string[]
  /** A source that says nothing for so long is told as dead. */
  readonly silentMinutes: number
}

export interface LegacySyslogPlan {
  readonly host: string
  readonly port: number
  /** Addresses or networks that may send; loopback when empty. */
  readonly from: readonly string[]
}

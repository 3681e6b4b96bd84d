// What a next hop offers in its answer to EHLO (RFC 5321 4.1.1.1). Read again after STARTTLS, and never carried over it.

export interface Capabilities {
  /** RFC 2920. */
  readonly pipelining: boolean
  /** RFC 1870: the SIZE parameter of MAIL is understood. */
  readonly size: boolean
  /** RFC 6152. */
  readonly eightBitMime: boolean
  /** RFC 3207. */
  readonly startTls: boolean
  /** RFC 4954: mechanisms, upper case. */
  readonly auth: ReadonlySet<string>
}

/** What a host has that knows only HELO. */
export const NO_CAPABILITIES: Capabilities = {
  pipelining: false,
  size: false,
  eightBitMime: false,
  startTls: false,
  auth: new Set(),
}

/** Reads the lines of an EHLO answer; the first is the host's greeting and offers nothing. */
export function capabilitiesIn(lines: readonly string[]): Capabilities {
  const keywords = new Map<string, readonly string[]>()
  for (const line of lines.slice(1)) {
    // Old servers write `AUTH=PLAIN LOGIN`, from a draft before RFC 2554.
    const [keyword = '', ...parameters] = line
      .trim()
      .toUpperCase()
      .replace(/^AUTH=/, 'AUTH ')
      .split(/\s+/)
    keywords.set(keyword, [...(keywords.get(keyword) ?? []), ...parameters])
  }
  return {
    pipelining: keywords.has('PIPELINING'),
    size: keywords.has('SIZE'),
    eightBitMime: keywords.has('8BITMIME'),
    startTls: keywords.has('STARTTLS'),
    auth: new Set(keywords.get('AUTH')),
  }
}

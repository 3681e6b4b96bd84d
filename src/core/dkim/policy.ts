// How one domain's keys are to live, as the plan says. The limits that no plan may choose are here too, with their reasons.
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../base/clock.ts'
import type { Contact, Language } from './request.ts'

/** txt: the DNS team enters each key. cname: it entered three aliases once, into a zone of our own where we write the keys. */
export type Publishing = 'txt' | 'cname'

export interface DkimPolicy {
  /** The sending domain, lower case. */
  readonly domain: string
  readonly region: string
  readonly timeZone: string
  readonly publishing: Publishing
  /** Selectors are this and a number: 'watari1'. */
  readonly selectorPrefix: string
  /** The apex of the zone of our own, for cname. */
  readonly ownZone?: string
  /** TTL of key records, where we may say it. */
  readonly ttlSeconds: number
  readonly keyLifeMonths: number
  readonly warnDays: number
  /** How long the record of a key stays after the switch (D5). SES tries for 14 hours, receivers hold mail for days. */
  readonly retireDays: number
  readonly dnsTeamDays: number
  readonly dnsTeam: string
  readonly contact: Contact
  readonly languages: readonly Language[]
  /** The custom MAIL FROM domain; without it mail is aligned by DKIM alone. */
  readonly mailFromDomain?: string
  /** SPF terms of the old hosts, as 'ip4:192.0.2.1'. */
  readonly legacySpf: readonly string[]
  /** Where DMARC reports go. */
  readonly dmarcReports?: string
  /** Days that SES has signed well before DMARC is asked to go from none to quarantine; 0 never asks. */
  readonly dmarcStepDays: number
  /** What to do when SES may send unsigned mail while it looks at a new key, and the stage is not 0. */
  readonly unsignedGap: 'refuse' | 'stepBack'
}

/** SES holds one key an identity, so that one is next, one current and one retiring (facts 1.13). */
export const KEYS_IN_CIRCLE = 3
/** A selector of the circle gets a new key no earlier than this after its old one was revoked: no cache or queue knows it then. */
export const REUSE_MS = 30 * DAY_MS
/** One SUCCESS may be the answer of before: SES says nowhere that a read follows a write. */
export const SUCCESSES_NEEDED = 2
/** Traffic waits for a switch no longer than this; then it goes by legacy, because people wait for mail. */
export const HOLD_MAX_MS = 10 * MINUTE_MS
/** SES looks for 72 hours. An alias that it did not follow in this time, though DNS shows the key, it does not follow at all. */
export const ALIAS_PATIENCE_MS = 2 * HOUR_MS
/** A check that SES has given up is begun anew no more often than this. */
export const RESTART_MS = 6 * HOUR_MS
/** While traffic is held: SES allows one such call a second for the account. */
export const POLL_HELD_MS = 2 * SECOND_MS
/** A call that failed while traffic is held. */
export const RETRY_HELD_MS = 5 * SECOND_MS
/** SES looks at DNS every few minutes at best. */
export const POLL_SES_MS = 30 * SECOND_MS
/** Records come within days, but whoever publishes one looks whether it was seen. */
export const POLL_DNS_MS = 30 * MINUTE_MS
/** SES or a store could not be asked. */
export const POLL_TROUBLE_MS = 5 * MINUTE_MS
/** While nothing is waited for: the current record and the status in SES are still watched. */
export const WATCH_MS = 6 * HOUR_MS
/** When people have read their night's mail: what is not urgent is done and asked from here on. */
export const WORK_BEGINS_HOUR = 10
/** A key that ends within this is switched from at any hour. */
export const URGENT_MS = 7 * DAY_MS
/** §4.2.1: the 1st of the month at 09:00. */
export const MONTHLY = { day: 1, hour: 9 } as const

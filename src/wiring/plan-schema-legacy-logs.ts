// The section `legacyLogs`: the old hosts' logs, followed live.
import { z } from 'zod'
import { amount, host, list, network, text, whole } from './plan-fields.ts'

const syslog = z.strictObject({
  host: host().default('127.0.0.1'),
  // RFC 6587 names none for TCP; 514 needs root.
  port: whole(0, 65_535).default(2_514),
  from: list(network()).default([]),
})

const legacyLogs = z.strictObject({
  files: list(text()).default([]),
  syslog: syslog.exactOptional(),
  zone: text()
    .refine(isTimeZone, { error: 'is no time zone' })
    .describe('an IANA time zone such as Asia/Tokyo')
    .exactOptional(),
  gateways: list(network()).default([]),
  // A host of goo.ne.jp writes hundreds of lines a second, and some at night.
  silentMinutes: amount(0.01, 1_440).default(15),
})

/** To be spread into the plan's schema. */
export const legacyLogsFields = { legacyLogs: legacyLogs.exactOptional() }

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name }).format(0)
    return true
  } catch {
    return false
  }
}

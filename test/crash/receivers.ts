// Where the mails of the crash test arrive: SES's stand-in and the legacy stand-in, emptied as they fill, counted by recipient.
import type { Standin } from '../../src/standin/standin.ts'
import type { Route } from '../../src/core/shift/route.ts'

export interface Arrival {
  readonly route: Route
  readonly mailId: string
}

export interface Receivers {
  /** Every arrival of a mail of this test at a recipient, by `number recipient`. */
  readonly arrivals: Map<string, Arrival[]>
  collect(): void
  readonly count: () => number
}

const NUMBER = /^X-Crash-Number: (\d+)\r$/m
/** The trace header that the gateway put in front. */
const MAIL_ID = /\(Watari\) with \S+ id ([0-9A-Z]{13});/

export function receivers(standin: Standin): Receivers {
  const arrivals = new Map<string, Arrival[]>()
  let count = 0
  const note = (route: Route, content: string, recipients: readonly string[]): void => {
    const number = NUMBER.exec(content)?.[1]
    const mailId = MAIL_ID.exec(content)?.[1]
    if (number === undefined || mailId === undefined) return
    for (const recipient of recipients) {
      const key = `${number} ${recipient}`
      arrivals.set(key, [...(arrivals.get(key) ?? []), { route, mailId }])
      count += 1
    }
  }
  return {
    arrivals,
    count: () => count,
    collect() {
      const { legacy, mailbox } = standin.knobs
      const byLegacy = legacy.mails()
      legacy.clear()
      const bySes = standin.mails()
      mailbox.clear()
      for (const mail of byLegacy) note('legacy', mail.content.toString('latin1'), mail.recipients)
      // The fields as they were submitted: the delivered form is signed when it is looked at, which would take far longer.
      for (const { submission, recipients } of bySes) {
        note('ses', submission.message.fields.map(({ raw }) => raw).join(''), recipients)
      }
    },
  }
}

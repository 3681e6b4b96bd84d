// Everything we ask of SES that is not sending. AWS allows one such call a second for the whole account and Region,
// so all of them pass here, one after another (https://docs.aws.amazon.com/ses/latest/dg/quotas.html).
import { SESv2Client } from '@aws-sdk/client-sesv2'
import type { Clock } from '../../core/base/clock.ts'
import { clientSettings, type SesPlace } from './client.ts'

/** One call a second, and a little more, because SES counts by its own clock. */
const SPACING_MS = 1_100
/** Nobody waits for these calls, but a dead connection must not hold up the ones behind it. */
const ANSWER_TIMEOUT_MS = 10_000

export interface ControlPlane {
  /** Runs a call when its turn comes. */
  call<T>(run: (client: SESv2Client) => Promise<T>): Promise<T>
  /** Waits for the calls that were asked for, then closes the connection. */
  stop(): Promise<void>
}

export function sesControlPlane(place: SesPlace, clock: Clock): ControlPlane {
  const client = new SESv2Client({
    ...clientSettings(place),
    requestHandler: {
      connectionTimeout: ANSWER_TIMEOUT_MS,
      requestTimeout: ANSWER_TIMEOUT_MS,
      throwOnRequestTimeout: true,
    },
  })
  let nextAt = 0
  let last: Promise<unknown> = Promise.resolve()
  const inTurn = async <T>(run: (client: SESv2Client) => Promise<T>): Promise<T> => {
    const wait = nextAt - clock.now()
    if (wait > 0) await clock.sleep(wait)
    nextAt = clock.now() + SPACING_MS
    return await run(client)
  }
  return {
    call(run) {
      const answer = last.then(() => inTurn(run))
      // The next call waits for this one, whatever becomes of it; who asked hears of the failure.
      last = answer.catch(() => undefined)
      return answer
    },
    async stop() {
      await last
      client.destroy()
    },
  }
}

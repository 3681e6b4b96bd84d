// The suppression list, put together: on disk, in front of SES, and beside the account's list.
import { join } from 'node:path'
import { domainToASCII } from 'node:url'
import { lmdbSuppressionList } from '../adapters/local/suppression-list.ts'
import { sesAccountList } from '../adapters/ses/account-list.ts'
import type { ControlPlane } from '../adapters/ses/control-plane.ts'
import { suppressionDesk, type SuppressionOperations } from '../core/feedback/suppression-desk.ts'
import { suppressionScreen } from '../core/feedback/suppression-screen.ts'
import type { AttemptOptions } from '../core/mail/attempt.ts'
import type { Plan } from '../core/plan/plan.ts'
import type { Basics } from './basics.ts'

export interface Suppression {
  /** For the route to SES alone. */
  readonly screen: NonNullable<AttemptOptions['screen']>
  readonly operations: (controlPlane: ControlPlane) => SuppressionOperations
  /** After the routes have stopped: they ask until then. */
  readonly close: () => Promise<void>
}

/** Opened before the routes, because nothing may go to SES unasked. */
export async function openSuppression(
  { suppression, gateway }: Plan,
  dataFolder: string,
  { clock, log }: Basics,
): Promise<Suppression> {
  const list = await lmdbSuppressionList(join(dataFolder, 'suppression'))
  return {
    screen: suppressionScreen({ list, onHit: suppression.onHit, hostname: gateway.hostname }),
    operations: (controlPlane) =>
      suppressionDesk({
        list,
        account: sesAccountList(controlPlane),
        toAscii: domainToASCII,
        now: () => clock.now(),
        log,
      }),
    close: () => list.close(),
  }
}

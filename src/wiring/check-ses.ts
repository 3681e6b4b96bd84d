// `watari check --ses`: asks the account, the identity and the configuration set, and judges what SES says. Changes nothing.
import { systemClock } from '../adapters/node/clock.ts'
import { sesAccount } from '../adapters/ses/account.ts'
import { sesControlPlane } from '../adapters/ses/control-plane.ts'
import { eventTypesOf } from '../adapters/ses/event-types.ts'
import { sesIdentity } from '../adapters/ses/identity.ts'
import type { Finding } from '../core/plan/finding.ts'
import { judgeSes } from '../core/plan/live/judge-live.ts'
import type { SesFacts } from '../core/plan/live/ses-rules.ts'
import type { Plan } from '../core/plan/plan.ts'
import { sesPlace, type Environment } from './ses-place.ts'

/** Never rejects: what cannot be asked is a finding. */
export async function sesFindings(plan: Plan, environment: Environment): Promise<readonly Finding[]> {
  const controlPlane = sesControlPlane(sesPlace(plan, environment), systemClock({ keepAlive: true }))
  const failures: string[] = []
  const asked = async <T>(what: string, question: Promise<T>): Promise<T | undefined> => {
    try {
      return await question
    } catch (error) {
      // The name of the error alone: AWS puts names of people and accounts into its texts.
      failures.push(`${what}: ${error instanceof Error ? error.name : 'failed'}`)
      return undefined
    }
  }
  const set = plan.ses.configurationSet
  const account = await asked('GetAccount', sesAccount(controlPlane).facts())
  const identity = await asked(
    'GetEmailIdentity',
    sesIdentity(controlPlane)
      .facts(plan.domain)
      .then((facts) => facts ?? 'missing'),
  )
  const events =
    set === undefined
      ? undefined
      : await asked(
          'GetConfigurationSetEventDestinations',
          eventTypesOf(controlPlane, set).then((types) => types ?? 'missing'),
        )
  await controlPlane.stop()
  const facts: SesFacts = {
    ...(account === undefined ? {} : { account }),
    ...(identity === undefined ? {} : { identity }),
    ...(events === undefined ? {} : { events }),
    failures,
  }
  return judgeSes(facts, plan)
}

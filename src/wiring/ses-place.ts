// Where SES is, and who we are there: from the plan and from the environment variables that the plan names.
import type { Plan } from '../core/plan/plan.ts'
import type { SesPlace } from '../adapters/ses/client.ts'
import { smtpLoginFault, smtpPassword } from '../adapters/ses/smtp-password.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** Without variables of the plan's names the SDK looks where it always does: profile, role, instance. */
export function sesPlace({ region, ses }: Plan, environment: Environment): SesPlace {
  const names = ses.credentials
  const accessKeyId = environment[names.accessKeyIdVariable]
  const secretAccessKey = environment[names.secretAccessKeyVariable]
  const sessionToken = environment[names.sessionTokenVariable]
  return {
    region,
    ...(ses.apiEndpoint === undefined ? {} : { endpoint: ses.apiEndpoint }),
    ...(accessKeyId === undefined || secretAccessKey === undefined
      ? {}
      : { credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) } }),
  }
}

/** The other services of AWS: the same Region and the same person, at their own addresses. */
export function awsPlace(plan: Plan, environment: Environment): Omit<SesPlace, 'endpoint'> {
  const { region, credentials } = sesPlace(plan, environment)
  return { region, ...(credentials === undefined ? {} : { credentials }) }
}

export interface SmtpLogin {
  readonly user: string
  readonly password: string
}

/**
 * The login of the SMTP wire: user and password from their own variables, or derived from the access key.
 * Throws with a hint when there is none, or when what is there cannot be right.
 */
export function sesSmtpLogin(plan: Plan, environment: Environment): SmtpLogin {
  const names = plan.ses.credentials
  const user = environment[names.smtpUserVariable]
  const password = environment[names.smtpPasswordVariable]
  const accessKeyId = environment[names.accessKeyIdVariable]
  const secretAccessKey = environment[names.secretAccessKeyVariable]
  if (user !== undefined && password !== undefined) {
    const fault = smtpLoginFault({ host: plan.ses.smtpHost, password, region: plan.region })
    if (fault !== undefined) throw new Error(`the SES SMTP login cannot work: ${fault.message}`)
    return { user, password }
  }
  if (accessKeyId !== undefined && secretAccessKey !== undefined) {
    return { user: accessKeyId, password: smtpPassword({ secretAccessKey, region: plan.region }) }
  }
  throw new Error(
    `the SES SMTP wire needs a login: set ${names.smtpUserVariable} and ${names.smtpPasswordVariable}, ` +
      `or ${names.accessKeyIdVariable} and ${names.secretAccessKeyVariable}`,
  )
}

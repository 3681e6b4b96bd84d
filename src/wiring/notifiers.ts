// The ways to people that a plan names: mail, Slack, and a folder for whoever carries a request by hand.
import { join } from 'node:path'
import { topicNotifier } from '../adapters/aws/notifier.ts'
import { folderNotifier } from '../adapters/notify/folder.ts'
import { mailNotifier } from '../adapters/notify/mail.ts'
import { slackNotifier } from '../adapters/notify/slack.ts'
import type { Notifier } from '../core/base/notice.ts'
import type { Plan } from '../core/plan/plan.ts'
import { awsPlace, type Environment } from './ses-place.ts'

/** To the operators: none when the plan names none; the log has every alarm anyway. */
export function operatorNotifiers(plan: Plan, environment: Environment): readonly Notifier[] {
  const { notify } = plan
  return [
    ...(notify.mail === undefined ? [] : [mail(notify.mail, 'mail to the operators', notify.mail.to, environment)]),
    ...slack(notify.slackVariable, 'Slack of the operators', environment),
    ...(notify.topicArn === undefined ? [] : [topic(plan, notify.topicArn, environment)]),
  ]
}

/** To the DNS team; the folder always, so that a request is never only in the air. */
export function teamNotifiers(
  { notify, dkim }: Plan,
  dataFolder: string,
  environment: Environment,
): readonly Notifier[] {
  const team = dkim?.dnsTeam
  const byMail = notify.mail !== undefined && team !== undefined && team.mail.length > 0
  return [
    folderNotifier({ channel: 'folder dns-requests', folder: join(dataFolder, 'dns-requests') }),
    ...(byMail ? [mail(notify.mail, 'mail to the DNS team', team.mail, environment)] : []),
    ...slack(team?.slackVariable, 'Slack of the DNS team', environment),
  ]
}

function mail(
  { host, port, tls, from, userVariable, passwordVariable }: NonNullable<Plan['notify']['mail']>,
  channel: string,
  to: readonly string[],
  environment: Environment,
): Notifier {
  const user = userVariable === undefined ? undefined : environment[userVariable]
  const password = passwordVariable === undefined ? undefined : environment[passwordVariable]
  const login = user === undefined || password === undefined ? {} : { login: { user, password } }
  return mailNotifier({ channel, host, port, tls, from, to, ...login })
}

function topic(plan: Plan, topicArn: string, environment: Environment): Notifier {
  return topicNotifier({ ...awsPlace(plan, environment), channel: 'SNS topic of the operators', topicArn })
}

function slack(variable: string | undefined, channel: string, environment: Environment): readonly Notifier[] {
  if (variable === undefined) return []
  const webhook = environment[variable]
  if (webhook === undefined || webhook === '') {
    throw new Error(
      `${channel}: the plan names ${variable}, and it is not set: set it, or remove the key from the plan`,
    )
  }
  return [slackNotifier({ channel, webhook })]
}

// The environment variables that a plan names, and what each is for. Credentials of SES are judged in pairs, elsewhere.
import { say, type Words } from '../finding.ts'
import type { Plan } from '../plan.ts'

export interface VariableUse {
  readonly name: string
  /** must: what the plan wants does not happen without it. */
  readonly need: 'must' | 'may'
  readonly what: Words
}

export function variablesOf({ dkim, notify, feedback }: Plan): readonly VariableUse[] {
  const notices = say('notices have no way to people', '通知が人に届きません')
  return [
    ...use(dkim?.passphraseVariable, 'may', say('it seals the DKIM keys', 'DKIM 鍵を封印します')),
    ...use(
      dkim?.dnsTeam.slackVariable,
      'must',
      say('requests do not reach the DNS team', '依頼が DNS 担当に届きません'),
    ),
    ...use(notify.slackVariable, 'must', notices),
    ...use(notify.mail?.userVariable, 'must', notices),
    ...use(notify.mail?.passwordVariable, 'must', notices),
    ...use(
      feedback?.eventBridgeTokenVariable,
      'must',
      say('events of SES are refused', 'SES のイベントが拒否されます'),
    ),
  ]
}

/** Every name, the credentials' too. */
export function variableNamesOf(plan: Plan): readonly string[] {
  return [...variablesOf(plan).map(({ name }) => name), ...Object.values(plan.ses.credentials as object)].map(String)
}

function use(name: string | undefined, need: VariableUse['need'], what: Words): readonly VariableUse[] {
  return name === undefined ? [] : [{ name, need, what }]
}

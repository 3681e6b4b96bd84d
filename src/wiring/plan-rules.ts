// Rules over several keys of a plan: faults that must be mended, and warnings that a person should read once at the start.
import type { Plan } from '../core/plan/plan.ts'
import { thresholdFaults } from '../core/watch/thresholds.ts'
import { GATE_OF_THRESHOLD, thresholdsOf } from './plan-thresholds.ts'
import { networkOf } from './plan-fields.ts'
import type { KeyPath } from '../core/plan/finding.ts'

export interface RuleFault {
  readonly path: KeyPath
  readonly what: string
  readonly mend: string
}

type Rule = (plan: Plan) => readonly RuleFault[]

/** In the order of the plan. */
export function brokenRules(plan: Plan): readonly RuleFault[] {
  const rules: readonly Rule[] = [
    halfOfTls,
    clientsWithoutSenderDomains,
    twoSplitKeys,
    hostTwice,
    dotRuleForUnknownDomain,
    firstRetryAfterLongest,
    stagesNotRising,
    rollBackAboveGate,
    alertsThatNeverFire,
    aliasesWithoutZone,
    zoneServedByNobody,
    kmsKeyForFiles,
    sealForSecretsManager,
    mailFromOutsideDomain,
    warningAfterTheEnd,
    feedbackFromNobody,
  ]
  return rules.flatMap((rule) => rule(plan))
}

function halfOfTls({ gateway }: Plan): readonly RuleFault[] {
  if ((gateway.tlsKeyFile === undefined) === (gateway.tlsCertFile === undefined)) return []
  const [has, lacks] = gateway.tlsKeyFile === undefined ? ['tlsCertFile', 'tlsKeyFile'] : ['tlsKeyFile', 'tlsCertFile']
  return [
    {
      path: ['gateway', has],
      what: `is set without ${lacks}`,
      mend: 'Give both, or neither, and a self-signed pair is made.',
    },
  ]
}

/** The schema fills the list with the plan's domain; only an explicit empty one comes here. */
function clientsWithoutSenderDomains({ gateway }: Plan): readonly RuleFault[] {
  if (gateway.senderDomains.length > 0) return []
  return [
    {
      path: ['gateway', 'senderDomains'],
      what: 'is an empty list, so nobody could send anything',
      mend: 'List the domains of your envelope senders, or remove the key to allow the domain of the plan.',
    },
  ]
}

function feedbackFromNobody({ feedback }: Plan): readonly RuleFault[] {
  if (feedback === undefined || feedback.topics.length > 0 || feedback.eventBridgeTokenVariable !== undefined) return []
  return [
    {
      path: ['feedback'],
      what: 'lets nobody bring events',
      mend: 'List the SNS topics in feedback.topics, or name the secret of EventBridge in feedback.eventBridgeTokenVariable.',
    },
  ]
}

function twoSplitKeys({ split }: Plan): readonly RuleFault[] {
  if (split.key === undefined || split.keyFile === undefined) return []
  return [
    { path: ['split', 'keyFile'], what: 'is set beside split.key', mend: 'Keep one of them; the file is better.' },
  ]
}

function hostTwice({ legacy }: Plan): readonly RuleFault[] {
  const seen = new Set<string>()
  return legacy.hosts.flatMap(({ host, port }, i) => {
    const name = `${host.toLowerCase()}:${port}`
    const isNew = !seen.has(name)
    seen.add(name)
    return isNew ? [] : [{ path: ['legacy', 'hosts', i], what: `is ${name} once more`, mend: 'List each host once.' }]
  })
}

function dotRuleForUnknownDomain({ addresses }: Plan): readonly RuleFault[] {
  return Object.keys(addresses.dotAddresses)
    .filter((domain) => !addresses.dotDomains.includes(domain))
    .map((domain) => ({
      path: ['addresses', 'dotAddresses', domain],
      what: 'has a rule, but is not in addresses.dotDomains, so such addresses are refused',
      mend: `Add ${domain} to addresses.dotDomains.`,
    }))
}

function firstRetryAfterLongest({ retry }: Plan): readonly RuleFault[] {
  if (retry.firstSeconds <= retry.longestSeconds) return []
  return [
    {
      path: ['retry', 'firstSeconds'],
      what: `is ${retry.firstSeconds}, more than longestSeconds, ${retry.longestSeconds}`,
      mend: 'The first wait must not be longer than the longest.',
    },
  ]
}

function stagesNotRising({ stages }: Plan): readonly RuleFault[] {
  return stages.flatMap(({ percent }, i) => {
    const before = stages[i - 1]?.percent ?? -1
    if (percent > before) return []
    const mend = 'Stages rise: write the smaller one first.'
    return [{ path: ['stages', i, 'percent'], what: `is ${percent}, and the stage before is ${before}`, mend }]
  })
}

function rollBackAboveGate({ gates }: Plan): readonly RuleFault[] {
  if (gates.successPercentRollBack <= gates.successPercentMin) return []
  return [
    {
      path: ['gates', 'successPercentRollBack'],
      what: `is ${gates.successPercentRollBack}, more than successPercentMin, ${gates.successPercentMin}`,
      mend: 'Rolling back must come later than holding.',
    },
  ]
}

/** C40: a limit outside 0 to 1, or above the line where SES pauses an account, is an alert that comes too late or never. */
function alertsThatNeverFire(plan: Plan): readonly RuleFault[] {
  return thresholdFaults(thresholdsOf(plan)).flatMap(({ name, message }) => {
    const key = GATE_OF_THRESHOLD[name]
    if (key === undefined) return []
    const mend = 'Write percent: 5 for bounces, 0.1 for complaints, 95 for success, 80 for the quota (§8.2).'
    return [{ path: ['gates', key], what: `makes no alert: ${message}`, mend }]
  })
}

function aliasesWithoutZone({ dkim }: Plan): readonly RuleFault[] {
  if (dkim?.publish !== 'cname' || dkim.zone !== undefined) return []
  const mend = 'Add dkim.zone with the zone of your own that the CNAMEs point into, or publish by txt.'
  return [{ path: ['dkim', 'publish'], what: 'is cname without dkim.zone', mend }]
}

function zoneServedByNobody({ dkim }: Plan): readonly RuleFault[] {
  const zone = dkim?.zone
  if (zone === undefined || zone.hostedZone !== undefined || zone.nameServers.length > 0) return []
  const mend = 'Name the servers of the zone, or its hosted zone in Route 53 as dkim.zone.hostedZone.'
  return [{ path: ['dkim', 'zone', 'nameServers'], what: 'is empty, and there is no hosted zone', mend }]
}

/** A person who wrote this believes that the keys are sealed by KMS. */
function kmsKeyForFiles({ dkim }: Plan): readonly RuleFault[] {
  if (dkim?.kmsKey === undefined || dkim.keys === 'secretsManager') return []
  const mend = 'Set dkim.keys to secretsManager, or remove the key: files are sealed by dkim.keyFile or a passphrase.'
  return [{ path: ['dkim', 'kmsKey'], what: 'is set, but the keys lie in files', mend }]
}

function sealForSecretsManager({ dkim }: Plan): readonly RuleFault[] {
  if (dkim?.keyFile === undefined || dkim.keys === 'file') return []
  const mend = 'Remove it: in Secrets Manager the keys are sealed by KMS, with dkim.kmsKey if you name one.'
  return [{ path: ['dkim', 'keyFile'], what: 'is set, but the keys lie in Secrets Manager', mend }]
}

/** SES takes only a subdomain of the identity (https://docs.aws.amazon.com/ses/latest/dg/mail-from.html). */
function mailFromOutsideDomain({ domain, dkim }: Plan): readonly RuleFault[] {
  const name = dkim?.mailFromDomain
  if (name === undefined || name.endsWith(`.${domain}`)) return []
  const mend = `Choose a name under it that neither sends nor receives mail, such as bounce.${domain}.`
  return [{ path: ['dkim', 'mailFromDomain'], what: `is ${name}, not a subdomain of ${domain}`, mend }]
}

function warningAfterTheEnd({ dkim }: Plan): readonly RuleFault[] {
  const SHORTEST_MONTH_DAYS = 28
  if (dkim === undefined || dkim.warnDays < dkim.keyLifeMonths * SHORTEST_MONTH_DAYS) return []
  const what = `is ${dkim.warnDays}, as long as a key lives (${dkim.keyLifeMonths} months)`
  return [{ path: ['dkim', 'warnDays'], what, mend: 'Warn later, or let keys live longer.' }]
}

/** Wider private networks than these hold machines nobody thought of: bridges, proxies and NAT hide who is behind them. */
const PRIVATE_BITS_MIN = { 32: 24, 128: 64 } as const
const PUBLIC_BITS_MIN = { 32: 16, 128: 32 } as const

/** What is allowed and yet dangerous. */
export function warningsOf(plan: Plan): readonly RuleFault[] {
  return [...wide(plan, 'clients'), ...wide(plan, 'proxies')]
}

function wide({ gateway }: Plan, key: 'clients' | 'proxies'): readonly RuleFault[] {
  return gateway[key].flatMap((text, i) => {
    const network = networkOf(text)
    if (network === undefined) return []
    const least = (network.isPrivate ? PRIVATE_BITS_MIN : PUBLIC_BITS_MIN)[network.width]
    if (network.bits >= least) return []
    const what = `is a wide ${network.isPrivate ? 'private' : 'public'} network: whoever is in it, or behind a NAT in it, may send`
    return [{ path: ['gateway', key, i], what, mend: 'List the machines one by one, or let them use AUTH.' }]
  })
}

// How the life of the keys looks on a terminal.
import type { RequestAnswer, TickAnswer, Verification } from '../core/dkim/operations.ts'
import type { HistoryEntry } from '../core/dkim/record.ts'
import type { DkimStatus } from '../core/dkim/status.ts'
import type { ServerState } from '../core/dkim/sighting.ts'
import { duration, facts, localTime, printable, table } from './output.ts'

const WAITS_FOR: Readonly<Record<DkimStatus['waitsFor'], string>> = {
  dnsTeam: 'the DNS team',
  dns: 'DNS',
  ses: 'Amazon SES',
  operator: 'you',
  time: 'time to pass',
  nobody: 'nobody',
}

export function statusText(status: DkimStatus, now: number): string {
  const { phase, request, switching } = status
  return [
    facts([
      ['Domain', status.domain],
      [
        'Phase',
        `${phase.number} of 8, ${phase.name}, since ${localTime(phase.since)} (${duration(now - phase.since)})`,
      ],
      ['Published by', status.publishing === 'txt' ? 'TXT, entered by the DNS team' : 'CNAME, once, into our own zone'],
      ['SES', sesText(status)],
      ['Waits for', WAITS_FOR[status.waitsFor]],
      ['Next', status.next],
      ...(switching === undefined
        ? []
        : ([
            ['Switching to', `${switching.selector}, since ${localTime(switching.since)}; mail for SES waits`],
          ] as const)),
      ...(request === undefined ? [] : ([['Request', requestText(request)]] as const)),
      ['Looked', `${localTime(status.lookedAt)}, next ${localTime(status.lookAt)}`],
    ]),
    ...(status.keys.length === 0 ? [] : [keyTable(status)]),
    ...(status.alerts.length === 0 ? [] : [alertTable(status)]),
  ].join('\n')
}

function sesText({ ses }: DkimStatus): string {
  if (ses.identity !== 'present') return ses.identity === 'missing' ? 'has no such identity' : 'could not be asked'
  const error = ses.error === undefined ? '' : ` (${ses.error})`
  const mailFrom = ses.mailFrom === undefined ? 'no MAIL FROM domain' : `MAIL FROM ${ses.mailFrom}`
  return `DKIM ${ses.dkim}${error}, signing ${ses.signing === true ? 'on' : 'off'}, key ${ses.origin}; ${mailFrom}`
}

function requestText({ id, askedAt, dueAt, reminders, sent }: NonNullable<DkimStatus['request']>): string {
  const state = sent ? `asked ${localTime(askedAt)}` : 'not sent yet'
  return `${id}, ${state}, wanted by ${localTime(dueAt)}, reminded ${reminders} times`
}

function keyTable({ keys }: DkimStatus): string {
  return table(
    ['SELECTOR', 'PART', 'STATE', 'SINCE', 'IN DNS', 'ENDS', 'NOTE'],
    keys.map((key) => [
      key.selector,
      key.role,
      key.state,
      localTime(key.since),
      key.publication,
      key.endsAt === undefined ? '-' : localTime(key.endsAt).slice(0, 10),
      key.note ?? '-',
    ]),
  )
}

function alertTable({ alerts }: DkimStatus): string {
  return table(
    ['ALERT', 'SINCE', 'WHAT'],
    alerts.map(({ id, since, message }) => [id, localTime(since), message]),
  )
}

export function verificationText(verification: Verification): string {
  const { sightings, records, misaligned, status, spf, oldHosts } = verification
  const rows = sightings.flatMap(({ selector, authoritative, recursive, elsewhere }) => [
    ...authoritative.map((one) => [selector, ...serverRow('authoritative', one)]),
    ...recursive.map((one) => [selector, ...serverRow('resolver', one)]),
    ...(elsewhere === undefined ? [] : [[selector, 'elsewhere', elsewhere.name, elsewhere.how]]),
  ])
  const wanted = records.map(({ action, name, type, fault }) => [action, type, name, fault ?? '-'])
  return [
    facts([
      ['SES', sesText(status)],
      ['Aligned', misaligned === undefined ? 'yes: the stage may rise' : `no: ${misaligned}`],
      ...spf.map(
        ({ domain, verdict, lookUps, reasons }) =>
          ['SPF', `${domain}: ${[verdict, `${lookUps} of 10 look-ups`, ...reasons].join(', ')}`] as const,
      ),
      ...oldHosts.map(({ ip, result }) => ['Old host', `${ip}: SPF ${result}`] as const),
    ]),
    ...(rows.length === 0 ? [] : [table(['SELECTOR', 'ASKED', 'SERVER', 'ANSWER'], rows)]),
    ...(wanted.length === 0 ? [] : [table(['ACTION', 'TYPE', 'NAME', 'FAULT'], wanted)]),
  ].join('\n')
}

function serverRow(kind: string, { server, state }: ServerState): readonly string[] {
  const name = server.name === undefined ? server.address : `${server.name} ${server.address}`
  return [kind, name, answerText(state)]
}

function answerText(state: ServerState['state']): string {
  switch (state.kind) {
    case 'right':
      return ['right', ...state.notes, `TTL ${state.ttlSeconds}`].join(', ')
    case 'absent':
      return state.alias === undefined ? 'not there' : `alias to ${state.alias}, which is not there`
    case 'revoked':
      return 'revoked (p= is empty)'
    case 'wrong':
      return `${state.fault}: ${state.found}`
    case 'unknown':
    default:
      return `no answer: ${state.fault}`
  }
}

export function tickText({ taken, next, later, status }: TickAnswer, now: number): string {
  const lines = [
    ...taken.map(({ step, selector, message }) => `${step}${selector === undefined ? '' : ` ${selector}`}: ${message}`),
    ...(next === undefined ? [] : [`would take: ${next.step}: ${next.message}`]),
    ...(later === undefined ? [] : [`later: ${later}`]),
  ]
  const said = lines.length === 0 ? 'There was nothing to do.' : lines.map(printable).join('\n')
  return `${said}\n\n${statusText(status, now)}`
}

export function requestTextOf({ notices, sent, failed }: RequestAnswer): string {
  const packs = notices.map(({ subject, text }) => `${printable(subject)}\n\n${text}`).join('\n\n')
  const outcome = [...sent.map((channel) => `sent: ${channel}`), ...failed.map((failure) => `failed: ${failure}`)]
  return outcome.length === 0 ? packs : `${packs}\n${outcome.map(printable).join('\n')}\n`
}

export function historyTable(entries: readonly HistoryEntry[]): string {
  return table(
    ['WHEN', 'STEP', 'SELECTOR', 'BY', 'WHY'],
    entries.map(({ at, step, selector, by, message }) => [localTime(at), step, selector ?? '-', by, message]),
  )
}

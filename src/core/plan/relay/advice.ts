// What changes on a Postfix host when its mail goes through Watari, and which lines to edit. Two kinds of host: one that only
// gives its mail on gets Watari as its relayhost; one of the plan's legacy hosts must never do that, or mail goes in a circle.
import type { MainCf, TransportLine } from './main-cf.ts'
import { REMARKS, type RelayPlace, type Remark } from './remarks.ts'

export interface Edit {
  readonly file: 'main.cf' | 'transport'
  /** From 1 on; of an added line, the line it stands behind. */
  readonly line: number
  readonly removed: readonly string[]
  readonly added: readonly string[]
}

export interface RelayAdvice {
  readonly role: 'client' | 'legacyHost'
  /** myhostname, '' when it is not set. */
  readonly hostname: string
  readonly edits: readonly Edit[]
  readonly remarks: readonly Remark[]
  /** True when mail would go in a circle as things are. */
  readonly loops: boolean
}

/** Transports that take a mail off this machine. */
const LEAVING = new Set(['', 'smtp', 'relay', 'smtp-amavis'])

export function relayAdvice(mainCf: MainCf, transport: readonly TransportLine[], place: RelayPlace): RelayAdvice {
  const value = (name: string) => mainCf.settings.get(name)?.value ?? ''
  const hostname = value('myhostname').toLowerCase()
  const role = place.legacyHosts.includes(hostname) ? 'legacyHost' : 'client'
  const nextHop = `[${place.gatewayHost}]:${place.gatewayPort}`
  const loops = role === 'legacyHost' && namesGateway(value('relayhost'), place)
  const remarks = REMARKS.filter(({ applies, roles }) => roles.includes(role) && applies(value, place))
  const edits =
    role === 'client'
      ? [
          setting(mainCf, 'relayhost', nextHop),
          ...(logsTls(value) ? [] : [setting(mainCf, 'smtp_tls_loglevel', '1')]),
          ...around(transport, nextHop),
        ]
      : [
          ...(loops ? [setting(mainCf, 'relayhost', '')] : []),
          ...(logsTls(value) ? [] : [setting(mainCf, 'smtp_tls_loglevel', '1')]),
        ]
  return {
    role,
    hostname,
    edits: edits.filter(({ removed, added }) => removed.join() !== added.join()),
    remarks,
    loops,
  }
}

function namesGateway(relayhost: string, { gatewayHost, gatewayPort }: RelayPlace): boolean {
  return relayhost.replaceAll(/[[\]]/g, '') === `${gatewayHost}:${gatewayPort}`
}

function logsTls(value: (name: string) => string): boolean {
  return Number(value('smtp_tls_loglevel')) >= 1
}

/** A setting replaced where it stands, or added at the end. */
function setting({ lines, settings }: MainCf, name: string, value: string): Edit {
  const text = `${name} = ${value}`.trimEnd()
  const known = settings.get(name)
  if (known === undefined) {
    const last = lines.findLastIndex((line) => line.trim() !== '') + 1
    return { file: 'main.cf', line: last, removed: [], added: [text] }
  }
  const removed = lines.slice(known.fromLine - 1, known.toLine)
  return { file: 'main.cf', line: known.fromLine, removed, added: known.value === value ? removed : [text] }
}

/** Lines of the transport table that send a domain past the relayhost, and so past Watari. */
function around(transport: readonly TransportLine[], nextHop: string): readonly Edit[] {
  return transport
    .filter((line) => LEAVING.has(line.transport) && line.nextHop !== '' && line.nextHop !== nextHop)
    .map(({ line, text, pattern, transport: name }) => ({
      file: 'transport' as const,
      line,
      removed: [text],
      added: [`${pattern}\t${name === '' ? 'smtp' : name}:${nextHop}`],
    }))
}

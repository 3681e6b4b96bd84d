// Reads Postfix's main.cf and a transport table just far enough to say what they do with a mail that goes out. Settings keep
// their lines, because the advice is about lines (postconf(5), transport(5)).

export interface Setting {
  readonly name: string
  /** Continuation lines joined, names expanded one level at a time as Postfix does. */
  readonly value: string
  /** First and last line of it, from 1 on. */
  readonly fromLine: number
  readonly toLine: number
}

export interface MainCf {
  readonly lines: readonly string[]
  /** The last setting of a name wins. */
  readonly settings: ReadonlyMap<string, Setting>
}

/** A main.cf is written by hand. */
const LINES_MAX = 20_000
/** $a in $b in $c: deeper ones are a circle. */
const EXPANSIONS_MAX = 10

export function parseMainCf(text: string): MainCf {
  const lines = text.split(/\r?\n/).slice(0, LINES_MAX)
  const raw = new Map<string, Setting>()
  let open: { name: string; value: string; fromLine: number; toLine: number } | undefined
  lines.forEach((line, index) => {
    if (/^\s*(#|$)/.test(line)) return
    if (/^\s/.test(line) && open !== undefined) {
      // A line that begins with a space goes on with the one before (postconf(5)).
      open = { ...open, value: `${open.value} ${line.trim()}`.trim(), toLine: index + 1 }
    } else {
      const [, name, value] = /^([\w-]+)\s*=\s*(.*?)\s*$/.exec(line) ?? []
      open =
        name === undefined || value === undefined ? undefined : { name, value, fromLine: index + 1, toLine: index + 1 }
    }
    if (open !== undefined) raw.set(open.name, open)
  })
  const settings = [...raw].map(
    ([name, setting]) => [name, { ...setting, value: expanded(setting.value, raw) }] as const,
  )
  return { lines, settings: new Map(settings) }
}

function expanded(value: string, settings: ReadonlyMap<string, Setting>): string {
  let text = value
  for (let depth = 0; depth < EXPANSIONS_MAX && text.includes('$'); depth += 1) {
    const next = text.replaceAll(/\$(?:\{(\w+)\}|\((\w+)\)|(\w+))/g, (all, a?: string, b?: string, c?: string) => {
      return settings.get(a ?? b ?? c ?? '')?.value ?? all
    })
    if (next === text) break
    text = next
  }
  return text
}

export interface TransportLine {
  readonly pattern: string
  readonly transport: string
  readonly nextHop: string
  /** From 1 on. */
  readonly line: number
  readonly text: string
}

/** The lines of a transport(5) table: `pattern  transport:nexthop`. */
export function parseTransport(text: string): readonly TransportLine[] {
  return text
    .split(/\r?\n/)
    .slice(0, LINES_MAX)
    .flatMap((line, index) => {
      const [, pattern, transport = '', nextHop = ''] = /^([^\s#]\S*)\s+([^:\s]*):?(\S*)/.exec(line) ?? []
      return pattern === undefined ? [] : [{ pattern, transport, nextHop, line: index + 1, text: line }]
    })
}

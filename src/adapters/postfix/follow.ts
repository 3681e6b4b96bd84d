// Follows the old hosts' logs while they are written: files through rotation, and syslog by UDP and TCP. One reader for all,
// so that a mail is followed wherever its lines come from; what it finds becomes figures of the legacy route.
import type { Clock } from '../../core/base/clock.ts'
import type { FigureSink } from '../../core/base/figures.ts'
import type { LegacyLogsStatus, LogSourceState, LogSourceStatus } from '../../core/base/legacy-logs.ts'
import type { Log } from '../../core/base/log.ts'
import { FollowedFile, type FilePosition } from './follow-file.ts'
import { legacyFigures } from './legacy-figures.ts'
import { LineChunks } from './line-chunks.ts'
import { PostfixLog } from './reader.ts'
import { listenToSyslog, type SyslogListener } from './syslog-listener.ts'

export interface FollowOptions {
  readonly files: readonly string[]
  readonly syslog?: { readonly host: string; readonly port: number; readonly allows: (address: string) => boolean }
  readonly zone: string
  readonly isGateway: (address: string) => boolean
  readonly silentMs: number
  readonly figures: FigureSink
  readonly clock: Clock
  readonly log: Log
  /** Where files were read to, by path; kept by the caller. */
  readonly positions: Readonly<Record<string, FilePosition>>
  readonly keep: (positions: Readonly<Record<string, FilePosition>>) => Promise<void>
}

export interface FollowedLogs {
  readonly status: () => LegacyLogsStatus
  /** Of the port for syslog. */
  readonly address?: string
  /** Reads what is there, keeps the positions, and ends. */
  readonly stop: () => Promise<void>
  /** Reads what is there now. */
  readonly look: () => Promise<void>
}

/** A second is soon enough for a gate that looks at minutes. */
const LOOK_MS = 1_000
/** What a crash may count twice: the lines of so long. */
const KEEP_MS = 10_000
/** Hosts that speak syslog and are told apart by name. */
const HOSTS_MAX = 1_000

interface Source {
  readonly name: string
  readonly kind: LogSourceStatus['kind']
  readonly since: number
  lines: number
  lastLineAt: number | undefined
  missing: boolean
  told: boolean
}

/** Rejects when the port for syslog is taken. */
export async function followLogs(options: FollowOptions): Promise<FollowedLogs> {
  const { clock, log, figures, zone, isGateway } = options
  const sources = new Map<string, Source>()
  const totals = { outcomes: 0, refused: 0 }
  const reader = new PostfixLog((names) => legacyFigures(figures, names, (count) => (totals.outcomes += count)), {
    zone,
    isGateway,
  })
  const source = (name: string, kind: Source['kind']): Source => {
    const known = sources.get(name)
    if (known !== undefined) return known
    const made = { name, kind, since: clock.now(), lines: 0, lastLineAt: undefined, missing: false, told: false }
    if (sources.size < HOSTS_MAX) sources.set(name, made)
    return made
  }
  const heard = (from: Source) => {
    from.lines += 1
    from.lastLineAt = clock.now()
  }
  const files = await Promise.all(
    options.files.map((path) => followed(path, { options, reader, source: source(path, 'file'), heard })),
  )
  const syslog = await syslogOf(options, reader, {
    heard: (host) => heard(source(host, 'syslog')),
    refused: () => (totals.refused += 1),
  })
  const lookOnce = async (): Promise<void> => {
    reader.clock.live(clock.now())
    for (const file of files) file.source.missing = !(await file.file.read())
    for (const one of sources.values()) tell(one, options, log)
  }
  // One look after the other, because two at once would read the same octets.
  let looking = Promise.resolve()
  const look = (): Promise<void> => (looking = looking.then(lookOnce))
  const keep = () => options.keep(Object.fromEntries(files.flatMap((file) => file.position())))
  const loop = runLoop({ clock, look, keep })
  return {
    ...(syslog === undefined ? {} : { address: syslog.address }),
    status: () => statusOf([...sources.values()], options, { reader, ...totals }),
    look,
    async stop() {
      await syslog?.stop()
      await loop.stop()
      await look()
      await keep()
      for (const { file } of files) await file.close()
    },
  }
}

interface FollowingParts {
  readonly options: FollowOptions
  readonly reader: PostfixLog
  readonly source: Source
  readonly heard: (source: Source) => void
}

async function followed(path: string, { options, reader, source, heard }: FollowingParts) {
  const chunks = new LineChunks({
    line(octets, start, end) {
      heard(source)
      reader.line(octets, start, end)
    },
    cut: () => reader.cut(),
  })
  const file = new FollowedFile(path, { take: (chunk) => chunks.push(chunk), ended: () => chunks.end() })
  await file.begin(options.positions[path])
  return {
    source,
    file,
    position: (): readonly (readonly [string, FilePosition])[] => {
      const position = file.position(chunks.unfinished)
      return position === undefined ? [] : [[path, position]]
    },
  }
}

async function syslogOf(
  { syslog, clock }: FollowOptions,
  reader: PostfixLog,
  { heard, refused }: { readonly heard: (host: string) => void; readonly refused: () => void },
): Promise<SyslogListener | undefined> {
  if (syslog === undefined) return undefined
  return listenToSyslog({
    ...syslog,
    now: () => clock.now(),
    refused,
    take(line) {
      const octets = Buffer.from(line, 'latin1')
      reader.clock.live(clock.now())
      reader.line(octets, 0, octets.length)
      heard(reader.heads.head?.space.host ?? '')
    },
  })
}

function runLoop({
  clock,
  look,
  keep,
}: {
  readonly clock: Clock
  readonly look: () => Promise<void>
  readonly keep: () => Promise<void>
}) {
  const stopping = new AbortController()
  const running = (async () => {
    let keptAt = clock.now()
    while (!stopping.signal.aborted) {
      await look()
      if (clock.now() - keptAt >= KEEP_MS) {
        await keep()
        keptAt = clock.now()
      }
      await clock.sleep(LOOK_MS, stopping.signal)
    }
  })()
  return {
    async stop() {
      stopping.abort()
      await running
    },
  }
}

function stateOf(source: Source, { clock, silentMs }: FollowOptions): LogSourceState {
  if (source.missing) return 'missing'
  return clock.now() - (source.lastLineAt ?? source.since) >= silentMs ? 'silent' : 'following'
}

/** One dead source is one alarm, until it is back. */
function tell(source: Source, options: FollowOptions, log: Log): void {
  const state = stateOf(source, options)
  const quietMs = options.clock.now() - (source.lastLineAt ?? source.since)
  if (state === 'following' && source.told) {
    source.told = false
    log.info('legacyLogBack', { source: source.name })
  } else if (state !== 'following' && !source.told && quietMs >= options.silentMs) {
    source.told = true
    log.alarm('legacyLogDead', { source: source.name, state })
  }
}

function statusOf(
  sources: readonly Source[],
  options: FollowOptions,
  { reader, outcomes, refused }: { readonly reader: PostfixLog; readonly outcomes: number; readonly refused: number },
): LegacyLogsStatus {
  const told = sources.map((source) => ({
    name: source.name,
    kind: source.kind,
    state: stateOf(source, options),
    lines: source.lines,
    ...(source.lastLineAt === undefined ? {} : { lastLineAt: source.lastLineAt }),
  }))
  return {
    sources: told,
    dead: told.filter(({ state }) => state !== 'following').length,
    lines: reader.counts.lines,
    unknown: reader.counts.unknown,
    outcomes,
    refused,
  }
}

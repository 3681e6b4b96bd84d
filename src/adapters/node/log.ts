// The log as JSON lines: {"level","time","event",…}. Lines are collected in memory and written together, because a line a
// write would cost more than the mail it speaks of; they are flushed within a moment, at an alarm, and at exit.
import { mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import pino from 'pino'
import type { Log, LogFields } from '../../core/base/log.ts'
import { maskForeign } from '../../core/watch/describe-error.ts'

/** Characters collected before a write: some 300 lines. */
const WRITE_CHARACTERS = 65_536
/** A line waits no longer than this. */
const FLUSH_MS = 250
/** When nobody reads, lines are dropped and counted rather than eating the memory of the mails (M11). */
const UNREAD_OCTETS_MAX = 64 * 1_048_576
/** Owner writes, group reads: log shippers run in a group. */
const FILE_MODE = 0o640
const STANDARD_ERROR = 2

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

export interface LogOptions {
  readonly level: LogLevel
  /** A path; without it lines go to standard error. */
  readonly file?: string
}

export interface OpenLog {
  readonly log: Log
  /** Lines that could not be written since the start. */
  readonly dropped: () => number
  /** Opens the file anew after it was moved away (logrotate). */
  readonly reopen: () => void
  /** Writes what is left; afterwards the log is closed. */
  readonly close: () => Promise<void>
}

/** Throws when the file cannot be opened. Later trouble with the disk is counted and never stops the gateway. */
export function openLog(options: LogOptions): OpenLog {
  let dropped = 0
  const open = () =>
    openDestination(options.file, (lines) => {
      dropped += lines
    })
  let destination = open()
  const lines = collector((text) => destination.write(text))
  const atExit = () => {
    lines.flush()
    destination.flushSync()
  }
  process.on('exit', atExit)
  return {
    log: pinoLog(options.level, lines, lines.flush),
    dropped: () => dropped,
    reopen: () => {
      if (options.file === undefined) return
      const old = destination
      lines.flush()
      destination = open()
      // What the old one still holds goes to the file that was moved away.
      old.end()
    },
    close: () => {
      process.off('exit', atExit)
      lines.stop()
      return closed(destination)
    },
  }
}

type Destination = ReturnType<typeof pino.destination>

function openDestination(file: string | undefined, onDrop: (lines: number) => void): Destination {
  const destination = pino.destination({
    dest: file === undefined ? STANDARD_ERROR : openFile(file),
    sync: false,
    maxLength: UNREAD_OCTETS_MAX,
  })
  destination.on('drop', (text: string) => onDrop(text.split('\n').length - 1))
  // What could not be written stays in the buffer for the next try; only the buffer's end is a loss.
  destination.on('error', () => {})
  return destination
}

/** Opened at once, so that a wrong path is told at the start and the first lines survive an exit. */
function openFile(path: string): number {
  mkdirSync(dirname(path), { recursive: true })
  return openSync(path, 'a', FILE_MODE)
}

/** Puts many lines into one write: sonic-boom's own collecting measures its whole buffer again for each line. */
function collector(write: (text: string) => void): {
  readonly write: (line: string) => void
  readonly flush: () => void
  readonly stop: () => void
} {
  let lines = ''
  const flush = () => {
    if (lines === '') return
    const text = lines
    lines = ''
    write(text)
  }
  const timer = setInterval(flush, FLUSH_MS).unref()
  return {
    write: (line) => {
      lines += line
      if (lines.length > WRITE_CHARACTERS) flush()
    },
    flush,
    stop: () => {
      clearInterval(timer)
      flush()
    },
  }
}

function closed(destination: Destination): Promise<void> {
  return new Promise((resolve) => {
    destination.once('close', resolve)
    destination.once('error', () => resolve())
    destination.end()
  })
}

const silent = () => {}

/** Pino's ISO time, written once a millisecond: at full load that is once for dozens of lines. */
function isoTime(): () => string {
  let at = 0
  let text = ''
  return () => {
    const now = Date.now()
    if (now !== at) {
      at = now
      text = `,"time":"${new Date(now).toISOString()}"`
    }
    return text
  }
}

/** The port over any destination of pino. */
export function pinoLog(level: LogLevel, destination: pino.DestinationStream, flush: () => void = silent): Log {
  const logger = pino(
    {
      level,
      base: null,
      timestamp: isoTime(),
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  )
  const at = (name: LogLevel) =>
    logger.isLevelEnabled(name)
      ? (event: string, fields?: LogFields) => logger[name]({ event, ...guarded(fields) })
      : silent
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    alarm: (event, fields) => {
      logger.error({ event, alarm: true, ...guarded(fields) })
      flush()
    },
  }
}

// Callers mask; this is the net below them. It costs a look at each text, and catches an address or an AUTH line that
// somebody forgot. Names of fields that hold secrets lose their value whatever it is.
const SUSPECT = /@|=$|\bauth\b/i
const SECRET_NAME = /pass(word|wd|phrase)?$|secret|credential|authorization|privatekey|splitkey|token/i

function guarded(fields: LogFields | undefined): LogFields | undefined {
  if (fields === undefined) return undefined
  let clean: Record<string, LogFields[string]> | undefined
  for (const name in fields) {
    const value = fields[name]
    const masked = guardedValue(name, value)
    if (masked !== value) {
      clean ??= { ...fields }
      clean[name] = masked
    }
  }
  return clean ?? fields
}

/** Names come from our own code and are few; each is judged once. */
const NAMES_MAX = 1_000
const judgedNames = new Map<string, boolean>()

function isSecretName(name: string): boolean {
  let secret = judgedNames.get(name)
  if (secret === undefined) {
    secret = SECRET_NAME.test(name)
    if (judgedNames.size < NAMES_MAX) judgedNames.set(name, secret)
  }
  return secret
}

function guardedValue(name: string, value: LogFields[string]): LogFields[string] {
  if (typeof value === 'string') return isSecretName(name) ? '***' : guardedText(value)
  if (typeof value === 'object') {
    const masked = value.map((text) => (isSecretName(name) ? '***' : guardedText(text)))
    return masked.some((text, i) => text !== value[i]) ? masked : value
  }
  return value
}

function guardedText(text: string): string {
  if (!SUSPECT.test(text)) return text
  return text
    .split(' ')
    .map((word) => (word.includes('***@***') ? word : maskForeign(word)))
    .join(' ')
}

// Asks a running gateway over its control socket. Every trouble becomes a CommandError with its exit code.
import { request } from 'node:http'
import type { SuppressionRefusal } from '../core/feedback/suppression-desk.ts'
import type { OperationRefusal } from '../core/mail/operations.ts'
import { controlSocketIn } from '../wiring/run.ts'
import { CommandError, EXIT, type ExitCode } from './exit.ts'

/** A gateway under full load answers in milliseconds; one that does not answer in this time is in trouble. */
const ANSWER_MS = 30_000
/** Asking dozens of names of servers that do not answer takes minutes (adapters/dns/limits). */
export const DNS_ANSWER_MS = 300_000
/** A page of 500 parts with a thousand recipients each is under this. */
const ANSWER_OCTETS_MAX = 64 * 1_048_576

export interface ControlClient {
  readonly get: <T>(path: string, query?: Readonly<Record<string, string | undefined>>) => Promise<T>
  readonly send: <T>(method: 'PUT' | 'POST', path: string, body: object) => Promise<T>
}

type Refusal =
  | OperationRefusal
  | SuppressionRefusal
  | 'noWatch'
  | 'noSuchIncident'
  | 'noSuchAlert'
  | 'noFeedback'
  | 'noKeys'
  | 'noSuchDecision'
  | 'nothingToSwitchTo'
  | 'switchUnderWay'
  | 'unsignedGap'

const EXIT_OF: Readonly<Record<Refusal, ExitCode>> = {
  noFeedback: EXIT.data,
  noKeys: EXIT.data,
  noWatch: EXIT.data,
  noSuchIncident: EXIT.nothing,
  noSuchAlert: EXIT.usage,
  noSuchDecision: EXIT.nothing,
  nothingToSwitchTo: EXIT.nothing,
  switchUnderWay: EXIT.tryAgain,
  unsignedGap: EXIT.forbidden,
  noAddress: EXIT.usage,
  notListed: EXIT.nothing,
  noSuchMail: EXIT.nothing,
  partActive: EXIT.tryAgain,
  wrongState: EXIT.nothing,
  badValue: EXIT.usage,
  notAligned: EXIT.forbidden,
  sameValue: EXIT.ok,
  changedMeanwhile: EXIT.tryAgain,
  storageFailed: EXIT.tryAgain,
}

export function controlClient(dataFolder: string, patienceMs = ANSWER_MS): ControlClient {
  const socketPath = controlSocketIn(dataFolder)
  return {
    get: async <T>(path: string, query: Readonly<Record<string, string | undefined>> = {}) => {
      const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined)
      const search = given.length > 0 ? `?${new URLSearchParams(given).toString()}` : ''
      return (await ask(socketPath, { method: 'GET', path: path + search, patienceMs })) as T
    },
    send: async <T>(method: 'PUT' | 'POST', path: string, body: object) =>
      (await ask(socketPath, { method, path, body: JSON.stringify(body), patienceMs })) as T,
  }
}

interface Question {
  readonly method: string
  readonly path: string
  readonly body?: string
  readonly patienceMs: number
}

function ask(socketPath: string, { method, path, body, patienceMs }: Question): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const headers =
      body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
    const asked = request({ socketPath, method, path, headers, timeout: patienceMs }, (response) => {
      const chunks: Buffer[] = []
      let octets = 0
      response.on('data', (chunk: Buffer) => {
        octets += chunk.length
        if (octets > ANSWER_OCTETS_MAX) response.destroy(new Error('the answer is too long'))
        else chunks.push(chunk)
      })
      response.once('error', reject)
      response.once('end', () =>
        settle(response.statusCode ?? 0, Buffer.concat(chunks).toString('utf8'), { resolve, reject }),
      )
    })
    asked.once('timeout', () => asked.destroy(noAnswer(socketPath, patienceMs)))
    asked.once('error', (error) => reject(translated(error, socketPath)))
    asked.end(body)
  })
}

interface Settlers {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: Error) => void
}

function settle(status: number, text: string, { resolve, reject }: Settlers): void {
  let answer: unknown
  try {
    answer = JSON.parse(text)
  } catch {
    reject(new CommandError(EXIT.internal, 'internal', 'the gateway gave an answer that is no JSON'))
    return
  }
  if (status < 400) resolve(answer)
  else reject(refusal(answer as { reason?: string; message?: string }))
}

function refusal({
  reason = 'internal',
  message = 'the gateway refused',
}: {
  reason?: string
  message?: string
}): CommandError {
  const exitCode = Object.hasOwn(EXIT_OF, reason) ? EXIT_OF[reason as Refusal] : EXIT.internal
  return new CommandError(exitCode, reason, message)
}

function noAnswer(socketPath: string, patienceMs: number): CommandError {
  const what = `the gateway at ${socketPath} did not answer in ${patienceMs / 1_000} s`
  return new CommandError(EXIT.tryAgain, 'noAnswer', what, 'Look at its log, and ask again.')
}

function translated(error: Error & { code?: string }, socketPath: string): Error {
  if (error instanceof CommandError) return error
  switch (error.code) {
    case 'ENOENT':
    case 'ENOTDIR':
    case 'ECONNREFUSED':
      return new CommandError(
        EXIT.unavailable,
        'notRunning',
        `no gateway runs on this data folder: nobody answers at ${socketPath}`,
        'Start one with watari up or watari gateway, or name its folder with --data DIR.',
      )
    case 'EACCES':
    case 'EPERM':
      return new CommandError(
        EXIT.forbidden,
        'noPermission',
        `you may not open ${socketPath}`,
        'Ask as the user the gateway runs as.',
      )
    default:
      return new CommandError(
        EXIT.tryAgain,
        'noAnswer',
        `the gateway at ${socketPath} broke off (${error.code ?? error.message})`,
        'Look at its log, and ask again.',
      )
  }
}

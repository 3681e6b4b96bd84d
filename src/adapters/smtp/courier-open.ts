// Opens one connection for the courier, with the second chances that are worth having: without TLS where TLS was only
// wished for, and with the secret read again when it was refused.
import type { Capabilities } from './client-capabilities.ts'
import { ClientConnection } from './client-connection.ts'
import { logIn, misconfigured, OpenTrouble, unreachable, type Credentials, type TlsMode } from './client-login.ts'
import type { SmtpCourierLimits, SmtpCourierOptions } from './courier-options.ts'
import type { Host } from './host-pool.ts'

export interface Opening {
  readonly host: Host
  readonly options: SmtpCourierOptions
  readonly limits: SmtpCourierLimits
  /** Called with each connection that is begun, so that its deadline is watched. */
  readonly begun: (connection: ClientConnection) => void
  /** True when nobody wants the connection any more. */
  readonly unwanted: () => boolean
}

export interface Opened {
  readonly connection: ClientConnection
  readonly capabilities: Capabilities
}

/** A connection that takes mails; rejects with OpenTrouble. */
export async function open(opening: Opening): Promise<Opened> {
  const { options } = opening
  let tls = options.tls
  let rereadSecret = options.auth !== undefined
  for (;;) {
    try {
      return await attempt(opening, tls)
    } catch (error) {
      const trouble = error instanceof OpenTrouble ? error : new OpenTrouble(unreachable('internalError'), 'connect')
      if (opening.unwanted()) throw trouble
      if (trouble.stage === 'tls' && tls === 'opportunistic') tls = 'never'
      else if (trouble.stage === 'auth' && trouble.reading.signal.kind === 'misconfigured' && rereadSecret) {
        // The secret may have been rotated between our reading it and the host's checking it.
        rereadSecret = false
      } else throw trouble
    }
  }
}

async function attempt(opening: Opening, tls: TlsMode): Promise<Opened> {
  const { host, options, limits, begun } = opening
  const credentials = await secretOf(options, limits.greetingMs)
  const trust = { rejectUnauthorized: options.tls !== 'opportunistic', ...options.trust }
  const connection = new ClientConnection({ ...host.address, ...(tls === 'wrapper' && { wrapper: trust }) })
  begun(connection)
  try {
    const capabilities = await logIn(connection, {
      hostName: host.name,
      helo: options.helo,
      tls,
      trust,
      credentials,
      passwordInClear: options.tls === 'never',
      readReply: options.readReply,
      deadline: (stage) => options.clock.now() + (stage === 'greeting' ? limits.greetingMs : limits.commandMs),
    })
    return { connection, capabilities }
  } catch (error) {
    connection.destroy()
    throw error
  }
}

async function secretOf({ auth, clock }: SmtpCourierOptions, waitMs: number): Promise<Credentials | undefined> {
  if (!auth) return undefined
  const answered = new AbortController()
  const tooLate = clock.sleep(waitMs, answered.signal)
  try {
    const credentials = await Promise.race([auth(), tooLate])
    if (credentials) return credentials
  } catch {
    // What the store said may hold the secret's name or worse; it is for the store's adapter to log.
  } finally {
    answered.abort()
  }
  throw new OpenTrouble(misconfigured('credentialsUnavailable'), 'secret')
}

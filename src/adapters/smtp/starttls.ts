// Asks a host whether it offers STARTTLS (RFC 3207 4): greeting, EHLO, QUIT. It sends no mail and names no recipient.
import type { StarttlsAnswer } from '../../core/plan/live/dns-facts.ts'
import { capabilitiesIn } from './client-capabilities.ts'
import { ClientConnection } from './client-connection.ts'
import { isPositive, type WireReply } from './client-replies.ts'

/** Long enough for a slow greeting, short enough for fifty hosts. */
const WAIT_MS = 10_000

export interface StarttlsQuestion {
  readonly host: string
  readonly port: number
  /** Our name in EHLO. */
  readonly helo: string
}

/** 'unreachable' for everything that is no answer to EHLO. Never rejects. */
export function askStarttls({ host, port, helo }: StarttlsQuestion): Promise<StarttlsAnswer> {
  return new Promise((resolve) => {
    const connection = new ClientConnection({ host, port })
    const timer = setTimeout(() => connection.fail('timeout'), WAIT_MS)
    const done = (answer: StarttlsAnswer) => {
      clearTimeout(timer)
      resolve(answer)
    }
    const afterEhlo = (reply: WireReply) => {
      connection.leave('QUIT\r\n')
      if (!isPositive(reply)) return done('unreachable')
      done(capabilitiesIn(reply.lines).startTls ? 'offered' : 'notOffered')
    }
    connection.onLost = () => done('unreachable')
    connection.onReply = (greeting) => {
      if (!isPositive(greeting)) {
        connection.leave('QUIT\r\n')
        return done('unreachable')
      }
      connection.onReply = afterEhlo
      connection.write(`EHLO ${helo}\r\n`)
    }
  })
}

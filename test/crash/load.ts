// The clients of the crash test: they send as fast as they are answered, come back when the gateway is gone, and remember
// only what was promised with a 250.
import { setTimeout as sleep } from 'node:timers/promises'
import SMTPConnection from 'nodemailer/lib/smtp-connection'

export interface Load {
  /** `number recipient` of every recipient of a mail that was answered with 250. */
  readonly promised: Set<string>
  sent(): number
  stop(): Promise<void>
}

const RECONNECT_MS = 20

function connected(port: number): Promise<SMTPConnection> {
  return new Promise((resolve, reject) => {
    const connection = new SMTPConnection({ host: '127.0.0.1', port, ignoreTLS: true, connectionTimeout: 5_000 })
    connection.once('error', reject)
    connection.connect(() => resolve(connection))
  })
}

function send(connection: SMTPConnection, envelope: { from: string; to: string[] }, message: string): Promise<void> {
  return new Promise((resolve, reject) => {
    connection.once('error', reject)
    connection.once('end', () => reject(new Error('connection ended')))
    connection.send(envelope, message, (error) => {
      connection.removeAllListeners('error')
      connection.removeAllListeners('end')
      connection.on('error', () => undefined)
      if (error) reject(error)
      else resolve()
    })
  })
}

export function startLoad(options: { readonly port: number; readonly clients: number; readonly sender: string }): Load {
  const promised = new Set<string>()
  let number = 0
  let stopping = false
  const client = async (): Promise<void> => {
    while (!stopping) {
      const connection = await connected(options.port).catch(() => undefined)
      if (connection === undefined) {
        await sleep(RECONNECT_MS)
        continue
      }
      try {
        while (!stopping) {
          number += 1
          const mine = number
          // Three recipients, so that most mails have parts on both routes at 50 %.
          const to = ['a', 'b', 'c'].map((letter) => `${letter}${mine}@dst.example`)
          const message =
            `From: ${options.sender}\r\nTo: ${to[0]}\r\nSubject: crash ${mine}\r\nX-Crash-Number: ${mine}\r\n\r\n` +
            `${'x'.repeat(70)}\r\n`.repeat(20)
          await send(connection, { from: options.sender, to }, message)
          for (const recipient of to) promised.add(`${mine} ${recipient}`)
        }
      } catch {
        // The gateway was killed, or refused: nothing was promised.
      } finally {
        connection.close()
      }
    }
  }
  const clients = Array.from({ length: options.clients }, client)
  return {
    promised,
    sent: () => number,
    async stop() {
      stopping = true
      await Promise.all(clients)
    },
  }
}

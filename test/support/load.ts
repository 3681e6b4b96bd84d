// Mail at a steady rate, by an SMTP client that others wrote.
import { createTransport } from 'nodemailer'

export interface SteadyLoad {
  /** Sends no more, waits for the answers, and tells how many mails were promised, and how many a second. */
  stop(): Promise<{ readonly sent: number; readonly perSecond: number }>
}

export interface SteadyLoadOptions {
  readonly from: string
  /** Mails a second. */
  readonly rate: number
  /** The recipient of the mail with this number; one receiver's when not given. */
  readonly to?: (number: number) => string
}

const TICK_MS = 50
const CONNECTIONS = 8

const readerOf = (number: number): string => `reader${number}@receiver.example`

/** `address` is `host:port`. One recipient a mail; a mail that is refused ends the test. */
export function senderTo(address: string, { from, rate, to = readerOf }: SteadyLoadOptions): SteadyLoad {
  const [host, port] = address.split(':')
  const transport = createTransport({
    pool: true,
    maxConnections: CONNECTIONS,
    maxMessages: Number.POSITIVE_INFINITY,
    host,
    port: Number(port),
    ignoreTLS: true,
  })
  const answers: Promise<unknown>[] = []
  const startedAt = Date.now()
  let stopped = false
  const timer = setInterval(() => {
    // What a busy machine missed is made up for, so that the rate is that of the whole time.
    const due = Math.floor(((Date.now() - startedAt) / 1_000) * rate)
    while (!stopped && answers.length < due) {
      const number = answers.length
      answers.push(
        transport.sendMail({
          from,
          to: to(number),
          subject: `mail ${number}`,
          text: `This is mail ${number}.\n`,
        }),
      )
    }
  }, TICK_MS)
  return {
    async stop() {
      stopped = true
      clearInterval(timer)
      const seconds = (Date.now() - startedAt) / 1_000
      await Promise.all(answers)
      transport.close()
      return { sent: answers.length, perSecond: answers.length / seconds }
    },
  }
}

// The clients of the crash test: they send as fast as they are answered, come back when the gateway is gone, and remember
// only what was promised with a 250. A bare socket, so that nothing between hides when an answer came, or that it did not.
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

export interface Load {
  /** `number recipient` of every recipient of a mail that was answered with 250. */
  readonly promised: Set<string>
  stop(): Promise<void>
}

const RECONNECT_MS = 10
/** An answer that takes longer is none: the gateway is gone. */
const ANSWER_MS = 10_000

/** Resolves with the code of each final reply line; rejects when the connection ends. */
class Dialogue {
  readonly #socket: Socket
  #text = ''
  #codes: number[] = []
  #ended = false
  #waiting: { resolve: (code: number) => void; reject: (error: Error) => void } | undefined

  constructor(port: number) {
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true })
    this.#socket.setEncoding('latin1').setTimeout(ANSWER_MS, () => this.#socket.destroy())
    this.#socket.on('data', (text: string) => this.#read(text))
    this.#socket.on('error', () => undefined)
    this.#socket.on('close', () => {
      this.#ended = true
      this.#waiting?.reject(new Error('connection ended'))
    })
  }

  write(text: string): void {
    this.#socket.write(text, 'latin1')
  }

  async code(expected: number): Promise<void> {
    const code = this.#codes.shift() ?? (await this.#next())
    if (code !== expected) throw new Error(`answered ${code} instead of ${expected}`)
  }

  close(): void {
    this.#socket.destroy()
  }

  #next(): Promise<number> {
    return new Promise((resolve, reject) => {
      if (this.#ended) reject(new Error('connection ended'))
      else this.#waiting = { resolve, reject }
    })
  }

  #read(text: string): void {
    const lines = (this.#text + text).split('\r\n')
    this.#text = lines.pop() ?? ''
    for (const line of lines) {
      if (line[3] === '-') continue
      const code = Number(line.slice(0, 3))
      const waiting = this.#waiting
      this.#waiting = undefined
      if (waiting) waiting.resolve(code)
      else this.#codes.push(code)
    }
  }
}

export function startLoad(options: { readonly port: number; readonly clients: number; readonly sender: string }): Load {
  const promised = new Set<string>()
  const { sender } = options
  let number = 0
  let stopping = false

  const sendOne = async (dialogue: Dialogue): Promise<void> => {
    number += 1
    const mine = number
    // Three recipients, so that most mails have parts on both routes at 50 %.
    const recipients = ['a', 'b', 'c'].map((letter) => `${letter}${mine}@dst.example`)
    const commands = recipients.map((recipient) => `RCPT TO:<${recipient}>\r\n`).join('')
    dialogue.write(`MAIL FROM:<${sender}>\r\n${commands}DATA\r\n`)
    for (const expected of [250, 250, 250, 250, 354]) await dialogue.code(expected)
    dialogue.write(
      `From: ${sender}\r\nTo: ${recipients[0]}\r\nSubject: crash ${mine}\r\nX-Crash-Number: ${mine}\r\n\r\n` +
        `${`${'x'.repeat(70)}\r\n`.repeat(20)}.\r\n`,
    )
    await dialogue.code(250)
    for (const recipient of recipients) promised.add(`${mine} ${recipient}`)
  }

  const client = async (): Promise<void> => {
    while (!stopping) {
      const dialogue = new Dialogue(options.port)
      try {
        await dialogue.code(220)
        dialogue.write('EHLO load.src.example\r\n')
        await dialogue.code(250)
        while (!stopping) await sendOne(dialogue)
      } catch {
        // The gateway was killed, or refused: nothing was promised.
        await sleep(RECONNECT_MS)
      } finally {
        dialogue.close()
      }
    }
  }
  const clients = Array.from({ length: options.clients }, client)
  return {
    promised,
    async stop() {
      stopping = true
      await Promise.all(clients)
    },
  }
}

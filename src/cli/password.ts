// Reads a password: hidden and twice at a terminal, one line otherwise. It is never an argument and never shown.
import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { CommandError, EXIT } from './exit.ts'

/** One line; more is no password. */
const INPUT_CHARACTERS_MAX = 4_096

export async function readPassword(): Promise<string> {
  if (!process.stdin.isTTY) return firstLine()
  const first = await hidden('Password: ')
  const again = await hidden('Once more: ')
  if (first !== again) throw new CommandError(EXIT.usage, 'badValue', 'the two passwords differ', 'Try again.')
  return first
}

async function firstLine(): Promise<string> {
  process.stdin.setEncoding('utf8')
  let text = ''
  for await (const chunk of process.stdin) {
    text += chunk as string
    if (text.includes('\n') || text.length > INPUT_CHARACTERS_MAX) break
  }
  return text.split(/\r?\n/)[0]!
}

/** Echoes nothing of what is typed. */
function hidden(question: string): Promise<string> {
  process.stderr.write(question)
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({ input: process.stdin, output: silent, terminal: true })
  return new Promise((resolve, reject) => {
    lines.once('SIGINT', () => {
      lines.close()
      process.stderr.write('\n')
      reject(new CommandError(EXIT.usage, 'cancelled', 'cancelled'))
    })
    lines.question('', (answer) => {
      lines.close()
      process.stderr.write('\n')
      resolve(answer)
    })
  })
}

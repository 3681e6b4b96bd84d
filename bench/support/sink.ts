// Postfix's own smtp-source and smtp-sink: the client and the next hop of every relay that is measured here.
import { spawn } from 'node:child_process'
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { ended, listening, stopChild } from './process.ts'

export interface Sink {
  readonly port: number
  /** Mails taken so far. */
  count(): number
  stop(): Promise<void>
}

/** smtp-sink writes its counter to a file after each mail; the tail of the file is read, which costs nothing. */
export async function startSink(port: number, directory: string): Promise<Sink> {
  const file = join(directory, `sink-${port}`)
  const output = openSync(file, 'w+')
  const child = spawn('smtp-sink', ['-c', '-u', 'nobody', '-m', '2000', `127.0.0.1:${port}`, '4096'], {
    stdio: ['ignore', output, 'ignore'],
  })
  await listening(port)
  const tail = Buffer.alloc(128)
  return {
    port,
    count() {
      const size = fstatSync(output).size
      const length = readSync(output, tail, 0, tail.length, Math.max(0, size - tail.length))
      const counters = [...tail.toString('latin1', 0, length).matchAll(/mesg=(\d+)\r/g)]
      return Number(counters.at(-1)?.[1] ?? 0)
    },
    async stop() {
      await stopChild(child)
      closeSync(output)
    },
  }
}

export interface Load {
  readonly port: number
  readonly mails: number
  readonly octets: number
  readonly sessions: number
  /** One connection for many mails, or a new one for each. */
  readonly kept: boolean
}

/** Sends the load and resolves when the last mail is accepted; rejects when one was not. */
export async function runSource(load: Load): Promise<void> {
  const args = ['-s', load.sessions, '-m', load.mails, '-l', load.octets, '-C', 20].map(String)
  args.push('-f', 'bench@src.example', '-t', 'rcpt@dst.example', '-M', 'src.example', '-N')
  if (load.kept) args.push('-d')
  const child = spawn('smtp-source', [...args, `127.0.0.1:${load.port}`], { stdio: ['ignore', 'ignore', 'inherit'] })
  await ended(child)
  if (child.exitCode !== 0) throw new Error(`smtp-source ended with ${child.exitCode ?? child.signalCode}`)
}

// Asks a person line by line on the terminal. One reader for all questions, so that what was pasted ahead is not lost. The end
// of input is an empty answer.
import { createInterface, type Interface } from 'node:readline'

interface Reader {
  readonly lines: Interface
  readonly ahead: string[]
  isClosed: boolean
  wanted?: (line: string) => void
}

let reader: Reader | undefined

export function askLine(question: string): Promise<string> {
  reader ??= opened()
  const { lines, ahead } = reader
  process.stderr.write(question)
  const known = ahead.shift()
  if (known !== undefined || reader.isClosed) return Promise.resolve(known ?? '')
  lines.resume()
  return new Promise((resolve) => {
    reader!.wanted = resolve
  })
}

function opened(): Reader {
  const lines = createInterface({ input: process.stdin, terminal: false })
  const made: Reader = { lines, ahead: [], isClosed: false }
  lines.on('line', (line) => {
    const { wanted } = made
    delete made.wanted
    // A reader that waits for nobody must not keep the program alive.
    lines.pause()
    if (wanted === undefined) made.ahead.push(line)
    else wanted(line)
  })
  lines.on('close', () => {
    made.isClosed = true
    made.wanted?.('')
  })
  return made
}

// What an alert or the runbook tells people to type is there to be typed.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readPlan } from '../wiring/config.ts'
import { runCommand } from './program.ts'

const notStarted = () => Promise.reject(new Error('not started in this test'))

/** The help of a command line's first words; its exit code is 0 when there is such a command. */
async function helpOf(words: readonly string[]): Promise<{ code: number; out: string }> {
  let out = ''
  const terminal = {
    out: (text: string) => void (out += text),
    error: () => {},
    color: false,
    errorColor: false,
    now: () => 0,
  }
  const programs = { up: notStarted, gateway: notStarted, standin: notStarted, users: notStarted, keys: notStarted }
  const environment = { terminal, variables: {}, folder: '/', password: async () => '' }
  const all = { version: '0', shippedPlan: '', readPlan, ...programs }
  return { code: await runCommand([...words, '--help'], environment, all), out }
}

function commandsIn(file: string): readonly string[] {
  const found = readFileSync(file, 'utf8').matchAll(/watari ((?:[a-z]+ )*[a-z]+)(?= --|[ `,;:.]|$)/gm)
  return [...new Set([...found].map((match) => match[1]!))]
}

test.each(['docs/runbook.md', 'docs/runbook.ja.md', 'src/core/watch/words-en.ts', 'src/core/watch/words-ja.ts'])(
  '%s names commands that exist',
  async (file) => {
    const commands = commandsIn(file)
    expect(commands.length).toBeGreaterThan(8)
    for (const command of commands) {
      const [group = '', word] = command.split(' ')
      const help = await helpOf([group])
      expect(help.code, command).toBe(0)
      // A group shows its commands; a command of one word takes no second.
      if (word !== undefined && help.out.includes(`Usage: watari ${group} COMMAND`)) {
        expect((await helpOf([group, word])).out, command).toContain(`Usage: watari ${group} ${word}`)
      }
    }
  },
)

// `watari user`: who may send with AUTH. Passwords come from a prompt or from standard input, never from the command line,
// where every user of the machine could read them.
import { join } from 'node:path'
import type { Command } from 'commander'
import { contextOf, printJson, shared, type Context, type Environment } from '../context.ts'
import { CommandError, EXIT } from '../exit.ts'
import type { Users } from '../programs.ts'

interface Options {
  readonly data?: string
  readonly json?: boolean
  readonly file?: string
}

/** The plan's default for gateway.usersFile. */
const USERS_FILE = 'users.json'
/** RFC 4954 has no limit of its own; longer names and passwords were pasted by mistake. */
const NAME = /^[A-Za-z0-9._@+-]{1,128}$/
const PASSWORD_CHARACTERS = { min: 12, max: 256 }

export function addUserCommands(
  program: Command,
  environment: Environment,
  usersIn: (file: string) => Promise<Users>,
): void {
  const user = program
    .command('user')
    .helpGroup('Running:')
    .summary('who may send with AUTH')
    .description('Who may send with AUTH. A running gateway reads the file again by itself.')
  const usersOf = (context: Context, options: Options): Promise<Users> =>
    usersIn(options.file ?? join(context.dataFolder, USERS_FILE))

  common(user.command('add').argument('<name>', 'user name'))
    .summary('add a user, or give a new password')
    .description('Adds a user or gives a new password, which is asked for, or read as one line from standard input.')
    .addHelpText('after', '\nExample:\n  openssl rand -base64 24 | tee cuenote.txt | watari user add cuenote')
    .action(async (name: string, options: Options) => {
      const context = contextOf(environment, options)
      if (!NAME.test(name))
        throw new CommandError(EXIT.usage, 'badValue', 'a user name has 1 to 128 letters, digits or . _ @ + -')
      const users = await usersOf(context, options)
      const isNew = await users.add(name, checked(await context.password()))
      if (context.json) printJson(context, { user: name, isNew })
      else context.terminal.out(isNew ? `User ${name} is added.\n` : `User ${name} has a new password.\n`)
    })

  common(user.command('remove').argument('<name>', 'user name'))
    .summary('take a user away')
    .description('Takes a user away. Sessions that are open go on to their end.')
    .action(async (name: string, options: Options) => {
      const context = contextOf(environment, options)
      const users = await usersOf(context, options)
      if (!(await users.remove(name))) {
        throw new CommandError(EXIT.nothing, 'noSuchUser', `there is no user ${name}`, 'watari user list shows all.')
      }
      if (context.json) printJson(context, { user: name, removed: true })
      else context.terminal.out(`User ${name} is removed.\n`)
    })

  common(user.command('list'))
    .summary('all users')
    .description('All users, one a line.')
    .action(async (options: Options) => {
      const context = contextOf(environment, options)
      const users = await usersOf(context, options)
      const names = await users.list()
      if (context.json) printJson(context, { users: names })
      else context.terminal.out(names.length === 0 ? 'No users.\n' : names.map((name) => `${name}\n`).join(''))
    })
}

function common(command: Command): Command {
  return shared(command).option('--file <file>', `users file (default: ${USERS_FILE} in the data folder)`)
}

function checked(password: string): string {
  const { min, max } = PASSWORD_CHARACTERS
  if (password.length >= min && password.length <= max) return password
  throw new CommandError(
    EXIT.usage,
    'badValue',
    `the password has ${password.length} characters, ${min} to ${max} are taken`,
    'openssl rand -base64 24 makes a good one.',
  )
}

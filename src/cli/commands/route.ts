// `watari route`: the two ways out, and how a person stops and resumes one.
import { Argument, type Command } from 'commander'
import type { RouteStatus } from '../../core/mail/operations.ts'
import { contextOf, ordered, orderOf, printJson, shared, type Environment, type OrderOptions } from '../context.ts'
import { routeTable } from '../tables.ts'

interface Options extends OrderOptions {
  readonly data?: string
  readonly json?: boolean
}

export function addRouteCommands(program: Command, environment: Environment): void {
  const route = program
    .command('route')
    .helpGroup('Moving:')
    .summary('stop and resume a route')
    .description(
      'The two routes, legacy and ses. A stopped route keeps its mails; nothing bounces for it until their time is up.',
    )

  shared(route.command('show').summary('both routes'))
    .description('Both routes: state, what is under way, rate and quota.')
    .action(async (options: Options) => {
      const context = contextOf(environment, options)
      const routes = await context.client.get<readonly RouteStatus[]>('/routes')
      if (context.json) for (const one of routes) printJson(context, one)
      else context.terminal.out(routeTable(routes))
    })

  for (const change of ['stop', 'resume'] as const) {
    const command = route
      .command(change)
      .addArgument(new Argument('<route>', 'legacy or ses').choices(['legacy', 'ses']))
    ordered(shared(command), change === 'stop')
      .summary(change === 'stop' ? 'send nothing by a route' : 'let a stopped route go on')
      .description(
        change === 'stop'
          ? 'Sends nothing more by a route until it is resumed; what is under way is finished.'
          : 'Lets a route go on that a person or trouble stopped.',
      )
      .action(async (name: string, options: Options) => {
        const context = contextOf(environment, options)
        await context.client.send('POST', `/routes/${name}/${change}`, orderOf(context, options))
        if (context.json) printJson(context, { route: name, change })
        else context.terminal.out(`Route ${name} is ${change === 'stop' ? 'stopped' : 'resumed'}.\n`)
      })
  }
}

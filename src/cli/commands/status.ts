// `watari status`: one screen that tells whether all is well, and if not, what is not.
import type { Command } from 'commander'
import type { GatewayStatus } from '../../core/mail/operations.ts'
import { contextOf, printJson, shared, type Context, type Environment } from '../context.ts'
import { duration, grouped, paint, printable, size } from '../output.ts'
import { routeTable } from '../tables.ts'

export function addStatusCommand(program: Command, environment: Environment): void {
  shared(program.command('status').summary('what the gateway is doing now').helpGroup('Watching:'))
    .description('What the gateway is doing now: whether it takes mail, the stage, both routes and the queue.')
    .addHelpText('after', '\nExamples:\n  watari status\n  watari status --json | jq .queue')
    .action(async (options: { data?: string; json?: boolean }) => {
      const context = contextOf(environment, options)
      const status = await context.client.get<GatewayStatus>('/status')
      if (context.json) printJson(context, status)
      else context.terminal.out(statusText(context, status))
    })
}

function statusText(context: Context, status: GatewayStatus): string {
  const now = context.terminal.now()
  const { stage, queue } = status
  const ago = stage.changedAt === 0 ? '' : `, by ${stage.changedBy} ${duration(now - stage.changedAt)} ago`
  const oldest =
    queue.oldestAcceptedAt === undefined ? 'empty' : `oldest mail ${duration(now - queue.oldestAcceptedAt)}`
  const damaged =
    queue.damaged > 0 ? paint(context.terminal.color, 'red', `, ${queue.damaged} damaged pieces set aside`) : ''
  return [
    `${status.hostname}: Watari ${status.version} for ${status.domain}, up ${duration(now - status.startedAt)}`,
    takingMail(context, status),
    `Stage:        ${stage.percent} % to SES${ago} (${printable(stage.reason)})`,
    `Queue:        ${size(queue.diskBytes)} on disk, ${oldest}${damaged}`,
    `SMTP:         ${status.sessions} session${status.sessions === 1 ? '' : 's'} open`,
    ...legacyLogLines(context, status),
    '',
    routeTable(status.routes, queue.parts),
  ].join('\n')
}

function takingMail({ terminal }: Context, status: GatewayStatus): string {
  if (status.ready) return `Taking mail:  ${paint(terminal.color, 'green', 'yes')}`
  return `Taking mail:  ${paint(terminal.color, 'red', `no, ${status.notReadyBecause.join(', ')}`)}`
}

/** The old hosts' logs, the dead ones by name. */
function legacyLogLines({ terminal }: Context, { legacyLogs }: GatewayStatus): readonly string[] {
  if (legacyLogs === undefined) return []
  const { sources, dead, outcomes, unknown } = legacyLogs
  const now = terminal.now()
  const names = sources
    .filter(({ state }) => state !== 'following')
    .map(({ name, state, lastLineAt }) => {
      const since = lastLineAt === undefined ? '' : ` for ${duration(now - lastLineAt)}`
      return `              ${paint(terminal.color, 'red', `${printable(name)} ${state}${since}`)}`
    })
  const strange = unknown === 0 ? '' : `, ${grouped(unknown)} lines not understood`
  const counts = `${sources.length} followed, ${dead} dead, ${grouped(outcomes)} outcomes${strange}`
  return [`Legacy logs:  ${counts}`, ...names]
}

// Watari as it is shipped, as one more program: a gateway with a plan of its own in a folder of its own.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { listening, start, type Program } from './process.ts'

export interface GatewayOptions {
  readonly directory: string
  readonly port: number
  readonly statusPort: number
  readonly legacyPort: number
  /** YAML of further sections of the plan. */
  readonly plan?: string
  readonly environment?: Readonly<Record<string, string>>
}

/** As the program's own first line and the start script have it: a young generation that fits a queue, not a web page. */
const NODE_FLAGS = ['--max-semi-space-size=8']
export const CLI = join(import.meta.dirname, '../../dist/cli/main.js')

export function writePlan({ directory, port, statusPort, legacyPort, plan = '' }: GatewayOptions): string {
  mkdirSync(directory, { recursive: true })
  const file = join(directory, 'plan.yaml')
  writeFileSync(
    file,
    `domain: src.example
gateway:
  hostname: gw.src.example
  host: 127.0.0.1
  port: ${port}
  clients: ['127.0.0.1/32']
  senderDomains: [src.example]
status:
  host: 127.0.0.1
  port: ${statusPort}
split:
  key: bench key, nothing secret
legacy:
  hosts: [{ host: 127.0.0.1, port: ${legacyPort} }]
${plan}`,
  )
  return file
}

export async function startGateway(options: GatewayOptions): Promise<Program> {
  const plan = writePlan(options)
  const args = [...NODE_FLAGS, CLI, 'gateway', '--data', join(options.directory, 'data'), '--plan', plan]
  args.push('--log-file', join(options.directory, 'log'))
  const program = start('watari', process.execPath, args, {
    env: { ...process.env, ...options.environment },
  })
  await listening(options.port)
  return program
}

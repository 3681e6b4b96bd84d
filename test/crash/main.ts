// npm run test:crash [-- --kills 200] [--seed N] [--wire api|smtp]: kills the gateway with -9 under load and counts mails.
// Ends with 1 when a mail is lost, or came twice without having been listed as unclear.
import { parseArgs } from 'node:util'
import { crashTest } from './crash.ts'

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '200' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    wire: { type: 'string', default: 'api' },
  },
})
console.log(`seed ${values.seed}`)
const result = await crashTest({
  kills: Number(values.kills),
  seed: Number(values.seed),
  wire: values.wire === 'smtp' ? 'smtp' : 'api',
  clients: 8,
})
console.log(JSON.stringify(result))
const sound =
  result.lost === 0 && result.twiceUnlisted === 0 && result.bothRoutes === 0 && result.twice <= result.inDoubt
process.exitCode = sound ? 0 : 1

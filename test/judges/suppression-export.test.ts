// The files for SES's import jobs, read by others: Python's csv and json, and the AWS CLI, which knows the shapes of the service.
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeJudged, programJudge } from '../support/judge.ts'
import { suppressionCli, type SuppressionCli } from '../support/suppression-cli.ts'

const run = promisify(execFile)
const SPELLINGS = ['"a,b"@example.jp', 'Tanaka@example.jp', "o'hara+x@example.jp"]

let cli: SuppressionCli
beforeAll(async () => {
  cli = await suppressionCli(Date.UTC(2026, 10, 25))
  for (const spelling of SPELLINGS) await cli.watari('add', spelling, '--reason', 'for the judge')
  await cli.watari('export', 'csv', '--bucket', 'b1')
  await cli.watari('export', 'json', '--format', 'ses-json', '--bucket', 'b1')
})
afterAll(() => cli.close())

describeJudged('Python', programJudge('python3', 'apt-get install python3'), () => {
  test.each([
    ['csv', 'suppression-0001.csv', 'import csv,json,sys; print(json.dumps(list(csv.reader(open(sys.argv[1])))))'],
    [
      'json',
      'suppression-0001.jsonl',
      'import json,sys; print(json.dumps([[o["emailAddress"],o["reason"]] for o in map(json.loads,open(sys.argv[1]))]))',
    ],
  ])('reads every spelling from %s', async (folder, file, program) => {
    const { stdout } = await run('python3', ['-c', program, join(cli.folder, folder, file)])
    const rows = JSON.parse(stdout) as [string, string][]
    expect(rows.map(([spelling]) => spelling).toSorted()).toEqual(SPELLINGS.toSorted())
    expect(new Set(rows.map(([, reason]) => reason))).toEqual(new Set(['BOUNCE']))
  })
})

describeJudged('the AWS CLI', programJudge('aws', 'pip install awscli'), () => {
  test.each(['csv', 'json'])('takes the command for the %s files', async (folder) => {
    const commands = readFileSync(join(cli.folder, folder, 'commands.txt'), 'utf8').split('\n')
    const [job] = commands.filter((line) => line.startsWith('aws sesv2 create-import-job'))
    // The skeleton is only answered when all names and shapes are the service's.
    const { stdout } = await run('sh', ['-c', `${job} --generate-cli-skeleton output`])
    expect(JSON.parse(stdout)).toEqual({ JobId: 'JobId' })
  })
})

// What a log line looks like, and that trouble with the disk or a forgotten mask does no harm.
import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { openLog, pinoLog, type LogLevel } from './log.ts'

const folder = mkdtempSync(join(tmpdir(), 'watari-log-'))
afterAll(() => rmSync(folder, { recursive: true }))

function collected(level: LogLevel = 'debug') {
  const lines: Record<string, unknown>[] = []
  const log = pinoLog(level, { write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>) })
  return { log, lines }
}
const linesOf = (file: string) => readFileSync(file, 'utf8').trimEnd().split('\n')

describe('a log line', () => {
  it('is one JSON object with level, time, event and the facts', () => {
    const { log, lines } = collected()
    log.info('mailAccepted', { mailId: '06H3R5T2WM800', recipients: 3, tls: true, user: undefined, routes: ['ses'] })
    expect(lines).toEqual([
      {
        level: 'info',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        event: 'mailAccepted',
        mailId: '06H3R5T2WM800',
        recipients: 3,
        tls: true,
        routes: ['ses'],
      },
    ])
  })

  it('of an alarm is an error that says alarm', () => {
    const { log, lines } = collected()
    log.alarm('routeStopped', { route: 'ses' })
    expect(lines[0]).toMatchObject({ level: 'error', alarm: true, event: 'routeStopped', route: 'ses' })
  })

  it('is written only from its level on', () => {
    const { log, lines } = collected('warn')
    log.debug('a')
    log.info('b')
    log.warn('c')
    log.alarm('d')
    expect(lines.map(({ event }) => event)).toEqual(['c', 'd'])
  })

  it('cannot be broken into two by what it holds', () => {
    const written: string[] = []
    pinoLog('info', { write: (line) => void written.push(line) }).info('x', { text: 'a\r\n{"level":"error"}\u2028' })
    expect(written).toHaveLength(1)
    expect(written[0]!.trimEnd()).not.toContain('\n')
  })
})

describe('the net below the masks', () => {
  it('masks an address that somebody forgot, and leaves masked ones', () => {
    const { log, lines } = collected()
    log.info('x', { text: '550 <tanaka@example.jp> unknown, not tan***@***.***', list: ['suzuki@example.jp', 'ok'] })
    expect(lines[0]).toMatchObject({
      text: '550 <tan***@***.***> unknown, not tan***@***.***',
      list: ['suz***@***.***', 'ok'],
    })
  })

  it.each(['password', 'smtpPassword', 'secret', 'accessToken', 'splitKey', 'Authorization'])(
    'hides whatever is called %s',
    (name) => {
      const { log, lines } = collected()
      log.debug('x', { [name]: 'hunter2' })
      expect(lines[0]![name]).toBe('***')
    },
  )
})

describe('a log file', () => {
  it('holds all lines in order after close, and can be read by owner and group only', async () => {
    const file = join(folder, 'sub', 'watari.log')
    const { log, close, dropped } = openLog({ level: 'info', file })
    for (let i = 0; i < 5_000; i += 1) log.info('line', { i })
    await close()
    expect(linesOf(file).map((line) => (JSON.parse(line) as { i: number }).i)).toEqual(
      Array.from({ length: 5_000 }, (_, i) => i),
    )
    expect(dropped()).toBe(0)
  })

  it('is opened anew after it was moved away', async () => {
    const file = join(folder, 'rotate.log')
    const opened = openLog({ level: 'info', file })
    opened.log.alarm('before')
    await expect.poll(() => existsSync(file) && readFileSync(file, 'utf8')).toContain('before')
    renameSync(file, `${file}.1`)
    opened.reopen()
    opened.log.alarm('after')
    await expect.poll(() => existsSync(file) && readFileSync(file, 'utf8')).toContain('after')
    await opened.close()
    expect(readFileSync(`${file}.1`, 'utf8')).not.toContain('after')
  })

  it.skipIf(!existsSync('/dev/full'))('on a full disk does not stop the program', async () => {
    const { log, close } = openLog({ level: 'info', file: '/dev/full' })
    log.alarm('a')
    log.alarm('b')
    await close()
  })

  it('gets the last lines of a program that exits at once', async () => {
    const file = join(folder, 'exit.log')
    const code = `import { openLog } from './src/adapters/node/log.ts'
      openLog({ level: 'info', file: process.argv.at(-1) }).log.info('last words')
      process.exit(3)`
    const run = promisify(execFile)(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', code, file])
    await expect(run).rejects.toMatchObject({ code: 3 })
    expect(linesOf(file)).toEqual([expect.stringContaining('"event":"last words"')])
  })
})

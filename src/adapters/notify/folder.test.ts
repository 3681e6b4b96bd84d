import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { folderNotifier } from './folder.ts'

const folder = mkdtempSync(join(tmpdir(), 'watari-notices-'))
afterAll(() => rmSync(folder, { recursive: true }))

const NOTICE = {
  id: 'dns-1',
  level: 'info',
  subject: '件名',
  text: '本文\n',
  html: '<p>本文</p>',
  slackBlocks: [{ type: 'divider' }],
  files: [{ name: 'records.zone', mediaType: 'text/plain', text: '; zone\n' }],
} as const

test('a notice becomes a folder with everything in it, and the same again is the same folder', async () => {
  const notifier = folderNotifier({ channel: 'folder', folder })
  expect(await notifier.send(NOTICE)).toEqual({ kind: 'sent', channel: 'folder' })
  await notifier.send(NOTICE)
  expect(readdirSync(folder)).toEqual(['dns-1'])
  expect(readdirSync(join(folder, 'dns-1')).sort()).toEqual([
    'message.html',
    'message.txt',
    'records.zone',
    'slack.json',
    'subject.txt',
  ])
  expect(readFileSync(join(folder, 'dns-1', 'message.txt'), 'utf8')).toBe('本文\n')
})

test('a name cannot lead out of the folder', async () => {
  const files = [{ name: '../../escape', mediaType: 'text/plain', text: 'x' }]
  await folderNotifier({ channel: 'folder', folder: join(folder, 'in') }).send({ ...NOTICE, id: '../up', files })
  expect(readdirSync(join(folder, 'in'))).toEqual(['.._up'])
  expect(readdirSync(join(folder, 'in', '.._up'))).toContain('.._.._escape')
})

test('a folder that cannot be written is told, and may be tried again', async () => {
  writeFileSync(join(folder, 'file'), '')
  const outcome = await folderNotifier({ channel: 'folder', folder: join(folder, 'file') }).send(NOTICE)
  expect(outcome).toMatchObject({ kind: 'failed', again: true })
})

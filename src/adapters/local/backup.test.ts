// A backup and what comes out of it again: whole, checked, and never over anything that is there.
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { spawnSync } from 'node:child_process'
import { open } from 'lmdb'
import { expect, it } from 'vitest'
import { makeBackup, type BackupOptions } from './backup.ts'
import { restoreBackup } from './backup-restore.ts'

const MADE_AT = Date.parse('2026-11-25T12:00:00Z')
const aFolder = () => mkdtempSync(join(tmpdir(), 'backup-'))

async function installation() {
  const dataFolder = join(aFolder(), 'data')
  mkdirSync(join(dataFolder, 'dkim-keys'), { recursive: true, mode: 0o750 })
  mkdirSync(join(dataFolder, 'queue'))
  writeFileSync(join(dataFolder, 'stage.json'), '{"percent":10}\n', { mode: 0o640 })
  writeFileSync(join(dataFolder, 'split.key'), 'ab'.repeat(32), { mode: 0o600 })
  writeFileSync(join(dataFolder, 'dkim-keys', 's1.key.json'), '{"sealed":1}', { mode: 0o600 })
  writeFileSync(join(dataFolder, 'queue', '0001.seg'), 'mails')
  writeFileSync(join(dataFolder, 'control.sock'), '')
  writeFileSync(join(dataFolder, 'a-file-of-tomorrow.json'), '{}')
  chmodSync(join(dataFolder, 'dkim-keys'), 0o700)
  const list = open<string, string>({ path: join(dataFolder, 'suppression') })
  await list.put('taro@example.jp', 'complaint')
  const plan = join(aFolder(), 'goo.yaml')
  writeFileSync(plan, 'domain: example.jp\n', { mode: 0o640 })
  const into = join(aFolder(), 'today')
  const options: BackupOptions = {
    dataFolder,
    into,
    leaveOut: [{ path: 'queue', why: 'mails' }],
    beside: [{ file: plan, as: 'plan.yaml' }],
    program: '1.0.0',
    madeAt: MADE_AT,
  }
  return { dataFolder, into, options, list }
}

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8)

it('keeps everything but what it was told to leave out, and puts it back with its modes', async () => {
  const { into, options, list } = await installation()
  const manifest = await makeBackup(options)
  await list.close()
  expect(manifest.files.map(({ path }) => path).toSorted()).toEqual([
    'data/a-file-of-tomorrow.json',
    'data/dkim-keys/s1.key.json',
    'data/split.key',
    'data/stage.json',
    'data/suppression/data.mdb',
    'plan/plan.yaml',
  ])
  const dataFolder = join(aFolder(), 'new')
  const plan = join(aFolder(), 'plan.yaml')
  await restoreBackup({ from: into, dataFolder, besideOf: () => plan })
  expect(readFileSync(join(dataFolder, 'stage.json'), 'utf8')).toBe('{"percent":10}\n')
  expect(readFileSync(plan, 'utf8')).toBe('domain: example.jp\n')
  expect(modeOf(join(dataFolder, 'split.key'))).toBe('600')
  expect(modeOf(join(dataFolder, 'stage.json'))).toBe('640')
  expect(modeOf(join(dataFolder, 'dkim-keys'))).toBe('700')
  expect(readdirSync(dataFolder)).not.toContain('.restoring')
})

it('copies a database as one transaction saw it, while it is written', async () => {
  const { into, options, list } = await installation()
  let writing = true
  const writer = (async () => {
    for (let i = 0; writing; i += 1) {
      // Both or none.
      await list.transaction(() => {
        void list.put(`a${i}`, 'x')
        void list.put(`b${i}`, 'x')
      })
    }
  })()
  await makeBackup(options)
  writing = false
  await writer
  await list.close()
  const copy = open<string, string>({ path: join(into, 'data', 'suppression'), readOnly: true })
  const keys = [...copy.getKeys()].map(String)
  await copy.close()
  expect(keys).toContain('taro@example.jp')
  expect(keys.filter((key) => key.startsWith('a')).length).toBe(keys.filter((key) => key.startsWith('b')).length)
})

it('has checksums that sha256sum agrees with', async () => {
  const { into, options, list } = await installation()
  await makeBackup(options)
  await list.close()
  const { status } = spawnSync('sha256sum', ['--check', '--strict', '--quiet', 'SHA256SUMS'], { cwd: into })
  expect(status).toBe(0)
})

const DAMAGES: readonly (readonly [string, (into: string) => void, RegExp])[] = [
  [
    'an octet changed',
    (into) => writeFileSync(join(into, 'data/stage.json'), '{"percent":90}\n'),
    /stage\.json .* damaged/,
  ],
  ['a file added', (into) => writeFileSync(join(into, 'data/more'), ''), /data\/more .* not of this backup/],
  ['a link added', (into) => symlinkSync('/etc', join(into, 'data/link')), /data\/link .* not of this backup/],
  ['no sums', (into) => writeFileSync(join(into, 'SHA256SUMS'), ''), /does not fit/],
  ['no manifest', (into) => writeFileSync(join(into, 'backup.json'), ''), /this is no backup/],
  [
    'a path that leads out',
    (into) => {
      const file = join(into, 'backup.json')
      writeFileSync(file, readFileSync(file, 'utf8').replace('data/stage.json', 'data/../../x'))
    },
    /not as watari backup writes it/,
  ],
]

it.each(DAMAGES)('refuses a backup with %s, and writes nothing', async (_, damage, words) => {
  const { into, options, list } = await installation()
  await makeBackup(options)
  await list.close()
  damage(into)
  const dataFolder = join(aFolder(), 'new')
  await expect(restoreBackup({ from: into, dataFolder, besideOf: undefined })).rejects.toThrow(words)
  expect(existsSync(dataFolder)).toBe(false)
})

it('never puts a backup over what is there, nor makes one over another', async () => {
  const { dataFolder, into, options, list } = await installation()
  await makeBackup(options)
  await list.close()
  await expect(restoreBackup({ from: into, dataFolder, besideOf: undefined })).rejects.toThrow(/is not empty/)
  await expect(makeBackup(options)).rejects.toThrow(/is there already/)
  const plan = join(aFolder(), 'plan.yaml')
  writeFileSync(plan, 'mine')
  const empty = aFolder()
  await expect(restoreBackup({ from: into, dataFolder: empty, besideOf: () => plan })).rejects.toThrow(
    /is there already/,
  )
  expect(readdirSync(empty)).toEqual([])
})

it('leaves nothing with its name when it is broken off', async () => {
  const { into, options, list } = await installation()
  const beside = [{ file: join(into, 'none'), as: 'plan.yaml' }]
  await expect(makeBackup({ ...options, beside })).rejects.toThrow(/ENOENT/)
  await list.close()
  expect([existsSync(into), existsSync(`${into}.partial`)]).toEqual([false, false])
})

// What the doctor finds on real folders, files and ports.
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, renameSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { keptCertificate } from './certificate.ts'
import { folderFacts, logFacts } from './folder-trial.ts'
import { portFacts, reachCode } from './port-trial.ts'
import { certificateFacts, splitKeyFacts, usersFacts } from './secret-files.ts'

const aFolder = () => mkdtempSync(join(tmpdir(), 'doctor-'))

it('times synced writes in a folder, and leaves nothing there', async () => {
  const folder = aFolder()
  chmodSync(folder, 0o750)
  const facts = await folderFacts(folder)
  expect(facts).toMatchObject({ kind: 'folder', mode: 0o750, foreign: [], sync: { kind: 'synced' } })
  expect(readdirSync(folder)).toEqual([])
})

it('says what is wrong with a folder that is none', async () => {
  const folder = aFolder()
  writeFileSync(join(folder, 'file'), '')
  expect(await folderFacts(join(folder, 'none'))).toMatchObject({ kind: 'unusable', code: 'ENOENT' })
  expect(await folderFacts(join(folder, 'file'))).toMatchObject({ kind: 'unusable', code: 'ENOTDIR' })
})

it('finds the rule of logrotate that names a log, and sees that a log was moved away', async () => {
  const folder = aFolder()
  const file = join(folder, 'watari.log')
  const rules = join(folder, 'rules')
  mkdirSync(rules)
  expect(await logFacts(file, undefined, rules)).toEqual({ kind: 'file', file, code: undefined, isOpen: undefined })
  writeFileSync(join(rules, 'watari'), `${file} {\n  weekly\n}\n`)
  writeFileSync(file, '')
  expect(await logFacts(file, process.pid, rules)).toMatchObject({ rotatedBy: join(rules, 'watari'), isOpen: false })
  renameSync(file, `${file}.1`)
  expect(await logFacts(join(folder, 'none', 'a.log'), undefined, rules)).toMatchObject({ code: 'ENOENT' })
})

it('finds who has a port', async () => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', port: 0 }, resolve))
  const { port } = server.address() as AddressInfo
  const place = { key: 'status.port', host: '127.0.0.1', port }
  expect(await portFacts(place)).toMatchObject({ code: 'EADDRINUSE', owner: { pid: process.pid } })
  expect(await reachCode({ host: '127.0.0.1', port, tls: false })).toBeUndefined()
  await new Promise((resolve) => server.close(resolve))
  expect(await portFacts(place)).toEqual({ key: 'status.port', address: `127.0.0.1:${port}`, code: undefined })
  expect(await reachCode({ host: '127.0.0.1', port, tls: true })).toBe('ECONNREFUSED')
})

it('judges a pair by its files: names, end, mode, and whether it is one', async () => {
  const folder = aFolder()
  const nowMs = Date.parse('2026-11-25T12:00:00Z')
  const place = {
    keyFile: join(folder, 'tls-key.pem'),
    certificateFile: join(folder, 'tls-certificate.pem'),
    hostname: 'gw.example.jp',
    selfMade: true,
  }
  expect(await certificateFacts(place)).toMatchObject({ kind: 'toBeMade' })
  expect(await certificateFacts({ ...place, selfMade: false })).toMatchObject({ kind: 'unreadable', code: 'ENOENT' })
  await keptCertificate({ folder, hostname: 'gw.example.jp', nowMs })
  expect(await certificateFacts(place)).toMatchObject({
    kind: 'pair',
    keyMode: 0o600,
    coversName: true,
    names: 'gw.example.jp',
  })
  expect(await certificateFacts({ ...place, hostname: 'other.example.jp' })).toMatchObject({ coversName: false })
  writeFileSync(place.keyFile, 'no key')
  expect(await certificateFacts(place)).toEqual({ kind: 'mismatch', file: place.certificateFile })
})

it('tells length and mark of a split key, and nothing of what is in it', async () => {
  const path = join(aFolder(), 'split.key')
  expect(await splitKeyFacts(path)).toEqual({ where: path, state: 'missing' })
  writeFileSync(path, `${'ab'.repeat(32)}\n`, { mode: 0o640 })
  expect(await splitKeyFacts(path)).toEqual({
    where: path,
    state: 'there',
    mode: 0o640,
    octets: 64,
    mark: expect.stringMatching(/^[0-9a-f]{8}$/) as string,
  })
  writeFileSync(path, 'short')
  expect(await splitKeyFacts(path)).toEqual({ where: path, state: 'there', mode: 0o640, octets: 5 })
})

it('counts users, and finds a damaged file of them', async () => {
  const path = join(aFolder(), 'users.json')
  writeFileSync(path, '{"version":1,"users":{}}', { mode: 0o600 })
  expect(await usersFacts(path)).toEqual({ where: path, mode: 0o600, state: 'there', count: 0 })
  writeFileSync(path, '{')
  expect(await usersFacts(path)).toMatchObject({ state: 'damaged' })
})

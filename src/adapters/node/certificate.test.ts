import { X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { keptCertificate, loadCertificate } from './certificate.ts'

const NOW = Date.UTC(2026, 10, 25)
const DAY_MS = 86_400_000
let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'watari-tls-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const kept = (nowMs = NOW) => keptCertificate({ folder: join(folder, 'data'), hostname: 'gw.example', nowMs })
const inData = (name: string) => join(folder, 'data', name)

test('a pair is made once and kept, its key for the owner only', async () => {
  const first = await kept()
  const again = await kept(NOW + 700 * DAY_MS)
  expect(again).toEqual(first)
  expect(statSync(inData('tls-key.pem')).mode & 0o777).toBe(0o600)
  const leaf = new X509Certificate(first.certificate)
  expect(leaf.checkHost('gw.example')).toBe('gw.example')
  expect([leaf.validFrom, leaf.validTo]).toEqual(['Nov 24 00:00:00 2026 GMT', 'Feb 27 00:00:00 2029 GMT'])
  expect(first.expiresAt).toBe(Date.UTC(2029, 1, 27))
})

test('a pair near its end is made anew', async () => {
  const first = await kept()
  const later = await kept(NOW + 800 * DAY_MS)
  expect(later.certificate).not.toBe(first.certificate)
  expect(await kept(NOW + 801 * DAY_MS)).toEqual(later)
})

test.each(['tls-key.pem', 'tls-certificate.pem'])(
  'a pair of which the %s is damaged or gone is made anew',
  async (name) => {
    const first = await kept()
    writeFileSync(inData(name), 'damaged')
    const second = await kept()
    expect(second.certificate).not.toBe(first.certificate)
    rmSync(inData(name))
    const third = await kept()
    expect(third.certificate).not.toBe(second.certificate)
    expect(await kept()).toEqual(third)
  },
)

test('a given pair is read as it is', async () => {
  const made = await kept()
  expect(
    await loadCertificate({ keyFile: inData('tls-key.pem'), certificateFile: inData('tls-certificate.pem') }),
  ).toEqual(made)
})

test('a given pair that is none stops the start, and its key stays out of the error', async () => {
  await kept()
  const key = readFileSync(inData('tls-key.pem'), 'utf8')
  writeFileSync(join(folder, 'other.pem'), key.replace(/A/g, 'B'))
  const files = { keyFile: join(folder, 'other.pem'), certificateFile: inData('tls-certificate.pem') }
  const error = await loadCertificate(files).then(
    () => undefined,
    (reason: unknown) => reason as Error,
  )
  expect(error!.message).toContain('the key does not belong to the certificate')
  expect(error!.cause).toBeUndefined()
  await expect(loadCertificate({ ...files, certificateFile: files.keyFile })).rejects.toThrow(
    'is no certificate in PEM',
  )
  await expect(loadCertificate({ ...files, keyFile: join(folder, 'nothing.pem') })).rejects.toThrow('ENOENT')
})

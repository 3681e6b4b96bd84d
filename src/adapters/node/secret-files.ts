// Looks at files with secrets for the doctor: there, readable, for whom, how long. What is in them stays in here.
import { createHmac, X509Certificate } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import type { CertificateFacts, SecretFacts } from '../../core/plan/doctor/facts.ts'
import { loadCertificate } from './certificate.ts'
import { codeOf } from './folder-trial.ts'
import { readUsers } from './users-file.ts'

/** Eight hex digits tell two keys apart and tell nothing of either: a key of 32 octets cannot be searched for. */
const MARK_DIGITS = 8
const MARKED_OCTETS_MIN = 32

export async function certificateFacts(place: {
  readonly keyFile: string
  readonly certificateFile: string
  readonly hostname: string
  /** Made by the gateway itself, so that none yet is no fault. */
  readonly selfMade: boolean
}): Promise<CertificateFacts> {
  const { keyFile, certificateFile: file, hostname, selfMade } = place
  let keyMode: number
  try {
    keyMode = (await stat(keyFile)).mode & 0o777
    await readFile(keyFile)
    await readFile(file)
  } catch (error) {
    const code = codeOf(error)
    return selfMade && code === 'ENOENT' ? { kind: 'toBeMade', file } : { kind: 'unreadable', file, code }
  }
  try {
    const { certificate } = await loadCertificate({ keyFile, certificateFile: file })
    const leaf = new X509Certificate(certificate)
    return {
      kind: 'pair',
      file,
      keyMode,
      startsAt: Date.parse(leaf.validFrom),
      endsAt: Date.parse(leaf.validTo),
      coversName: leaf.checkHost(hostname) !== undefined,
      names: leaf.subjectAltName?.replaceAll('DNS:', '') ?? leaf.subject.split('\n').at(-1) ?? '?',
    }
  } catch {
    return { kind: 'mismatch', file }
  }
}

export async function splitKeyFacts(path: string): Promise<SecretFacts['splitKey']> {
  try {
    const { mode } = await stat(path)
    const key = Buffer.from((await readFile(path, 'utf8')).trim())
    const mark = createHmac('sha256', key).update('watari doctor').digest('hex').slice(0, MARK_DIGITS)
    const octets = key.length
    return { where: path, state: 'there', mode: mode & 0o777, octets, ...(octets < MARKED_OCTETS_MIN ? {} : { mark }) }
  } catch (error) {
    return { where: path, state: codeOf(error) === 'ENOENT' ? 'missing' : 'unreadable' }
  }
}

export async function usersFacts(path: string): Promise<SecretFacts['users']> {
  try {
    const { mode } = await stat(path)
    const facts = { where: path, mode: mode & 0o777 }
    return await readUsers(path).then(
      (users) => ({ ...facts, state: 'there' as const, count: users.size }),
      () => ({ ...facts, state: 'damaged' as const }),
    )
  } catch (error) {
    return { where: path, state: codeOf(error) === 'ENOENT' ? 'missing' : 'unreadable' }
  }
}

// The key and certificate for TLS: the pair that the plan names, or one of our own making, kept in the data folder.
// Its rule: the key is readable by its owner only, and never part of an error.
import { X509Certificate, createPrivateKey } from 'node:crypto'
import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { DAY_MS } from '../../core/base/clock.ts'

const KEY_FILE = 'tls-key.pem'
const CERTIFICATE_FILE = 'tls-certificate.pem'
const KEY_MODE = 0o600
const CERTIFICATE_MODE = 0o644
/** Clients do not verify a self-signed certificate, so a short life would only bring restarts. */
const LIFE_DAYS = 825
/** Made anew at a start this near to its end. */
const RENEW_DAYS = 30
/** For clocks of clients that are behind. */
const EARLIER_DAYS = 1

export interface Certificate {
  /** PEM */
  readonly key: string
  /** PEM: the certificate, and behind it those of the authorities between. */
  readonly certificate: string
  readonly expiresAt: number
}

/** Reads a pair. Throws when a file cannot be read, is no PEM, or the two do not belong together. */
export async function loadCertificate(files: {
  readonly keyFile: string
  readonly certificateFile: string
}): Promise<Certificate> {
  const [key, certificate] = await Promise.all([
    readFile(files.keyFile, 'utf8'),
    readFile(files.certificateFile, 'utf8'),
  ])
  return checked(key, certificate, files.certificateFile)
}

/** The self-signed pair in the folder; it is made when there is none, or when its end is near. */
export async function keptCertificate(options: {
  readonly folder: string
  readonly hostname: string
  readonly nowMs: number
}): Promise<Certificate> {
  const keyFile = join(options.folder, KEY_FILE)
  const certificateFile = join(options.folder, CERTIFICATE_FILE)
  const kept = await keptPair({ keyFile, certificateFile })
  if (kept !== undefined && kept.expiresAt - options.nowMs > RENEW_DAYS * DAY_MS) return kept
  const made = await makePair(options.hostname, options.nowMs)
  await mkdir(options.folder, { recursive: true })
  await writeWhole(keyFile, made.key, KEY_MODE)
  await writeWhole(certificateFile, made.certificate, CERTIFICATE_MODE)
  return checked(made.key, made.certificate, certificateFile)
}

/** Whatever is wrong with the pair that we made ourselves, a new one mends it. */
async function keptPair(files: Parameters<typeof loadCertificate>[0]): Promise<Certificate | undefined> {
  try {
    return await loadCertificate(files)
  } catch {
    return undefined
  }
}

async function makePair(
  hostname: string,
  nowMs: number,
): Promise<{ readonly key: string; readonly certificate: string }> {
  // Loaded once in two years: a certificate library is a tenth of a gateway's memory.
  const { generate } = await import('selfsigned')
  const made = await generate([{ name: 'commonName', value: hostname }], {
    // RSA, which every client of every age can verify. Who needs cheaper handshakes gives an ECDSA pair of their own.
    keyType: 'rsa',
    keySize: 2_048,
    algorithm: 'sha256',
    notBeforeDate: new Date(nowMs - EARLIER_DAYS * DAY_MS),
    notAfterDate: new Date(nowMs + LIFE_DAYS * DAY_MS),
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, keyEncipherment: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      { name: 'subjectAltName', altNames: [{ type: 2, value: hostname }] },
    ],
  })
  return { key: made.private, certificate: made.cert }
}

function checked(key: string, certificate: string, file: string): Certificate {
  let leaf: X509Certificate
  try {
    leaf = new X509Certificate(certificate)
  } catch (error) {
    throw new Error(`${file} is no certificate in PEM`, { cause: error })
  }
  if (!belongsTo(leaf, key)) throw new Error(`the key does not belong to the certificate in ${file}, or is no PEM`)
  return { key, certificate, expiresAt: Date.parse(leaf.validTo) }
}

/** OpenSSL's own message could quote a line of the key file, so it goes no further. */
function belongsTo(leaf: X509Certificate, key: string): boolean {
  try {
    return leaf.checkPrivateKey(createPrivateKey(key))
  } catch {
    return false
  }
}

async function writeWhole(path: string, text: string, mode: number): Promise<void> {
  const temporary = `${path}.new`
  const file = await open(temporary, 'w', mode)
  try {
    await file.chmod(mode)
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(temporary, path)
}

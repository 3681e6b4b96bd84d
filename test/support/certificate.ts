// A key and a certificate for a test's server, and the same certificate as the authority to trust.
import { generate } from 'selfsigned'

export interface TestCertificate {
  readonly key: string
  readonly cert: string
}

/** A certificate for 127.0.0.1 and the given name. */
export async function aCertificate(name = 'scripted.example'): Promise<TestCertificate> {
  const { private: key, cert } = await generate([{ name: 'commonName', value: name }], {
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: name },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  })
  return { key, cert }
}

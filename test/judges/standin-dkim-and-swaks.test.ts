// The stand-in's wire judged by swaks, and its signatures by dkimpy, with the keys from its small DNS server.
import { execFile, spawnSync } from 'node:child_process'
import { Resolver } from 'node:dns/promises'
import { writeFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Standin } from '../../src/standin/standin.ts'
import { describeJudged, programJudge, type Judge } from '../support/judge.ts'
import { standinForTest } from '../support/standin-client.ts'

const run = promisify(execFile)
const PYTHONS = ['python3', '/usr/bin/python3']
const python = (): string | undefined => PYTHONS.find((name) => spawnSync(name, ['-c', 'import dkim']).status === 0)

const DKIMPY: Judge = {
  name: 'dkimpy',
  get: 'pip install dkimpy, or apt-get install python3-dkim',
  missing: () => (python() === undefined ? 'no Python here has dkimpy' : undefined),
}

/** Verifies signature by signature, with the TXT records given. */
const VERIFY = `
import dkim, json, sys
records = json.load(open(sys.argv[1]))
message = open(sys.argv[2], 'rb').read()
lookup = lambda name, timeout=5: records[(name.decode() if isinstance(name, bytes) else name).rstrip('.')].encode()
d = dkim.DKIM(message)
print(json.dumps([d.verify(idx=i, dnsfunc=lookup) for i in range(message.count(b'DKIM-Signature:'))]))
`

let standin: Standin
let folder: string
beforeAll(async () => {
  standin = await standinForTest()
  folder = mkdtempSync(join(tmpdir(), 'watari-dkim-'))
})
afterAll(async () => {
  await standin.stop()
  rmSync(folder, { recursive: true, force: true })
})

interface Swaks {
  readonly code: number
  readonly out: string
}

async function swaks(port: number, password: string, ...more: string[]): Promise<Swaks> {
  const login = ['--auth', 'PLAIN', '--auth-user', standin.credentials.accessKeyId, '--auth-password', password]
  const mail = ['--server', `127.0.0.1:${port}`, '--from', 'a@example.com', '--to', 'b@receiver.example']
  try {
    const { stdout } = await run('swaks', [...mail, ...login, ...more])
    return { code: 0, out: stdout }
  } catch (error) {
    const { code, stdout } = error as { code: number; stdout: string }
    return { code, out: stdout }
  }
}

describeJudged('swaks', programJudge('swaks', 'apt-get install swaks libnet-ssleay-perl'), () => {
  test.each(['--tls', '--tls-on-connect'])('sends with %s and the derived password', async (tls) => {
    const port = tls === '--tls' ? standin.smtpPort : standin.smtpsPort
    const { code, out } = await swaks(port, standin.credentials.smtpPassword, tls)
    expect(out).toMatch(/250 Ok [0-9a-f-]+-000000/)
    expect(code).toBe(0)
  })

  // C37.
  test('is refused with the bare secret, and with the password of another Region', async () => {
    const { secretAccessKey } = standin.credentials
    // Derived for us-west-2 from the same secret, as the AWS guide's algorithm gives it.
    const ofOtherRegion = 'BF2PynzbSCAjX08zhZZnP/kW+T9P5zs/1Er0pi5vTEmd'
    for (const password of [secretAccessKey, ofOtherRegion]) {
      const { code, out } = await swaks(standin.smtpPort, password, '--tls')
      expect(out).toContain('535 Authentication Credentials Invalid')
      expect(code).not.toBe(0)
    }
  })
})

describeJudged('dkimpy', DKIMPY, () => {
  test('verifies both signatures of a delivered mail with the records that the DNS server serves', async () => {
    await swaks(standin.smtpPort, standin.credentials.smtpPassword, '--tls')
    const mail = standin.mails({ recipient: 'b@receiver.example' })[0]!
    const resolver = new Resolver({ timeout: 2_000, tries: 2 })
    resolver.setServers([`127.0.0.1:${standin.dnsPort}`])
    const names = mail.signers.map(({ domain, key }) => `${key.selector}._domainkey.${domain}`)
    const records = await Promise.all(
      names.map(async (name) => [name, (await resolver.resolveTxt(name)).flat().join('')]),
    )
    const [recordFile, mailFile] = [join(folder, 'records.json'), join(folder, 'mail.eml')]
    writeFileSync(recordFile, JSON.stringify(Object.fromEntries(records)))
    writeFileSync(mailFile, await standin.content(mail))
    const { stdout } = await run(python()!, ['-c', VERIFY, recordFile, mailFile])
    expect(names.map((name) => name.replace(/^[^.]+/, '*')).sort()).toEqual([
      '*._domainkey.amazonses.com',
      '*._domainkey.example.com',
    ])
    expect(JSON.parse(stdout)).toEqual([true, true])
  })
})

// Every Zone passes the same contract.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openZoneFile } from '../../src/adapters/dns/zone-file.ts'
import { fakeClock } from '../support/fakes.ts'
import { zoneContract } from './zone.contract.ts'

zoneContract('a file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'watari-zone-'))
  return {
    reopen: () =>
      openZoneFile({
        path: join(folder, 'dkim.example.zone'),
        apex: 'dkim.example',
        nameServers: [{ name: 'ns1.dkim.example', addresses: ['192.0.2.1'] }],
        contact: 'dns@goo.example',
        clock: fakeClock(),
      }),
    remove: () => rm(folder, { recursive: true }),
  }
})

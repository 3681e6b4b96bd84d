// One name server, asked by our DNS in the two forms that judges of mail take.
import { openDns } from '../../src/adapters/dns/dns.ts'
import { systemClock } from '../../src/adapters/node/clock.ts'
import type { DnsServer } from '../../src/core/base/dns.ts'
import type { Ask } from '../../src/core/base/spf-report.ts'

export function asking(server: DnsServer): Ask {
  const dns = openDns({ resolvers: [server], clock: systemClock({ keepAlive: true }) })
  return (question) => dns.ask(question, server, 'recursive')
}

/** As dns.promises.resolve answers. */
export function mailauthResolver(ask: Ask) {
  return async (name: string, type: string): Promise<unknown> => {
    const answer = await ask({ name, type: type as 'TXT' })
    if (answer.kind === 'fault') throw Object.assign(new Error(answer.message), { code: 'ESERVFAIL' })
    const records = answer.records.filter((record) => record.type === type)
    if (answer.kind !== 'records' || records.length === 0)
      throw Object.assign(new Error('nothing'), { code: answer.kind === 'noSuchName' ? 'ENOTFOUND' : 'ENODATA' })
    return records.map((record) => {
      if (record.type === 'TXT') return [...record.strings]
      if (record.type === 'MX') return { priority: record.preference, exchange: record.exchange }
      return 'address' in record ? record.address : ''
    })
  }
}

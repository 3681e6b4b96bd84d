// The machine: Node, limits of the process, memory, swap, core dumps, the clock.
import { alike, say } from '../finding.ts'
import type { Plan } from '../plan.ts'
import { fault, unknown, warn, well, type Diagnosis } from './diagnosis.ts'
import type { ClockFacts, MachineFacts } from './facts.ts'

/** package.json, "engines". */
const NODE_MIN = [20, 19] as const
/** Ours, the queue's segments, LMDB's, the log, kept connections to a dozen hosts. */
const FILES_BESIDE_SESSIONS = 1_024
/** Threads of Node, of the disk and of LMDB. */
const PROCESSES_MIN = 64
/** What a gateway takes beside the content of mails (bench/README.md, backlog). */
const OCTETS_BESIDE_CONTENT = 256 * 1_048_576
const HEAP_OCTETS_MIN = 512 * 1_048_576
/** Figures are counted by the minute, and gates of two gateways are compared. */
const OFFSET_WARN_MS = 1_000
/** AWS refuses requests that are five minutes off; a minute is on the way there (SigV4, RequestExpired). */
const OFFSET_ERROR_MS = 60_000
const MEBI = 1_048_576

export function machineFindings(machine: MachineFacts, plan: Plan | undefined): readonly Diagnosis[] {
  return [
    node(machine),
    ...(plan === undefined ? [] : [files(machine, plan), memory(machine, plan)]),
    processes(machine),
    heap(machine),
    coreDumps(machine),
    swap(machine),
    clock(machine.clock),
  ].flat()
}

function node({ node: version }: MachineFacts): readonly Diagnosis[] {
  const place = { id: 'node-version', where: version }
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number)
  if (major > NODE_MIN[0] || (major === NODE_MIN[0] && minor >= NODE_MIN[1])) {
    return well(place, say('this Node runs Watari', 'この Node で動きます'))
  }
  return fault(
    place,
    say('Watari needs Node 20.19 or later', 'Node 20.19 以上が必要です'),
    say('Install Node 24.', 'Node 24 を入れてください。'),
  )
}

function files({ limits }: MachineFacts, { gateway }: Plan): readonly Diagnosis[] {
  const place = { id: 'open-files', where: 'LimitNOFILE' }
  const wanted = gateway.limits.sessions + FILES_BESIDE_SESSIONS
  if (limits === undefined) return unknown(place, say('cannot be read here', 'ここでは読めません'))
  if (limits.files >= wanted) {
    return well(place, say(`${limits.files} files; ${wanted} are wanted`, `上限 ${limits.files}、必要 ${wanted}`))
  }
  return fault(
    place,
    say(
      `${limits.files} files; ${gateway.limits.sessions} sessions want ${wanted}: connections and disk writes would fail under load`,
      `上限 ${limits.files}。セッション ${gateway.limits.sessions} には ${wanted} 必要で、負荷時に接続と書き込みが失敗します`,
    ),
    say(
      `Set LimitNOFILE=${wanted} or more, or lower gateway.limits.sessions.`,
      `LimitNOFILE=${wanted} 以上にするか gateway.limits.sessions を下げてください。`,
    ),
  )
}

function processes({ limits }: MachineFacts): readonly Diagnosis[] {
  const place = { id: 'processes', where: 'LimitNPROC' }
  if (limits === undefined) return unknown(place, say('cannot be read here', 'ここでは読めません'))
  if (limits.processes >= PROCESSES_MIN) return well(place, say('enough for its threads', 'スレッドに足ります'))
  return fault(
    place,
    say(`${limits.processes}: Node starts threads, and would end`, `${limits.processes}: スレッドを作れず終了します`),
    alike('LimitNPROC=512'),
  )
}

function memory({ memoryOctets, memoryLimitOctets }: MachineFacts, { gateway }: Plan): readonly Diagnosis[] {
  const place = { id: 'memory', where: 'gateway.limits.memoryOctets' }
  const wanted = Math.ceil((gateway.limits.memoryOctets + OCTETS_BESIDE_CONTENT) / MEBI)
  const limit = Math.floor(Math.min(memoryOctets, memoryLimitOctets ?? Infinity) / MEBI)
  if (limit >= wanted) return well(place, say(`${limit} MiB; ${wanted} are wanted`, `${limit} MiB、必要 ${wanted} MiB`))
  return fault(
    place,
    say(
      `the process may take ${limit} MiB, and wants up to ${wanted}: it would be killed under load`,
      `使えるのは ${limit} MiB、必要は最大 ${wanted} MiB。負荷時に強制終了されます`,
    ),
    say(
      'Raise MemoryMax or the limit of the container, or lower gateway.limits.memoryOctets.',
      'MemoryMax かコンテナーの上限を上げるか、gateway.limits.memoryOctets を下げてください。',
    ),
  )
}

function heap({ heapOctets }: MachineFacts): readonly Diagnosis[] {
  const place = { id: 'heap', where: '--max-old-space-size' }
  const mebi = Math.floor(heapOctets / MEBI)
  if (heapOctets >= HEAP_OCTETS_MIN) return well(place, alike(`${mebi} MiB`))
  return warn(
    place,
    say(
      `the JavaScript heap may take ${mebi} MiB: a long queue's index does not fit`,
      `JavaScript ヒープは ${mebi} MiB まで。長いキューの索引が入りません`,
    ),
    alike('NODE_OPTIONS=--max-old-space-size=1024'),
  )
}

function coreDumps({ limits }: MachineFacts): readonly Diagnosis[] {
  const place = { id: 'core-dumps', where: 'LimitCORE' }
  if (limits === undefined) return unknown(place, say('cannot be read here', 'ここでは読めません'))
  if (limits.coreOctets === 0) return well(place, say('off', '無効'))
  return warn(
    place,
    say(
      'core dumps are on: a crash would write keys and mails to disk in clear',
      'コアダンプが有効です。クラッシュ時に鍵とメールが平文で書かれます',
    ),
    say('Set LimitCORE=0 (ulimit -c 0).', 'LimitCORE=0 (ulimit -c 0) にしてください。'),
  )
}

function swap({ swapOctets }: MachineFacts): readonly Diagnosis[] {
  const place = { id: 'swap', where: '/proc/swaps' }
  if (swapOctets === 0) return well(place, say('off', '無効'))
  return warn(
    place,
    say(
      'swap is on: keys and mails can reach the disk in clear, and a pause of seconds can reach SMTP',
      'スワップが有効です。鍵とメールが平文でディスクに出たり、SMTP が数秒止まり得ます',
    ),
    say(
      'Set MemorySwapMax=0 in the unit, or encrypt the swap.',
      'ユニットに MemorySwapMax=0 を書くか、スワップを暗号化してください。',
    ),
  )
}

function clock(facts: ClockFacts): readonly Diagnosis[] {
  const id = 'clock'
  const mend = say('Run chrony or systemd-timesyncd.', 'chrony か systemd-timesyncd を動かしてください。')
  if (facts.kind === 'unknown') {
    return unknown({ id, where: 'NTP' }, say('no NTP service could be asked', 'NTP サービスに尋ねられません'))
  }
  const place = { id, where: facts.by }
  if (facts.kind === 'synchronized') return well(place, say('is synchronized', '同期しています'))
  if (facts.kind === 'unsynchronized') return warn(place, say('is not synchronized', '同期していません'), mend)
  const off = say(`is ${facts.offsetMs} ms off`, `${facts.offsetMs} ms ずれています`)
  const distance = Math.abs(facts.offsetMs)
  if (distance >= OFFSET_ERROR_MS) return fault(place, off, mend)
  return distance >= OFFSET_WARN_MS ? warn(place, off, mend) : well(place, off)
}

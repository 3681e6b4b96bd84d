// A zone of our own in one file. A change writes the whole file anew beside the old one, syncs it and renames it, so that a
// crash leaves the old zone or the new one. Whoever reads it (our server, or BIND) sees each change with a higher serial.
import { assert } from '../../core/base/assert.ts'
import type { Clock } from '../../core/base/clock.ts'
import type { DnsRecord, Zone } from '../../core/base/dns.ts'
import { canonicalName } from '../../core/base/dns-name.ts'
import { apexRecordsOf, nextSerial, sameSoa, soaOf, type ZoneOwner } from './zone-apex.ts'
import { markOf, readVersion, replaceZone, type Version } from './zone-disk.ts'
import { checkedName, checkedText } from '../../core/base/zone-rules.ts'
import { zoneLine, type ZoneContents } from './zone-text.ts'
import { stringsOf } from '../../core/base/txt-strings.ts'

export interface ZoneFileOptions extends ZoneOwner {
  readonly path: string
  readonly apex: string
  readonly clock: Clock
  /** The file went or changed under us and cannot be read; the zone is kept as it was. Said once for each change. */
  readonly onTrouble?: (message: string) => void
}

export interface ZoneFile extends Zone {
  /** The whole zone as the file has it now. */
  contents(): Promise<ZoneContents>
}

/** Opens the zone, or begins an empty one. Rejects when the file cannot be read as a zone, and says how to mend it. */
export async function openZoneFile(options: ZoneFileOptions): Promise<ZoneFile> {
  const apex = canonicalName(options.apex)
  const shelf = await openShelf(apex, options)
  let last: Promise<unknown> = Promise.resolve()
  // One after another: a look that began before a change must not put the old version back behind it.
  const inTurn = <T>(act: () => Promise<T>): Promise<T> => {
    const done = after(last, act)
    last = done.catch(() => undefined)
    return done
  }
  let looking: Promise<ZoneContents> | undefined
  const contents = (): Promise<ZoneContents> => {
    // Many questions at once look at the file once; who asks after a change was told of it, looks after it.
    looking ??= inTurn(() => shelf.look()).finally(() => (looking = undefined))
    return looking
  }
  const change = (name: string, texts: readonly DnsRecord[]): Promise<void> =>
    inTurn(async () => {
      const { records } = await shelf.look()
      await shelf.keep([...records.filter((record) => record.type !== 'TXT' || record.name !== name), ...texts])
    })
  return {
    apex,
    contents,
    async read({ name, type }) {
      const asked = canonicalName(name)
      const { soa, records } = await contents()
      if (type !== 'SOA') return records.filter((record) => record.name === asked && record.type === type)
      const { ttlSeconds, primary, serial, minimumSeconds } = soa
      return asked === apex ? [{ name: apex, ttlSeconds, type, primary, serial, minimumSeconds }] : []
    },
    async put(record) {
      const name = checkedText(record, apex)
      await change(name, [{ name, ttlSeconds: record.ttlSeconds, type: 'TXT', strings: stringsOf(record.text) }])
    },
    async remove(name) {
      await change(checkedName(name, apex), [])
    },
  }
}

async function after<T>(previous: Promise<unknown>, act: () => Promise<T>): Promise<T> {
  await previous
  return act()
}

interface Shelf {
  /** The newest version that can be read. */
  look(): Promise<ZoneContents>
  /** Makes these the zone's records, unless they are already. */
  keep(records: readonly DnsRecord[]): Promise<void>
}

async function openShelf(apex: string, options: ZoneFileOptions): Promise<Shelf> {
  const { path, clock, onTrouble } = options
  const write = async (records: readonly DnsRecord[], serial: number): Promise<Version> => {
    await replaceZone(path, { apex, soa: soaOf(options, nextSerial(serial, clock.now())), records })
    const version = await readVersion(path, apex)
    assert(version, 'a zone that was just written is there')
    return version
  }
  const found = await readVersion(path, apex)
  const texts = (found?.contents.records ?? []).filter(isText)
  const wanted = [...apexRecordsOf(apex, options.nameServers), ...texts].toSorted(inFileOrder)
  const isCurrent = found && sameSoa(found.contents.soa, options) && sameRecords(found.contents.records, wanted)
  let held = isCurrent ? found : await write(wanted, found?.contents.soa.serial ?? 0)
  /** The mark of a file that cannot be read, while it is there instead of the one that is held. */
  let damaged: string | undefined
  return {
    async look() {
      const mark = await markOf(path).catch(() => 'missing')
      if (mark === held.mark) damaged = undefined
      if (mark === held.mark || mark === damaged) return held.contents
      try {
        const version = await readVersion(path, apex)
        if (version === undefined) throw new Error('the zone file is gone; it is written anew at the next change')
        held = version
        damaged = undefined
        return version.contents
      } catch (error) {
        damaged = mark
        onTrouble?.(`${path}: ${error instanceof Error ? error.message : 'cannot be read'}`)
        return held.contents
      }
    },
    async keep(changed) {
      const records = changed.toSorted(inFileOrder)
      const { contents } = held
      if (damaged === undefined && sameRecords(contents.records, records)) return
      held = await write(records, contents.soa.serial)
      damaged = undefined
    },
  }
}

function isText({ type }: DnsRecord): boolean {
  return type === 'TXT'
}

/** The zone's own records first, then by name. */
function inFileOrder(one: DnsRecord, other: DnsRecord): number {
  if (isText(one) !== isText(other)) return isText(one) ? 1 : -1
  const [a, b] = [zoneLine(one), zoneLine(other)]
  return a < b ? -1 : a > b ? 1 : 0
}

function sameRecords(sorted: readonly DnsRecord[], others: readonly DnsRecord[]): boolean {
  return sorted.map(zoneLine).join('\n') === others.map(zoneLine).join('\n')
}

// The whole life of a mail in two stores: put durably, attempt recorded, settled, space given back; and a start with many
// left. Our segment log beside LMDB, each in a process of its own.
//   npm run bench:store -- --json
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { open } from 'lmdb'
import { segmentMailQueue } from '../src/adapters/local/mail-queue.ts'
import { measuredContent } from '../src/core/mail/content.ts'
import { encodeMailId } from '../src/core/mail/mail-id.ts'
import type { Content, NewMail } from '../src/core/mail/mail.ts'

const WRITERS = 100
/** Parts claimed at once, as the dispatcher does. */
const CLAIM = 256
const SHAPES = [
  { octets: 5_000, mails: 60_000 },
  { octets: 50_000, mails: 8_000 },
]
/** Small mails that are still in the store at a start. */
const LEFT = 200_000
const LEFT_OCTETS = 500

interface Store {
  put(n: number): Promise<void>
  /** Records the attempts of up to `CLAIM` mails durably, then settles them; the number it did. */
  deliver(): Promise<number>
  close(): Promise<void>
}

const silent = (): undefined => undefined
const AT = Date.UTC(2026, 10, 25)

function mailOf(n: number, content: Content): NewMail {
  return {
    id: encodeMailId({ high: 1, low: n }),
    acceptedAt: AT,
    sender: 'a@src.example',
    stream: 'src.example',
    content,
    parts: [
      {
        route: 'legacy',
        recipients: [`r${n}@dst.example`],
        state: 'waiting',
        dueAt: AT,
        attempts: 0,
        reason: 'accepted',
      },
    ],
  }
}

async function segments(directory: string, content: Content): Promise<Store> {
  const queue = await segmentMailQueue({
    directory,
    log: { debug: silent, info: silent, warn: silent, alarm: silent },
    meter: { count: silent, observe: silent },
    now: () => AT,
    unclearRetryMs: { legacy: 0, ses: 0 },
  })
  return {
    put: (n) => queue.put(mailOf(n, content)),
    async deliver() {
      const parts = await queue.claim('legacy', AT, CLAIM)
      await Promise.all(parts.map((part) => queue.settle(part, [])))
      return parts.length
    },
    close: () => queue.close(),
  }
}

/** The plainest use of LMDB that keeps the same promises: one record a mail, its state beside it, `flushed` before each promise. */
async function lmdb(directory: string, content: Content): Promise<Store> {
  const root = open({ path: directory, encoding: 'binary', mapSize: 16 * 1024 ** 3 })
  const mails = root.openDB<Uint8Array, number>({ name: 'mails', encoding: 'binary', keyEncoding: 'uint32' })
  const states = root.openDB<string, number>({ name: 'states', encoding: 'string', keyEncoding: 'uint32' })
  const waiting: number[] = [...states.getKeys()]
  const octets = Buffer.concat(content.chunks)
  return {
    async put(n) {
      const head = Buffer.from(JSON.stringify({ ...mailOf(n, content), content: undefined }))
      void mails.put(n, Buffer.concat([head, octets]))
      await states.put(n, 'waiting')
      await root.flushed
      waiting.push(n)
    },
    async deliver() {
      const some = waiting.splice(0, CLAIM)
      if (some.length === 0) return 0
      await Promise.all(some.map((n) => states.put(n, 'active')))
      await root.flushed
      for (const n of some) mails.get(n)
      await Promise.all(some.flatMap((n) => [mails.remove(n), states.remove(n)]))
      await root.flushed
      return some.length
    },
    close: () => root.close(),
  }
}

const STORES = { segments, lmdb }
type StoreName = keyof typeof STORES

function contentOf(octets: number): Content {
  const line = `${'x'.repeat(78)}\r\n`
  return measuredContent([new Uint8Array(Buffer.from(`Subject: x\r\n\r\n${line.repeat(Math.ceil(octets / 80))}`))])
}

async function fill(store: Store, mails: number): Promise<void> {
  let next = 0
  const writer = async (): Promise<void> => {
    while (next < mails) await store.put((next += 1))
  }
  await Promise.all(Array.from({ length: WRITERS }, writer))
}

/** Runs in a child: one store, one shape; prints its figures as JSON. */
async function child(name: StoreName, octets: number, mails: number): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), `watari-store-${name}-`))
  try {
    let store = await STORES[name](directory, contentOf(octets))
    const [startedAt, cpu] = [performance.now(), process.cpuUsage()]
    await fill(store, mails)
    const acceptedAt = performance.now()
    let done = 0
    while (done < mails) done += await store.deliver()
    const seconds = (performance.now() - startedAt) / 1_000
    const { user, system } = process.cpuUsage(cpu)
    await store.close()
    store = await STORES[name](directory, contentOf(LEFT_OCTETS))
    await fill(store, LEFT)
    await store.close()
    const restartedAt = performance.now()
    store = await STORES[name](directory, contentOf(LEFT_OCTETS))
    const restartSeconds = (performance.now() - restartedAt) / 1_000
    await store.close()
    const figures = {
      store: name,
      octets,
      mails,
      accept_per_s: Math.round(mails / ((acceptedAt - startedAt) / 1_000)),
      life_per_s: Math.round(mails / seconds),
      cpu_us: Math.round((user + system) / mails),
      restart_s_with_200000: Number(restartSeconds.toFixed(3)),
      peak_mb: Math.round(process.resourceUsage().maxRSS / 1_024),
    }
    console.log(JSON.stringify(figures))
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

async function parent(): Promise<void> {
  const results: unknown[] = []
  for (const { octets, mails } of SHAPES) {
    for (const name of Object.keys(STORES)) {
      const run = spawn(
        process.execPath,
        ['--import', 'tsx', import.meta.filename, name, String(octets), String(mails)],
        {
          stdio: ['ignore', 'pipe', 'inherit'],
        },
      )
      let out = ''
      run.stdout.on('data', (text: Buffer) => (out += text.toString()))
      const [code] = (await once(run, 'close')) as [number]
      if (code !== 0) throw new Error(`${name} ended with ${code}`)
      results.push(JSON.parse(out))
    }
  }
  if (process.argv.includes('--json')) console.log(JSON.stringify(results))
  else console.table(results)
}

const [store, octets, mails] = process.argv.slice(2)
if (store === 'segments' || store === 'lmdb') await child(store, Number(octets), Number(mails))
else await parent()

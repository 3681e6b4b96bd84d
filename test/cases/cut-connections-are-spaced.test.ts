// C11 (c): the socket is cut 15 ms after connect, for 1,000 mails, for an hour. Attempts are few and spaced, nothing is
// counted against a mail, nothing is dropped, and when the host is back all go out.
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { Dispatcher } from '../../src/core/mail/dispatch.ts'
import { SETTLE_POLICY } from '../../src/core/mail/settle.ts'
import { aMail, aPlan, memoryQueue, recordedMeter, turns } from '../support/fakes.ts'
import { scriptedServer } from '../support/scripted-server.ts'
import { aCourier } from '../support/smtp-courier.ts'

const MAILS = 1000
const ends: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

/** A port that cuts every connection at once, until it is mended; then it passes bytes on to a working host. */
async function cuttingHost(workingPort: number) {
  let connections = 0
  let mended = false
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    connections += 1
    sockets.add(socket)
    socket.on('error', () => undefined)
    if (!mended) {
      socket.resetAndDestroy()
      return
    }
    const onward = connect(workingPort, '127.0.0.1')
    sockets.add(onward)
    onward.on('error', () => undefined)
    socket.pipe(onward).pipe(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  ends.push(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { address: { host: '127.0.0.1', port }, connections: () => connections, mend: () => (mended = true) }
}

test('few connections, no attempt counted, nothing dropped', async () => {
  const working = await scriptedServer()
  ends.push(() => working.stop())
  const host = await cuttingHost(working.port)
  const { courier, clock, log, stop } = aCourier([host])
  ends.push(stop)
  const queue = memoryQueue()
  const dispatcher = new Dispatcher({
    route: 'legacy',
    queue,
    courier,
    clock,
    random: { next: () => 0.5 },
    log,
    meter: recordedMeter(),
    policy: SETTLE_POLICY,
    reroute: () => undefined,
    notify: () => {
      throw new Error('nobody bounces')
    },
  })
  for (let i = 0; i < MAILS; i += 1) {
    const id = `07QZ000${String(i).padStart(6, '0')}`
    await queue.put(aMail({ id, acceptedAt: clock.now(), parts: [aPlan({ dueAt: clock.now() })] }))
  }
  const running = dispatcher.run()
  ends.push(async () => {
    const stopped = dispatcher.stop()
    await clock.advance(60_000)
    await stopped
    await running
  })

  // An hour, in steps that leave real sockets the time to be cut.
  for (let second = 0; second < 3600; second += 5) {
    await clock.advance(5_000)
    await turns(20)
  }
  expect(host.connections()).toBeGreaterThan(20)
  expect(host.connections()).toBeLessThan(150)
  expect(queue.parts().length).toBe(MAILS)
  expect(queue.parts().every(({ attempts }) => attempts === 0)).toBe(true)
  expect(log.lines.filter(({ level }) => level === 'alarm')).toHaveLength(1)

  host.mend()
  for (let second = 0; second < 300 && working.mails.length < MAILS; second += 1) {
    await clock.advance(1_000)
    await turns(50)
  }
  await turns(50)
  expect(working.mails.length).toBe(MAILS)
  expect(queue.parts()).toEqual([])
})

// The sockets themselves: who may connect, what a crash leaves behind, and how a stop ends.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { listenOnPort, listenOnSocket } from './listen.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'watari-socket-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const hello = () => new Response('hello')

function ask(socketPath: string): Promise<string> {
  return new Promise((resolve, reject) => {
    request({ socketPath, path: '/' }, (response) => {
      response.setEncoding('utf8')
      response.once('data', resolve)
    })
      .once('error', reject)
      .end()
  })
}

describe('the control socket', () => {
  it('answers its owner and has no permission for anybody else', async () => {
    const path = join(folder, 'control.sock')
    const umask = process.umask()
    const listener = await listenOnSocket(hello, path)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(process.umask()).toBe(umask)
    expect(await ask(path)).toBe('hello')
    await listener.close()
    expect(existsSync(path)).toBe(false)
  })

  it('takes the place of one that a crash left behind', async () => {
    const path = join(folder, 'control.sock')
    const dies = `require('net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`
    expect(spawnSync(process.execPath, ['-e', dies, path]).signal).toBe('SIGKILL')
    expect(existsSync(path)).toBe(true)
    const listener = await listenOnSocket(hello, path)
    expect(await ask(path)).toBe('hello')
    await listener.close()
  })

  it('does not take the place of one that answers', async () => {
    const path = join(folder, 'control.sock')
    const listener = await listenOnSocket(hello, path)
    await expect(listenOnSocket(hello, path)).rejects.toThrow(`another gateway answers on ${path}`)
    expect(await ask(path)).toBe('hello')
    await listener.close()
  })

  it('does not remove a file that is no socket', async () => {
    const path = join(folder, 'control.sock')
    writeFileSync(path, 'precious')
    await expect(listenOnSocket(hello, path)).rejects.toThrow()
    expect(existsSync(path)).toBe(true)
  })

  it('says so when its path is too long for the system', async () => {
    const path = join(folder, 'x'.repeat(100), 'control.sock')
    await expect(listenOnSocket(hello, path)).rejects.toThrow(
      /the path of the control socket has 1\d\d octets, the system takes 10[37]/,
    )
  })
})

describe('the status port', () => {
  it('names the port it was given, and closes while a watcher keeps its connection', async () => {
    const listener = await listenOnPort(hello, { host: '127.0.0.1', port: 0 })
    expect(listener.address).toMatch(/^127\.0\.0\.1:\d+$/)
    expect(await (await fetch(`http://${listener.address}/`)).text()).toBe('hello')
    await listener.close()
    await expect(fetch(`http://${listener.address}/`)).rejects.toThrow()
  })

  it('refuses a port that is taken', async () => {
    const listener = await listenOnPort(hello, { host: '127.0.0.1', port: 0 })
    const port = Number(listener.address.split(':')[1])
    await expect(listenOnPort(hello, { host: '127.0.0.1', port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
    await listener.close()
  })
})

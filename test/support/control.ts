// A test's way to a running gateway: questions over its control socket, as the command line asks them.
import { request } from 'node:http'
import { join } from 'node:path'
import type { PartSummary } from '../../src/core/mail/mail.ts'

export function askGateway<T>(dataFolder: string, method: string, path: string, body?: object): Promise<T> {
  const text = body === undefined ? undefined : JSON.stringify(body)
  const headers =
    text === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath: join(dataFolder, 'control.sock'), method, path, headers }, (response) => {
      let answer = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => (answer += chunk))
      response.on('error', reject)
      response.on('end', () => {
        if ((response.statusCode ?? 500) < 300) resolve(JSON.parse(answer) as T)
        else reject(new Error(`${method} ${path}: ${response.statusCode} ${answer}`))
      })
    })
    asked.on('error', reject)
    asked.end(text)
  })
}

/** All parts in a state, page by page. */
export async function partsIn(dataFolder: string, state: string): Promise<readonly PartSummary[]> {
  const parts: PartSummary[] = []
  let cursor: string | undefined
  do {
    const query = new URLSearchParams({ state, limit: '500', ...(cursor === undefined ? {} : { cursor }) })
    const page = await askGateway<{ parts: PartSummary[]; next?: string }>(
      dataFolder,
      'GET',
      `/mails?${query.toString()}`,
    )
    parts.push(...page.parts)
    cursor = page.next
  } while (cursor !== undefined)
  return parts
}

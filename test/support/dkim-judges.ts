// Two verifiers of DKIM that others wrote, asked about many mails at once: OpenDKIM and dkimpy. Each says for every mail whether
// a signature of the domain is there and holds, and by which selector.
import { execFile, spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Judge } from './judge.ts'

const run = promisify(execFile)

const PYTHONS = ['python3', '/usr/bin/python3']
const python = (): string | undefined => PYTHONS.find((name) => spawnSync(name, ['-c', 'import dkim']).status === 0)

export const DKIM_JUDGES: Judge = {
  name: 'OpenDKIM and dkimpy',
  get: 'apt-get install opendkim python3-dkim',
  missing() {
    if (python() === undefined) return 'no Python here has dkimpy'
    return spawnSync('sh', ['-c', 'command -v opendkim']).status === 0 ? undefined : 'opendkim is not installed'
  },
}

/** How a mail was found: the selector of the domain's signature that holds, 'failing', or 'unsigned'. */
export type Found = string

export interface Question {
  readonly folder: string
  readonly domain: string
  readonly mails: readonly Buffer[]
  /** TXT records by name. */
  readonly records: Readonly<Record<string, string>>
}

/** Files a judge is given at once: one argument has at most 128 KiB on Linux. */
const BATCH = 500
const OUTPUT_OCTETS_MAX = 256 * 1_048_576

const VERIFY = `
import dkim, json, sys, re
records, domain, files = json.load(open(sys.argv[1])), sys.argv[2].encode(), json.load(open(sys.argv[3]))
def lookup(name, timeout=5):
    name = (name.decode() if isinstance(name, bytes) else name).rstrip('.')
    return records[name].encode() if name in records else None
def found(path):
    message = open(path, 'rb').read()
    d = dkim.DKIM(message)
    headers = [v for k, v in d.headers if k.lower() == b'dkim-signature']
    for i, value in enumerate(headers):
        tags = dict((t.split(b'=', 1)[0].strip(), t.split(b'=', 1)[1].strip()) for t in value.split(b';') if b'=' in t)
        if tags.get(b'd') != domain: continue
        try: ok = dkim.DKIM(message).verify(idx=i, dnsfunc=lookup)
        except Exception: ok = False
        return tags[b's'].decode() if ok else 'failing'
    return 'unsigned'
print(json.dumps([found(path) for path in files]))
`

export async function askDkimpy(question: Question): Promise<readonly Found[]> {
  const files = written(question)
  const records = join(question.folder, 'records.json')
  const list = join(question.folder, 'files.json')
  writeFileSync(records, JSON.stringify(question.records))
  writeFileSync(list, JSON.stringify(files))
  const { stdout } = await run(python()!, ['-c', VERIFY, records, question.domain, list], {
    maxBuffer: OUTPUT_OCTETS_MAX,
  })
  return JSON.parse(stdout) as Found[]
}

export async function askOpenDkim(question: Question): Promise<readonly Found[]> {
  const files = written(question)
  const dns = join(question.folder, 'dns.txt')
  const configuration = join(question.folder, 'opendkim.conf')
  writeFileSync(
    dns,
    Object.entries(question.records)
      .map(([name, text]) => `${name} ${text}\n`)
      .join(''),
  )
  writeFileSync(configuration, `Mode v\nSyslog no\nTestDNSData file:${dns}\n`)
  const found: Found[] = []
  for (let at = 0; at < files.length; at += BATCH) {
    const batch = files.slice(at, at + BATCH)
    const { stdout } = await run('opendkim', ['-x', configuration, '-vv', '-t', batch.join(',')], {
      maxBuffer: OUTPUT_OCTETS_MAX,
    })
    const said = saidOf(stdout)
    found.push(...batch.map((file) => openDkimResult(said.get(file), question.domain)))
  }
  return found
}

/** What was said of each file: its own line comes last, behind the field that would be put into it. */
function saidOf(output: string): ReadonlyMap<string, string> {
  const said = new Map<string, string>()
  let text = ''
  for (const line of output.split('\n')) {
    text += `${line}\n`
    const file = /^opendkim: (\S+\.eml): /.exec(line)?.[1]
    if (file === undefined) continue
    said.set(file, (said.get(file) ?? '') + text)
    text = ''
  }
  return said
}

/** One Authentication-Results field (RFC 8601), which has a clause for each signature. */
function openDkimResult(text: string | undefined, domain: string): Found {
  if (text === undefined) throw new Error('OpenDKIM said nothing of a mail')
  const clauses = text.split(';').filter((clause) => clause.includes(`header.d=${domain} `))
  const [clause] = clauses
  if (clause === undefined) return 'unsigned'
  const selector = /header\.s=(\S+)/.exec(clause)?.[1] ?? 'unknown'
  return /\bdkim=pass\b/.test(clause) ? selector : 'failing'
}

function written({ folder, mails }: Question): readonly string[] {
  mkdirSync(folder, { recursive: true })
  return mails.map((mail, index) => {
    const path = join(folder, `${index}.eml`)
    writeFileSync(path, mail)
    return path
  })
}

// Gets texts out of what reporters send: XML as it is, gzip, zip. Its rule: what unpacks to more than the limit is refused
// before it is unpacked further, whatever its header says; archives in archives are not opened.
import { promisify } from 'node:util'
import { gunzip, inflateRaw } from 'node:zlib'
import type { Unpacked } from '../../core/feedback/dmarc-intake.ts'

/** The largest report of a large sender has some thousand rows of 600 octets. */
export const TEXT_OCTETS_MAX = 16 * 1_048_576
/** A zip from a reporter holds one report; a few are borne. */
const ENTRIES_MAX = 10

const gunzipped = promisify(gunzip)
const inflated = promisify(inflateRaw)

export async function unpacked(octets: Buffer): Promise<Unpacked> {
  try {
    if (octets.length > TEXT_OCTETS_MAX) return tooLarge()
    if (octets.readUInt16BE(0) === 0x1f8b) return texts([await gunzipped(octets, { maxOutputLength: TEXT_OCTETS_MAX })])
    if (octets.subarray(0, 4).toString('latin1') === 'PK\u0003\u0004') return await unzipped(octets)
    return texts([octets])
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    // https://nodejs.org/api/errors.html#err_buffer_too_large: the limit stopped it, the rest was never made.
    return code === 'ERR_BUFFER_TOO_LARGE' ? tooLarge() : unreadable('damaged', 'it is damaged and cannot be unpacked')
  }
}

/** PKWARE APPNOTE 4.3: the central directory at the end says what is in it. */
async function unzipped(octets: Buffer): Promise<Unpacked> {
  const end = octets.lastIndexOf(Buffer.from('PK\u0005\u0006', 'latin1'))
  if (end < 0) return unreadable('damaged', 'its zip directory is missing')
  const count = octets.readUInt16LE(end + 10)
  if (count > ENTRIES_MAX) return unreadable('tooManyEntries', `the zip holds ${count} files, ${ENTRIES_MAX} are taken`)
  let at = octets.readUInt32LE(end + 16)
  let left = TEXT_OCTETS_MAX
  const found: Buffer[] = []
  for (let i = 0; i < count; i += 1) {
    if (octets.readUInt32BE(at) !== 0x504b0102) return unreadable('damaged', 'its zip directory is damaged')
    const nameLength = octets.readUInt16LE(at + 28)
    const name = octets.toString('latin1', at + 46, at + 46 + nameLength)
    if (name.endsWith('.xml') && !name.startsWith('__MACOSX/')) {
      // 4.4.4: bit 0 is encryption.
      if ((octets.readUInt16LE(at + 8) & 1) !== 0) return unreadable('encrypted', 'the zip is encrypted')
      const text = await entry(octets, at, left)
      left -= text.length
      found.push(text)
    }
    at += 46 + nameLength + octets.readUInt16LE(at + 30) + octets.readUInt16LE(at + 32)
  }
  return found.length === 0 ? unreadable('noReport', 'the zip holds no .xml file') : texts(found)
}

/** 4.3.7: the local header has lengths of its own. */
async function entry(octets: Buffer, directoryAt: number, left: number): Promise<Buffer> {
  const method = octets.readUInt16LE(directoryAt + 10)
  const packed = octets.readUInt32LE(directoryAt + 20)
  const local = octets.readUInt32LE(directoryAt + 42)
  const from = local + 30 + octets.readUInt16LE(local + 26) + octets.readUInt16LE(local + 28)
  if (from + packed > octets.length) throw new Error('the entry ends behind the file')
  const content = octets.subarray(from, from + packed)
  if (method === 8) return inflated(content, { maxOutputLength: Math.max(1, left) })
  if (method !== 0) throw new Error('neither stored nor deflated')
  if (content.length > left) throw Object.assign(new Error('too large'), { code: 'ERR_BUFFER_TOO_LARGE' })
  return content
}

function texts(all: readonly Buffer[]): Unpacked {
  return { kind: 'texts', texts: all.map(decoded) }
}

/** By the encoding that the XML declares, or its byte order mark; what no decoder knows is read as UTF-8. */
function decoded(octets: Buffer): string {
  const declared = /^[^<]{0,3}<\?xml[^>]{0,100}encoding=["']([\w-]{1,40})["']/.exec(
    octets.toString('latin1', 0, 200),
  )?.[1]
  const utf16 = octets.length >= 2 && [0xfffe, 0xfeff].includes(octets.readUInt16BE(0))
  const label = utf16 ? (octets[0] === 0xff ? 'utf-16le' : 'utf-16be') : (declared ?? 'utf-8')
  try {
    return new TextDecoder(label).decode(octets)
  } catch {
    return new TextDecoder('utf-8').decode(octets)
  }
}

function tooLarge(): Unpacked {
  return unreadable('tooLarge', `it unpacks to more than ${TEXT_OCTETS_MAX} octets`)
}

function unreadable(reason: string, message: string): Unpacked {
  return { kind: 'unreadable', reason, message }
}

// From a plain file that is appended to, to a gzip object that is never touched again. Its rule: an object appears whole or
// not at all, and its plain file goes only after it; so a crash between the two leaves both, with the same records.
import { createReadStream, createWriteStream } from 'node:fs'
import { open, rename, stat, truncate, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { OPEN, SEALED } from './archive-names.ts'
import { FILE_MODE, isMissing, syncFolder } from './record-file.ts'

/** S3 STANDARD_IA charges every object as if it had this much (https://aws.amazon.com/s3/pricing). */
export const OBJECT_OCTETS_MIN = 128 * 1_024
/** JSON lines never shrink further than this, so a plain file of so many times the least is large enough unseen. */
const RATIO_MAX = 128
/** Octets looked at for the last line end of a torn file: more than any record has. */
const TAIL_OCTETS = 1_048_576

/** Compresses a plain file; false when it came out smaller than `leastOctets`, and then nothing has changed. */
export async function seal(path: string, leastOctets: number): Promise<boolean> {
  const [plain, half, sealed] = [`${path}${OPEN}`, `${path}${SEALED}.new`, `${path}${SEALED}`]
  const { size } = await stat(plain)
  if (size < leastOctets) return false
  await pipeline(createReadStream(plain), createGzip(), createWriteStream(half, { mode: FILE_MODE }))
  if ((await stat(half)).size < leastOctets) {
    await unlink(half)
    return false
  }
  await synced(half)
  await rename(half, sealed)
  syncFolder(dirname(path))
  await unlink(plain)
  return true
}

/** Whether a plain file of this size will be a large enough object, without trying. */
export function surelyLarge(plainOctets: number): boolean {
  return plainOctets >= OBJECT_OCTETS_MIN * RATIO_MAX
}

/** Ends the seal that a crash cut: the object was whole before the plain file went. */
export async function finishSeal(path: string): Promise<void> {
  await unlink(`${path}${OPEN}`).catch(ignoreMissing)
}

/** Cuts a line that a crash tore: nobody was told that it is kept. Answers the octets that are left. */
export async function mended(path: string): Promise<number> {
  const plain = `${path}${OPEN}`
  const file = await open(plain, 'r')
  try {
    const { size } = await file.stat()
    const from = Math.max(0, size - TAIL_OCTETS)
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size - from), 0, size - from, from)
    const whole = from + buffer.subarray(0, bytesRead).lastIndexOf(0x0a) + 1
    if (whole < size) await truncate(plain, whole)
    return whole
  } finally {
    await file.close()
  }
}

async function synced(path: string): Promise<void> {
  const file = await open(path, 'r+')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}

export function ignoreMissing(error: unknown): void {
  if (!isMissing(error)) throw error
}

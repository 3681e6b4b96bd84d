// Looks at a file of the ledger before LMDB does: LMDB maps files into memory and ends the whole program on one that is none.
import { closeSync, openSync, readSync, renameSync, statSync } from 'node:fs'

/** Of LMDB's first page: a header of 24 octets, then this number (lmdb.h, MDB_MAGIC), here in the order of this machine. */
const MAGIC_AT = 24
const MAGIC = 0xbeefc0de
/** Two pages of 4096 hold the beginning of every file. */
const LEAST_OCTETS = 8_192

/** True when the file was no ledger, and stands beside its place now. */
export function setAsideIfDamaged(path: string): boolean {
  const octets = statSync(path, { throwIfNoEntry: false })?.size
  if (octets === undefined || (octets >= LEAST_OCTETS && beginsLikeLmdb(path))) return false
  renameSync(path, `${path}.damaged`)
  return true
}

function beginsLikeLmdb(path: string): boolean {
  const file = openSync(path, 'r')
  try {
    const head = Buffer.alloc(MAGIC_AT + 4)
    readSync(file, head, 0, head.length, 0)
    return head.readUInt32LE(MAGIC_AT) === MAGIC
  } finally {
    closeSync(file)
  }
}

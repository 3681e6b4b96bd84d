// Chance from the operating system: jitter that two gateways started at once do not share.
import { randomBytes } from 'node:crypto'
import type { Random } from '../../core/base/random.ts'

/** Numbers are drawn in blocks, because one system call a number would cost more than what it is used for. */
const BLOCK = 1024

export function systemRandom(): Random {
  let block = new Uint32Array(0)
  let at = 0
  return {
    next: () => {
      if (at === block.length) {
        block = new Uint32Array(new Uint8Array(randomBytes(BLOCK * 4)).buffer)
        at = 0
      }
      return block[at++]! / 0x1_0000_0000
    },
  }
}

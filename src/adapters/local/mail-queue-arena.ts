// One buffer that grows and is used again for every commit, so that writing a mail allocates nothing.

const INITIAL_BYTES = 64 * 1024
/** What a rare large commit made it grow to is given back after that commit. */
const KEPT_BYTES = 2 * 1024 * 1024

export class Arena {
  buffer: Buffer = Buffer.allocUnsafeSlow(INITIAL_BYTES)
  length = 0

  /** Makes sure that `bytes` more fit. The buffer may be another one afterwards. */
  reserve(bytes: number): void {
    const needed = this.length + bytes
    if (needed <= this.buffer.length) return
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.buffer.length))
    this.buffer.copy(grown, 0, 0, this.length)
    this.buffer = grown
  }

  append(bytes: Uint8Array): void {
    this.reserve(bytes.length)
    this.buffer.set(bytes, this.length)
    this.length += bytes.length
  }

  clear(): void {
    this.length = 0
    if (this.buffer.length > KEPT_BYTES) this.buffer = Buffer.allocUnsafeSlow(INITIAL_BYTES)
  }
}

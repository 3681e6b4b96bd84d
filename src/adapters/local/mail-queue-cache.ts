// Contents of fresh mails, so that a gateway that keeps up reads nothing back. Bounded in octets and in number; the oldest
// go first, because a mail that has waited long stands behind a route in trouble and must not push out the other route's.
import type { NewMail } from '../../core/mail/mail.ts'

/** A power of two. At 64 MiB it is the number that counts only for mails under a kilobyte. */
const ENTRIES = 1 << 16
/** What a cached mail costs beside its content: objects, strings and array. */
const OVERHEAD_BYTES = 1_024

export class ContentCache {
  private readonly limitBytes: number
  private readonly mails: (NewMail | undefined)[] = []
  private readonly references = new Uint32Array(ENTRIES)
  /** Parts that may still ask for it. */
  private readonly users = new Uint16Array(ENTRIES)
  private oldest = 0
  private count = 0
  private bytes = 0
  private lastReference = 0

  constructor(limitBytes: number) {
    this.limitBytes = limitBytes
  }

  /** Keeps a mail for `users` parts; answers with its reference, or 0 when it is not kept. */
  add(mail: NewMail, users: number): number {
    const cost = mail.content.wireSize + OVERHEAD_BYTES
    if (cost > this.limitBytes || users === 0) return 0
    while (this.bytes + cost > this.limitBytes || this.count === ENTRIES) this.dropOldest()
    const position = (this.oldest + this.count) % ENTRIES
    this.lastReference = (this.lastReference + 1) >>> 0 || 1
    this.mails[position] = mail
    this.references[position] = this.lastReference
    this.users[position] = users
    this.count += 1
    this.bytes += cost
    return this.lastReference
  }

  get(reference: number): NewMail | undefined {
    const position = this.positionOf(reference)
    return position < 0 ? undefined : this.mails[position]
  }

  /** One part will not ask again. */
  drop(reference: number): void {
    const position = this.positionOf(reference)
    if (position < 0 || this.mails[position] === undefined) return
    this.users[position]! -= 1
    if (this.users[position] === 0) this.forget(position)
    while (this.count > 0 && this.mails[this.oldest] === undefined) this.advance()
  }

  private positionOf(reference: number): number {
    // References count up with positions, so the distance from the newest says where an entry stands.
    const age = (this.lastReference - reference) >>> 0
    if (reference === 0 || age >= this.count) return -1
    const position = (this.oldest + this.count - 1 - age) % ENTRIES
    return this.references[position] === reference ? position : -1
  }

  private dropOldest(): void {
    this.forget(this.oldest)
    this.advance()
  }

  private forget(position: number): void {
    const mail = this.mails[position]
    if (mail !== undefined) this.bytes -= mail.content.wireSize + OVERHEAD_BYTES
    this.mails[position] = undefined
  }

  private advance(): void {
    this.oldest = (this.oldest + 1) % ENTRIES
    this.count -= 1
  }
}

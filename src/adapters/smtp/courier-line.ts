// The mails that wait for a connection, first come first served; those that come back from a lost one go before all.
import type { Job } from './client-transaction.ts'

/** The line is packed when so many places at its head are empty. */
const EMPTY_MAX = 1024

export class MailLine {
  #again: Job[] = []
  #jobs: (Job | undefined)[] = []
  #head = 0

  get length(): number {
    return this.#again.length + this.#jobs.length - this.#head
  }

  add(job: Job): void {
    this.#jobs.push(job)
  }

  addFirst(job: Job): void {
    this.#again.push(job)
  }

  /** The first that came back and fits, or else the first of the others. */
  take(fits: (job: Job) => boolean): Job | undefined {
    if (this.#again.length > 0) {
      const at = this.#again.findIndex(fits)
      if (at >= 0) return this.#again.splice(at, 1)[0]
    }
    const job = this.#jobs[this.#head]
    if (!job) return undefined
    this.#jobs[this.#head] = undefined
    this.#head += 1
    if (this.#head === this.#jobs.length || this.#head > EMPTY_MAX) {
      this.#jobs.splice(0, this.#head)
      this.#head = 0
    }
    return job
  }

  /** No fresh connection can be had: any will do. */
  relax(): void {
    for (const job of this.#again) job.failedOn = undefined
  }

  takeAll(): Job[] {
    const all = [...this.#again, ...this.#jobs.slice(this.#head)].filter((job) => job !== undefined)
    this.#again = []
    this.#jobs = []
    this.#head = 0
    return all
  }
}

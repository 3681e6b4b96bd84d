// What LMDB writes when the disk is full: the commit rejects for who waits for it, and for nobody else. The library also rejects
// a promise that hangs on its error and that nobody was given; unheard, it would end the whole program.
import type { RootDatabase } from 'lmdb'
import { describeError } from '../../core/watch/describe-error.ts'

/** Resolves with the result of a write; rejects with one error that says why. */
export async function committed<T>(write: Promise<T>): Promise<T> {
  try {
    return await write
  } catch (error) {
    throw new Error(`LMDB could not write: ${await causeOf(error)}`, { cause: error })
  }
}

/** The reason lies in a promise of its own: `Input/output error`, `No space left on device`. */
async function causeOf(error: unknown): Promise<string> {
  const { commitError } = error as { readonly commitError?: Promise<never> }
  if (commitError === undefined) return String(describeError(error)['message'])
  return commitError.then(
    () => 'unknown',
    (cause: unknown) => String(describeError(cause)['message']),
  )
}

/**
 * Without the batches of the library, which promise to nobody what they commit: one that fails would end the program. Who writes
 * here gathers what belongs together in a transaction of its own.
 */
export const OWN_BATCHES = { eventTurnBatching: false } as const

/**
 * Writes one after another, each on disk when it resolves. Not two at once: the library never answers for the flush of a write
 * that another one, which failed, came in between.
 */
export function durableWrites(root: RootDatabase): <T>(write: () => T) => Promise<T> {
  let turn: Promise<unknown> = Promise.resolve()
  return (write) => {
    const done = turn.then(async () => {
      const result = await committed(root.transaction(write))
      await root.flushed
      return result
    })
    turn = done.catch(() => {})
    return done
  }
}

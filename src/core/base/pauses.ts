// Long work that lets others in between: it yields where it may pause, and whoever drives it decides whether it does.

export type Pausing<T> = Generator<undefined, T, undefined>

/** Without a pause. */
export function atOnce<T>(work: Pausing<T>): T {
  for (;;) {
    const { done, value } = work.next()
    if (done === true) return value
  }
}

/** `breathe` resolves when it may go on. */
export async function gently<T>(work: Pausing<T>, breathe: () => Promise<void>): Promise<T> {
  for (;;) {
    const { done, value } = work.next()
    if (done === true) return value
    await breathe()
  }
}

// How a command ends: exit codes of sysexits.h, as Postfix and its scripts use them, and errors that say what, where and
// how to mend it.

export const EXIT = {
  ok: 0,
  /** Nothing found, or nothing in a state that allows the order. */
  nothing: 1,
  /** `check` found warnings, and no error. */
  warnings: 2,
  /** `check` found errors. */
  errors: 3,
  /** EX_USAGE */
  usage: 64,
  /** EX_DATAERR: the plan or a data file is wrong. */
  data: 65,
  /** EX_UNAVAILABLE: no gateway runs on this data folder. */
  unavailable: 69,
  /** EX_SOFTWARE: a fault of Watari. */
  internal: 70,
  /** EX_CANTCREAT: a file, folder, port or socket could not be made. */
  cannotCreate: 73,
  /** EX_TEMPFAIL: ask again. */
  tryAgain: 75,
  /** EX_NOPERM: a rule forbids it. */
  forbidden: 77,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

export class CommandError extends Error {
  override readonly name = 'CommandError'
  readonly exitCode: ExitCode
  /** A stable word for programs. */
  readonly reason: string
  /** How to mend it: a sentence. */
  readonly mend: string

  constructor(exitCode: ExitCode, reason: string, message: string, mend = '') {
    super(message)
    this.exitCode = exitCode
    this.reason = reason
    this.mend = mend
  }
}

/** Ends a command that has said all there is to say. */
export class CommandEnd extends Error {
  override readonly name = 'CommandEnd'
  readonly exitCode: ExitCode

  constructor(exitCode: ExitCode) {
    super(`ends with ${exitCode}`)
    this.exitCode = exitCode
  }
}

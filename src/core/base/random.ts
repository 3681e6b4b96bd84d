// Chance as an input, so that a seed replays a failure.

export interface Random {
  /** A number in [0, 1). */
  next(): number
}

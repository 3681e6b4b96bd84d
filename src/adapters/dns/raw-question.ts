// The question of a query as its octets, because an answer repeats it exactly, and as a name that no other name looks like.

const HEADER_OCTETS = 12
const QUESTION_TAIL_OCTETS = 4
const LABEL_OCTETS_MAX = 63
const NAME_OCTETS_MAX = 255

export interface RawQuestion {
  /** Lower case, '' for the root. A dot within a label is written as \046, so that no other name looks the same. */
  readonly name: string
  readonly type: number
  readonly class: number
  /** The section as it came, to be repeated. */
  readonly octets: Buffer
}

/** Undefined unless there is exactly one question, whole and without compression, as every asker writes it. */
export function readQuestion(query: Buffer): RawQuestion | undefined {
  if (query.length < HEADER_OCTETS || query.readUInt16BE(4) !== 1) return undefined
  const labels: string[] = []
  let at = HEADER_OCTETS
  for (let length = query[at]; length !== 0; length = query[at]) {
    if (length === undefined || length > LABEL_OCTETS_MAX || at + 1 + length - HEADER_OCTETS >= NAME_OCTETS_MAX) {
      return undefined
    }
    labels.push(query.toString('latin1', at + 1, at + 1 + length))
    at += 1 + length
  }
  const end = at + 1 + QUESTION_TAIL_OCTETS
  if (query.length < end) return undefined
  const name = labels.map(escaped).join('.').toLowerCase()
  return {
    name,
    type: query.readUInt16BE(at + 1),
    class: query.readUInt16BE(at + 3),
    octets: query.subarray(HEADER_OCTETS, end),
  }
}

function escaped(label: string): string {
  return label.replaceAll(/[.\\]/g, (char) => `\\${String(char.charCodeAt(0)).padStart(3, '0')}`)
}

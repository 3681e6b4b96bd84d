// A DNS record that Watari wants, beside what is there today: the request pack, the checks and the commands speak of these.

export type RecordPurpose = 'dkimKey' | 'dkimAlias' | 'dkimRevocation' | 'mailFromMx' | 'mailFromSpf' | 'spf' | 'dmarc'

/** add: nothing is there; change: something else is there; remove: it is there and must go; keep: it is right, and must stay. */
export type RecordAction = 'add' | 'change' | 'remove' | 'keep'

export interface WantedRecord {
  /** Absolute, lower case, without the final dot. */
  readonly name: string
  readonly type: 'TXT' | 'CNAME' | 'MX'
  /** The whole value, joined. A CNAME's target and an MX's exchanger without the final dot; an MX as '10 host'. */
  readonly value: string
  readonly ttlSeconds: number
  readonly purpose: RecordPurpose
  readonly action: RecordAction
  /** What DNS says today, as values; empty when nothing is there, undefined when DNS did not say. */
  readonly today: readonly string[] | undefined
  /** What is wrong with what is there, as a stable word: 'zoneAppended', 'otherKey', 'twoRecords' … */
  readonly fault?: string
  /** For keys. */
  readonly selector?: string
}

/** The same record keeps the same word, whatever is in DNS. */
export function recordKey({ name, type, value, purpose }: WantedRecord): string {
  return `${purpose} ${name} ${type} ${value}`
}

export function counted(records: number): string {
  return records === 1 ? '1 record' : `${records} records`
}

// The octets of the ledger. A day of five million mails is five million rows, so keys are packed: SES's id of 60 characters
// takes 28 octets, a pseudonym 8. Facts are one letter and the instant in base 36.
import { FACTS, type FactName, type Facts } from '../../core/feedback/recipient-state.ts'

/** Never changed, only added to: these letters are on disk. */
const LETTERS: Readonly<Record<FactName, string>> = {
  sent: 's',
  delayed: 'y',
  delivered: 'd',
  quietBounce: 'q',
  softBounce: 'o',
  hardBounce: 'h',
  possibleComplaint: 'p',
  complaint: 'c',
  onAccountList: 'a',
  onGlobalList: 'g',
  refused: 'r',
  notSpam: 'n',
}
const NAMES = new Map(FACTS.map((name) => [LETTERS[name], name]))

/** `s:mhz1abcd d:mhz1abce`: readable, and short enough. */
export function factsText(facts: Facts): string {
  return FACTS.flatMap((name) => {
    const at = facts[name]
    return at === undefined ? [] : [`${LETTERS[name]}:${at.toString(36)}`]
  }).join(' ')
}

/** Undefined for what was not written here; a guess would count a mail twice. */
export function factsFrom(text: string): Facts | undefined {
  const facts: Partial<Record<FactName, number>> = {}
  for (const item of text.split(' ')) {
    const name = NAMES.get(item.slice(0, 1))
    const at = Number.parseInt(item.slice(2), 36)
    if (name === undefined || item[1] !== ':' || !Number.isSafeInteger(at)) return undefined
    facts[name] = at
  }
  return facts
}

export const PSEUDONYM_OCTETS = 8
const PACKED = 1
const PLAIN = 0

// 0106018f3a5d0c11-11111111-2222-3333-4444-555555555555-000000
const SES_ID = /^[0-9a-f]{16}-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}-[0-9]{6}$/
const CUTS = [16, 24, 28, 32, 36, 48]

/** Begins with its form and, when that is plain, its length, so that no id is the beginning of another. */
export function packedId(sesMessageId: string): Buffer {
  if (SES_ID.test(sesMessageId)) return Buffer.from(`01${sesMessageId.replaceAll('-', '')}`, 'hex')
  const octets = Buffer.from(sesMessageId)
  return Buffer.concat([Buffer.from([PLAIN, octets.length]), octets])
}

export function idFrom(packed: Buffer): string {
  if (packed[0] !== PACKED) return packed.subarray(2).toString('utf8')
  const hex = packed.subarray(1).toString('hex')
  return [0, ...CUTS].map((from, i) => hex.slice(from, CUTS[i])).join('-')
}

/** Mail and part in front of the id; the id tells attempts of one part apart. */
export function partPrefix(mailId: string, part?: number): Buffer {
  const head = Buffer.from(`${mailId}\0`)
  if (part === undefined) return head
  const number = Buffer.alloc(4)
  number.writeUInt32BE(part)
  return Buffer.concat([head, number])
}

export const PART_OCTETS = 4

/** The first key behind all that begin with this. */
export function behind(prefix: Buffer): Buffer {
  return Buffer.concat([prefix, Buffer.alloc(64, 0xff)])
}

// What a receiver's answer means: first its own words (reply-table.ts), then its enhanced code (RFC 3463).
// What neither tells stays unknown: nobody is struck off a list on a guess.
import { domainOf, isUnder } from '../mail/address.ts'
import { REPLY_ROWS, type HardReason, type Meaning, type SoftReason } from './reply-table.ts'

export interface ReceiverAnswer {
  /** Whom it was about; some words mean something only at one carrier. */
  readonly address: string
  /** RFC 3464 2.3.6 with or without its type: 'smtp; 550 5.1.1 user unknown'. */
  readonly diagnosticCode?: string
  /** RFC 3463, as reported beside it. The code inside the words is the receiver's own and comes first. */
  readonly status?: string
}

/** Patterns run over no more than this of a stranger's text. */
const TEXT_MAX = 512

/** Never throws; an answer that cannot be read is unknown. */
export function classify({ address, diagnosticCode, status }: ReceiverAnswer): Meaning {
  const text = replyText(diagnosticCode ?? '')
  const domain = domainOf(address)
  const row = REPLY_ROWS.find(({ at, says }) => {
    return (at === undefined || at.some((parent) => isUnder(domain, parent))) && says.test(text)
  })
  if (row !== undefined) return row.means
  return byCode(enhancedIn(text) ?? status ?? '')
}

/** The words behind 'smtp;', one line: several lines of one reply come joined or with their code repeated. */
export function replyText(diagnosticCode: string): string {
  return diagnosticCode
    .slice(0, TEXT_MAX)
    .replace(/^\s*[\w-]+\s*;\s*/, '')
    .replaceAll(/\s+/g, ' ')
    .replace(/^(\d{3})-/, '$1 ')
    .trim()
}

/** The enhanced code that stands behind the reply code (RFC 2034 4); a number further on may be anything. */
export function enhancedIn(text: string): string | undefined {
  return /^\d{3}[ -]#?([245]\.\d{1,3}\.\d{1,3})(?!\.?\d)/.exec(text)?.[1]
}

// RFC 3463 3 and the codes registered since (https://www.iana.org/assignments/smtp-enhanced-status-codes).
// Only a class 5 speaks of an address for good: 4.1.1 is a look-up that failed, not a user who is gone.
const HARD: Readonly<Record<string, HardReason>> = {
  '5.1.1': 'noSuchUser',
  '5.1.3': 'noSuchUser',
  '5.1.6': 'noSuchUser',
  '5.1.2': 'noSuchDomain',
  '5.1.10': 'noSuchDomain',
  '5.4.4': 'noSuchDomain',
  '5.2.1': 'inactive',
  '5.7.13': 'inactive',
}
/** By subject and detail, whatever the class. */
const SOFT: Readonly<Record<string, SoftReason>> = {
  '2.2': 'mailboxFull',
  '3.1': 'mailboxFull',
  '2.3': 'tooLarge',
  '3.4': 'tooLarge',
  '3.2': 'throttled',
  '4.5': 'throttled',
  '5.3': 'throttled',
  '4.1': 'unreachable',
  '4.2': 'unreachable',
  '4.7': 'expired',
  '7.20': 'reputation',
  '7.23': 'reputation',
  '7.25': 'reputation',
  '7.26': 'reputation',
}

function byCode(code: string): Meaning {
  const [, level, subject, detail] = /^([45])\.(\d{1,3})\.(\d{1,3})$/.exec(code) ?? []
  if (level === undefined || subject === undefined) return { kind: 'unknown' }
  const gone = Object.hasOwn(HARD, code) ? HARD[code] : undefined
  if (gone !== undefined) return { kind: 'hard', reason: gone }
  const key = `${subject}.${detail}`
  const passing = Object.hasOwn(SOFT, key) ? SOFT[key] : undefined
  if (passing !== undefined) return { kind: 'soft', reason: passing }
  // 5.6.x: message content or media.
  return subject === '6' ? { kind: 'soft', reason: 'contentRefused' } : { kind: 'unknown' }
}

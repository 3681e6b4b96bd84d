// What becomes of each recipient after SES has taken the mail: the mailbox simulator, the suppression list,
// rules set by a knob, and labels in the address. Decided per recipient, so an event names only those it concerns.
import { localPartOf } from './addresses.ts'
import { isSimulator } from './send-checks.ts'
import type { Account, ConfigurationSet } from './state.ts'
import type { SuppressedDestination } from './suppression.ts'

export interface Bounce {
  readonly type: 'Permanent' | 'Transient' | 'Undetermined'
  readonly subType: string
  /** RFC 3463, with the diagnostic text; left out when the receiver sent no DSN, as for the suppression list. */
  readonly status?: string
  readonly diagnostic?: string
}

export type Fate =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'bounced'; readonly bounce: Bounce }
  /** Delivered, and then a complaint. */
  | { readonly kind: 'complained'; readonly feedbackType: string }
  /** The account's list: nothing is delivered, the event says the reason that is stored. */
  | { readonly kind: 'suppressed'; readonly entry: SuppressedDestination }
  /** A delay event first, then delivered, or bounced when `bounce` is given. */
  | { readonly kind: 'delayed'; readonly delayType: string; readonly bounce?: Bounce }
  /** Delivered, and then a bounce for the same mail: an auto-reply or a late DSN (AWS guide: this is normal). */
  | { readonly kind: 'deliveredThenBounced'; readonly bounce: Bounce }
  | { readonly kind: 'rejected' }
  | { readonly kind: 'renderingFailed' }
  /** Taken, and never heard of again. */
  | { readonly kind: 'silent' }

export const HARD_BOUNCE: Bounce = {
  type: 'Permanent',
  subType: 'General',
  status: '5.1.1',
  diagnostic: 'smtp; 550 5.1.1 user unknown',
}
const SOFT_BOUNCE: Bounce = {
  type: 'Transient',
  subType: 'MailboxFull',
  status: '4.2.2',
  diagnostic: 'smtp; 452 4.2.2 mailbox full',
}
const GLOBALLY_SUPPRESSED: Bounce = {
  type: 'Permanent',
  subType: 'Suppressed',
  status: '5.1.1',
  diagnostic:
    'Amazon SES has suppressed sending to this address because it has a recent history of bouncing as an invalid address.',
}

/** Mailbox simulator (AWS guide, "send-an-email-from-console"). `ooto` sends its auto-reply by mail, not as an event. */
const SIMULATOR: Readonly<Record<string, Fate>> = {
  success: { kind: 'delivered' },
  ooto: { kind: 'delivered' },
  bounce: { kind: 'bounced', bounce: HARD_BOUNCE },
  complaint: { kind: 'complained', feedbackType: 'abuse' },
  suppressionlist: { kind: 'bounced', bounce: GLOBALLY_SUPPRESSED },
}

/** `+standin-NAME` in a local part, when the setting `magicAddresses` is on. */
const MAGIC: Readonly<Record<string, Fate>> = {
  bounce: { kind: 'bounced', bounce: HARD_BOUNCE },
  soft: { kind: 'bounced', bounce: SOFT_BOUNCE },
  complaint: { kind: 'complained', feedbackType: 'abuse' },
  suppressed: { kind: 'bounced', bounce: GLOBALLY_SUPPRESSED },
  delayed: { kind: 'delayed', delayType: 'TransientCommunicationFailure' },
  'delayed-bounce': { kind: 'delayed', delayType: 'MailboxFull', bounce: SOFT_BOUNCE },
  'late-bounce': { kind: 'deliveredThenBounced', bounce: HARD_BOUNCE },
  reject: { kind: 'rejected' },
  'rendering-failure': { kind: 'renderingFailed' },
  silent: { kind: 'silent' },
}

export interface FateRule {
  /** An address, or `@domain`; compared without case. */
  readonly recipient: string
  readonly fate: Fate
}

export interface FateBook {
  /** Later rules win. */
  add(rule: FateRule): void
  clear(): void
  of(account: Account, recipient: string, configurationSet: ConfigurationSet | undefined): Fate
}

/** Rules are looked up by address and by domain, so a rehearsal may have one for each recipient. */
export function createFateBook(): FateBook {
  const rules = new Map<string, Fate>()
  return {
    add: ({ recipient, fate }) => void rules.set(recipient.toLowerCase(), fate),
    clear: () => rules.clear(),
    of(account, recipient, configurationSet) {
      if (isSimulator(recipient)) return simulatorFate(recipient)
      // An unset override asks the account; an empty one suppresses nothing (AWS guide, "...-config-level").
      const reasons = configurationSet?.suppressedReasons ?? account.suppressedReasons
      const entry = account.suppression.match(recipient, reasons)
      if (entry) return { kind: 'suppressed', entry }
      const address = recipient.toLowerCase()
      const magic = account.settings.magicAddresses ? MAGIC[magicName(recipient) ?? ''] : undefined
      return magic ?? rules.get(address) ?? rules.get(address.slice(address.lastIndexOf('@'))) ?? { kind: 'delivered' }
    },
  }
}

function simulatorFate(recipient: string): Fate {
  const name = localPartOf(recipient).toLowerCase().replace(/\+.*$/, '')
  // A name that the simulator does not have: no such mailbox.
  return SIMULATOR[name] ?? { kind: 'bounced', bounce: HARD_BOUNCE }
}

/** `NAME` of `+standin-NAME`, if any. */
export function magicName(recipient: string): string | undefined {
  return /\+standin-([a-z0-9-]+)$/i.exec(localPartOf(recipient))?.[1]?.toLowerCase()
}

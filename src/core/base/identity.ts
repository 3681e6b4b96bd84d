// What SES knows of one identity, as values: the shift asks whether mail would be aligned, the life of a key asks what signs.

/** What SES knows of one identity, in its own status words: only 'SUCCESS' ever means ready. */
export interface IdentityFacts {
  /** The domain, lower case. */
  readonly identity: string
  readonly verifiedForSending: boolean
  readonly dkim: {
    readonly signingEnabled: boolean
    /** PENDING, SUCCESS, FAILED, TEMPORARY_FAILURE or NOT_STARTED; a word of tomorrow is kept as it is. */
    readonly status: string
    /** EXTERNAL for a key of our own, AWS_SES for Easy DKIM. */
    readonly origin: string
    /** For a key of our own its selector, or nothing: AWS documents both. For Easy DKIM three names. */
    readonly tokens?: readonly string[]
    /** VerificationInfo.ErrorType: why SES did not find the record, in its own word. */
    readonly error?: string
  }
  /** Undefined while the identity has no MAIL FROM domain of its own. */
  readonly mailFrom?: {
    readonly domain: string
    /** PENDING, SUCCESS, FAILED or TEMPORARY_FAILURE. */
    readonly status: string
    /** USE_DEFAULT_VALUE or REJECT_MESSAGE: what SES does while the status is anything but SUCCESS. */
    readonly behaviour: string
  }
}

/** SES as the keeper of identities. */
export interface SesIdentity {
  /** Undefined when SES has no such identity; rejects when SES cannot be asked. */
  facts(domain: string): Promise<IdentityFacts | undefined>
}

/** The one word of SES that means ready. */
export const READY = 'SUCCESS'

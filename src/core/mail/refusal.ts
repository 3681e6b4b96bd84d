// Why the gateway says no to a client, in words. Only adapters/smtp/replies.ts turns them into SMTP codes.

/** Transient reasons: the client keeps the mail and tries again. */
export type TransientRefusal =
  | 'queueFull' // a limit on disk, queue age or memory is reached (M11)
  | 'storageFailed' // the mail could not be made durable
  | 'tooManyRecipients' // more than one transaction may hold; the client sends the rest in another
  | 'tooManySessions'
  | 'stopping' // the gateway is shutting down

/** Permanent reasons: the client must change something. */
export type PermanentRefusal =
  | 'authenticationRequired'
  | 'clientNotAllowed'
  | 'senderNotAllowed' // this client may not send for that domain
  | 'senderSyntax'
  | 'recipientSyntax'
  | 'recipientDotAddress' // a..b@, a.@, .a@ at a domain where such addresses are not in use
  | 'nonAsciiLocalPart' // needs SMTPUTF8, which no route can carry
  | 'tooBig'
  | 'bareLineEnding' // CR or LF alone in the content
  | 'headerMalformed'
  | 'headerAmbiguous' // two Content-Type headers: what is shown depends on who reads
  | 'loop' // more Received headers than any honest path

export interface Refusal {
  readonly kind: 'refused'
  readonly reason: TransientRefusal | PermanentRefusal
  /** For the client's log: what is wrong and how to mend it. One line, ASCII, no address of a person. */
  readonly message: string
}

export function refuse(reason: Refusal['reason'], message: string): Refusal {
  return { kind: 'refused', reason, message }
}

// Every switch of the stand-in in one place. The defaults are the real service at its strictest reading;
// docs/stand-in.md says for each where its words come from.

export interface Settings {
  /** `accept` takes any SigV4 header of a known or unknown key without checking the signature. */
  signatures: 'verify' | 'accept'
  /** In the sandbox recipients must be verified too (facts of the service: 200 a day, 1 a second are set apart). */
  sandbox: boolean
  /** Recipients a second. */
  maxSendRate: number
  /** Credit that can be saved up, in seconds of the rate. AWS does not publish it. */
  burstSeconds: number
  /** Recipients in any 24 hours; -1 is no limit, as GetAccount says it. */
  max24HourSend: number
  /** Calls a second for everything but SendEmail; 0 switches the limit off. */
  controlCallsPerSecond: number
  /** Control calls that may come at once. AWS does not publish it. */
  controlCallsBurst: number
  /** Which of the two documented names a throttled SendEmail has. */
  throttlingName: 'TooManyRequestsException' | 'ThrottlingException'
  /** Unquoted dot-dot, leading or trailing dot in a local part. */
  dotAddresses: 'refuse' | 'accept'
  nullSender: 'refuse' | 'accept'
  /** Where the 51st recipient is refused over SMTP. */
  recipientLimitAt: 'content' | 'recipient'
  /** What is signed while a new BYODKIM key waits for its record. */
  dkimGap: 'unsigned' | 'oldKey'
  /** Whether the check of a BYODKIM record follows a CNAME. */
  byodkimCname: 'follow' | 'refuse'
  duplicateHeaders: 'refuse' | 'accept'
  /** Lines over 1,000 octets with their CRLF. */
  longLines: 'refuse' | 'accept'
  /** CR or LF alone in what comes over SMTP. */
  bareLineEnds: 'refuse' | 'accept'
  /** Recipients over which bounce and complaint rates are judged; 0 switches review off. */
  reviewVolume: number
  /** Whether rates of 10 % and 0.5 % stop the sending. */
  reviewPauses: boolean
  /** Recipients with `+standin-…` in the local part cause faults and fates. */
  magicAddresses: boolean
  /** 421 to the next MAIL after so many mails of one connection; 0 is never. */
  mailsPerConnection: number
  maxConnections: number
  /** Machine time: an idle SMTP connection is closed after it. */
  smtpIdleMs: number
  /** How SNS messages are signed: SHA1 by default, SHA256 when the topic says so. */
  snsSignatureVersion: '1' | '2'
  /** From a call that starts verification to the first look at DNS. */
  verifyAfterMs: number
  /** From one look at DNS to the next once the status is SUCCESS. */
  recheckMs: number
  /** From the acceptance to the delivery, bounce or reject event. */
  deliveryMs: number
  /** From the delivery to the complaint event. */
  complaintMs: number
}

export const DEFAULT_SETTINGS: Readonly<Settings> = {
  signatures: 'verify',
  sandbox: false,
  maxSendRate: 200,
  burstSeconds: 1,
  max24HourSend: 10_000_000,
  controlCallsPerSecond: 1,
  controlCallsBurst: 10,
  throttlingName: 'TooManyRequestsException',
  snsSignatureVersion: '1',
  dotAddresses: 'refuse',
  nullSender: 'refuse',
  recipientLimitAt: 'content',
  dkimGap: 'unsigned',
  byodkimCname: 'follow',
  duplicateHeaders: 'refuse',
  longLines: 'refuse',
  bareLineEnds: 'refuse',
  reviewVolume: 10_000,
  reviewPauses: true,
  magicAddresses: true,
  mailsPerConnection: 0,
  maxConnections: 500,
  smtpIdleMs: 10_000,
  verifyAfterMs: 200,
  recheckMs: 3_600_000,
  deliveryMs: 50,
  complaintMs: 1_000,
}

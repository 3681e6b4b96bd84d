// Canaries: words that nobody else would write, planted wherever somebody's address, words or credentials pass through a gateway.
import { connect } from 'node:net'

export const CANARY_SENDER = 'vrp-sendercanary@goo.ne.jp'
export const CANARY_RECIPIENT = 'abc-recipientcanary@example.net'

/** Three letters of a local part may be shown; these begin after them. */
export const CANARIES = [
  'recipientcanary',
  'sendercanary',
  'headercanary',
  'subjectcanary',
  'bodycanary',
  'diagnosticcanary',
  'responsecanary',
  'agentcanary',
  'unknowncanary',
  'unreadablecanary',
  'reportercanary',
  'logincanary',
  'passwordcanary',
  'keyidcanary',
  'secretcanary',
  'tokencanary',
  'hookcanary',
  'syntaxcanary',
  'atlesscanary',
] as const

export const CANARY_VARIABLES = {
  AWS_ACCESS_KEY_ID: 'AKIAkeyidcanary12345',
  AWS_SECRET_ACCESS_KEY: 'secretcanary/K7MDENG+bPxRfiCYEXAMPLE',
  AWS_SESSION_TOKEN: 'IQoJb3JpZ2luX2VjEsecretcanaryAAAA',
  WATARI_EVENT_TOKEN: 'tokencanary-0123456789',
  WATARI_SLACK_WEBHOOK: 'http://127.0.0.1:9/services/T000/B000/hookcanary',
  WATARI_SES_SMTP_USER: 'AKIAkeyidcanary12345',
  WATARI_SES_SMTP_PASSWORD: 'BEBMsecretcanaryWbOlpfHSCPAV60ZayJ9ZqHS5c',
}

/** Log-ins that fail, and commands that are none. */
export function canaryLogins(smtp: string): Promise<unknown> {
  const base64 = (text: string) => Buffer.from(text, 'latin1').toString('base64')
  const login = base64('\0logincanary\0passwordcanary')
  return Promise.all([
    speak(smtp, ['EHLO a.example', `AUTH PLAIN ${login}`, 'QUIT']),
    speak(smtp, ['EHLO a.example', 'AUTH LOGIN', base64('logincanary'), base64('passwordcanary'), 'QUIT']),
    speak(smtp, ['EHLO syntaxcanary', 'XSYNTAXCANARY passwordcanary', 'QUIT']),
    speak(smtp, ['EHLO a.example', 'MAIL FROM:<a@syntaxcanary@goo.ne.jp', 'MAIL FROM:syntaxcanary', 'QUIT']),
    speak(smtp, [
      'EHLO a.example',
      `MAIL FROM:<${CANARY_SENDER}>`,
      'RCPT TO:<(syntaxcanary)@x>',
      'RCPT TO:<x@',
      'QUIT',
    ]),
  ])
}

/** Says each line when the one before was answered; what is answered is thrown away. */
async function speak(address: string, lines: readonly string[]): Promise<void> {
  const [host, port] = address.split(':')
  const socket = connect(Number(port), host)
  const left = [...lines]
  await new Promise<void>((resolve) => {
    socket.on('data', () => {
      const line = left.shift()
      if (line === undefined) socket.end()
      else socket.write(`${line}\r\n`)
    })
    socket.once('close', () => resolve())
    socket.once('error', () => resolve())
  })
}

/** Events of SES and what is none, with somebody in every field. */
export function canaryEvents(): readonly unknown[] {
  const to = CANARY_RECIPIENT
  const timestamp = new Date().toISOString()
  const mail = {
    timestamp,
    messageId: '0106018f3a5d0c11-11111111-2222-3333-4444-555555555555-000000',
    source: CANARY_SENDER,
    destination: [to],
    headers: [{ name: 'Subject', value: 'subjectcanary' }],
    commonHeaders: { subject: 'subjectcanary', from: ['xyz-headercanary@goo.ne.jp'], to: [to] },
  }
  const diagnosticCode = 'smtp; 550 5.1.1 abc-recipientcanary <q-diagnosticcanary@example.net>: no'
  const recipient = { emailAddress: to, status: '5.1.1', diagnosticCode }
  const bounce = { timestamp, bounceType: 'Permanent', bounceSubType: 'General', bouncedRecipients: [recipient] }
  const atless = { ...recipient, emailAddress: 'atlesscanary' }
  const smtpResponse = '250 ok abc-recipientcanary q-responsecanary@example.net'
  const complaint = {
    timestamp,
    complainedRecipients: [{ emailAddress: to }],
    userAgent: 'agent of q-agentcanary@example.net',
    complaintFeedbackType: 'q-agentcanary@example.net',
  }
  const deliveryDelay = { timestamp, delayType: 'q-agentcanary@example.net', delayedRecipients: [recipient] }
  return [
    { eventType: 'Send', mail, send: {} },
    { eventType: 'Bounce', mail, bounce: { ...bounce, feedbackId: 'a', reportingMTA: 'dns; x-diagnosticcanary@mx' } },
    { eventType: 'Bounce', mail, bounce: { ...bounce, bounceSubType: 'q-diagnosticcanary@example.net' } },
    { eventType: 'Bounce', mail, bounce: { ...bounce, bouncedRecipients: [atless] } },
    { eventType: 'Delivery', mail, delivery: { timestamp, recipients: [to], smtpResponse } },
    { eventType: 'Complaint', mail, complaint },
    { eventType: 'Rendering Failure', mail, failure: { templateName: 'q-agentcanary@x', errorMessage: `for ${to}` } },
    { eventType: 'DeliveryDelay', mail, deliveryDelay },
    { eventType: 'q-unknowncanary@example.net', mail },
    { 'detail-type': 'q-unknowncanary@example.net', source: 'aws.ses', detail: {} },
    { eventType: 'Bounce', mail: { source: 'q-unreadablecanary@example.net' }, bounce },
    'Successfully validated the topic of q-unknowncanary@example.net',
    'unreadablecanary',
  ]
}

/** What a receiver says of its own, and of mail that SES sent. */
export const CANARY_DMARC_REPORT = `<?xml version="1.0"?>
<feedback><report_metadata><org_name>q-reportercanary@example.net</org_name><email>q-reportercanary@example.net</email>
<extra_contact_info>ask q-reportercanary@example.net</extra_contact_info><report_id>1</report_id>
<date_range><begin>${Math.floor(Date.now() / 1_000) - 86_400}</begin><end>${Math.floor(Date.now() / 1_000)}</end></date_range></report_metadata>
<policy_published><domain>goo.ne.jp</domain></policy_published><record><row><source_ip>54.240.8.1</source_ip><count>7</count></row>
<identifiers><header_from>goo.ne.jp</header_from></identifiers><auth_results><dkim><domain>goo.ne.jp</domain>
<selector>q-reportercanary@example.net</selector><result>pass</result></dkim></auth_results></record></feedback>`

// The words of the request in English.
import type { Words } from './request-words.ts'

export const ENGLISH: Words = {
  subject: (kind, { domain, due, id, reminder }) => {
    const what = {
      request: `DNS records for sending mail of ${domain}, please by ${due}`,
      reminder: `Reminder ${reminder}: DNS records for sending mail of ${domain}`,
      correction: `Correction: DNS records for sending mail of ${domain}`,
    }
    return `${what[kind]} [${id}]`
  },
  opening: (kind, { team, contact, domain, due, asked, count }) => {
    const greeting = [`Dear ${team},`, '', `this is ${contact}.`, '']
    const request = [
      `Mail of ${domain} is going to be sent by Amazon SES.`,
      `Please enter the ${count} DNS records below, by ${due} if you can.`,
    ]
    const reminder = [
      `On ${asked} we asked for DNS records, and ${count} of them are not seen on the`,
      'authoritative servers yet. Could you please tell us how far they are?',
      'If you have entered them in the meantime, please forget this message.',
    ]
    const correction = [
      'thank you for entering our records. Some of them differ from what was asked;',
      'please correct those below.',
    ]
    return [...greeting, ...{ request, reminder, correction }[kind]]
  },
  closing: [
    'If anything is unclear, please ask the contact above.',
    'You need not tell us when it is done: we watch the authoritative servers.',
    'Thank you for your help.',
  ],
  heading: (text) => `${text}\n${'-'.repeat(text.length)}`,
  headings: {
    work: 'Records to enter',
    why: 'What they are for',
    keep: 'Records to keep as they are',
    faults: 'What is wrong with what is there today',
    check: 'How to check',
    files: 'Attached files',
    facts: 'In short',
  },
  labels: {
    request: 'Request',
    due: 'Wanted by',
    latest: 'At the latest by (the present key ends)',
    contact: 'Contact',
    zone: 'Zone',
    action: 'Action',
    name: 'Name',
    type: 'Type',
    ttl: 'TTL',
    value: 'Value',
    today: 'Today',
    purpose: 'Purpose',
    nothingToday: 'nothing',
    relative: 'Name relative to the zone',
    absolute: 'Full name, with its final dot',
  },
  actions: { add: 'add', change: 'change', remove: 'remove', keep: 'keep' },
  purposes: {
    dkimKey: 'DKIM public key',
    dkimAlias: 'alias to a DKIM public key',
    dkimRevocation: 'revocation of a DKIM key',
    mailFromMx: 'MX of the MAIL FROM domain',
    mailFromSpf: 'SPF of the MAIL FROM domain',
    spf: 'SPF of the sending domain',
    dmarc: 'DMARC',
  },
  reasons: {
    dkimKey:
      'DKIM keys: receivers verify the signature of Amazon SES with them. There are three selectors, so that the next key is always published before it is needed and a change takes no waiting.',
    dkimAlias:
      'DKIM CNAMEs: the keys themselves lie in a zone of ours. Once these aliases are there, you will not be asked again when a key changes.',
    dkimRevocation:
      'Revocation: this key is not used any more. Please do not delete the record: replace its value by one with an empty "p=", which tells receivers that the key is revoked (RFC 6376 3.6.1).',
    mailFromMx:
      'MX of the MAIL FROM domain: Amazon SES uses this subdomain as envelope sender. It must have exactly one MX: with two, SES takes the set-up as failed. No other mail is sent or received there.',
    mailFromSpf: 'SPF of the MAIL FROM domain: SPF is evaluated on this name.',
    spf: 'SPF of the sending domain: the present mail servers go on sending during the migration.',
    dmarc:
      'DMARC: first "p=none", which only asks for reports. When the signatures have been seen to be good, we shall ask for "p=quarantine".',
  },
  faults: {
    zoneAppended: 'The zone was appended to a full name. Enter the relative name, or the full name with its final dot.',
    underscoreLost: 'The underscore of "_domainkey" is missing in the name.',
    zoneAppendedAndUnderscoreLost:
      'The zone was appended to a full name, and the underscore of "_domainkey" is missing.',
    domainkeyLost: 'The label "._domainkey" is missing in the name.',
    otherKey: 'Another key is published there. Please replace the value.',
    twoRecords: 'There are several TXT records at the name. Please keep one only.',
    cut: 'The value ends too early. A value over 255 characters is entered as several quoted strings of one record.',
    splitOverRecords: 'One value was entered as several TXT records. Enter it as several strings of one record.',
    shouldBeCname: 'The target of a CNAME was entered as TXT. The type should be CNAME.',
    tagTwice: 'A tag such as p= is in the value twice.',
    quotesInside: 'Quotation marks became a part of the value.',
    backslashInside: 'Backslashes became a part of the value.',
    wrongTag: 'A tag of the value (v=, k=, h=, s=) is not that of this key.',
    notAKey: 'What is there is no DKIM key.',
    aliasNotFollowed:
      'Amazon SES was seen not to follow the CNAME. Please remove it and enter the TXT record at the same name.',
    revoked: 'The key that is to be used is published as revoked (p= is empty).',
    twoMx: 'There is more than one MX. Please keep the one below only.',
    mxOfAnotherRegion: 'The MX is that of another AWS Region.',
    foreignMx: 'The MX is not one of Amazon SES.',
    twoSpfRecords: 'There are several SPF records (v=spf1). Please keep one: with several, all mail gets permerror.',
    oldHostsNotNamed: 'The addresses of the present mail servers are not in it directly (an include may cover them).',
    twoDmarcRecords: 'There are several DMARC records. Please keep one.',
    absent: 'A record that is in use is missing.',
  },
  notes: [
    'Please keep the SPF of the present mail servers as it is during the migration.',
    'include:amazonses.com is not needed in the SPF of the sending domain: SES uses that of the MAIL FROM domain only.',
    'Please add no spaces or line ends to a value. Where your tool adds quotation marks by itself, enter the value without them.',
  ],
  check: 'These commands show whether a record is there (all of them are in check.sh).',
  files: [
    'records.zone  lines to be put into a zone file',
    'records.csv   the list (UTF-8, opens in Excel)',
    'check.sh      commands to check',
  ],
  weekdays: ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'],
  date: ({ year, month, day, weekday }) =>
    `${weekday}, ${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`,
}

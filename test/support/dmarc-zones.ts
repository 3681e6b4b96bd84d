// Names with DMARC records (RFC 7489), and mails by what authenticated them: C35, where SPF and DKIM pass and DMARC does not.
export interface DmarcName {
  readonly name: string
  /** Texts at _dmarc. */
  readonly texts: readonly string[]
  /** Domains relative to the name: '' is the name itself. */
  readonly mails: readonly { readonly from: string; readonly dkim?: string; readonly mailFrom?: string }[]
}

/** The sender's own domain, its subdomains, and the MAIL FROM that SES takes by itself. */
const MAILS: DmarcName['mails'] = [
  { from: '', dkim: '', mailFrom: 'bounce' },
  { from: '', mailFrom: 'bounce' },
  { from: '', dkim: '' },
  { from: 'mail', dkim: '' },
  { from: '' },
]

const one = (name: string, text: string): DmarcName => ({ name, texts: [text], mails: MAILS })

/** No hyphens: authheaders does not read the domain of an address that has one. */
export const DMARC_NAMES: readonly DmarcName[] = [
  one('relaxed', 'v=DMARC1; p=quarantine'),
  one('relaxedsaid', 'v=DMARC1; p=quarantine; adkim=r; aspf=r'),
  one('strict', 'v=DMARC1; p=quarantine; adkim=s; aspf=s'),
  one('strictspf', 'v=DMARC1; p=reject; aspf=s'),
  one('strictdkim', 'v=DMARC1; p=none; adkim=s'),
  one('noblanks', 'v=DMARC1;p=none;aspf=s'),
  one('blanks', 'v = DMARC1 ; p = none ; aspf = s'),
  one('capitaltags', 'v=DMARC1; P=none; ASPF=s'),
  { name: 'twice', texts: ['v=DMARC1; p=none', 'v=DMARC1; p=reject'], mails: [{ from: '' }] },
  { name: 'none', texts: ['v=DMARC2; p=none'], mails: [{ from: '' }] },
]

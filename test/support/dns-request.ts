// Requests to the DNS team with everything in them, for tests and for the pictures in the documents. The keys are real
// ones, made for nobody.
import type { DnsRequest, Language, RequestKind } from '../../src/core/dkim/request.ts'
import type { WantedRecord } from '../../src/core/dkim/wanted-record.ts'

const MODULUS = [
  'MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA0kYENzZV3EMbyQJCddT4ACxWEQ9KVhdu+4dimwgiLjCio8x+GDTsHMVjX3657Z+fuY9AmRYSu0jgL2FjX/ruGqSTKOAqT5NLVUgRmKvtRApPzJrQH+CPi61jpSKAxflNRfzSo37km59xf86+k5TIdeS5xVXy7QBOiIycKRfZEHaXjUkOYafLx82rrGsxXeIgEMAxszpF+nRH82rSLIVZmopJ02BTqwTBOWcOd3vSND0hsbjI2Bq1oI4Xn+0/RucO6+E/K02uveV7XNkRa0P7/6bobQfqkud5ifNKw60c14MNs2voptLRHiOEDkih1bBz7dAmc5ArdllEdvD8JurWKQIDAQAB',
  'MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAw4DGkb6kIYqv7wej7JswuGaFUg166kW33F8Ln9eC+xas/kAYa4qmvRlKkXuNo+8pBTiiewlVdeWsY5+/uagULujuKhK3/1Xvcyh+x2RP7sLOrtkIXKeaPsNbOYqRb0nnpCystATtxGpHLbBRfo8UxiJ1lkj4ozcI/CX7vcOtX36AVBMGR8pBtjOnsXWPMVXOJNGV/pm9bGQJNRbsADqEXo99/WuXy33KRf35zglS6jio1wzlgVxUrI1Ik27uzGt7vOkbeWNPOD2Opwlsp6207wLU+8CddrkEmKZLIue9l2uWQPqDZpAqxDGl4cPFBVgL/4tvP7zEw84T1OFoUGlAgQIDAQAB',
  'MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAxiOyzw/MM+v2p+HcqxKezhVqG22FoTr2fHp73QyIKcymy0yVDZ4+UHogELgG0CsHJjy+LMB410bwZFdPeNAWffhHSArlcU3swC27QT+m19+BJNCN7ZgBlHSiKYK3Qw/x9lII/yE+hsoE6gN8RQZ5nyxL5MjumXJj2EvfeZnowUdRUijQhdc5d/aQIPeEbk6aW5XXG2HgWeFepStUXxM0bNrUhjYmoOLZpAXN7/ohTIQiuhD0rETQ25zjNALxi1o8bfvD+aYQr1MRnlTDgLzgEe4ik4/YebbRWOfcPXKJVh4BzvyUIp77yfFMG6VpFTlcuNHILz79SORsn2MbuaGm+wIDAQAB',
]

const DOMAIN = 'goo.example.jp'

const record = (change: Partial<WantedRecord>): WantedRecord => ({
  name: DOMAIN,
  type: 'TXT',
  value: '',
  ttlSeconds: 3_600,
  purpose: 'dkimKey',
  action: 'add',
  today: [],
  ...change,
})

const key = (number: number, change: Partial<WantedRecord> = {}): WantedRecord =>
  record({
    name: `watari${number}._domainkey.${DOMAIN}`,
    value: `v=DKIM1; k=rsa; p=${MODULUS[number - 1]}`,
    selector: `watari${number}`,
    ...change,
  })

const AROUND: readonly WantedRecord[] = [
  record({
    name: `bounce.${DOMAIN}`,
    type: 'MX',
    value: '10 feedback-smtp.ap-northeast-1.amazonses.com',
    purpose: 'mailFromMx',
  }),
  record({ name: `bounce.${DOMAIN}`, value: 'v=spf1 include:amazonses.com ~all', purpose: 'mailFromSpf' }),
  record({
    value: 'v=spf1 ip4:192.0.2.0/24 include:_spf.example.net ~all',
    purpose: 'spf',
    action: 'keep',
    today: ['v=spf1 ip4:192.0.2.0/24 include:_spf.example.net ~all'],
  }),
  record({ name: `_dmarc.${DOMAIN}`, value: `v=DMARC1; p=none; rua=mailto:dmarc@${DOMAIN}`, purpose: 'dmarc' }),
]

export const RECORDS = {
  keys: [key(1), key(2), key(3), ...AROUND],
  aliases: [1, 2, 3].map((number) =>
    record({
      name: `watari${number}._domainkey.${DOMAIN}`,
      type: 'CNAME',
      value: `watari${number}.${DOMAIN}.keys.example.net`,
      purpose: 'dkimAlias',
    }),
  ),
  faults: [
    key(1, { fault: 'zoneAppended', today: [`→ watari1._domainkey.${DOMAIN}.${DOMAIN}.`] }),
    key(2, { action: 'change', fault: 'cut', today: ['p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKC… (237)'] }),
    key(3),
  ],
  revocation: [
    record({
      name: `watari1._domainkey.${DOMAIN}`,
      value: 'v=DKIM1; k=rsa; p=',
      purpose: 'dkimRevocation',
      action: 'change',
      today: ['v=DKIM1; k=rsa; p=…'],
    }),
  ],
} as const

export function aRequest(
  language: Language,
  { kind = 'request', records = RECORDS.keys }: { kind?: RequestKind; records?: readonly WantedRecord[] } = {},
): DnsRequest {
  return {
    id: 'dns-2026-11-25-c5f2f21a',
    kind,
    domain: DOMAIN,
    zoneApex: DOMAIN,
    records,
    // 11:00 in Tokyo.
    askedAt: Date.parse('2026-11-25T02:00:00Z'),
    dueAt: Date.parse('2026-12-09T02:00:00Z'),
    ...(kind === 'reminder' ? { reminder: 2 } : {}),
    dnsTeam: language === 'ja' ? 'DNS管理チーム' : 'DNS team',
    contact: {
      name: language === 'ja' ? 'メール基盤担当' : 'the mail platform team',
      mail: `mail-ops@${DOMAIN}`,
      telephone: '03-0000-0000',
    },
    timeZone: 'Asia/Tokyo',
    nameServers: [`ns1.${DOMAIN}`, `ns2.${DOMAIN}`],
  }
}

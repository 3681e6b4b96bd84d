// The DMARC record as the plan writes it: whether what it enforces can be met by mail that goes through SES.
import { alike, NOTHING, say, seen, type Rule, type Sighting } from '../finding.ts'
import type { Plan } from '../plan.ts'

export const dmarcRules: readonly Rule[] = [
  {
    id: 'dmarc-enforced-unaligned',
    severity: 'error',
    title: say(
      'DMARC is enforced while mail through SES is not aligned',
      'SES 経由のメールが整合しないまま DMARC が強制されています',
    ),
    why: say(
      'What goes through SES before its DKIM is on passes neither leg of DMARC: receivers put it into the spam folder, or refuse it.',
      'DKIM を有効にする前に SES から出たメールは DMARC のどちらの条件も満たさず、迷惑メール扱いか拒否になります。',
    ),
    mend: say(
      'Bring the custom MAIL FROM to SUCCESS first, or keep p=none and the stage at 0 until DKIM is on.',
      '先にカスタム MAIL FROM を SUCCESS にするか、DKIM が有効になるまで p=none かつ段階 0 % を保ってください。',
    ),
    source: 'RFC 7489 3.1',
    look: enforcedUnaligned,
  },
  {
    id: 'dmarc-strict-spf',
    severity: 'warning',
    title: say('aspf=s can never be met through SES', 'aspf=s は SES では満たせません'),
    why: say(
      'Strict alignment wants equal names, and MAIL FROM must be a subdomain. DMARC then hangs on DKIM alone.',
      '厳格な整合は名前の一致を求めますが、MAIL FROM は必ずサブドメインです。DMARC は DKIM だけに依存します。',
    ),
    mend: say('Write aspf=r, or leave it out.', 'aspf=r とするか、省いてください。'),
    source: 'RFC 7489 3.1.2',
    look: (plan) => strict(plan, 'aspf', true),
  },
  {
    id: 'dmarc-strict-dkim',
    severity: 'warning',
    title: say('adkim=s fails mail from subdomains', 'adkim=s ではサブドメインからのメールが不合格になります'),
    why: say(
      'SES signs with the domain of the identity; a From in a subdomain is not equal to it.',
      'SES は ID のドメインで署名します。サブドメインの From はそれと一致しません。',
    ),
    mend: say(
      'Write adkim=r, or make an identity of each subdomain that sends.',
      'adkim=r とするか、送信に使う各サブドメインを ID として登録してください。',
    ),
    source: 'RFC 7489 3.1.1',
    look: (plan) => strict(plan, 'adkim', unlistedSubdomains(plan)),
  },
  {
    id: 'dmarc-unreadable',
    severity: 'error',
    title: say('The DMARC record cannot be read', 'DMARC レコードが正しくありません'),
    why: say('Receivers take such a record for none.', '受信側はレコードがないものとして扱います。'),
    mend: say(
      'Begin with v=DMARC1; p=none, quarantine or reject.',
      'v=DMARC1; に続けて p=none / quarantine / reject を書いてください。',
    ),
    source: 'RFC 7489 6.3',
    look: ({ identity: { dmarc } }) =>
      dmarc === undefined || (/^v=DMARC1\s*;/.test(dmarc) && /^(none|quarantine|reject)$/.test(tagOf(dmarc, 'p') ?? ''))
        ? NOTHING
        : seen(
            ['identity', 'dmarc'],
            say('It has no version or no policy.', 'バージョンかポリシーがありません。'),
            alike(dmarc),
          ),
  },
  {
    id: 'dmarc-without-reports',
    severity: 'warning',
    title: say('Nobody gets DMARC reports', 'DMARC レポートの宛先がありません'),
    why: say(
      'Whether DKIM passes at receivers can only be read from their reports; the gate of gates.dkimPercentMin has nothing to go by.',
      '受信側での DKIM の合否はレポートからしか分からず、gates.dkimPercentMin の判定材料がなくなります。',
    ),
    mend: say(
      'Add rua=mailto: with a mailbox that Watari reads.',
      'Watari が読むメールボックスを rua=mailto: に書いてください。',
    ),
    source: 'RFC 7489 7.1',
    look: ({ identity: { dmarc } }) =>
      dmarc === undefined || tagOf(dmarc, 'rua') !== undefined
        ? NOTHING
        : seen(['identity', 'dmarc'], say('The record has no rua.', 'レコードに rua がありません。'), alike(dmarc)),
  },
]

function enforcedUnaligned(plan: Plan): readonly Sighting[] {
  const { dmarc, dkimSigning, mailFromDomain } = plan.identity
  const policy = dmarc === undefined ? undefined : tagOf(dmarc, 'p')
  if (dmarc === undefined || policy === undefined || policy === 'none') return NOTHING
  if (dkimSigning !== false || (mailFromDomain !== undefined && tagOf(dmarc, 'aspf') !== 's')) return NOTHING
  return seen(
    ['identity', 'dmarc'],
    say(
      `p=${policy} meets mail that is neither signed nor aligned.`,
      `署名も整合もないメールに p=${policy} が適用されます。`,
    ),
    say('DKIM: signing is off (identity.dkimSigning: false)', 'DKIM: 署名は無効 (identity.dkimSigning: false)'),
    say('SPF: passes for amazonses.com, which is not aligned', 'SPF: amazonses.com として合格するが整合しない'),
  )
}

function strict({ identity: { dmarc } }: Plan, tag: 'aspf' | 'adkim', matters: boolean): readonly Sighting[] {
  if (dmarc === undefined || !matters || tagOf(dmarc, tag) !== 's') return NOTHING
  return seen(
    ['identity', 'dmarc'],
    say(`${tag}=s asks for equal names.`, `${tag}=s は名前の完全一致を求めます。`),
    alike(dmarc),
  )
}

/** Whether mail from a subdomain may come that is no identity of its own. */
function unlistedSubdomains({ domain, gateway, ses }: Plan): boolean {
  return gateway.senderDomains.some((name) => name.endsWith(`.${domain}`) && !ses.identities.includes(name))
}

function tagOf(record: string, tag: string): string | undefined {
  const found = new RegExp(`(?:^|;)\\s*${tag}\\s*=\\s*([^;]*)`, 'i').exec(record)?.[1]?.trim().toLowerCase()
  return found === '' ? undefined : found
}

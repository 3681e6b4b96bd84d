// DKIM as the plan writes it: what SES keeps of it, how it is published, and how long it lives.
import { alike, NOTHING, say, seen, type Rule, type Sighting } from '../finding.ts'
import type { Plan } from '../plan.ts'

const BYODKIM = 'https://docs.aws.amazon.com/ses/latest/dg/send-email-authentication-dkim-bring-your-own.html'
/** What SES takes (API_DkimSigningAttributes): RSA of 1024 to 2048 bits. */
const BITS = { least: 1_024, wanted: 2_048, most: 2_048 }

export const dkimRules: readonly Rule[] = [
  {
    id: 'dkim-selectors-at-once',
    severity: 'error',
    title: say('SES keeps one selector an identity', 'SES が保持するセレクターは ID ごとに 1 つです'),
    why: say(
      'The call takes one pair of selector and key, and a second call replaces the first. Three keys in SES at once cannot be made.',
      'API が受け取るのはセレクターと鍵の 1 組だけで、次の呼び出しは前のものを置き換えます。SES に 3 つ同時に置くことはできません。',
    ),
    mend: say(
      'Publish three in DNS and let SES hold one: next, current and retiring, in a circle. Watari does it; write 1 here.',
      'DNS に 3 つ公開し、SES には 1 つだけ置いて次・現行・引退を順に回します。Watari が行うので、ここは 1 にしてください。',
    ),
    source: BYODKIM,
    look: ({ identity: { dkimSelectors: selectors, dkimType } }) =>
      selectors === undefined || selectors <= 1 || dkimType === 'EasyDKIM'
        ? NOTHING
        : seen(
            ['identity', 'dkimSelectors'],
            say(`The plan gives the identity ${selectors}.`, `計画では ID に ${selectors} つ設定します。`),
            alike('PutEmailIdentityDkimSigningAttributes { DomainSigningSelector, DomainSigningPrivateKey }'),
          ),
  },
  {
    id: 'dkim-record-type',
    severity: 'error',
    title: say('The DKIM record has the wrong type', 'DKIM レコードの種別が違います'),
    why: say(
      'BYODKIM is published as a TXT with the public key; CNAMEs to amazonses.com belong to Easy DKIM. SES would never find the key.',
      'BYODKIM は公開鍵を TXT で公開します。amazonses.com への CNAME は Easy DKIM のものです。このままでは SES が鍵を見つけられません。',
    ),
    mend: say(
      'Publish a TXT; or ask for CNAMEs once, into a zone of your own that holds the TXT (dkim.publish: cname with dkim.zone).',
      'TXT で公開するか、TXT を置く自前のゾーンへの CNAME を一度だけ依頼してください (dkim.publish: cname と dkim.zone)。',
    ),
    source: BYODKIM,
    look: recordType,
  },
  {
    id: 'dkim-publish-differs',
    severity: 'warning',
    title: say('The design and the gateway publish keys differently', '設計とゲートウェイで公開方法が異なります'),
    why: say(
      'The DNS team prepares for one kind of record and is asked for the other.',
      'DNS チームの準備と、実際の依頼内容が食い違います。',
    ),
    mend: say(
      'Write the same in identity.dkimRecord and dkim.publish.',
      'identity.dkimRecord と dkim.publish を揃えてください。',
    ),
    source: 'RFC 6376 3.6.2.1',
    look: ({ identity: { dkimRecord }, dkim }) =>
      dkimRecord === 'TXT' && dkim?.publish === 'cname'
        ? seen(['identity', 'dkimRecord'], alike('identity.dkimRecord: TXT ≠ dkim.publish: cname'))
        : NOTHING,
  },
  {
    id: 'dkim-key-life-unstated',
    severity: 'warning',
    title: say('A DKIM key does not expire by itself', 'DKIM 鍵に有効期限はありません'),
    why: say(
      'A watch for the end of a key that has no end never fires, and the key is never changed.',
      '期限のないものの期限を監視しても通知は来ず、鍵は交換されないままになります。',
    ),
    mend: say(
      'Choose a life and write it as identity.dkimKeyLifeMonths; a year is usual.',
      '有効期間を決めて identity.dkimKeyLifeMonths に書いてください。1 年が一般的です。',
    ),
    source: 'RFC 6376 3.6.1',
    look: lifeUnstated,
  },
  {
    id: 'dkim-key-size',
    severity: 'error',
    title: say('SES does not take a key of this size', 'この長さの鍵は SES が受け付けません'),
    why: say(
      'BYODKIM takes RSA keys of 1024 to 2048 bits.',
      'BYODKIM は 1024〜2048 ビットの RSA 鍵だけを受け付けます。',
    ),
    mend: say('Take 2048.', '2048 ビットにしてください。'),
    source: BYODKIM,
    look: ({ identity: { dkimKeyBits: bits } }) =>
      bits === undefined || (bits >= BITS.least && bits <= BITS.most)
        ? NOTHING
        : seen(['identity', 'dkimKeyBits'], alike(`${BITS.least} ≤ ${bits} ≤ ${BITS.most} ✗`)),
  },
  {
    id: 'dkim-key-short',
    severity: 'warning',
    title: say('The DKIM key is short', 'DKIM 鍵が短すぎます'),
    why: say(
      'Signers must use at least 1024 bits and should use 2048; some receivers discount less.',
      '署名側は 1024 ビット以上必須、2048 ビットが推奨です。短い鍵を軽視する受信側もあります。',
    ),
    mend: say('Take 2048.', '2048 ビットにしてください。'),
    source: 'RFC 8301 3.2',
    look: ({ identity: { dkimKeyBits: bits } }) =>
      bits === undefined || bits < BITS.least || bits >= BITS.wanted
        ? NOTHING
        : seen(['identity', 'dkimKeyBits'], alike(`${bits} < ${BITS.wanted}`)),
  },
]

function recordType({ identity: { dkimType, dkimRecord }, dkim }: Plan): readonly Sighting[] {
  if (dkimType === undefined || dkimRecord === undefined) return NOTHING
  const isDelegated = dkim?.publish === 'cname'
  const isRight = dkimType === 'EasyDKIM' ? dkimRecord === 'CNAME' : dkimRecord === 'TXT' || isDelegated
  if (isRight) return NOTHING
  return seen(
    ['identity', 'dkimRecord'],
    say(`${dkimType} is not published by ${dkimRecord}.`, `${dkimType} は ${dkimRecord} では公開しません。`),
    alike(dkimType === 'EasyDKIM' ? 'Easy DKIM → 3 CNAME' : 'BYODKIM → TXT "v=DKIM1; k=rsa; p=…"'),
  )
}

function lifeUnstated({ identity: { dkimWarnDays, dkimKeyLifeMonths }, dkim }: Plan): readonly Sighting[] {
  if (dkimWarnDays === undefined || dkimKeyLifeMonths !== undefined) return NOTHING
  return seen(
    ['identity', 'dkimWarnDays'],
    say(
      `The design warns ${dkimWarnDays} days before an end that it does not set.`,
      `設計では、定めていない期限の ${dkimWarnDays} 日前に警告します。`,
    ),
    ...(dkim === undefined
      ? []
      : [
          say(
            `only dkim.keyLifeMonths, by which the gateway goes, has one: ${dkim.keyLifeMonths} months`,
            `期間があるのはゲートウェイの dkim.keyLifeMonths だけ: ${dkim.keyLifeMonths} か月`,
          ),
        ]),
  )
}

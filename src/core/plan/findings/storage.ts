// The archive in S3: what its lifecycle really moves, and when it may.
import { count } from '../amounts.ts'
import { alike, NOTHING, say, seen, type Rule, type Sighting } from '../finding.ts'
import type { Plan } from '../plan.ts'

const LIFECYCLE =
  'https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html'
/** S3 moves nothing smaller by itself, and bills STANDARD_IA for this much at least. */
const IA_OCTETS_MIN = 131_072
const IA_DAYS_MIN = 30
/** Down the waterfall, with the days that each class bills at least. */
const CLASSES: readonly { readonly name: string; readonly days: number }[] = [
  { name: 'STANDARD_IA', days: 30 },
  { name: 'INTELLIGENT_TIERING', days: 0 },
  { name: 'ONEZONE_IA', days: 30 },
  { name: 'GLACIER_IR', days: 90 },
  { name: 'GLACIER', days: 90 },
  { name: 'DEEP_ARCHIVE', days: 180 },
]

export const storageRules: readonly Rule[] = [
  {
    id: 'archive-small-objects',
    severity: 'warning',
    title: say(
      'Small objects stay in STANDARD, or cost more in STANDARD_IA',
      '小さいオブジェクトは STANDARD_IA に移らないか、割高になります',
    ),
    why: say(
      'S3 moves nothing under 128 KiB by default, and STANDARD_IA bills each object as 128 KiB at least. An object an event saves nothing, and costs a PUT each.',
      'S3 は既定で 128 KiB 未満を移動せず、STANDARD_IA は 1 件を最低 128 KiB として課金します。イベントごとの保存は節約にならず、PUT 料金もかかります。',
    ),
    mend: say(
      'Gather an hour into one compressed object, and write its size as archive.objectOctets.',
      '1 時間分を 1 つの圧縮オブジェクトにまとめ、その大きさを archive.objectOctets に書いてください。',
    ),
    source: LIFECYCLE,
    look: smallObjects,
  },
  {
    id: 'archive-transition-too-soon',
    severity: 'error',
    title: say('A transition comes before its class allows', '移行の時期が早すぎます'),
    why: say('S3 refuses the rule.', 'S3 がルールを拒否します。'),
    mend: say(
      'STANDARD_IA from day 30; each next class when the one before has lasted its minimum.',
      'STANDARD_IA は 30 日目から、次のクラスは前のクラスの最低期間が過ぎてからにしてください。',
    ),
    source: LIFECYCLE,
    look: tooSoon,
  },
  {
    id: 'archive-transition-upwards',
    severity: 'error',
    title: say('Transitions go down only', '移行は下位のクラスへしかできません'),
    why: say('S3 refuses the rule.', 'S3 がルールを拒否します。'),
    mend: say(
      'Order them: STANDARD_IA, GLACIER, DEEP_ARCHIVE, with rising days.',
      'STANDARD_IA、GLACIER、DEEP_ARCHIVE の順に、日数を増やして並べてください。',
    ),
    source: LIFECYCLE,
    look: upwards,
  },
  {
    id: 'archive-unencrypted',
    severity: 'error',
    title: say('The archive names no encryption that S3 has', 'アーカイブの暗号化方式が S3 にありません'),
    why: say(
      'The design asks for encryption at rest; the bucket policy refuses what is not encrypted.',
      '設計は保存時の暗号化を求めており、方式が無効では満たせません。',
    ),
    mend: say('Write SSE-S3 or SSE-KMS.', 'SSE-S3 または SSE-KMS と書いてください。'),
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/serv-side-encryption.html',
    look: ({ archive: { encryption } }) =>
      encryption === undefined || /^(SSE-S3|SSE-KMS|DSSE-KMS)$/.test(encryption)
        ? NOTHING
        : seen(['archive', 'encryption'], alike(encryption)),
  },
]

function smallObjects({ archive: { transitions = [], objectOctets } }: Plan): readonly Sighting[] {
  const index = transitions.findIndex(
    ({ storageClass }) => storageClass === 'STANDARD_IA' || storageClass === 'ONEZONE_IA',
  )
  if (index < 0 || (objectOctets !== undefined && objectOctets >= IA_OCTETS_MIN)) return NOTHING
  const least = say(
    `least: ${count(IA_OCTETS_MIN)} octets (128 KiB)`,
    `下限: ${count(IA_OCTETS_MIN)} オクテット (128 KiB)`,
  )
  return objectOctets === undefined
    ? seen(
        ['archive', 'transitions', index],
        say(
          'The plan does not say how large an object is; an event is about 2 kB.',
          'オブジェクトの大きさが書かれていません。1 イベントは約 2 kB です。',
        ),
        least,
      )
    : seen(
        ['archive', 'objectOctets'],
        say(`An object has ${count(objectOctets)} octets.`, `オブジェクトは ${count(objectOctets)} オクテットです。`),
        least,
      )
}

function tooSoon({ archive: { transitions = [] } }: Plan): readonly Sighting[] {
  return transitions.flatMap(({ days, storageClass }, i) => {
    const before = transitions[i - 1]
    const stays = CLASSES.find(({ name }) => name === before?.storageClass)?.days ?? 0
    const isIa = storageClass.endsWith('_IA')
    const least = before === undefined || before.days > days ? (isIa ? IA_DAYS_MIN : 0) : before.days + stays
    if (days >= least) return []
    return seen(
      ['archive', 'transitions', i],
      say(`${storageClass} on day ${days} is too soon.`, `${storageClass} への移行が ${days} 日目では早すぎます。`),
      alike(
        before === undefined || stays === 0
          ? `${days} < ${least}`
          : `${days} < ${before.days} + ${stays} (${before.storageClass})`,
      ),
    )
  })
}

const rank = (name: string) => CLASSES.findIndex((one) => one.name === name)

function upwards({ archive: { transitions = [] } }: Plan): readonly Sighting[] {
  return transitions.flatMap((one, i) => {
    const before = transitions[i - 1]
    if (before === undefined || (one.days > before.days && rank(one.storageClass) > rank(before.storageClass)))
      return []
    return seen(
      ['archive', 'transitions', i],
      alike(`${before.days} d ${before.storageClass} → ${one.days} d ${one.storageClass}`),
    )
  })
}

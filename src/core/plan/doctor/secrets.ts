// Keys, certificates, users and the environment: whether what is secret is there, and only for those who need it.
import { DAY_MS } from '../../base/clock.ts'
import { alike, say } from '../finding.ts'
import type { Plan } from '../plan.ts'
import { fault, unknown, warn, well, type Diagnosis } from './diagnosis.ts'
import type { CertificateFacts, SecretFacts, SecretFileFacts } from './facts.ts'
import { variablesOf, type VariableUse } from './variables.ts'

/** An authority renews at 30 days; who is later has forgotten. */
const CERTIFICATE_WARN_DAYS = 21
/** RFC 2104 3: a key shorter than the hash weakens it; 16 octets are still beyond guessing. */
const SPLIT_KEY_OCTETS_MIN = 16

export function secretFindings(facts: SecretFacts, plan: Plan, nowMs: number): readonly Diagnosis[] {
  return [
    ...certificate(facts.certificate, plan, nowMs),
    ...splitKey(facts.splitKey, plan),
    ...users(facts.users, plan),
    ...variablesOf(plan).flatMap((use) => variable(use, facts.variables)),
    ...halves(plan, facts.variables),
  ]
}

function certificate(facts: CertificateFacts, { gateway }: Plan, nowMs: number): readonly Diagnosis[] {
  const place = { id: 'certificate', where: facts.file }
  if (facts.kind === 'toBeMade') return well(place, say('will be made at the first start', '最初の起動で作られます'))
  if (facts.kind === 'unreadable') {
    return fault(
      place,
      say(`cannot be read (${facts.code})`, `読めません (${facts.code})`),
      say(
        'Check the path in gateway.tlsKeyFile and tlsCertFile, and who may read it.',
        'gateway.tlsKeyFile と tlsCertFile のパスと権限を確認してください。',
      ),
    )
  }
  if (facts.kind === 'mismatch') {
    return fault(
      place,
      say(
        'the key does not belong to the certificate, or one of them is no PEM',
        '鍵と証明書が対応していないか、PEM ではありません',
      ),
      say('Put both files of one pair there.', '同じ組の 2 ファイルを置いてください。'),
    )
  }
  const found = pairFaults(facts, gateway.hostname, nowMs)
  if (found.length > 0) return found
  const days = Math.floor((facts.endsAt - nowMs) / DAY_MS)
  return well(
    place,
    say(`the pair fits, ${days} days left, for ${facts.names}`, `組は正しく、残り ${days} 日、名前 ${facts.names}`),
  )
}

type Pair = Extract<CertificateFacts, { kind: 'pair' }>

function pairFaults(facts: Pair, hostname: string, nowMs: number): readonly Diagnosis[] {
  const where = facts.file
  const renew = say('Renew it, and start the gateway again.', '更新してゲートウェイを再起動してください。')
  const days = Math.floor((facts.endsAt - nowMs) / DAY_MS)
  return [
    ...openTo({ id: 'certificate-key', where }, facts.keyMode),
    ...(facts.startsAt > nowMs
      ? fault(
          { id: 'certificate', where },
          say('is not valid yet', 'まだ有効ではありません'),
          say('Check the clock.', '時計を確認してください。'),
        )
      : []),
    ...(days < 0
      ? fault({ id: 'certificate', where }, say(`ended ${-days} days ago`, `${-days} 日前に失効しました`), renew)
      : []),
    ...(days >= 0 && days < CERTIFICATE_WARN_DAYS
      ? warn({ id: 'certificate', where }, say(`${days} days left`, `残り ${days} 日です`), renew)
      : []),
    ...(facts.coversName
      ? []
      : warn(
          { id: 'certificate-name', where },
          say(
            `is for ${facts.names}, not for ${hostname}: clients that verify refuse it`,
            `名前は ${facts.names} で ${hostname} を含みません。検証するクライアントは拒否します`,
          ),
          say('Ask for one with gateway.hostname in it.', 'gateway.hostname を含む証明書にしてください。'),
        )),
  ]
}

function openTo(
  place: { readonly id: string; readonly where: string },
  mode: number | undefined,
): readonly Diagnosis[] {
  if (mode === undefined || (mode & 0o037) === 0) return []
  const octal = (mode & 0o777).toString(8)
  return fault(
    place,
    say(`may be read by others (mode ${octal})`, `他人が読めます (モード ${octal})`),
    alike(`chmod 600 ${place.where}`),
  )
}

function splitKey(facts: SecretFacts['splitKey'], { ses }: Plan): readonly Diagnosis[] {
  const place = { id: 'split-key', where: facts.where }
  if (facts.state === 'missing' || facts.state === 'inPlan' || facts.octets === undefined)
    return absentSplitKey(facts, ses.gateways)
  const open = openTo(place, facts.mode)
  if (open.length > 0) return open
  if (facts.octets < SPLIT_KEY_OCTETS_MIN) {
    return fault(
      place,
      say(
        `has ${facts.octets} octets: who guesses it knows who goes to SES`,
        `${facts.octets} オクテットしかなく、推測され得ます`,
      ),
      alike('openssl rand -hex 32'),
    )
  }
  const mark = facts.mark === undefined ? '' : `, ${facts.mark}`
  return well(
    place,
    say(
      `${facts.octets} octets${mark}; must be alike on each gateway`,
      `${facts.octets} オクテット${mark}。全ゲートウェイで一致すること`,
    ),
  )
}

function absentSplitKey({ where, state }: SecretFileFacts, gateways: number): readonly Diagnosis[] {
  const place = { id: 'split-key', where }
  if (state === 'inPlan') {
    return warn(
      place,
      say('stands in the plan, which many may read', 'プランに書かれていて、多くの人が読めます'),
      say(
        'Move it to a file with mode 600 and name that in split.keyFile.',
        'モード 600 のファイルに移し split.keyFile に書いてください。',
      ),
    )
  }
  if (state === 'missing' && where.endsWith('/split.key') && gateways === 1) {
    return well(place, say('will be made at the first start', '最初の起動で作られます'))
  }
  return fault(
    place,
    say(
      'cannot be read; gateways side by side need the same one',
      '読めません。並べるゲートウェイには同じ鍵が要ります',
    ),
    say(
      'Copy the file of the first gateway, mode 600.',
      '最初のゲートウェイのファイルをモード 600 でコピーしてください。',
    ),
  )
}

function users(facts: SecretFacts['users'], { gateway }: Plan): readonly Diagnosis[] {
  const place = { id: 'users', where: facts.where }
  const open = openTo(place, facts.mode)
  if (open.length > 0) return open
  if (facts.state === 'damaged' || facts.state === 'unreadable') {
    return fault(
      place,
      say('cannot be read: nobody can log in', '読めません。誰もログインできません'),
      say(
        'Put back a copy, or add the users again with watari user add.',
        'コピーを戻すか watari user add で作り直してください。',
      ),
    )
  }
  const count = facts.count ?? 0
  if (count > 0) return well(place, say(`${count} users`, `${count} ユーザー`))
  if (gateway.clients.length > 0) return well(place, say('nobody uses AUTH', 'AUTH は使われていません'))
  return fault(
    place,
    say(
      'there are no users and gateway.clients is empty: nobody may send',
      'ユーザーがなく gateway.clients も空で、誰も送信できません',
    ),
    say(
      'Add one with watari user add, or list the clients.',
      'watari user add で追加するか、クライアントを列挙してください。',
    ),
  )
}

function variable({ name, need, what }: VariableUse, set: ReadonlySet<string>): readonly Diagnosis[] {
  const place = { id: 'variable', where: name }
  if (set.has(name)) return well(place, say('is set', '設定済み'))
  if (need === 'may') return []
  return fault(
    place,
    say(`is not set here: ${what.en}`, `ここでは設定されていません: ${what.ja}`),
    say(
      'Set it in the environment of the gateway (EnvironmentFile), and ask again with it.',
      'ゲートウェイの環境 (EnvironmentFile) に設定し、それを読み込んで再実行してください。',
    ),
  )
}

/** Credentials are pairs; without any the SDK looks for a profile or a role. */
function halves({ ses }: Plan, set: ReadonlySet<string>): readonly Diagnosis[] {
  const names = ses.credentials
  const pairs = [
    [names.accessKeyIdVariable, names.secretAccessKeyVariable],
    [names.smtpUserVariable, names.smtpPasswordVariable],
  ] as const
  const half = pairs.flatMap(([one, other]) => {
    if (set.has(one) === set.has(other)) return []
    const [has, lacks] = set.has(one) ? [one, other] : [other, one]
    return fault(
      { id: 'credentials', where: lacks },
      say(`is not set, and ${has} is`, `設定されておらず、${has} だけがあります`),
      say('Set both, or neither.', '両方設定するか、両方外してください。'),
    )
  })
  if (half.length > 0) return half
  const place = { id: 'credentials', where: 'ses.credentials' }
  if (pairs.some(([one]) => set.has(one))) return well(place, say('both halves are set', '両方設定済み'))
  if (ses.wire === 'api') {
    return unknown(
      place,
      say(
        'not in the environment: the SDK looks for a profile or a role',
        '環境変数になく、SDK がプロファイルかロールを探します',
      ),
    )
  }
  return fault(
    place,
    say('the SMTP wire needs a login, and none is set', 'SMTP 接続に必要なログインが設定されていません'),
    say(
      `Set ${names.smtpUserVariable} and ${names.smtpPasswordVariable}.`,
      `${names.smtpUserVariable} と ${names.smtpPasswordVariable} を設定してください。`,
    ),
  )
}

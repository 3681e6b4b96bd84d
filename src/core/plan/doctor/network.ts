// What lies around the machine: its ports, the resolvers, the legacy hosts, SES.
import { alike, say } from '../finding.ts'
import type { Plan } from '../plan.ts'
import { fault, unknown, warn, well, type Diagnosis } from './diagnosis.ts'
import type { GatewayFacts, NetworkFacts, PortFacts, SesReach } from './facts.ts'

/** The resolver stands in the way of every look at a key; receivers give up after five. */
const SLOW_RESOLVER_MS = 2_000

export function networkFindings(facts: NetworkFacts, plan: Plan, gateway: GatewayFacts): readonly Diagnosis[] {
  return [
    ...facts.ports.flatMap((one) => port(one, gateway)),
    ...resolvers(facts.resolvers),
    ...facts.legacy.flatMap((one) => legacyHost(one, plan)),
    ...ses(facts.ses, plan),
  ]
}

function port({ key, address, code, owner }: PortFacts, gateway: GatewayFacts): readonly Diagnosis[] {
  const place = { id: 'port', where: `${key} ${address}` }
  if (code === undefined) return well(place, say('is free', '空いています'))
  if (code === 'EADDRINUSE') return takenPort(place, owner, gateway)
  if (code === 'EACCES') {
    return fault(
      place,
      say('this user may not open it: ports under 1024 want a capability', '1024 未満のポートは権限が要ります'),
      alike('AmbientCapabilities=CAP_NET_BIND_SERVICE (packaging/watari.service)'),
    )
  }
  const mend = say(
    `Name an address of this machine in the plan (${key}).`,
    `プランの ${key} にこのマシンのアドレスを書いてください。`,
  )
  return fault(place, say(`cannot be opened (${code})`, `開けません (${code})`), mend)
}

function takenPort(
  place: { readonly id: string; readonly where: string },
  owner: PortFacts['owner'],
  gateway: GatewayFacts,
): readonly Diagnosis[] {
  const isRunning = gateway.kind === 'running'
  if (owner === undefined) {
    const what = say('is taken; only root may see by whom', '使用中。誰が使っているかは root だけが見られます')
    return isRunning ? unknown(place, what) : fault(place, what, alike('ss -ltnp'))
  }
  if (isRunning && owner.pid === gateway.pid)
    return well(place, say('is open by the gateway', 'ゲートウェイが開いています'))
  return fault(
    place,
    say(`is taken by ${owner.name} (process ${owner.pid})`, `${owner.name} (プロセス ${owner.pid}) が使用中です`),
    say('Stop it, or choose another port in the plan.', '止めるか、プランで別のポートにしてください。'),
  )
}

function resolvers(facts: NetworkFacts['resolvers']): readonly Diagnosis[] {
  const mend = say(
    'Check it and the network to it, or name others in dkim.resolvers.',
    '経路を確認するか dkim.resolvers に別のものを書いてください。',
  )
  if (facts.length === 0)
    return fault({ id: 'resolver', where: 'dkim.resolvers' }, say('there is none', 'ありません'), mend)
  const nobody = facts.every(({ code }) => code !== undefined)
  return facts.flatMap(({ server, code, tookMs }) => {
    const place = { id: 'resolver', where: server }
    if (code !== undefined) {
      const what = say(`does not answer (${code})`, `応答しません (${code})`)
      return nobody ? fault(place, what, mend) : warn(place, what, mend)
    }
    const took = say(`answered in ${Math.round(tookMs)} ms`, `${Math.round(tookMs)} ms で応答`)
    return tookMs > SLOW_RESOLVER_MS ? warn(place, took, mend) : well(place, took)
  })
}

function legacyHost({ host, answer }: NetworkFacts['legacy'][number], { legacy }: Plan): readonly Diagnosis[] {
  const place = { id: 'legacy-host', where: host }
  if (answer === 'notAsked') return []
  if (answer === 'unreachable') {
    return fault(
      place,
      say('does not answer EHLO', 'EHLO に応答しません'),
      say(
        'Check its name, the firewall, and whether it lets this machine in (mynetworks).',
        '名前、ファイアウォール、許可 (mynetworks) を確認してください。',
      ),
    )
  }
  if (answer === 'notOffered' && legacy.tls === 'must') {
    return fault(
      place,
      say('offers no STARTTLS, and legacy.tls is must', 'STARTTLS がなく、legacy.tls は must です'),
      say('Give it a certificate, or set legacy.tls: may.', '証明書を設定するか legacy.tls: may にしてください。'),
    )
  }
  return well(place, say('answers EHLO', 'EHLO に応答します'))
}

function ses(facts: SesReach, plan: Plan): readonly Diagnosis[] {
  return [...endpoint(facts), ...regionOf(facts, plan), ...account(facts)]
}

function endpoint({ address, code }: SesReach): readonly Diagnosis[] {
  const place = { id: 'ses-endpoint', where: address }
  if (code === undefined) return well(place, say('a connection stands', '接続できます'))
  return fault(
    place,
    say(`cannot be reached (${code})`, `届きません (${code})`),
    say(
      'Check the firewall, the VPC endpoint and DNS.',
      'ファイアウォール、VPC エンドポイント、DNS を確認してください。',
    ),
  )
}

/** https://docs.aws.amazon.com/general/latest/gr/ses.html: hosts of SES name their Region; others (a stand-in) say nothing. */
function regionOf({ address }: SesReach, { region }: Plan): readonly Diagnosis[] {
  const named = /\.([a-z]{2}(?:-[a-z]+)+-\d)\.(?:amazonaws|vpce)\./.exec(address)?.[1]
  if (named === undefined || named === region) return []
  return fault(
    { id: 'ses-region', where: address },
    say(
      `is in ${named}, and the plan's region is ${region}: every request would be refused`,
      `${named} のもので、プランの region は ${region}。すべて拒否されます`,
    ),
    say('Make both the same.', '同じリージョンにしてください。'),
  )
}

function account({ account: seen }: SesReach): readonly Diagnosis[] {
  const place = { id: 'ses-account', where: 'GetAccount' }
  if (seen === 'notAsked')
    return unknown(place, say('not asked: no credentials here', '認証情報がないため確認していません'))
  if ('failed' in seen) {
    return fault(
      place,
      say(`was refused or got no answer (${seen.failed})`, `拒否されたか応答がありません (${seen.failed})`),
      say(
        'Check the credentials, the clock and the policy (ses:GetAccount).',
        '認証情報、時計、ポリシー (ses:GetAccount) を確認してください。',
      ),
    )
  }
  if (!seen.sendingEnabled) {
    return fault(
      place,
      say('SES has paused sending of this account', 'このアカウントの送信は停止されています'),
      say(
        'Read the mail of AWS, and the account dashboard of SES.',
        'AWS からのメールと SES のダッシュボードを確認してください。',
      ),
    )
  }
  if (!seen.productionAccess) {
    return warn(
      place,
      say('is in the sandbox: only verified recipients get mail', 'サンドボックスです。検証済みの宛先にしか届きません'),
      say(
        'Ask for production access: watari plan quota-request.',
        '本番利用を申請してください: watari plan quota-request',
      ),
    )
  }
  return well(
    place,
    say(`may send ${seen.maxPerSecond} recipients a second`, `毎秒 ${seen.maxPerSecond} 宛先まで送信可`),
  )
}

// The doctor: everything that is known of an installation, judged in the order in which a person would look.
// A pure function, so that every finding has a test with its fault planted.
import { say } from '../finding.ts'
import type { Plan } from '../plan.ts'
import { fault, unknown, warn, well, type Diagnosis } from './diagnosis.ts'
import { dataFindings, logFindings } from './disk.ts'
import type { DoctorFacts, GatewayFacts, PlanFacts } from './facts.ts'
import { machineFindings } from './machine.ts'
import { networkFindings } from './network.ts'
import { secretFindings } from './secrets.ts'

/** `plan` is undefined when it could not be read. */
export function diagnose(facts: DoctorFacts, plan: Plan | undefined, nowMs: number): readonly Diagnosis[] {
  return [
    ...planFindings(facts.plan),
    ...gatewayFindings(facts.gateway),
    ...dataFindings(facts.data, plan),
    ...logFindings(facts.log),
    ...machineFindings(facts.machine, plan),
    ...(plan === undefined || facts.secrets === undefined ? [] : secretFindings(facts.secrets, plan, nowMs)),
    ...(plan === undefined || facts.network === undefined ? [] : networkFindings(facts.network, plan, facts.gateway)),
  ]
}

function planFindings({ file, faults, errors, warnings }: PlanFacts): readonly Diagnosis[] {
  const place = { id: 'plan', where: file }
  const mend = say(`Run watari check ${file}.`, `watari check ${file} を実行してください。`)
  if (faults.length > 0) {
    const first = faults[0]!
    return fault(place, say(`cannot be used: ${first}`, `使えません: ${first}`), mend)
  }
  if (errors > 0) return fault(place, say(`check finds ${errors} errors`, `check のエラー ${errors} 件`), mend)
  if (warnings > 0) return warn(place, say(`check finds ${warnings} warnings`, `check の警告 ${warnings} 件`), mend)
  return well(place, say('can be read, and check finds nothing to mend', '読めて、check の指摘もありません'))
}

function gatewayFindings(facts: GatewayFacts): readonly Diagnosis[] {
  const place = { id: 'gateway', where: facts.socket }
  if (facts.kind === 'notRunning') {
    return unknown(
      place,
      say('no gateway runs on this data folder', 'このデータフォルダーのゲートウェイは動いていません'),
    )
  }
  if (facts.kind === 'noAnswer') {
    return fault(
      place,
      say(`somebody is there and does not answer (${facts.code})`, `応答がありません (${facts.code})`),
      say(
        'Ask as the user of the gateway; otherwise look at its log.',
        'ゲートウェイのユーザーで実行するか、ログを確認してください。',
      ),
    )
  }
  if (facts.running === facts.version)
    return well(place, say(`version ${facts.version} answers`, `バージョン ${facts.version} が応答`))
  const running = facts.running ?? '?'
  return warn(
    place,
    say(
      `version ${running} runs, and this command is ${facts.version}`,
      `動いているのは ${running}、コマンドは ${facts.version} です`,
    ),
    say('Start the gateway again, so that the installed program runs.', 'ゲートウェイを再起動してください。'),
  )
}

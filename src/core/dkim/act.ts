// Takes one step (D7). Its rule: what cannot be taken back is written down before it is done, and what was done is written
// down before anything else. Whoever is killed in between takes the same step again, with the same end.
import { assert, never } from '../base/assert.ts'
import { SECOND_MS } from '../base/clock.ts'
import type { Zone } from '../base/dns.ts'
import { circleOf } from './circle.ts'
import { REVOKED_VALUE } from './key-record.ts'
import type { Acted, Hands } from './hands.ts'
import type { DkimObservation } from './observation.ts'
import type { DkimPolicy } from './policy.ts'
import type { SigningAnswer } from './ports.ts'
import type { KeyLife, KeyRecord, KeySwitch } from './record.ts'
import { askTeam } from './ask-team.ts'
import { aliasTarget } from './surroundings.ts'
import type { Step, Verdict } from './step.ts'

export interface Act {
  readonly observation: DkimObservation
  readonly policy: DkimPolicy
  readonly verdict: Verdict & { readonly step: Step }
  /** Who ordered it: 'watari', or a person. */
  readonly by: string
}

export async function act(hands: Hands, { observation, policy, verdict, by }: Act): Promise<Acted> {
  const { step } = verdict
  const { record } = observation
  const at = hands.now()
  const save = async (next: KeyRecord, message = verdict.message): Promise<Acted> => {
    const selector = 'selector' in step ? { selector: step.selector } : {}
    await hands.store.save(next, {
      at,
      step: step.kind,
      ...selector,
      reason: verdict.check,
      message,
      by,
    })
    return { kind: 'done', record: next }
  }
  switch (step.kind) {
    case 'makeKey': {
      const key = await hands.keyStore.make(step.selector)
      assert(key.bits === 2048, 'a key has 2048 bits')
      return save(withNewKey(record, { selector: key.selector, madeAt: key.madeAt }, policy, at))
    }
    case 'adoptKey':
      return save(withNewKey(record, { selector: step.selector, madeAt: step.madeAt }, policy, at))
    case 'dropKey':
      return save(withLife(record, step.selector, { revokedAt: at, destroyedAt: at }))
    case 'writeZone': {
      await writeZone(hands.ownZone, step, policy)
      return save(withLife(record, step.selector, zoneWritten(step, observation, at)))
    }
    case 'askDnsTeam':
      return askTeam(hands, { observation, policy, step, save, at })
    case 'closeRequest': {
      const { request: _, ...rest } = record
      return save(rest)
    }
    case 'noteSeen':
      return save(withLife(record, step.selector, seen(step, record, at)))
    case 'noteLost':
      return save(withoutSight(record, step.selector))
    case 'noteProven':
      return save(withLife(record, step.selector, { provenAt: at }))
    case 'noteMonthly':
      return save({ ...record, monthlyAt: at })
    case 'endKey':
      await hands.keyStore.destroy(step.selector)
      return save(withLife(record, step.selector, { revokedAt: at, destroyedAt: at }))
    default:
      return actOnSes(hands, { step, record, policy, save, at })
  }
}

type SesStep = Exclude<
  Step,
  {
    readonly kind:
      | 'makeKey'
      | 'adoptKey'
      | 'dropKey'
      | 'writeZone'
      | 'askDnsTeam'
      | 'closeRequest'
      | 'noteSeen'
      | 'noteLost'
      | 'noteProven'
      | 'noteMonthly'
      | 'endKey'
  }
>

interface SesAct {
  readonly step: SesStep
  readonly record: KeyRecord
  readonly policy: DkimPolicy
  readonly save: (next: KeyRecord) => Promise<Acted>
  readonly at: number
}

async function actOnSes(hands: Hands, { step, record, policy, save, at }: SesAct): Promise<Acted> {
  const { signing, traffic } = hands
  const kept = async (answer: SigningAnswer) => (answer.kind === 'done' ? save(record) : notNow(record, answer))
  switch (step.kind) {
    case 'beginSwitch': {
      const from = circleOf(record).current?.selector
      const switching = {
        selector: step.selector,
        startedAt: at,
        successes: 0,
        ...(from === undefined ? {} : { from }),
      }
      return save({ ...record, switching })
    }
    case 'giveKey':
      return giveKey(hands, { step, record, policy, save, at })
    case 'noteSuccess':
      return save({ ...record, switching: { ...switchOf(record), successes: step.successes } })
    case 'finishSwitch': {
      const acted = await save(afterSwitch(record, at))
      traffic.release()
      return acted
    }
    case 'enableSigning':
      return kept(await signing.enableSigning(policy.domain))
    case 'useMailFrom':
      return kept(await signing.useMailFrom(policy.domain, step.mailFromDomain))
    case 'stepBack':
      return kept(await traffic.stepBack('SES would send unsigned mail while it looks at a new DKIM key'))
    case 'fallBackToTxt': {
      const acted = await save(withoutAliases(record, at))
      if (acted.record.switching === undefined) traffic.release()
      return acted
    }
    default:
      return never(step)
  }
}

async function giveKey(
  { signing, traffic }: Hands,
  { step, record, policy, save, at }: Omit<SesAct, 'step'> & { readonly step: { readonly selector: string } },
): Promise<Acted> {
  await traffic.hold(`SES is given the DKIM key ${step.selector}`)
  const answer = await signing.useKey(policy.domain, step.selector)
  const switching = switchOf(record)
  if (answer.kind === 'done') return save({ ...record, switching: { ...switching, givenAt: at, successes: 0 } })
  if (answer.kind === 'again' || switching.givenAt !== undefined) return notNow(record, answer)
  // SES refused the first try, so it signs as before: the traffic must not wait for a person.
  const { switching: _, ...rest } = record
  const acted = await save(rest)
  traffic.release()
  return notNow(acted.record, answer)
}

function notNow(record: KeyRecord, answer: Exclude<SigningAnswer, { kind: 'done' }>): Acted {
  const later = { kind: 'later', record, message: `${answer.reason}: ${answer.message}` } as const
  if (answer.kind === 'again') return later
  return {
    ...later,
    alert: {
      id: `refused-${answer.reason}`,
      level: 'critical',
      message: answer.message,
      todo: 'mend it; Watari tries again by itself',
    },
  }
}

function switchOf({ switching }: KeyRecord): KeySwitch {
  assert(switching !== undefined, 'a switch is under way')
  return switching
}

function afterSwitch(record: KeyRecord, at: number): KeyRecord {
  const { switching, ...rest } = record
  assert(switching !== undefined, 'a switch is under way')
  const { selector, from } = switching
  // The same key given again, after SES had lost it.
  if (selector === from) return rest
  return {
    ...rest,
    keys: rest.keys.map((life) => {
      if (life.selector === selector) return { ...life, activatedAt: at }
      return life.selector === from ? { ...life, retiredAt: at } : life
    }),
  }
}

/** From now on TXT: what was seen through the aliases was not seen. SES is given back the key it had, if it had one. */
function withoutAliases(record: KeyRecord, at: number): KeyRecord {
  const { switching, ...rest } = record
  const keys = rest.keys.map((life) => (life.activatedAt === undefined ? blind(life) : life))
  const back = switching?.from
  return {
    ...rest,
    keys,
    cnameRefusedAt: at,
    ...(back === undefined ? {} : { switching: { selector: back, from: back, startedAt: at, successes: 0 } }),
  }
}

function withNewKey(record: KeyRecord, life: KeyLife, { selectorPrefix }: DkimPolicy, at: number): KeyRecord {
  const number = Number(life.selector.slice(selectorPrefix.length))
  return {
    ...record,
    // Without a run of the 1st yet, the months are counted from the first key.
    monthlyAt: record.monthlyAt ?? at,
    lastNumber: Math.max(record.lastNumber, Number.isInteger(number) ? number : 0),
    keys: [...record.keys.filter(({ selector }) => selector !== life.selector), life],
  }
}

function withLife(record: KeyRecord, selector: string, change: Partial<KeyLife>): KeyRecord {
  return { ...record, keys: record.keys.map((life) => (life.selector === selector ? { ...life, ...change } : life)) }
}

function withoutSight(record: KeyRecord, selector: string): KeyRecord {
  return { ...record, keys: record.keys.map((life) => (life.selector === selector ? blind(life) : life)) }
}

function blind(life: KeyLife): KeyLife {
  const { seenAt: _seen, provenFrom: _from, provenAt: _proven, ...rest } = life
  return rest
}

function seen(step: Extract<Step, { kind: 'noteSeen' }>, { keys }: KeyRecord, at: number): Partial<KeyLife> {
  const absent = keys.find(({ selector }) => selector === step.selector)?.absentSeconds ?? 0
  return { seenAt: at, provenFrom: at + Math.max(step.cacheSeconds, absent) * SECOND_MS }
}

type WriteZone = Extract<Step, { kind: 'writeZone' }>

async function writeZone(zone: Zone | undefined, { selector, value }: WriteZone, policy: DkimPolicy): Promise<void> {
  assert(zone !== undefined, 'way cname has a zone of our own')
  await zone.put({ name: aliasTarget(selector, policy), text: value, ttlSeconds: policy.ttlSeconds })
}

function zoneWritten(
  { selector, value }: WriteZone,
  { record, sightings }: DkimObservation,
  at: number,
): Partial<KeyLife> {
  if (value === REVOKED_VALUE) return { revocationAskedAt: at }
  const life = record.keys.find((one) => one.selector === selector)
  const absent = sightings.get(selector)?.cacheSeconds
  return { askedAt: life?.askedAt ?? at, ...(absent === undefined ? {} : { absentSeconds: absent }) }
}

// The robot's ways back reach people: once each, with the reason, and once more when it is over.
import { describe, expect, test } from 'vitest'
import { anObservation, watchWorld } from '../../../test/support/watch-world.ts'
import type { ShiftLook } from './observation.ts'

const rolledBack = {
  from: 50,
  to: 10,
  reason: 'bounce',
  message: 'hard bounces on SES 190 of 4974 (3.82 %), on legacy 51 of 4980 (1.02 %) (the last minute)',
  decision: 'd-mif0abc',
}
const calm: ShiftLook = { heldBack: [] }

async function told(steps: readonly (readonly [ShiftLook, number])[]): Promise<readonly string[]> {
  const world = watchWorld()
  for (const [shift, minutes] of steps) {
    world.see = (nowMs) => anObservation({ nowMs, shift })
    await world.minutes(minutes)
    world.restart()
  }
  const [mail, slack] = world.notifiers
  expect(slack!.taken.map(({ notice }) => notice.subject)).toEqual(mail!.taken.map(({ notice }) => notice.subject))
  return mail!.taken.map(({ notice }) => `${notice.level} ${notice.subject}`)
}

describe('what the robot did by itself', () => {
  test('a day after a roll-back is one Critical and one closing message on each channel', async () => {
    expect(
      await told([
        [calm, 5],
        [{ ...calm, rolledBack }, 1_440],
        [calm, 60],
      ]),
    ).toEqual([
      'critical [Watari] 【重大】 example.jp: 自動で切り戻しました',
      'info [Watari] 【復旧】 example.jp: 自動で切り戻しました',
    ])
  })

  test('a way back to zero after a step down is told too, and both are over together', async () => {
    const zero = { ...calm, rolledBack: { ...rolledBack, from: 10, to: 0 } }
    expect(
      await told([
        [{ ...calm, rolledBack }, 60],
        [zero, 300],
        [calm, 60],
      ]),
    ).toEqual([
      'critical [Watari] 【重大】 example.jp: 自動で切り戻しました',
      'critical [Watari] 【重大】 example.jp: 自動で0 %まで切り戻しました',
      'info [Watari] 【復旧】 example.jp: 自動で切り戻しました',
      'info [Watari] 【復旧】 example.jp: 自動で0 %まで切り戻しました',
    ])
  })

  test('domains that are held back are a warning, and a lock that keeps the robot from going back is critical', async () => {
    const heldBack = [{ domain: 'gmail.com', reason: 'failure' }]
    const kept = { reason: 'bounce', message: 'hard bounces on SES 190 of 4974', by: 'locked by sato: freeze' }
    expect(
      await told([
        [{ heldBack }, 30],
        [{ heldBack: [], kept }, 30],
      ]),
    ).toEqual([
      'warning [Watari] 【警告】 example.jp: 受信ドメインを既存経路に戻しました',
      'critical [Watari] 【重大】 example.jp: 自動切り戻しが止められています',
      'info [Watari] 【復旧】 example.jp: 受信ドメインを既存経路に戻しました',
    ])
  })

  test('the message has the reason and the decision to look up', async () => {
    const world = watchWorld()
    world.see = (nowMs) => anObservation({ nowMs, shift: { ...calm, rolledBack } })
    await world.minutes(3)
    const { text } = world.notifiers[0]!.taken[0]!.notice
    expect(text).toContain('SES経路の割合を50 %から10 %に戻しました')
    expect(text).toContain('The robot took the stage from 50 % to 10 %: hard bounces on SES 190 of 4974 (3.82 %)')
    expect(text).toContain('watari shift explain d-mif0abc')
    expect(text).toContain('runbook.md#shiftrolledback')
  })
})

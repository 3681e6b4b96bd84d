// The traffic that SES signs, as the life of a key may touch it: hold it, let it go, or send it all by legacy.
import type { SigningTraffic } from '../core/dkim/ports.ts'
import type { Dispatcher } from '../core/mail/dispatch.ts'
import type { Operations } from '../core/mail/operations.ts'
import type { ShiftStore } from '../core/shift/ports.ts'

export interface SigningTrafficParts {
  readonly ses: Dispatcher
  readonly store: ShiftStore
  readonly setStage: Operations['setStage']
}

export function signingTraffic({ ses, store, setStage }: SigningTrafficParts): SigningTraffic {
  return {
    stagePercent: async () => (await store.current()).percent,
    hold: (reason) => ses.hold(reason),
    release: () => ses.release(),
    async stepBack(reason) {
      const answer = await setStage({ percent: 0, by: 'watari', reason })
      if (answer.kind === 'done' || answer.reason === 'sameValue') return { kind: 'done' }
      return { kind: 'again', reason: answer.reason, message: answer.message }
    },
  }
}

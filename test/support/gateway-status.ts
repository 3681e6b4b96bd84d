// A gateway's status with defaults, for tests that show only what matters.
import type { GatewayStatus } from '../../src/core/mail/operations.ts'

export const A_STATUS_AT = Date.UTC(2026, 10, 25, 3, 0, 0)

export function aStatus(changes: Partial<GatewayStatus> = {}): GatewayStatus {
  const none = { waiting: 0, active: 0, unclear: 0, held: 0, quarantined: 0 }
  return {
    version: '0.1.0',
    hostname: 'gw1.example.jp',
    domain: 'example.jp',
    startedAt: A_STATUS_AT - 3_600_000,
    ready: true,
    notReadyBecause: [],
    stage: { percent: 10, changedAt: A_STATUS_AT - 7_200_000, changedBy: 'sato', reason: 'first step' },
    routes: [
      { route: 'legacy', state: 'running', reason: '', active: 4, capacity: 240 },
      {
        route: 'ses',
        state: 'running',
        reason: '',
        active: 2,
        capacity: 50,
        ratePerSecond: 200,
        sentLast24Hours: 530_000,
        dailyQuota: 10_000_000,
      },
    ],
    queue: {
      parts: { legacy: { ...none, waiting: 12, held: 1 }, ses: { ...none, waiting: 7, active: 2 } },
      diskBytes: 5_242_880,
      oldestAcceptedAt: A_STATUS_AT - 60_000,
      damaged: 0,
    },
    sessions: 3,
    ...changes,
  }
}

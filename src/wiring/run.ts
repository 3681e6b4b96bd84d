// What the command line asks of wiring to start: the words of `up`, `gateway` and `standin`, without saying how.
import { join } from 'node:path'
import type { Plan } from '../core/plan/plan.ts'

/** Where the gateway of a data folder answers its operator. */
export function controlSocketIn(dataFolder: string): string {
  return join(dataFolder, 'control.sock')
}

export interface RunLog {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  /** Without it lines go to standard error. */
  readonly file?: string
}

export interface GatewayOptions {
  readonly plan: Plan
  /** Paths in the plan are relative to its folder. */
  readonly planFile: string
  readonly dataFolder: string
  readonly log: RunLog
}

/** Everything on one machine; routes lead to the stand-ins whatever the plan says, so that no mail gets out. */
export interface UpOptions extends GatewayOptions {
  readonly ports: Ports
}

export interface StandinOptions {
  readonly plan: Plan
  readonly dataFolder: string
  readonly ports: Ports
  readonly log: RunLog
}

/** 0 lets the system choose. */
export interface Ports {
  readonly smtp: number
  readonly http: number
  readonly sesApi: number
  readonly sesSmtp: number
  readonly legacySmtp: number
  readonly dns: number
  readonly feedback: number
}

/** Addresses as `host:port`, and `http` and `sesApi` as URLs; only what was started. */
export interface Ready {
  readonly smtp?: string
  readonly http?: string
  readonly sesApi?: string
  readonly sesSmtp?: string
  readonly legacySmtp?: string
  readonly dns?: string
  /** The server of the zone that DKIM aliases point into. */
  readonly zone?: string
  /** Where events of SES come in. */
  readonly feedback?: string
  /** Path of the control socket. */
  readonly control?: string
}

/** A started program. */
export interface Running {
  readonly ready: Ready
  /** Finishes what it began, then resolves; a second call waits for the same end. */
  readonly stop: () => Promise<void>
  /** Rejects when it cannot go on by itself; resolves after a stop. */
  readonly stopped: Promise<void>
  /** Opens the log file anew (SIGHUP). */
  readonly reopenLog: () => void
}

/** Offsets keep the last two digits of the ports people know: 25, 80, 587 and 53. */
const OFFSETS: Ports = { smtp: 25, legacySmtp: 26, sesApi: 43, dns: 53, http: 80, sesSmtp: 87, feedback: 90 }
export const PORT_BASE_DEFAULT = 2_500

/** All ports from one number; 0 lets the system choose each. */
export function portsFrom(base: number): Ports {
  const at = (offset: number) => (base === 0 ? 0 : base + offset)
  return {
    smtp: at(OFFSETS.smtp),
    http: at(OFFSETS.http),
    sesApi: at(OFFSETS.sesApi),
    sesSmtp: at(OFFSETS.sesSmtp),
    legacySmtp: at(OFFSETS.legacySmtp),
    dns: at(OFFSETS.dns),
    feedback: at(OFFSETS.feedback),
  }
}
